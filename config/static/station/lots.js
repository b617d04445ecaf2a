/* What may be sorted: heaps and today's arrivals as the server told them last, corrected by what
   waits here, and by what this tablet has sorted of an arrival, which the books do not tell. */
import { weightOf } from "./sheet.js";
import * as queue from "./queue.js";
import { now } from "./send.js";

let key = "";
let main = "";
let known = { at: null, day: "", heaps: [], arrivals: [], done: {} };

const keep = () => queue.keep(key, known);

/* The server's own list. */
export function hear({ day, heaps, arrivals }) {
  if (!heaps) return;
  known = { at: Date.now(), day, heaps, arrivals, done: day === known.day ? known.done : {} };
  keep();
}

export const asOf = () => known.at;

/* Grams on top of what is told, by place and category; made where nothing lay. */
function change(heaps, { place, category, name, weight_g }) {
  const heap = heaps.find((each) => each.place === place && each.category === category);
  if (heap) heap.weight_g += weight_g;
  else heaps.push({ place, category, name, weight_g });
}

/* An arrival that waits here: what of it is to be sorted. */
const brought = ({ sheet }) => sheet.lines.filter(({ target }) => !target || target.kind === "place")
  .map((line) => ({ place: line.target?.code ?? main, category: line.category, name: line.name, weight_g: weightOf(line) }));

function changesOf(entry) {
  if (entry.kind === "arrival" && entry.sheet) return brought(entry);
  return entry.effect?.heaps ?? [];
}

/* {heaps, arrivals} now, each with grams above zero. */
export async function all(site) {
  const waiting = (await queue.entries()).filter((entry) => entry.state === "waiting" && entry.site === site);
  const heaps = known.heaps.map((heap) => ({ ...heap }));
  for (const entry of waiting) for (const each of changesOf(entry)) change(heaps, each);
  const isToday = known.day === now().toLocaleDateString("sv");
  const arrivals = (isToday ? known.arrivals : []).map((line) => ({ ...line, weight_g: left(line, heaps) }));
  const lies = ({ weight_g }) => weight_g > 0;
  return { heaps: heaps.filter(lies).sort(byPlaceAndWeight), arrivals: arrivals.filter(lies) };
}

/* What lies where things are sorted comes first, and the heaviest of it. */
const byPlaceAndWeight = (one, other) => (other.place === main) - (one.place === main) || other.weight_g - one.weight_g;

/* Of a line at most what its heap still holds. */
function left({ line, place, category, weight_g }, heaps) {
  const heap = heaps.find((each) => each.place === place && each.category === category);
  return Math.min(weight_g - (known.done[line] ?? 0), heap?.weight_g ?? 0);
}

/* This tablet took so much of an arrival's line; less than nothing where it is put back. */
export function took(line, weight_g) {
  if (!line) return;
  known.done[line] = (known.done[line] ?? 0) + weight_g;
  keep();
}

/* The server has it: until it tells its list again, the list as told is changed likewise. */
export function sent(entry) {
  for (const each of changesOf(entry)) change(known.heaps, each);
  keep();
}

export async function start(station) {
  key = `lots:${station.site.code}`;
  main = station.main.code;
  known = (await queue.recall(key)) ?? known;
}
