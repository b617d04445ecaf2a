/* The weekly clearing: choose who takes it, then touch what goes there; one save for all. */
import * as board from "./board.js";
import * as cargo from "./cargo.js";
import { find, h, icon, plural, word } from "./page.js";
import { measured } from "./pad.js";
import * as picker from "./picker.js";
import * as queue from "./queue.js";
import * as rows from "./rows.js";
import { uuid } from "./sheet.js";
import { IMAGES } from "./takers.js";
import { count, kg } from "./units.js";

const ROOM = 3; // takers at hand; the others behind one key

let desk;
let shop = { items: [], bulk: [], place: null };
let weeks = 8;
let brush = null; // who takes what is touched next
let going = new Map(); // key of an object or a heap → {taker, line}

export const kinds = [];
export const reads = true; // labels of objects
export const tiles = () => false;
export const state = () => ({ weeks, brush, going: [...going] });

export function resume(before) {
  if (!before || going.size) return;
  [weeks, brush, going] = [before.weeks, before.brush, new Map(before.going)];
}

const KEPT = () => `unsold:${desk.station.site.code}:${weeks}`;
const takers = () => desk.station.takers.filter(({ fate }) => fate).sort((a, b) => Number(Boolean(a.partner)) - Number(Boolean(b.partner)));
const nameOf = (taker) => (!taker.partner && taker.fate === "reuse" ? word("free") : taker.name);
const same = (a, b) => a?.partner === b?.partner && a?.fate === b?.fate;

/* Shown whenever the task is opened: the shelf as the server knows it, else as it was known. */
export async function open() {
  brush ??= takers()[0];
  shop = (await queue.recall(KEPT())) ?? { items: [], bulk: [], place: null };
  desk.redraw();
  const answer = await board.read(`${desk.station.api}inventory/unsold?site=${encodeURIComponent(desk.station.site.code)}&weeks=${weeks}`);
  if (!answer) return;
  shop = answer;
  await queue.keep(KEPT(), shop);
  desk.redraw();
}

function brushes() {
  const chip = (taker) => h("button", { type: "button", class: "chip", "data-fate": taker.fate, "aria-pressed": String(same(taker, brush)), onclick: () => pick(taker) },
    h("span", { class: "swatch", "aria-hidden": "true" }), icon(IMAGES[taker.fate]), h("span", {}, nameOf(taker)));
  const all = takers();
  const near = all.length <= ROOM + 1 ? all : all.slice(0, ROOM);
  const far = all.filter((taker) => !near.includes(taker));
  const other = far.find((taker) => same(taker, brush));
  const options = far.map((taker) => ({ label: nameOf(taker), hint: desk.station.fates.find(({ code }) => code === taker.fate).name, fate: taker.fate, image: IMAGES[taker.fate], choose: () => pick(taker) }));
  const more = h("button", { type: "button", class: "chip", "aria-haspopup": "true", "aria-pressed": String(Boolean(other)), "data-fate": other?.fate, onclick: () => picker.open({ heading: word("goes-to"), options }) }, other ? h("span", { class: "swatch", "aria-hidden": "true" }) : null, h("span", {}, other ? nameOf(other) : word("other")));
  return [...near.map(chip), ...(far.length ? [more] : [])];
}

function pick(taker) {
  brush = taker;
  desk.changed();
}

const age = (each) => plural("week", "weeks", each.weeks, count(each.weeks));

function key({ id, colour, image, name, small, far, act }) {
  const to = going.get(id)?.taker;
  return h("button", { type: "button", class: "row-key cat", "data-cat": colour, "aria-pressed": String(Boolean(to)), onclick: act },
    icon(image) ?? icon("tag"), h("span", {}, h("b", {}, name), h("small", {}, small)), // a sub-category may have one of its own
    h("span", { class: "far", "data-fate": to?.fate }, h("b", {}, far), to ? h("small", {}, h("span", { class: "swatch", "data-fate": to.fate, "aria-hidden": "true" }), ` ${nameOf(to)}`) : null));
}

const objectKey = (each) => key({ id: each.code, colour: each.colour, image: each.icon, name: each.title, small: `${each.code} · ${age(each)}`, far: `${kg(each.weight_g)} kg`, act: () => touch(each) });
const heapKey = (each) => key({ id: `bulk:${each.category}`, colour: each.colour, image: each.icon, name: each.name, small: word("in-bulk", { weight: kg(each.weight_g) }), far: going.has(`bulk:${each.category}`) ? `${kg(going.get(`bulk:${each.category}`).line.weight_g)} kg` : word("type-it"), act: () => heap(each) });

function since() {
  const ask = () => picker.open({ heading: word("since-when"), options: desk.station.ages.map((each) => ({ label: each.name, pressed: each.weeks === weeks, choose: () => older(each.weeks) })) });
  return h("button", { type: "button", class: "btn since", "aria-haspopup": "true", onclick: ask }, icon("wait"), word("older-than", { age: desk.station.ages.find((each) => each.weeks === weeks).name }));
}

async function older(asked) {
  weeks = asked;
  desk.changed();
  await open();
}

export function draw() {
  find("goes").replaceChildren(...brushes());
  const title = (text) => h("h2", { class: "list-title" }, text);
  const none = h("p", { class: "muted list-title" }, word("none-unsold"));
  find("list").replaceChildren(since(), title(word("objects")), ...(shop.items.length ? shop.items.map(objectKey) : [none]), ...(shop.bulk.length ? [title(word("bulk")), ...shop.bulk.map(heapKey)] : []));
  const lines = [...going.values()];
  rows.draw({
    title: word("clearing"), from: word("clearing-why"), rows: [...going].map(row), count: plural("line", "lines", lines.length, count(lines.length)),
    total_g: cargo.totalOf(lines.map(({ line }) => line)), empty: word("clearing-first"), save: word("save-clearing"), busy: desk.busy(), fresh: desk.fresh(),
  });
}

function row([id, { taker, line }]) {
  const weight = kg(line.weight_g);
  return { colour: line.colour, image: line.icon, name: line.name, small: nameOf(taker), weight, tools: [rows.rub(word("remove", { name: line.name, weight }), () => stay(id))] };
}

function stay(id) {
  going.delete(id);
  desk.removed();
}

/* Touched again under the same taker, it stays on the shelf. */
function touch(each) {
  if (same(going.get(each.code)?.taker, brush)) return stay(each.code);
  going.set(each.code, { taker: brush, line: { item: each.code, name: each.title, colour: each.colour, icon: each.icon, weight_g: each.weight_g } });
  return desk.added();
}

function heap(each) {
  const id = `bulk:${each.category}`;
  const found = measured();
  const { weight_g, problem } = found;
  if (problem === "weight-first" && going.has(id)) return stay(id);
  if (problem || !weight_g) return desk.problem(problem || "weight-first", {});
  const { container } = desk.chosen;
  const { line, problem: bad } = cargo.line({ tile: { code: each.category, ...each }, leaf: { code: each.category, name: each.name }, weight_g, bins: 0, container, byEye: false });
  if (bad) return desk.problem(bad, {});
  going.set(id, { taker: brush, line: { ...line, place: shop.place } });
  return desk.added(found);
}

export function scanned(text) {
  const each = shop.items.find(({ code }) => text.toUpperCase().endsWith(code));
  if (each) touch(each);
  return Boolean(each);
}

const keyOf = ({ partner, fate }) => `${fate}/${partner ?? ""}`;

export async function save() {
  if (!going.size) return desk.wrong(word("clearing-first"));
  const heaps = new Map();
  for (const { taker, line } of going.values()) heaps.set(keyOf(taker), { taker, lines: [...(heaps.get(keyOf(taker))?.lines ?? []), line] });
  const to = [...heaps.values()].map(({ taker, lines }) => cargo.departure({ partner: taker.partner, fate: taker.fate }, lines));
  const [id, weight_g] = [uuid(), cargo.totalOf([...going.values()].map(({ line }) => line))];
  const isKept = await desk.keep({
    id, kind: "clearing", path: "inventory/clearings", body: { id, to }, summary: [...going.values()].map(({ taker, line }) => `${line.name} ${kg(line.weight_g)} kg → ${nameOf(taker)}`).join(", "),
    title: word("cleared", { weight: kg(weight_g) }), told: plural("line", "lines", going.size, count(going.size)), weight_g, counts: { departures: heaps.size, departed_g: weight_g }, after: { ...state(), going: [] },
  });
  if (!isKept) return undefined;
  shop = { ...shop, items: shop.items.filter(({ code }) => !going.has(code)) };
  await queue.keep(KEPT(), shop);
  going = new Map();
  return desk.changed();
}

export function start(given) {
  desk = given;
}
