/* The sorting table: a lot, a weight, where it goes; a label; an object in hand. */
import * as deeds from "./deeds.js";
import * as ean from "./ean.js";
import * as floor from "./floor.js";
import * as keys from "./keys.js";
import * as labels from "./labels.js";
import * as load from "./load.js";
import * as lot from "./lot.js";
import * as lots from "./lots.js";
import * as objects from "./objects.js";
import { find, say, word } from "./page.js";
import { clear, isEmpty, measured, pad, press as pressed, put } from "./pad.js";
import * as picker from "./picker.js";
import * as prices from "./prices.js";
import * as queue from "./queue.js";
import * as readout from "./readout.js";
import * as saved from "./saved.js";
import * as scale from "./scale.js";
import { typedWeight } from "./scales.js";
import * as send from "./send.js";
import { blank, isGap, isMoved, part, restOf, takenOf } from "./shares.js";
import * as sounds from "./sounds.js";
import * as tag from "./tag.js";
import { kg } from "./units.js";

const station = JSON.parse(find("station").textContent);
const { site } = station;
const KEPT = `sorting:${site.code}`;

const here = { ...station.main, isHere: true };
const destinations = [...station.destinations, { ...here, name: station.destinations.some(({ kind }) => kind === "place") ? here.name : word("stays-here") }];

let sheet = blank();
let kind = null; // what the next part is, where it is not what the lot is
let saving = false;
let hint = "";
let isAsking = false; // an object takes the place of the lot

/* Names */

const places = new Map([station.main, ...station.destinations].filter((each) => each.kind === "place").map(({ code, name }) => [code, name]));
const nameOf = (place) => places.get(place) ?? place;

/* {category, name, colour, icon, tile} of a category, as far as this tablet knows it. */
function named(code, name = code) {
  for (const tile of station.tiles) {
    const found = tile.code === code ? tile : tile.leaves.find((leaf) => leaf.code === code);
    if (found) return { category: code, name: found.name, colour: tile.colour, icon: tile.icon, tile: tile.code };
  }
  return { category: code, name, colour: "div", icon: "heap", tile: null };
}

const kindNow = () => kind ?? (sheet.lot ? named(sheet.lot.category, sheet.lot.name) : null);

/* Screen */

function readOut() {
  readout.draw({ ...pad, hint, container: null, scale: scale.look() });
  const { weight_g, problem } = measured();
  const after = sheet.lot && weight_g && !problem && !hint ? word("after", { weight: kg(restOf(sheet) - weight_g) }) : "";
  if (after) find("read").querySelector(".right").textContent = after;
}

function draw() {
  lot.draw(sheet, nameOf);
  lot.drawSheet({ sheet, saving, fresh: saved.fresh(), remove });
  lot.drawDestinations(sheet, destinations, go);
  find("lots").hidden = isAsking || Boolean(sheet.lot);
  find("split").hidden = isAsking || !sheet.lot;
  find("rest").setAttribute("aria-disabled", String(restOf(sheet) <= 0));
  if (sheet.lot) {
    find("kind").firstElementChild.textContent = kindNow().name;
    tag.draw(kindNow());
  }
  readOut();
}

async function drawLots() {
  if (sheet.lot) return;
  lot.drawLots({ ...(await lots.all(site.code)), asOf: lots.asOf() }, named, nameOf, choose);
}

const keep = () => queue.keep(KEPT, { sheet, kind });

function wrong(text) {
  hint = text;
  sounds.wrong();
  say(text);
  readOut();
}

function reset() {
  clear();
  hint = "";
}

/* The lot and the category */

function choose(chosen) {
  sheet = blank(chosen);
  kind = null;
  reset();
  keep();
  draw();
  find("lot-title").focus({ preventScroll: true });
}

async function leave() {
  if (sheet.lines.length) return wrong(word("sheet-lines"));
  picker.close();
  sheet = blank();
  kind = null;
  keep();
  await drawLots();
  draw();
  find("lots-title").focus({ preventScroll: true });
}

function take(code) {
  kind = sheet.lot && code === sheet.lot.category ? null : named(code);
  hint = "";
  prices.learn(code);
  keep();
  draw();
}

/* The sub-categories of what the lot is first, then everything else. */
function askKind() {
  const own = station.tiles.find(({ code }) => code === kindNow().tile);
  const leaf = (tile) => (each) => ({ label: each.name, cat: tile.colour, image: tile.icon, pressed: each.code === kindNow().category, choose: () => take(each.code) });
  const others = station.tiles.filter((tile) => tile !== own).map((tile) => ({ label: tile.name, cat: tile.colour, image: tile.icon, choose: () => askLeaf(tile, leaf(tile)) }));
  const options = own ? [...own.leaves.map(leaf(own)), { label: word("kind-no-detail", { name: own.name }), choose: () => take(own.code) }] : [];
  picker.open({ heading: word("kind"), options: [...options, ...others] });
}

function askLeaf(tile, leaf) {
  if (!tile.leaves.length) return take(tile.code);
  const none = { label: word("kind-no-detail", { name: tile.name }), choose: () => take(tile.code) };
  picker.open({ heading: tile.name, options: [...tile.leaves.map(leaf), none] });
}

/* A part */

/* What is to be weighed out of the lot: {weight_g, …}, or null once it has said what is wrong. */
function weighed(problem) {
  const found = measured();
  if (!sheet.lot) return wrong(word("choose-lot"));
  if (found.problem || !found.weight_g) return wrong(word(found.problem && found.problem !== "weight-first" ? found.problem : problem));
  if (found.weight_g > site.scale_limit_g && found.weight_g > restOf(sheet)) return wrong(word("too-heavy", { limit: kg(site.scale_limit_g) }));
  return found;
}

function go(to) {
  const found = weighed("weight-first-part");
  if (!found) return;
  if (!isMoved(sheet.lot, kindNow(), to)) return wrong(word("moves-nothing"));
  sure(found, (weight_g) => add(part({ kind: kindNow(), to, weight_g, estimated: pad.byEye }), found));
}

/* More than is left in the books is asked once. */
function sure({ weight_g, isFromScale }, act) {
  const rest_g = restOf(sheet);
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
  sheet.lines = [...sheet.lines, added];
  kind = null;
  reset();
  keep();
  sounds.added();
  draw();
  say(word("added", { name: added.to.name, weight: kg(added.weight_g), rest: kg(restOf(sheet)) }));
}

function remove(removed) {
  load.release(removed.key);
  hint = "";
  sheet.lines = sheet.lines.filter((each) => each !== removed);
  keep();
  draw();
  say(word("removed", { name: removed.name, rest: kg(restOf(sheet)) }));
  find("slip-title").focus({ preventScroll: true });
}

function takeRest() {
  const rest_g = restOf(sheet);
  if (!sheet.lot || rest_g <= 0) return wrong(word(sheet.lot ? "nothing-left" : "choose-lot"));
  picker.close();
  hint = "";
  put(rest_g);
  readOut();
}

/* Saving */

function save() {
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
  saving = true;
  draw();
  const entry = deeds.sortingOf(sheet, station, gap_g);
  const isKept = await queued(entry);
  saving = false;
  if (!isKept) return draw();
  lots.took(sheet.lot.line, entry.effect.line_g);
  const rest_g = restOf(sheet) - gap_g;
  sheet = blank(rest_g > 0 ? { ...sheet.lot, weight_g: rest_g } : null);
  reset();
  keep();
  await drawLots();
  done(entry, word("sorted", { weight: kg(entry.weight_g) }));
}

/* Kept on this tablet before anything else; false where its disk is full or broken. */
async function queued(entry) {
  try {
    await queue.add(entry);
    return true;
  } catch {
    wrong(word("not-kept"));
    return false;
  }
}

function done(entry, text) {
  saved.show(entry, entry.sheet);
  draw();
  sounds.saved();
  say(text);
  send.flush();
}

/* A label: at once, not with the sheet */

async function label() {
  const found = weighed("tag-weight");
  if (!found || saving) return;
  sure(found, (weight_g) => draft(weight_g, found));
}

async function draft(weight_g, { isFromScale }) {
  saving = true;
  const what = { lot: sheet.lot, kind: kindNow(), weight_g, estimated: pad.byEye, ...tag.chosen(), code: await labels.take() };
  const entry = deeds.labelOf(what, station);
  const isKept = await queued(entry);
  saving = false;
  if (!isKept) return;
  if (isFromScale) load.log(weight_g, entry.id);
  labels.wait(entry, what.code);
  sheet.labelled_g += weight_g;
  reset();
  keep();
  done(entry, entry.title);
}

/* An object in hand */

async function orient(object, to) {
  const entry = deeds.orientationOf(object, to, station);
  if (!(await queued(entry))) return;
  objects.put(object, to.kind === "place" ? to.code : null);
  objects.close();
  done(entry, entry.title);
}

/* What is typed */

function press(key) {
  if (picker.isQuestion() && /\d/.test(key)) pad.typed = ""; // a doubted weight is typed afresh
  picker.close();
  hint = "";
  pressed(key);
  readOut();
}

/* A label that is scanned, a scale that types like a keyboard, or a barcode that holds a weight. */
function scanned(text, before) {
  Object.assign(pad, before);
  if (objects.codeIn(text)) return objects.meet(text);
  const weight_g = typedWeight(text) ?? ean.decode(text, site.weight_code_layout)?.weight_g;
  if (!weight_g) return ean.isEan(text) ? wrong(word(ean.isRead(text) ? "no-weight" : "misread")) : objects.meet(text);
  put(weight_g);
  hint = "";
  sounds.added();
  readOut();
}

function escape() {
  if (picker.isOpen()) return;
  objects.close();
  reset();
  readOut();
}

/* What comes back */

const isBegun = () => sheet.lines.length > 0;

/* A sheet that was undone or refused comes back to be corrected; false where another is begun. */
function putBack(again) {
  if (isBegun()) {
    wrong(word("sheet-begun"));
    return false;
  }
  objects.close();
  if (again.object) objects.meet(again.object.code);
  else if (again.label) relabel(again.label);
  else resheet(again);
  keep();
  draw();
  return true;
}

const isSame = (one, other) => one?.place === other?.place && one?.category === other?.category && one?.line === other?.line;

function resheet({ lot: before, lines, labelled_g }) {
  sheet = { ...blank(before), lines, labelled_g };
}

function relabel({ lot: before, kind: what, weight_g, condition, price_cents }) {
  if (!isSame(sheet.lot, before)) sheet = blank(before);
  kind = what.category === before.category ? null : what;
  put(weight_g);
  tag.choose({ condition, price_cents });
}

/* What was taken back is in its lot again. */
function undone({ id, weight_g, sheet: before }) {
  if (before?.object) objects.put(before.object, before.object.place);
  else if (before?.label) {
    labels.forget(id);
    if (isSame(sheet.lot, before.label.lot)) sheet.labelled_g = Math.max(0, sheet.labelled_g - weight_g);
  } else if (before) {
    lots.took(before.lot.line, -weight_g);
    if (isSame(sheet.lot, before.lot)) sheet.lot = { ...sheet.lot, weight_g: sheet.lot.weight_g + weight_g };
  }
  keep();
  draw();
}

async function resume() {
  const before = await queue.recall(KEPT);
  if (!before || sheet.lot) return; // a quick hand has begun already
  [sheet, kind] = [before.sheet, before.kind];
  draw();
}

const summed = (sum) => [`${kg(sum("sorted_g"))} kg`, word("sorted-today")];

function sent(entry, { outcome }) {
  if (outcome === "saved" && entry.site === site.code) lots.sent(entry);
  drawLots();
}

function heard(answer) {
  lots.hear(answer);
  drawLots();
}

tag.start(station, draw);
for (const [id, act] of Object.entries({ save, rest: takeRest, kind: askKind, tag: label, "lot-other": leave })) find(id).addEventListener("click", act);
document.querySelector("[data-object]").addEventListener("click", () => objects.askFor());
find("pad").addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]")?.dataset.key;
  if (key) press(key);
});
draw();
keys.start({ press, enter: save, escape, scanned, isText: (text) => typedWeight(text) !== null, state: () => ({ ...pad }) });
queue.onChange(() => {
  drawLots();
  lot.drawSheet({ sheet, saving, fresh: saved.fresh(), remove });
});
send.onSent(sent);
await lots.start(station);
const day = { path: `${station.api}inventory/lots?site=${encodeURIComponent(site.code)}`, show: summed, heard };
const started = floor.start({ station, screen: "sort", putBack, undone, kinds: ["sorting", "item", "move", "shipment"], day });
await resume();
await drawLots();
await scale.start(readOut);
await started;
await Promise.all([
  labels.start(station, () => wrong(word("print-later"))),
  prices.start(station, draw),
  objects.start(station, { show: (isShown) => { isAsking = isShown; draw(); }, named, nameOf, go: orient, destinations, tools: () => [] }),
]);
