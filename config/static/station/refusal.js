/* What is turned away at the gate: how many, why, and what it was. Nothing is weighed. */
import { plural, word } from "./page.js";
import * as picker from "./picker.js";
import { saved as chime } from "./sounds.js";
import * as queue from "./queue.js";
import { signed, show } from "./saved.js";
import { flush, now } from "./send.js";
import { uuid } from "./sheet.js";
import { count } from "./units.js";

const titled = (number) => plural("refused", "refused-many", number, count(number));

function entryOf(station, { number, reason, tile }) {
  const id = uuid();
  const body = { id, site: station.site.code, reason: reason.code, count: number, ...(tile ? { category: tile.code } : {}), occurred_at: now().toISOString() };
  const title = titled(number);
  const told = [tile?.name, reason.name].filter(Boolean).join(", ");
  return {
    id, at: Date.now(), kind: "refusal", site: station.site.code, path: `${station.api}collection/refusals`, body: JSON.stringify(body),
    summary: `${title}: ${told}`, title, told, weight_g: 0, isFinal: true, ...signed(),
  };
}

async function keep(station, said) {
  const entry = entryOf(station, said);
  await queue.add(entry);
  show(entry);
  chime();
  flush();
}

function askWhat(station, said, failed) {
  const choose = (tile) => () => keep(station, { ...said, tile }).catch(failed);
  const tiles = station.tiles.map((tile) => ({ label: tile.name, image: tile.icon, cat: tile.colour, choose: choose(tile) }));
  picker.open({ heading: word("refuse-what"), options: [{ label: word("refuse-any"), image: "check", main: true, choose: choose(null) }, ...tiles] });
}

/* Ask why `number` objects are refused, then what they are; `failed` where nothing could be kept. */
export function ask(station, number, failed) {
  const options = station.reasons.map((reason) => ({ label: reason.name, image: "refuse", choose: () => askWhat(station, { number, reason }, failed) }));
  picker.open({ heading: word("refuse-why", { what: titled(number) }), text: number > 1 ? "" : word("refuse-hint"), options });
}
