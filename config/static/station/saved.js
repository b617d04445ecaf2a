/* The strip of what was kept last, with one minute to undo it; and the sum of the day. */
import { find, h, icon, say, word } from "./page.js";
import * as queue from "./queue.js";
import { ask, flush, now, onSent } from "./send.js";
import { uuid } from "./sheet.js";
import { kg, time } from "./units.js";
import { person } from "./who.js";

const MINUTE = 60_000;
const strip = find("saved");
const shortUndo = document.querySelector(".act [data-undo]");
let last = null; // {id, title, told, weight_g, at, number, state: kept | undoing | undone, isFinal, isSent, sheet}
let here; // {station, screen, day: {path, of, show}, putBack}, as given to `start`
let day = {};
let soon = null;
let waiting = []; // what the server has not counted yet

/* What is no paper of the books is taken back only while it is here. */
const isUndoable = () => last?.state === "kept" && !(last.isFinal && last.isSent);
const left = () => (isUndoable() ? Math.min(MINUTE, Math.max(0, last.at + MINUTE - Date.now())) : 0);
const clock = () => `0:${String(Math.ceil(left() / 1000)).padStart(2, "0")}`.replace("0:60", "1:00");
const named = () => (last.number ? word("document", { number: last.number }) : word("document-here"));
const label = () => word("undo-label", { what: named(), weight: kg(last.weight_g) });

function undoButton() {
  return h("button", { type: "button", class: "btn", "aria-label": label(), onclick: undo },
    icon("undo"), word("undo"), h("span", { class: "clock muted", "aria-hidden": "true" }, clock()));
}

function strips() {
  const { title, told, weight_g, at, state, sheet, isFinal } = last;
  if (state === "undone") {
    const again = sheet && h("button", { type: "button", class: "btn", onclick: takeAgain }, icon("again"), word("take-again"));
    return [icon("undo"), h("div", {}, h("b", {}, word("undone", { what: isFinal ? title : named() })), h("small", {}, isFinal ? told : word("undone-detail", { weight: kg(weight_g) }))), again];
  }
  const said = { what: named(), lines: told, time: time(new Date(at)) };
  const detail = isFinal ? `${told}, ${said.time}` : word("saved-detail", said);
  return [icon("saved"), h("div", {}, h("b", {}, title), h("small", {}, detail)), here.beside?.(last) ?? null, left() ? undoButton() : null];
}

/* It is drawn anew whenever the server answers: a hand on its button by keyboard stays there. */
function drawStrip() {
  const at = [...strip.querySelectorAll("button, a")].indexOf(document.activeElement);
  strip.replaceChildren(...strips().filter(Boolean));
  if (at >= 0) strip.querySelectorAll("button, a")[at]?.focus();
}

/* One name of the day's counts: the server's, and what waits. */
export const sum = (name) => waiting.reduce((total, entry) => total + (entry.counts?.[name] ?? 0), day[name] ?? 0);
export const today = () => day;

export function draw() {
  if (last) drawStrip();
  shortUndo.hidden = !left();
  if (left()) shortUndo.setAttribute("aria-label", label());
  const [big, small] = here.day.show(sum);
  find("day").firstElementChild.textContent = big;
  find("day").lastElementChild.textContent = small;
  tick();
}

function tick() {
  for (const node of document.querySelectorAll(".clock")) node.textContent = clock();
  if (last?.state === "kept" && !left() && !shortUndo.hidden) draw();
}

function remember() {
  queue.keep(`last:${here.screen}:${here.station.site.code}`, last);
  draw();
}

/* What never left is taken back here; anything else by an entry of its own, right behind it. */
async function undo() {
  const undone = last;
  if (!isUndoable()) return;
  undone.state = "undoing";
  draw();
  const entry = (await queue.entries()).find(({ id }) => id === undone.id);
  if (entry?.state === "refused") await queue.remove(entry);
  else if (!entry || !(await queue.withdraw(entry))) {
    if (undone.isFinal) return tooLate(undone);
    await queue.add(reversal(undone));
  }
  undone.state = "undone";
  say(word("undone", { what: named() }));
  here.undone?.(undone);
  remember();
  flush();
}

function tooLate(undone) {
  Object.assign(undone, { state: "kept", isSent: true });
  say(word("too-late"));
  return remember();
}

function reversal(undone) {
  const id = uuid();
  const { station } = here;
  return {
    id, at: Date.now(), kind: "undo", site: station.site.code, summary: word("undone", { what: named() }), path: `${station.api}inventory/reversals`, ...signed(),
    body: JSON.stringify({ id, of: undone.id, reason: "undo", occurred_at: now().toISOString() }), weight_g: undone.weight_g,
    counts: Object.fromEntries(Object.entries(undone.counts ?? {}).map(([name, number]) => [name, -number])),
  };
}

/* Whose entry it is: it is recorded in their name, whoever stands there when it leaves. */
export const signed = () => ({ login: person()?.login, name: person()?.name, pass: person()?.pass ?? undefined });

function takeAgain() {
  const { sheet } = last;
  last.sheet = null;
  remember();
  here.putBack(sheet);
}

/* Show what was kept; `sheet` may be put back. An entry that is no document `isFinal` once it left. */
export function show({ id, kind, title, told, weight_g, at, counts, isFinal }, sheet = null) {
  last = { id, kind, title, told, weight_g, at, counts, isFinal: Boolean(isFinal), isSent: false, number: null, state: "kept", sheet };
  remember();
}

export const fresh = () => (left() ? last : null);

async function countAgain() {
  waiting = (await queue.entries()).filter(({ state, site }) => state === "waiting" && (!site || site === here.station.site.code));
  draw();
}

const date = () => now().toLocaleDateString("sv");

const KEPT = () => `day:${here.screen}:${here.station.site.code}`;

/* The day's total as the server has it. */
async function refresh() {
  if (!here.day.path) return draw();
  try {
    const { response, answer } = await ask(here.day.path, { pass: person()?.pass });
    if (!response.ok) return;
    day = answer;
    queue.keep(KEPT(), day);
    here.day.heard?.(day);
  } catch {
    if (day.day !== date()) day = { day: date() };
  }
  draw();
}

function sent(entry, { outcome, answer }) {
  if (outcome !== "saved") return;
  for (const [name, number] of Object.entries(entry.counts ?? {})) day[name] = (day[name] ?? 0) + number;
  clearTimeout(soon); // the server may have counted it before: it has the last word
  soon = setTimeout(refresh, 300);
  if (entry.id === last?.id) {
    Object.assign(last, { number: answer.number ?? null, isSent: true });
    remember();
  }
}

/* `day` is {path (none: nothing to ask), show: (sum of a name) → [big, small], heard: told what the server answers};
   `undone` is told what was taken back; `beside` gives what stands beside the latest entry, or null. */
export async function start(page) {
  here = page;
  last = (await queue.recall(`last:${here.screen}:${here.station.site.code}`)) ?? null;
  if (last?.state === "undoing") last.state = "kept";
  const known = await queue.recall(KEPT());
  if (known?.day === date()) day = known;
  shortUndo.addEventListener("click", undo);
  setInterval(tick, 1000);
  setInterval(refresh, 60_000);
  queue.onChange(countAgain);
  onSent(sent);
  await countAgain();
  refresh();
}
