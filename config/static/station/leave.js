/* Something leaves: who takes it, then weights or full containers, then the categories. */
import * as board from "./board.js";
import * as cargo from "./cargo.js";
import { codeIn } from "./codes.js";
import { find, plural, say, word } from "./page.js";
import * as rows from "./rows.js";
import { blank, uuid } from "./sheet.js";
import * as takers from "./takers.js";
import { count, kg } from "./units.js";

let desk; // what the screen does for every task, see ship.js
let sheet = blank();
let taker = null;
let isOpen = false; // the papers

export const kinds = ["shipment"];
export const reads = true; // labels of objects
export const tiles = () => Boolean(taker) && !isOpen;
export const state = () => ({ taker, lines: sheet.lines });

export function resume(before) {
  if (!before || sheet.lines.length || taker) return; // a quick hand has begun already
  taker = before.taker ?? null;
  sheet.lines = before.lines ?? [];
}

/* A sheet that was saved, undone or refused comes back; false where one is begun. */
export function putBack(again) {
  if (sheet.lines.length) return false;
  sheet = { ...blank(), lines: again.lines };
  taker = again.taker;
  return true;
}

function small(line) {
  if (line.item) return word(line.weight_g ? "object" : "object-unread", { code: line.item });
  const bins = line.bins || (line.container ? 1 : 0);
  const parts = [];
  if (line.full) parts.push(`${count(line.bins)} × ${line.container.name}`);
  else if (line.container) parts.push(word("net-of", { name: bins > 1 ? `${count(bins)} × ${line.container.name}` : line.container.name.toLocaleLowerCase() }));
  if (line.estimated) parts.push(word(line.full ? "usual-load" : "by-eye"));
  return parts.join(", ");
}

function row(line) {
  const weight = kg(line.weight_g);
  return { colour: line.colour, image: line.icon, name: line.name, small: small(line), weight, tools: [rows.rub(word("remove", { name: line.name, weight }), () => remove(line))] };
}

export function draw() {
  takers.draw(taker, isOpen);
  const number = sheet.lines.length;
  rows.draw({
    title: word("this-departure"), from: taker?.name ?? "", rows: sheet.lines.map(row), count: plural("line", "lines", number, count(number)),
    total_g: cargo.totalOf(sheet.lines), empty: word(taker ? "leave-first" : "taker-first"), save: word("save-departure"), busy: desk.busy(), fresh: desk.fresh(),
  });
}

function remove(removed) {
  sheet.lines = sheet.lines.filter((each) => each !== removed);
  desk.removed();
  say(word("removed", { name: removed.name, total: kg(cargo.totalOf(sheet.lines)) }));
  find("slip-title").focus({ preventScroll: true });
}

/* Who takes it; null: somebody else does. */
function choose(other) {
  [taker, isOpen] = [other, false];
  if (other) takers.fill(other);
  desk.changed();
  (other ? find("taker").firstElementChild : find("takers").firstElementChild)?.focus({ preventScroll: true });
}

function change(said) {
  taker = { ...taker, ...said };
  takers.demand(taker, false);
  desk.changed();
}

function papers(open, isWrong = false) {
  isOpen = open;
  if (open) takers.fill(taker);
  desk.changed();
  if (open) takers.demand(taker, isWrong);
  else find("taker").lastElementChild.focus({ preventScroll: true });
}

/* A category is touched, or one of its details chosen. */
export function tapped(tile, leaf, found) {
  const { line, problem } = cargo.line({ tile, leaf, ...found });
  if (problem) return desk.problem(problem, found);
  sheet.lines = [...sheet.lines, line];
  desk.added();
  say(word("added", { name: line.name, weight: kg(line.weight_g), total: kg(cargo.totalOf(sheet.lines)) }));
  return true;
}

/* An object's label is read: it joins as it is; what it weighs is asked of the server. */
export async function scanned(text) {
  const code = codeIn(text);
  if (!code) return false;
  const why = !taker ? word("taker-first") : sheet.lines.some((line) => line.item === code) ? word("object-twice", { code }) : "";
  if (why) desk.wrong(why);
  if (why) return true;
  const line = { key: uuid(), item: code, name: code, colour: "div", icon: "tag", weight_g: 0 };
  sheet.lines = [...sheet.lines, line];
  desk.added();
  const answer = await board.read(`${desk.station.api}inventory/items/${code}`);
  if (!answer) return true;
  Object.assign(line, { name: answer.title || answer.name || code, weight_g: answer.weight_g });
  desk.changed();
  return true;
}

export async function save() {
  if (!sheet.lines.length) return desk.wrong(word(taker ? "weight-first" : "taker-first"));
  if (takers.lacksSlip(taker)) {
    papers(true, true);
    return desk.wrong(word("slip-wanted"));
  }
  const weight_g = cargo.totalOf(sheet.lines);
  const number = sheet.lines.length;
  const before = { lines: sheet.lines, taker };
  const isKept = await desk.keep({
    id: sheet.id, kind: "shipment", path: "inventory/shipments", body: { ...cargo.departure(taker, sheet.lines), id: sheet.id },
    summary: [taker.name, ...sheet.lines.map((each) => `${each.name} ${kg(each.weight_g)} kg`)].join(", "),
    title: word("gone", { weight: kg(weight_g), name: taker.name }), told: plural("line", "lines", number, count(number)), weight_g, counts: { departures: 1, departed_g: weight_g }, sheet: before, after: { taker: null, lines: [] },
  });
  if (!isKept) return;
  [sheet, taker, isOpen] = [blank(), null, false];
  desk.changed();
}

export function start(given) {
  desk = given;
  takers.start(desk.station, { choose, change, papers });
  if (taker) takers.fill(taker);
}
