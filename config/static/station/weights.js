/* The partner's own weights, weeks later: the departure, then a weight and a tap per category. */
import * as board from "./board.js";
import { find, h, icon, plural, word } from "./page.js";
import { measured } from "./pad.js";
import * as rows from "./rows.js";
import { uuid } from "./sheet.js";
import { IMAGES } from "./takers.js";
import { count, kg } from "./units.js";

let desk;
let chosen = null; // the departure
let told = new Map(); // category → grams

export const kinds = [];
export const tiles = () => false;
export const state = () => ({ chosen, told: [...told] });
export const scanned = () => false;

export function resume(before) {
  if (!before?.chosen || chosen) return;
  chosen = before.chosen;
  told = new Map(before.told);
}

const dayOf = ({ day }) => new Date(`${day}T12:00`).toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long" });
const ago = ({ days }) => (days < 1 ? word("today") : plural("day-ago", "days-ago", days, count(days)));

function departure(each) {
  return h("button", { type: "button", class: "row-key", "data-fate": each.fate, "aria-pressed": String(each.number === chosen?.number), onclick: () => choose(each) },
    h("span", { class: "band", "aria-hidden": "true" }), icon(IMAGES[each.fate]), h("span", {}, h("b", {}, each.partner), h("small", {}, `${dayOf(each)}, ${ago(each)} · `, h("span", { class: "nw" }, each.number))),
    h("span", { class: "far" }, h("b", {}, `${kg(each.weight_g)} kg`), h("small", {}, each.lines.map(({ name }) => name).join(", "))));
}

function category(line) {
  const weight_g = told.get(line.category);
  return h("button", { type: "button", class: "row-key cat", "data-cat": line.colour, "aria-pressed": String(weight_g !== undefined), onclick: () => answer(line) },
    icon(line.icon), h("span", {}, h("b", {}, line.name), h("small", {}, word("estimate", { weight: kg(line.weight_g) }))),
    h("span", { class: "far" }, h("b", {}, weight_g === undefined ? word("type-it") : `${kg(weight_g)} kg`)));
}

function middle() {
  const list = find("list");
  const waiting = board.waiting();
  const back = h("button", { type: "button", class: "btn", onclick: () => choose(null) }, icon("again"), word("other-departure"));
  const none = h("p", { class: "slip-empty" }, icon("check"), h("span", {}, word("none-waiting")));
  list.replaceChildren(...(chosen ? [back, departure(chosen), ...chosen.lines.map(category)] : waiting.length ? waiting.map(departure) : [none]));
}

export function draw() {
  middle();
  const lines = (chosen?.lines ?? []).filter(({ category: code }) => told.has(code));
  const row = (line) => ({
    colour: line.colour, image: line.icon, name: line.name, small: word("estimate", { weight: kg(line.weight_g) }), weight: kg(told.get(line.category)),
    tools: [rows.rub(word("remove", { name: line.name, weight: kg(told.get(line.category)) }), () => forget(line))],
  });
  rows.draw({
    title: word("partner-weights"), from: chosen ? `${chosen.partner}, ${chosen.number}` : "", rows: lines.map(row), count: plural("line", "lines", lines.length, count(lines.length)),
    total_g: [...told.values()].reduce((sum, each) => sum + each, 0), empty: word(chosen ? "answer-first" : "departure-first"), save: word("save-weights"), busy: desk.busy(), fresh: desk.fresh(),
  });
}

function choose(each) {
  chosen = each;
  told = new Map();
  desk.changed();
}

function forget({ category: code }) {
  told.delete(code);
  desk.removed();
}

function answer(line) {
  const found = measured();
  if (found.problem || !found.weight_g) return desk.problem(found.problem || "weight-first", {});
  told.set(line.category, found.weight_g);
  return desk.added(found);
}

export async function save() {
  if (!told.size) return desk.wrong(word(chosen ? "answer-first" : "departure-first"));
  const id = uuid();
  const weight_g = [...told.values()].reduce((sum, each) => sum + each, 0);
  const lines = [...told].map(([code, grams]) => ({ category: code, weight_g: grams }));
  const isKept = await desk.keep({
    id, kind: "weights", path: `inventory/shipments/${chosen.id}/weights`, about: chosen.number, bare: true, body: { id, number: chosen.number, lines }, summary: `${chosen.number} ${chosen.partner} ${kg(weight_g)} kg`,
    title: word("weights-saved", { weight: kg(weight_g), name: chosen.partner }), told: chosen.number, weight_g, counts: {}, isFinal: true, after: { chosen: null, told: [] },
  });
  if (isKept) choose(null);
  return undefined;
}

export function start(given) {
  desk = given;
}
