/* The weigh station: a weight, a category, save. */
import * as arrival from "./arrival.js";
import * as donor from "./donor.js";
import * as ean from "./ean.js";
import { entryOf } from "./entry.js";
import * as floor from "./floor.js";
import * as keys from "./keys.js";
import * as latest from "./latest.js";
import * as load from "./load.js";
import { find, plural, say, word } from "./page.js";
import { clear, isEmpty, measured, pad, press as pressed, put } from "./pad.js";
import * as picker from "./picker.js";
import * as queue from "./queue.js";
import * as readout from "./readout.js";
import * as refusal from "./refusal.js";
import * as saved from "./saved.js";
import * as scale from "./scale.js";
import { typedWeight } from "./scales.js";
import * as send from "./send.js";
import { averageOf, blank, detailed, doubt, line, totalOf, weightOf } from "./sheet.js";
import * as slip from "./slip.js";
import * as sounds from "./sounds.js";
import * as tiles from "./tiles.js";
import { count, kg } from "./units.js";

const station = JSON.parse(find("station").textContent);
const KEPT = `sheet:${station.site.code}`;
const ROUNDS = ["doorstep", "home_pickup"];

let sheet = blank();
let chosen = { mode: station.modes[0] ?? null, origin: null, target: null, container: null };
let saving = false;
let hint = "";
let blamed = ""; // what of the load the hint is about

const byCode = (items, code) => items.find((item) => item.code === code) ?? null;
const isRound = (mode) => mode?.is_round ?? ROUNDS.includes(mode?.code);
const usualOrigin = (mode) => byCode(station.origins, mode?.default_origin);

/* Screen */

const readOut = () => readout.draw({ ...pad, hint, container: chosen.container, scale: scale.look() });

const drawSlip = () => slip.draw({ sheet, chosen, saving, fresh: saved.fresh(), remove });

function draw() {
  arrival.draw({ station, chosen, pick });
  readOut();
  drawSlip();
  tiles.mark(sheet.lines.at(-1)?.tile);
}

const sketch = (on, { mode, origin }) => ({ sheet: on, mode: mode?.code ?? null, origin: origin?.code ?? null });

function keep() {
  queue.keep(KEPT, sketch(sheet, chosen));
}

function wrong(text, problem = "") {
  hint = text;
  blamed = problem;
  sounds.wrong();
  say(text);
  readOut();
}

/* What is typed */

function pick(choice) {
  chosen = { ...chosen, ...choice };
  if ("mode" in choice) chosen.origin = usualOrigin(choice.mode) ?? (isRound(choice.mode) ? chosen.origin : null);
  hint = "";
  keep();
  draw();
}

function press(key) {
  if (picker.isQuestion() && /\d/.test(key)) pad.typed = ""; // a doubted weight is typed afresh
  picker.close();
  hint = "";
  pressed(key);
  readOut();
}

/* A scale that types like a keyboard, or a barcode that holds a weight: it is typed all at once. */
function scanned(text, before) {
  Object.assign(pad, before);
  const weight_g = typedWeight(text) ?? ean.decode(text, station.site.weight_code_layout)?.weight_g;
  if (!weight_g) return wrong(word(ean.isEan(text) && !ean.isRead(text) ? "misread" : "no-weight"));
  put(weight_g);
  hint = "";
  sounds.added();
  readOut();
}

/* The scale says something new: what was wrong with its load may be so no longer. */
function heard() {
  if (blamed && blamed !== measured().problem) hint = blamed = "";
  readOut();
}

function reset() {
  clear();
  hint = "";
}

/* A category is touched */

function tapped(tile) {
  const found = measured();
  if (!found.problem) return weigh(tile, null, found);
  refineOr(tile, found.problem);
}

/* A second tap on the tile of the latest line tells its sub-category; otherwise say what is wrong. */
function refineOr(tile, problem) {
  const latest = sheet.lines.at(-1);
  const isSettled = problem === "weight-first" || problem === "scale-same";
  if (isSettled && latest?.tile === tile.code && tile.leaves.length) return refine(tile, latest);
  wrong(word(problem), problem);
}

function leavesOf(tile, { weight_g }, choose) {
  const each = (leaf) => {
    const average = averageOf(tile, leaf);
    return { label: leaf.name, hint: weight_g === null && average ? word("average-each", { weight: kg(average) }) : "", cat: tile.colour, image: tile.icon, choose: () => choose(leaf) };
  };
  return [...tile.leaves.map(each), { label: word("no-detail", { name: tile.name }), choose: () => choose(null) }];
}

function held(tile) {
  const found = measured();
  if (found.problem) return refineOr(tile, found.problem);
  const weight = found.weight_g === null ? plural("piece", "pieces", pad.units, count(pad.units)) : `${kg(found.weight_g)} kg`;
  picker.open({ heading: word("detail", { name: tile.name, weight }), options: leavesOf(tile, found, (leaf) => weigh(tile, leaf, found)) });
}

function refine(tile, latest) {
  const heading = word("detail", { name: latest.name, weight: `${kg(weightOf(latest))} kg` });
  const change = (leaf) => {
    sheet.lines = sheet.lines.map((each) => (each === latest ? detailed(each, tile, leaf) : each));
    keep();
    draw();
  };
  picker.open({ heading, options: leavesOf(tile, latest, change) });
}

function weigh(tile, leaf, found, sure = false) {
  const { weight_g } = found;
  const { container } = chosen;
  if (weight_g === null && !averageOf(tile, leaf)) return askEstimate(tile, leaf);
  if (weight_g === 0) return wrong(word("weight-first"));
  if (weight_g > station.site.scale_limit_g) return wrong(word("too-heavy", { limit: kg(station.site.scale_limit_g) }));
  if (weight_g !== null && container && weight_g <= container.tare_g) return wrong(word("container-heavier", { name: container.name, tare: kg(container.tare_g) }));
  const added = line({ tile, leaf, weight_g, units: pad.units, container, estimated: pad.byEye && weight_g !== null, target: chosen.target });
  const suspect = sure ? null : doubt({ ...tile, ...(leaf?.plausible_max_g ? leaf : {}) }, weightOf(added));
  if (suspect) return askDoubt(tile, leaf, added, suspect, found);
  add(added, found);
}

function askEstimate(tile, leaf) {
  pad.byEye = true;
  wrong(word("needs-estimate", { name: (leaf ?? tile).name }));
}

function askDoubt(tile, leaf, added, { rather }, found) {
  const name = added.name.toLocaleLowerCase();
  const net = weightOf(added);
  const yes = { label: word("yes", { weight: kg(net) }), choose: () => weigh(tile, leaf, found, true) };
  const lighter = () => add({ ...added, weight_g: added.weight_g - net + rather }, found);
  const no = rather && !added.average && !added.container && !found.isFromScale ? [{ label: word("rather", { weight: kg(rather) }), main: true, choose: lighter }] : [];
  const correct = { label: word("correct"), choose: () => readOut() };
  sounds.wrong();
  picker.open({ heading: word("plausible", { weight: kg(net), name }), text: word("plausible-text"), options: [...no, yes, correct], question: true });
}

function add(added, { isFromScale, weight_g }) {
  if (isFromScale) load.log(weight_g, added.key);
  sheet.lines = [...sheet.lines, added];
  chosen.target = null;
  reset();
  keep();
  sounds.added();
  draw();
  say(word("added", { name: added.name, weight: kg(weightOf(added)), total: kg(totalOf(sheet)) }));
}

function remove(removed) {
  load.release(removed.key);
  hint = "";
  sheet.lines = sheet.lines.filter((each) => each !== removed);
  keep();
  draw();
  say(word("removed", { name: removed.name, total: kg(totalOf(sheet)) }));
  find("slip-title").focus({ preventScroll: true });
}

/* Saving */

async function save() {
  if (saving) return;
  if (!isEmpty()) return wrong(word("category-missing", { weight: pad.typed || count(pad.units) }));
  if (!sheet.lines.length) return wrong(word("weight-first"));
  picker.close();
  saving = true;
  drawSlip();
  const before = { ...sheet };
  const entry = entryOf(before, station, chosen);
  try {
    await queue.add(entry, { [KEPT]: sketch(blank(), afterwards()) });
  } catch {
    return refuseToKeep();
  }
  saving = false;
  done(entry, before);
  send.flush();
}

/* A full or broken disk: nothing was kept, and the sheet stays as it is. */
function refuseToKeep() {
  saving = false;
  draw();
  wrong(word("not-kept"));
}

/* What stays from one arrival to the next. */
const afterwards = () => ({ ...chosen, container: null, target: null, origin: isRound(chosen.mode) ? chosen.origin : usualOrigin(chosen.mode) });

/* A line that came while the sheet was written begins the next one. */
function done(entry, before) {
  sheet = { ...blank(), lines: sheet.lines.filter((each) => !before.lines.includes(each)) };
  chosen = afterwards();
  reset();
  saved.show(entry, before);
  if (sheet.lines.length) keep();
  draw();
  sounds.saved();
  say(word("saved", { weight: kg(entry.weight_g) }));
}

/* Objects are turned away: as many as were typed. */
function refused() {
  const number = pad.units || (/^[1-9]\d{0,2}$/.test(pad.typed) ? Number(pad.typed) : 1);
  reset();
  readOut();
  refusal.ask(station, number, refuseToKeep);
}

/* Start */

async function resume() {
  const before = await queue.recall(KEPT);
  if (!before || sheet.lines.length) return; // a quick hand has begun already
  const mode = byCode(station.modes, before.mode);
  if (mode) chosen.mode = mode;
  const full = before.sheet?.lines?.length > 0;
  if (full) sheet = before.sheet;
  chosen.origin = full || isRound(chosen.mode) ? byCode(station.origins, before.origin) : null;
  draw();
}

/* A sheet that was saved, undone or refused comes back to be corrected; false where one is begun. */
function putBack(again) {
  if (sheet.lines.length) {
    wrong(word("sheet-begun"));
    return false;
  }
  sheet = { ...blank(), lines: again.lines };
  const mode = byCode(station.modes, again.mode);
  if (mode) chosen = { ...chosen, mode, origin: byCode(station.origins, again.origin) };
  keep();
  draw();
  return true;
}

const summed = (sum) => [`${kg(sum("weight_g"))} kg`, plural("arrival-today", "arrivals-today", sum("arrivals"), count(sum("arrivals")))];

function escape() {
  if (picker.isOpen()) return;
  reset();
  readOut();
}

chosen.origin = usualOrigin(chosen.mode);
slip.start();
donor.start(station);
tiles.draw(station.tiles, { tapped, held });
draw();
find("pad").addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]")?.dataset.key;
  if (key) press(key);
});
find("save").addEventListener("click", save);
for (const button of document.querySelectorAll("[data-refuse]")) button.addEventListener("click", refused);
for (const button of document.querySelectorAll("[data-day]")) button.addEventListener("click", () => latest.open(station, saved.sum));
keys.start({ press, enter: save, escape, scanned, isText: (text) => typedWeight(text) !== null, state: () => ({ ...pad }) });
queue.onChange(drawSlip);
const started = floor.start({ station, screen: "weigh", putBack, kinds: ["arrival"], day: { path: `${station.api}collection/day?site=${encodeURIComponent(station.site.code)}`, show: summed } });
await resume();
await scale.start(heard);
await started;
