/* Labels: codes drawn ahead, so that an object has its own without a network; and what is still
   to be printed. */
import { find, h, plural } from "./page.js";
import * as queue from "./queue.js";
import { ask, onSent } from "./send.js";
import { uuid } from "./sheet.js";
import { count } from "./units.js";
import { person } from "./who.js";

const POOL = 40;
const LOW = 20;
const AT_ONCE = 15_000; // what leaves so soon after its label is printed without being asked
let here;
let waiting = []; // [{id, code, isSent, at}]

const CODES = () => `codes:${here.site.code}`;
const LABELS = () => `labels:${here.site.code}`;

/* Codes */

/* Asked under one id until it is answered: a lost answer is given again. */
export async function refill() {
  const { codes = [], asked = null } = (await queue.recall(CODES())) ?? {};
  if (codes.length > LOW || !navigator.onLine) return;
  const body = asked ?? { id: uuid(), site: here.site.code, count: POOL - codes.length };
  await queue.keep(CODES(), { codes, asked: body });
  const { response, answer } = await ask(`${here.api}inventory/codes`, { method: "POST", body: JSON.stringify(body), pass: person()?.pass }).catch(() => ({}));
  if (!response || response.status >= 500) return;
  const before = (await queue.recall(CODES()))?.codes ?? [];
  await queue.keep(CODES(), { codes: [...before, ...(response.ok ? answer.codes : [])], asked: null });
}

/* A code that nothing wears yet; null where none is left: the server gives one later. */
export async function take() {
  const { codes = [], asked = null } = (await queue.recall(CODES())) ?? {};
  if (!codes.length) return null;
  await queue.keep(CODES(), { codes: codes.slice(1), asked });
  refill();
  return codes[0];
}

/* Printing */

const isReady = ({ isSent, code }) => isSent && code;

function draw() {
  const button = find("to-print");
  button.hidden = !waiting.length;
  button.lastElementChild.textContent = plural("to-print", "to-print-many", waiting.length, count(waiting.length));
}

function keep() {
  queue.keep(LABELS(), waiting);
  draw();
}

export function wait({ id }, code) {
  waiting = [...waiting, { id, code, isSent: false, at: Date.now() }];
  keep();
}

/* The entry was undone or refused: nothing wears this label. */
export function forget(id) {
  waiting = waiting.filter((each) => each.id !== id);
  keep();
}

/* A label of something that has one already. */
export const again = (code) => print([{ id: uuid(), code, isSent: true }]);

const picture = ({ code }) => h("img", { class: "label", alt: "", src: `${here.api}inventory/items/${code}/label.png?size=57x32&dpi=300` });

/* Show the labels to the printer; whether their pictures came. */
async function print(labels) {
  const pictures = labels.map(picture);
  find("labels").replaceChildren(...pictures);
  try {
    await Promise.all(pictures.map((each) => each.decode()));
  } catch {
    return false;
  }
  window.print();
  return true;
}

async function printReady() {
  const ready = waiting.filter(isReady);
  if (!ready.length || !(await print(ready))) return false;
  waiting = waiting.filter((each) => !ready.includes(each));
  keep();
  return true;
}

function sent(entry, { outcome, answer }) {
  const label = waiting.find(({ id }) => id === entry.id);
  if (!label || outcome !== "saved") return;
  Object.assign(label, { isSent: true, code: answer.code });
  keep();
  if (Date.now() - label.at < AT_ONCE) printReady();
}

/* `late` is told that the labels must wait for the network. */
export async function start(station, late) {
  here = station;
  waiting = (await queue.recall(LABELS())) ?? [];
  find("to-print").addEventListener("click", async () => (await printReady()) || late());
  onSent(sent);
  window.addEventListener("online", refill);
  draw();
}
