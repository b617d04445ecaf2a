/* What comes back to the table: undone, or refused and to be corrected. */
import * as labels from "./labels.js";
import * as lots from "./lots.js";
import * as objects from "./objects.js";
import { word } from "./page.js";
import { put } from "./pad.js";
import { blank } from "./shares.js";
import { draw, drawLots, keep, table, wrong } from "./table.js";
import * as tag from "./tag.js";

const isSame = (one, other) => one?.place === other?.place && one?.category === other?.category && one?.line === other?.line;

/* A sheet to be corrected; false where another is begun. */
export function putBack(again) {
  if (table.sheet.lines.length) {
    wrong(word("sheet-begun"));
    return false;
  }
  objects.close();
  if (again.object) objects.meet(again.object.code);
  else if (again.label) relabel(again.label);
  else Object.assign(table, { sheet: { ...blank(again.lot), lines: again.lines, labelled_g: again.labelled_g }, kind: null });
  keep();
  draw();
  return true;
}

function relabel({ lot, kind, weight_g, condition, price_cents }) {
  if (!isSame(table.sheet.lot, lot)) table.sheet = blank(lot);
  table.kind = kind.category === lot.category ? null : kind;
  put(weight_g);
  tag.choose({ condition, price_cents });
}

/* What was taken back is in its lot again. */
export function undone({ id, weight_g, sheet: before }) {
  if (before?.object) objects.put(before.object, before.object.place);
  else if (before?.label) unlabel(id, before.label, weight_g);
  else if (before) unsort(before, weight_g);
  keep();
  drawLots();
  draw();
}

function unlabel(id, { lot }, weight_g) {
  labels.forget(id);
  const { sheet } = table;
  if (isSame(sheet.lot, lot)) sheet.labelled_g = Math.max(0, sheet.labelled_g - weight_g);
}

function unsort({ lot }, weight_g) {
  lots.took(lot.line, -weight_g);
  const { sheet } = table;
  if (isSame(sheet.lot, lot)) sheet.lot = { ...sheet.lot, weight_g: sheet.lot.weight_g + weight_g };
}
