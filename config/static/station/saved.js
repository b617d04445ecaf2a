/* The strip of the last arrival: what was saved, and one minute to undo it. */
import { find, h, icon, plural, say, word } from "./page.js";
import { post } from "./send.js";
import { uuid } from "./sheet.js";
import * as sounds from "./sounds.js";
import { count, kg, time } from "./units.js";

const MINUTE = 60_000;
const strip = find("saved");
const shortUndo = document.querySelector(".act [data-undo]");
let arrival = null; // {number, weight_g, at, lines, undo: UUID, state, reason, sheet}
let station;
let changed = () => {};
let today;

const left = () => (arrival?.state === "saved" ? Math.min(MINUTE, Math.max(0, arrival.at + MINUTE - Date.now())) : 0);
const clock = () => `0:${String(Math.ceil(left() / 1000)).padStart(2, "0")}`.replace("0:60", "1:00");

function undoButton() {
  return h("button", { type: "button", class: "btn", "aria-label": word("undo-label", { number: arrival.number, weight: kg(arrival.weight_g) }), onclick: undo },
    icon("undo"), word("undo"), h("span", { class: "clock muted", "aria-hidden": "true" }, clock()));
}

function strips() {
  const { number, weight_g, lines, at, state, reason, sheet } = arrival;
  if (state === "undone") {
    const again = sheet && h("button", { type: "button", class: "btn", onclick: takeAgain }, icon("again"), word("take-again"));
    return [icon("undo"), h("div", {}, h("b", {}, word("undone", { number })), h("small", {}, word("undone-detail", { weight: kg(weight_g) }))), again];
  }
  const detail = reason ?? word("saved-detail", { number, lines: plural("weighing", "weighings", lines, count(lines)), time: time(new Date(at)) });
  return [icon(reason ? "alert" : "saved"), h("div", {}, h("b", {}, word("saved", { weight: kg(weight_g) })), h("small", {}, detail)), left() ? undoButton() : null];
}

export function draw() {
  if (arrival) strip.replaceChildren(...strips().filter(Boolean));
  strip.classList.toggle("bad", Boolean(arrival?.reason));
  shortUndo.hidden = !left();
  if (left()) shortUndo.setAttribute("aria-label", word("undo-label", { number: arrival.number, weight: kg(arrival.weight_g) }));
  find("day").firstElementChild.textContent = `${kg(today.weight_g)} kg`;
  find("day").lastElementChild.textContent = plural("arrival-today", "arrivals-today", today.arrivals, count(today.arrivals));
  tick();
}

function tick() {
  for (const node of document.querySelectorAll(".clock")) node.textContent = clock();
  if (arrival?.state === "saved" && !left() && !shortUndo.hidden) draw();
}

async function undo() {
  const undone = arrival;
  if (undone.state !== "saved") return;
  undone.state = "undoing";
  draw();
  const { outcome, reasons } = await post(`${station.api}inventory/reversals`, { id: undone.undo, movement: undone.number, reason: "undo" });
  if (outcome === "saved") {
    undone.state = "undone";
    undone.reason = null;
    today = { arrivals: today.arrivals - 1, weight_g: today.weight_g - undone.weight_g };
    say(word("undone", { number: undone.number }));
  } else {
    undone.state = "saved";
    undone.reason = word("undo-failed", { reason: reasons.join(" ") || word(outcome === "logged out" ? "login" : "not-sent") });
    sounds.wrong();
    say(undone.reason);
  }
  draw();
  changed();
}

function takeAgain() {
  const { sheet } = arrival;
  arrival.sheet = null;
  draw();
  changed(sheet);
}

/* Show what the server saved, its minute counted from the sending; `sheet` may be put back. */
export function show(answer, sheet, at) {
  arrival = { number: answer.number, weight_g: answer.weight_g, at, lines: answer.lines.length, undo: uuid(), state: "saved", reason: null, sheet };
  today = { arrivals: today.arrivals + 1, weight_g: today.weight_g + answer.weight_g };
  draw();
}

export const fresh = () => (left() ? arrival : null);

export function start(data, onChange) {
  station = data;
  today = { ...data.today };
  changed = onChange;
  const last = data.last[0];
  if (last) arrival = { ...last, at: Date.parse(last.at), lines: last.lines?.length ?? last.lines, undo: uuid(), state: "saved", reason: null, sheet: null };
  shortUndo.addEventListener("click", undo);
  setInterval(tick, 1000);
  draw();
}
