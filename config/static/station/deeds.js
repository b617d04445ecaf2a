/* What is done at the sorting table, as entries of the queue. */
import { plural, word } from "./page.js";
import { signed } from "./saved.js";
import { now } from "./send.js";
import { effectOf, request, takenOf } from "./shares.js";
import { uuid } from "./sheet.js";
import { count, kg } from "./units.js";

const entry = (station, fields) => ({ id: fields.body.id, at: Date.now(), site: station.site.code, ...fields, body: JSON.stringify({ ...fields.body, occurred_at: now().toISOString() }), ...signed() });

const told = ({ name, to, weight_g }) => `${name} ${kg(weight_g)} kg → ${to.name}`;

/* The whole sheet; `gap_g` of the lot is missing. */
export function sortingOf(sheet, station, gap_g = 0) {
  const weight_g = takenOf(sheet) + gap_g;
  return entry(station, {
    kind: "sorting", path: `${station.api}inventory/sortings`, body: request(sheet, station.site.code, gap_g),
    summary: sheet.lines.map(told).join(", ").slice(0, 500), title: word("sorted", { weight: kg(weight_g) }),
    told: plural("part", "parts", sheet.lines.length, count(sheet.lines.length)),
    weight_g, counts: { sorted_g: weight_g }, effect: effectOf(sheet, gap_g), sheet: { lot: sheet.lot, lines: sheet.lines, labelled_g: sheet.labelled_g, gap_g },
  });
}

/* An object drawn out of a lot, with a label. `code` is null where none was left to give. */
export function labelOf({ lot, kind, weight_g, estimated, condition, price_cents, code }, station) {
  const body = {
    id: uuid(), site: station.site.code, place: lot.place, category: kind.category, from_category: lot.category, weight_g,
    ...(code ? { code } : {}), ...(condition ? { condition } : {}), ...(estimated ? { estimated } : {}),
    ...(price_cents === null ? {} : { price_cents }), ...(lot.line ? { intake_line: lot.line } : {}),
  };
  return entry(station, {
    kind: "item", path: `${station.api}inventory/items`, body, summary: `${code ?? ""} ${kind.name} ${kg(weight_g)} kg`.trim(),
    title: code ? word("labelled", { name: kind.name, code }) : word("labelled-uncoded", { name: kind.name }), told: `${kg(weight_g)} kg`,
    weight_g, counts: { sorted_g: weight_g }, effect: { line: null, line_g: 0, heaps: [{ place: lot.place, category: lot.category, weight_g: -weight_g }] },
    sheet: { label: { lot, kind, weight_g, condition, price_cents } },
  });
}

/* What this tablet knows of an object that it has just labelled. */
export const objectOf = ({ code, kind, weight_g, price_cents, condition }) => ({ code, title: "", category: kind.category, weight_g, price_cents, condition });

/* What the workshop did to it: no paper of the books, so it can be taken back only while it is here. */
export function repairOf(object, { act, minutes, result, condition, parts }, station) {
  const body = { id: uuid(), act, result, ...(minutes ? { minutes } : {}), ...(parts ? { parts } : {}), ...(condition ? { condition } : {}) };
  return entry(station, {
    kind: "repair", path: `${station.api}inventory/items/${object.code}/repairs`, body, isFinal: true,
    summary: `${object.code} ${object.name} ${act} ${result}`.slice(0, 500), title: word("repair-noted", { name: object.name }), told: object.code,
    weight_g: 0, counts: {}, sheet: { object },
  });
}

/* An object in hand goes to another place, or leaves. */
export function orientationOf(object, to, station) {
  const site = station.site.code;
  const taker = to.partner ? { partner: to.partner } : { public: true };
  const isMove = to.kind === "place";
  const body = isMove ? { id: uuid(), site, to_place: to.code, items: [object.code] } : { id: uuid(), site, fate: to.fate, ...taker, lines: [{ item: object.code }] };
  return entry(station, {
    kind: isMove ? "move" : "shipment", path: `${station.api}inventory/${isMove ? "moves" : "shipments"}`, body,
    summary: `${object.code} ${object.name} → ${to.name}`, title: word("object-moved", { name: object.name, place: to.name }), told: object.code,
    weight_g: object.weight_g, counts: {}, sheet: { object },
  });
}
