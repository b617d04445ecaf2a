/* Labels: codes drawn ahead, so that an object has its own without a network; and what is still
   to be printed. */
import { find, plural } from "./page.js";
import * as printer from "./printer.js";
import * as queue from "./queue.js";
import { ask, isLater, onSent } from "./send.js";
import { uuid } from "./sheet.js";
import { count } from "./units.js";
import { person } from "./who.js";

const POOL = 40;
const LOW = 20;
const AT_ONCE = 15_000; // what leaves so soon after its label is printed without being asked
let here;
let late = () => {};
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
  if (!response || isLater(response)) return;
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

/* A label of something that has one already; where it cannot be printed now, it waits with the others. */
export async function again(code) {
  const problem = await printer.print([code]);
  if (!problem) return;
  waiting = [...waiting, { id: uuid(), code, isSent: true, at: 0 }];
  keep();
  late(problem);
}

async function printReady() {
  const ready = waiting.filter(isReady).slice(0, printer.MOST);
  if (!ready.length) return "print-later";
  const problem = await printer.print(ready.map(({ code }) => code));
  if (problem) return problem;
  waiting = waiting.filter((each) => !ready.includes(each));
  keep();
  return "";
}

async function printAll() {
  const problem = await printReady();
  if (problem) late(problem);
}

function sent(entry, { outcome, answer }) {
  const label = waiting.find(({ id }) => id === entry.id);
  if (!label || outcome !== "saved") return;
  Object.assign(label, { isSent: true, code: answer.code });
  keep();
  if (printer.isAtOnce() && Date.now() - label.at < AT_ONCE) printReady();
}

/* `wrong` is told why labels must wait. */
export async function start(station, wrong) {
  [here, late] = [station, wrong];
  printer.start(station);
  waiting = (await queue.recall(LABELS())) ?? [];
  find("to-print").addEventListener("click", printAll);
  onSent(sent);
  window.addEventListener("online", refill);
  draw();
}
