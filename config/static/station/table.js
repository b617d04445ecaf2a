/* The sorting table as it stands: its sheet, what the next part is, and how all of it is shown. */
import * as lot from "./lot.js";
import * as lots from "./lots.js";
import { find, say, word } from "./page.js";
import { clear, measured, pad } from "./pad.js";
import * as queue from "./queue.js";
import * as readout from "./readout.js";
import * as saved from "./saved.js";
import * as scale from "./scale.js";
import { blank, restOf } from "./shares.js";
import * as sounds from "./sounds.js";
import * as tag from "./tag.js";
import { kg } from "./units.js";

export const station = JSON.parse(find("station").textContent);
export const { site } = station;
const KEPT = `sorting:${site.code}`;

/* `kind`: what the next part is, where it is not what the lot is; `isAsking`: an object takes the
   place of the lot; `acts`: what a touch of a lot, a destination or a line's cross does. */
export const table = { sheet: blank(), kind: null, saving: false, hint: "", isAsking: false, acts: {} };

const hasPlaces = station.destinations.some(({ kind }) => kind === "place");
export const destinations = [...station.destinations, { ...station.main, name: hasPlaces ? station.main.name : word("stays-here") }];

/* Names */

const places = new Map([...station.destinations, station.main].filter(({ kind }) => kind === "place").map(({ code, name }) => [code, name]));
export const nameOf = (place) => places.get(place) ?? place;

/* {category, name, colour, icon, tile} of a category, as far as this tablet knows it. */
export function named(code, name = code) {
  for (const tile of station.tiles) {
    const found = tile.code === code ? tile : tile.leaves.find((leaf) => leaf.code === code);
    if (found) return { category: code, name: found.name, colour: tile.colour, icon: tile.icon, tile: tile.code };
  }
  return { category: code, name, colour: "div", icon: "heap", tile: null };
}

export const kindNow = () => table.kind ?? named(table.sheet.lot.category, table.sheet.lot.name);

/* Screen */

export function readOut() {
  const { sheet, hint } = table;
  readout.draw({ ...pad, hint, container: null, scale: scale.look() });
  const { weight_g, problem } = measured();
  if (sheet.lot && weight_g && !problem && !hint) find("read").querySelector(".right").textContent = word("after", { weight: kg(restOf(sheet) - weight_g) });
}

export const drawSheet = () => lot.drawSheet({ ...table, fresh: saved.fresh(), remove: table.acts.remove });

export function draw() {
  const { sheet, isAsking, acts } = table;
  lot.draw(sheet, nameOf);
  drawSheet();
  lot.drawDestinations(sheet, destinations, acts.go);
  find("lots").hidden = isAsking || Boolean(sheet.lot);
  find("sharing").hidden = isAsking || !sheet.lot;
  find("rest").setAttribute("aria-disabled", String(restOf(sheet) <= 0));
  if (sheet.lot) {
    find("kind").firstElementChild.textContent = kindNow().name;
    tag.draw(kindNow());
  }
  readOut();
}

export async function drawLots() {
  if (table.sheet.lot) return;
  lot.drawLots({ ...(await lots.all(site.code)), asOf: lots.asOf() }, named, nameOf, table.acts.choose);
}

export function wrong(text) {
  table.hint = text;
  sounds.wrong();
  say(text);
  readOut();
}

/* What is typed is done with. */
export function reset() {
  clear();
  table.hint = "";
}

/* Kept, so that it outlives a reload. */

const sketch = ({ sheet, kind }) => ({ sheet, kind });
export const keep = () => queue.keep(KEPT, sketch(table));

/* The table as it stands once an entry is kept, for the queue: both change or neither. */
export const then = (next) => ({ [KEPT]: sketch(next) });

export async function resume() {
  const before = await queue.recall(KEPT);
  if (!before || table.sheet.lot) return; // a quick hand has begun already
  Object.assign(table, before);
  draw();
}
