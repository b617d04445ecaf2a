/* The strip of the last arrival: what was kept, and one minute to undo it. */
import { find, h, icon, plural, say, word } from "./page.js";
import * as queue from "./queue.js";
import { ask, flush, now, onSent } from "./send.js";
import { uuid } from "./sheet.js";
import { count, kg, time } from "./units.js";
import { person } from "./who.js";

const MINUTE = 60_000;
const strip = find("saved");
const shortUndo = document.querySelector(".act [data-undo]");
let arrival = null; // {id, weight_g, at, lines, number, state: kept | undoing | undone, sheet}
let station;
let putBack = () => {};
let day = { day: "", arrivals: 0, weight_g: 0 };
let soon = null;
let waiting = []; // what the server has not counted yet

const left = () => (arrival?.state === "kept" ? Math.min(MINUTE, Math.max(0, arrival.at + MINUTE - Date.now())) : 0);
const clock = () => `0:${String(Math.ceil(left() / 1000)).padStart(2, "0")}`.replace("0:60", "1:00");
const named = () => (arrival.number ? word("arrival", { number: arrival.number }) : word("arrival-here"));
const label = () => word("undo-label", { number: arrival.number ?? "", weight: kg(arrival.weight_g) }).replace(/\s+,/, ",");

function undoButton() {
  return h("button", { type: "button", class: "btn", "aria-label": label(), onclick: undo },
    icon("undo"), word("undo"), h("span", { class: "clock muted", "aria-hidden": "true" }, clock()));
}

function strips() {
  const { weight_g, lines, at, state, sheet } = arrival;
  if (state === "undone") {
    const again = sheet && h("button", { type: "button", class: "btn", onclick: takeAgain }, icon("again"), word("take-again"));
    return [icon("undo"), h("div", {}, h("b", {}, word("undone", { what: named() })), h("small", {}, word("undone-detail", { weight: kg(weight_g) }))), again];
  }
  const detail = word("saved-detail", { what: named(), lines: plural("weighing", "weighings", lines, count(lines)), time: time(new Date(at)) });
  return [icon("saved"), h("div", {}, h("b", {}, word("saved", { weight: kg(weight_g) })), h("small", {}, detail)), left() ? undoButton() : null];
}

export function draw() {
  if (arrival) strip.replaceChildren(...strips().filter(Boolean));
  shortUndo.hidden = !left();
  if (left()) shortUndo.setAttribute("aria-label", label());
  const sum = (name) => waiting.reduce((total, entry) => total + (entry.counts?.[name] ?? 0), day[name]);
  find("day").firstElementChild.textContent = `${kg(sum("weight_g"))} kg`;
  find("day").lastElementChild.textContent = plural("arrival-today", "arrivals-today", sum("arrivals"), count(sum("arrivals")));
  tick();
}

function tick() {
  for (const node of document.querySelectorAll(".clock")) node.textContent = clock();
  if (arrival?.state === "kept" && !left() && !shortUndo.hidden) draw();
}

function remember() {
  queue.keep(`last:${station.site.code}`, arrival);
  draw();
}

/* What never left is taken back here; anything else by an entry of its own, right behind it. */
async function undo() {
  const undone = arrival;
  if (undone.state !== "kept") return;
  undone.state = "undoing";
  draw();
  const entry = (await queue.entries()).find(({ id }) => id === undone.id);
  if (entry?.state === "refused") await queue.remove(entry);
  else if (!entry || !(await queue.withdraw(entry))) await queue.add(reversal(undone));
  undone.state = "undone";
  say(word("undone", { what: named() }));
  remember();
  flush();
}

function reversal(undone) {
  const id = uuid();
  return {
    id, at: Date.now(), kind: "undo", site: station.site.code, summary: word("undone", { what: named() }), path: `${station.api}inventory/reversals`, ...signed(),
    body: JSON.stringify({ id, of: undone.id, reason: "undo" }), weight_g: undone.weight_g,
    counts: { arrivals: -1, weight_g: -undone.weight_g },
  };
}

/* Whose entry it is: it is recorded in their name, whoever stands there when it leaves. */
export const signed = () => ({ login: person()?.login, name: person()?.name, pass: person()?.pass ?? undefined });

function takeAgain() {
  const { sheet } = arrival;
  arrival.sheet = null;
  remember();
  putBack(sheet);
}

/* Show what was kept; `sheet` may be put back. */
export function show(entry, sheet) {
  arrival = { id: entry.id, weight_g: entry.weight_g, at: entry.at, lines: sheet.lines.length, number: null, state: "kept", sheet };
  remember();
}

export const fresh = () => (left() ? arrival : null);

async function countAgain() {
  waiting = (await queue.entries()).filter(({ state, site }) => state === "waiting" && (!site || site === station.site.code));
  draw();
}

const today = () => now().toLocaleDateString("sv");

/* The day's total as the server has it. */
async function refresh() {
  try {
    const { response, answer } = await ask(`${station.api}collection/day?site=${encodeURIComponent(station.site.code)}`, { pass: person()?.pass });
    if (!response.ok) return;
    day = answer;
    queue.keep(`day:${station.site.code}`, day);
  } catch {
    if (day.day !== today()) day = { day: today(), arrivals: 0, weight_g: 0 };
  }
  draw();
}

function sent(entry, { outcome, answer }) {
  if (outcome !== "saved") return;
  if (entry.counts) for (const name of ["arrivals", "weight_g"]) day[name] += entry.counts[name];
  clearTimeout(soon); // the server may have counted it before: it has the last word
  soon = setTimeout(refresh, 300);
  if (entry.id === arrival?.id) {
    arrival.number = answer.number;
    remember();
  }
}

export async function start(data, onPutBack) {
  station = data;
  putBack = onPutBack;
  arrival = (await queue.recall(`last:${station.site.code}`)) ?? null;
  if (arrival?.state === "undoing") arrival.state = "kept";
  const known = await queue.recall(`day:${station.site.code}`);
  if (known?.day === today()) day = known;
  shortUndo.addEventListener("click", undo);
  setInterval(tick, 1000);
  setInterval(refresh, 60_000);
  queue.onChange(countAgain);
  onSent(sent);
  await countAgain();
  refresh();
}
