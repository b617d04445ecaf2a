/* The sorting table: a lot, a weight, where it goes; a label; an object in hand. */
import { putBack, undone } from "./back.js";
import * as deeds from "./deeds.js";
import * as ean from "./ean.js";
import * as floor from "./floor.js";
import * as keys from "./keys.js";
import * as kinds from "./kinds.js";
import * as labels from "./labels.js";
import * as load from "./load.js";
import * as lots from "./lots.js";
import * as objects from "./objects.js";
import { find, h, icon, say, word } from "./page.js";
import { isEmpty, measured, pad, press as pressed, put } from "./pad.js";
import * as picker from "./picker.js";
import * as prices from "./prices.js";
import * as queue from "./queue.js";
import * as repair from "./repair.js";
import * as saved from "./saved.js";
import * as scale from "./scale.js";
import { typedWeight } from "./scales.js";
import * as send from "./send.js";
import { blank, isGap, isMoved, part, restOf } from "./shares.js";
import * as snap from "./snap.js";
import * as sounds from "./sounds.js";
import { destinations, draw, drawLots, drawSheet, keep, kindNow, named, nameOf, readOut, reset, resume, site, station, table, then, wrong } from "./table.js";
import * as tag from "./tag.js";
import { kg } from "./units.js";

/* The lot and the category */

function choose(lot) {
  Object.assign(table, { sheet: blank(lot), kind: null });
  reset();
  keep();
  draw();
  find("lot-title").focus({ preventScroll: true });
}

async function leave() {
  if (table.sheet.lines.length) return wrong(word("sheet-lines"));
  picker.close();
  Object.assign(table, { sheet: blank(), kind: null });
  reset();
  keep();
  await drawLots();
  draw();
  find("lots-title").focus({ preventScroll: true });
}

function take(code) {
  const { lot } = table.sheet;
  Object.assign(table, { kind: code === lot.category ? null : named(code), hint: "" });
  keep();
  draw();
}

/* A part */

/* What is to be taken out of the lot: {weight_g, …}; undefined once it has said what is wrong. */
function weighed(first) {
  const { sheet } = table;
  const found = measured();
  if (!sheet.lot) return wrong(word("choose-lot"));
  if (found.problem && found.problem !== "weight-first") return wrong(word(found.problem));
  if (!found.weight_g) return wrong(word(first));
  if (found.weight_g > Math.max(site.scale_limit_g, restOf(sheet))) return wrong(word("too-heavy", { limit: kg(site.scale_limit_g) }));
  return found;
}

function go(to) {
  const found = weighed("weight-first-part");
  if (!found || table.saving) return;
  if (!isMoved(table.sheet.lot, kindNow(), to)) return wrong(word("moves-nothing"));
  sure(found, (weight_g) => add(part({ kind: kindNow(), to, weight_g, estimated: pad.byEye }), found));
}

/* More than is left in the books is asked once. */
function sure({ weight_g, isFromScale }, act) {
  const rest_g = restOf(table.sheet);
  if (weight_g <= rest_g) return act(weight_g);
  const lighter_g = weight_g / 10;
  const isSlip = !isFromScale && Number.isInteger(lighter_g) && lighter_g <= rest_g;
  const no = isSlip ? [{ label: word("rather", { weight: kg(lighter_g) }), main: true, choose: () => act(lighter_g) }] : [];
  sounds.wrong();
  picker.open({
    heading: word("more-than-left", { weight: kg(weight_g) }), text: word("more-than-left-text", { rest: kg(Math.max(0, rest_g)) }), question: true,
    options: [...no, { label: word("yes", { weight: kg(weight_g) }), choose: () => act(weight_g) }, { label: word("correct"), choose: readOut }],
  });
}

function add(added, { isFromScale, weight_g }) {
  if (isFromScale) load.log(weight_g, added.key);
  const { sheet } = table;
  sheet.lines = [...sheet.lines, added];
  table.kind = null;
  reset();
  keep();
  sounds.added();
  draw();
  say(word("added", { name: added.to.name, weight: kg(added.weight_g), rest: kg(restOf(sheet)) }));
}

function remove(removed) {
  const { sheet } = table;
  load.release(removed.key);
  table.hint = "";
  sheet.lines = sheet.lines.filter((each) => each !== removed);
  keep();
  draw();
  say(word("removed", { name: removed.name, rest: kg(restOf(sheet)) }));
  find("slip-title").focus({ preventScroll: true });
}

function takeRest() {
  const { sheet } = table;
  const rest_g = restOf(sheet);
  if (!sheet.lot || rest_g <= 0) return wrong(word(sheet.lot ? "nothing-left" : "choose-lot"));
  picker.close();
  table.hint = "";
  put(rest_g);
  readOut();
}

/* Saving */

function save() {
  const { sheet, saving } = table;
  if (saving) return;
  if (!isEmpty()) return wrong(word("weight-unplaced", { weight: pad.typed }));
  if (!sheet.lines.length) return wrong(word("first-part"));
  picker.close();
  if (!isGap(sheet, site.sorting_tolerance_bp)) return record(0);
  const gap_g = restOf(sheet);
  const weight = kg(gap_g);
  picker.open({
    heading: word("gap", { weight }), text: word("gap-text"), question: true,
    options: [{ label: word("gap-yes", { weight }), main: true, choose: () => record(gap_g) }, { label: word("gap-no"), choose: () => record(0) }],
  });
}

async function record(gap_g) {
  const { sheet } = table;
  if (table.saving) return;
  table.saving = true;
  draw();
  const entry = deeds.sortingOf(sheet, station, gap_g);
  const rest_g = restOf(sheet) - gap_g;
  const next = { sheet: blank(rest_g > 0 ? { ...sheet.lot, weight_g: rest_g } : null), kind: null };
  const isKept = await queued(entry, then(next));
  table.saving = false;
  if (!isKept) return draw();
  lots.took(sheet.lot.line, entry.effect.line_g);
  Object.assign(table, next);
  reset();
  await drawLots();
  done(entry);
}

/* Kept on this tablet before anything else; false where its disk is full or broken. */
async function queued(entry, kept) {
  try {
    await queue.add(entry, kept);
    return true;
  } catch {
    wrong(word("not-kept"));
    return false;
  }
}

function done(entry) {
  saved.show(entry, entry.sheet);
  draw();
  sounds.saved();
  say(entry.title);
  send.flush();
}

/* A label: at once, not with the sheet */

function label() {
  const found = weighed("tag-weight");
  if (found && !table.saving) sure(found, (weight_g) => draft(weight_g, found));
}

async function draft(weight_g, { isFromScale }) {
  table.saving = true;
  const { sheet } = table;
  const what = { lot: sheet.lot, kind: kindNow(), weight_g, estimated: pad.byEye, ...tag.chosen(), code: await labels.take() };
  const entry = deeds.labelOf(what, station);
  const labelled_g = sheet.labelled_g + weight_g;
  const isKept = await queued(entry, then({ ...table, sheet: { ...sheet, labelled_g } }));
  table.saving = false;
  if (!isKept) return;
  if (isFromScale) load.log(weight_g, entry.id);
  labels.wait(entry, what.code);
  if (what.code) objects.put(deeds.objectOf(what), what.lot.place);
  sheet.labelled_g = labelled_g;
  reset();
  done(entry);
}

/* An object in hand */

async function orient(object, to) {
  if (table.saving) return;
  table.saving = true;
  const entry = deeds.orientationOf(object, to, station);
  const isKept = await queued(entry);
  table.saving = false;
  if (!isKept) return;
  objects.put(object, to.kind === "place" ? to.code : null);
  objects.close();
  done(entry);
}

async function mend(entry) {
  if (!(await queued(entry))) return;
  objects.close();
  done(entry);
}

/* While an object is being put down its panel is about to close: what fails then is told beside the weight. */
const tools = (object) => [
  h("button", { type: "button", class: "btn", onclick: () => objects.turn(object, ...repair.sheet(object, mend)) }, icon("workshop"), word("repair")),
  snap.key(`${station.api}inventory/items/${object.code}/photos`, (text) => (!table.saving && objects.tell(text)) || (text && wrong(text))),
];

function show(isAsking) {
  table.isAsking = isAsking;
  draw();
}

/* What is typed */

function press(key) {
  if (picker.isQuestion() && /\d/.test(key)) pad.typed = ""; // a doubted weight is typed afresh
  picker.close();
  table.hint = "";
  pressed(key);
  readOut();
}

/* A label that is scanned, a scale that types like a keyboard, or a barcode that holds a weight. */
function scanned(text, before) {
  Object.assign(pad, before);
  picker.close();
  const weight_g = typedWeight(text) ?? ean.decode(text, site.weight_code_layout)?.weight_g;
  if (!weight_g && ean.isEan(text)) return wrong(word(ean.isRead(text) ? "no-weight" : "misread"));
  if (!weight_g) return objects.meet(text);
  put(weight_g);
  table.hint = "";
  sounds.added();
  readOut();
}

function escape() {
  if (picker.isOpen()) return;
  objects.close();
  reset();
  readOut();
}

/* What the server says */

function sent(entry, { outcome }) {
  if (outcome === "saved" && entry.site === site.code) lots.sent(entry);
  drawLots();
}

function heard(answer) {
  lots.hear(answer);
  drawLots();
}

const summed = (sum) => [`${kg(sum("sorted_g"))} kg`, word("sorted-today")];

table.acts = { choose, go, remove };
tag.start(station, draw);
for (const [id, act] of Object.entries({ save, rest: takeRest, kind: () => kinds.ask(take), tag: label, "lot-other": leave })) find(id).addEventListener("click", act);
document.querySelector("[data-object]").addEventListener("click", () => objects.askFor());
find("pad").addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]")?.dataset.key;
  if (key) press(key);
});
draw();
keys.start({ press, enter: save, escape, scanned, isText: (text) => typedWeight(text) !== null, state: () => ({ ...pad }) });
queue.onChange(() => {
  drawLots();
  drawSheet();
});
send.onSent(sent);
await Promise.all([lots.start(station), labels.start(station, (why) => wrong(word(why))), prices.start(station, draw), objects.start(station, { show, named, nameOf, go: orient, destinations, tools })]);
await resume();
await drawLots();
const day = { path: `${station.api}inventory/lots?site=${encodeURIComponent(site.code)}`, show: summed, heard };
const started = floor.start({ station, screen: "sort", putBack, undone, kinds: ["sorting", "item", "move", "shipment", "repair"], day });
await scale.start(readOut);
await started;
await Promise.all([labels.refill(), prices.refresh(), objects.refresh()]);
