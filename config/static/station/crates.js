/* The free shelf: a crate is weighed out with one tap, and its rest weighed back with one. */
import * as board from "./board.js";
import * as cargo from "./cargo.js";
import { h, icon, plural, say, word } from "./page.js";
import { clear, measured } from "./pad.js";
import * as picker from "./picker.js";
import * as rows from "./rows.js";
import { uuid } from "./sheet.js";
import { count, kg, time } from "./units.js";

let desk;

export const kinds = [];
export const tiles = () => true;
export const state = () => null;
export const resume = () => {};
export const scanned = () => false;
export const save = () => {};

const sinceOf = ({ since }) => {
  const at = new Date(since);
  return at.toDateString() === new Date().toDateString() ? time(at) : at.toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "short" });
};

function row(crate) {
  const back = h("button", { type: "button", class: "btn back", "aria-label": word("rest-label", { name: crate.name, weight: kg(crate.weight_g) }), onclick: () => rest(crate) }, icon("undo"), word("rest"));
  return { colour: crate.colour, image: crate.icon, name: crate.name, small: word("out-since", { time: sinceOf(crate) }), weight: kg(crate.weight_g), tools: [back] };
}

export function draw() {
  const crates = board.crates();
  rows.draw({
    title: word("crates-out"), from: word("crates-why"), rows: crates.map(row), count: plural("crate", "crates", crates.length, count(crates.length)),
    total_g: cargo.totalOf(crates), empty: word("crates-none"), save: "", busy: false, fresh: desk.fresh(),
  });
}

/* A crate goes out: a weight, then its category, and it is saved. */
export function tapped(tile, leaf, found) {
  if (found.weight_g === null) return desk.problem("crate-weight", found);
  const { line, problem } = cargo.line({ tile, leaf, ...found, bins: 0 });
  if (problem) return desk.problem(problem, found);
  const id = uuid();
  const crate = { id, number: "", category: line.category, name: line.name, icon: line.icon, colour: line.colour, weight_g: line.weight_g, since: new Date().toISOString() };
  desk.keep({
    id, kind: "crate", path: "inventory/crates", body: { ...cargo.crate(line), id }, crate, summary: `${line.name} ${kg(line.weight_g)} kg`,
    title: word("crate-gone", { weight: kg(line.weight_g), name: line.name }), told: line.name, weight_g: line.weight_g, counts: { departures: 1, departed_g: line.weight_g },
  });
  return true;
}

/* Its rest comes back: what lies on the scale, or nothing where everything was taken. */
function rest(crate) {
  const found = measured();
  if (!found.problem && found.weight_g !== null) return weighBack(crate, found.weight_g);
  if (found.problem !== "weight-first") return desk.problem(found.problem || "rest-weight", found);
  const yes = { label: word("all-taken"), image: "check", main: true, choose: () => weighBack(crate, 0) };
  return picker.open({ heading: word("rest-of", { name: crate.name, weight: kg(crate.weight_g) }), text: word("rest-how"), options: [yes, { label: word("rest-weigh"), image: "scale", choose: () => {} }], question: true });
}

function weighBack(crate, gross_g) {
  const { container } = desk.chosen;
  const weight_g = gross_g - (gross_g ? cargo.tareOf(container, 1) : 0);
  if (weight_g < 0) return desk.problem("container-heavier", {});
  if (weight_g > crate.weight_g) return desk.wrong(word("rest-more", { weight: kg(crate.weight_g) }));
  const id = uuid();
  clear();
  const given = kg(crate.weight_g - weight_g);
  say(word("rest-back", { weight: given, name: crate.name }));
  return desk.keep({
    id, kind: "rest", path: `inventory/crates/${crate.id}/rest`, about: crate.id, body: { id, weight_g }, bare: true, summary: `${crate.name} ${kg(weight_g)} kg`,
    title: word("rest-back", { weight: given, name: crate.name }), told: word("rest-told", { weight: kg(weight_g) }), weight_g, counts: {},
  });
}

export function start(given) {
  desk = given;
}
