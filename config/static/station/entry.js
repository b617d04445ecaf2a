/* The sheet as an entry of the queue: its text is what the server compares when it comes twice. */
import { signed } from "./saved.js";
import { now } from "./send.js";
import { plural, word } from "./page.js";
import { request, totalOf, weightOf } from "./sheet.js";
import { count, kg } from "./units.js";

export function entryOf(sheet, station, { mode, origin }) {
  const body = { ...request(sheet, station.site.code, mode?.code, origin?.code), occurred_at: now().toISOString() };
  const weight_g = totalOf(sheet);
  return {
    id: sheet.id, at: Date.now(), kind: "arrival", site: station.site.code, path: `${station.api}collection/intakes`, body: JSON.stringify(body),
    summary: sheet.lines.map((each) => `${each.name} ${kg(weightOf(each))} kg`).join(", ").slice(0, 500),
    title: word("saved", { weight: kg(weight_g) }), told: plural("weighing", "weighings", sheet.lines.length, count(sheet.lines.length)),
    weight_g, counts: { arrivals: 1, weight_g }, sheet: { lines: sheet.lines, mode: mode?.code, origin: origin?.code }, ...signed(),
  };
}
