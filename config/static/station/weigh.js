/* The weigh station: digits, a category, save. */
import * as arrival from "./arrival.js";
import * as offline from "./offline.js";
import { find, h, plural, say, word } from "./page.js";
import * as picker from "./picker.js";
import * as queue from "./queue.js";
import * as saved from "./saved.js";
import * as send from "./send.js";
import { averageOf, blank, detailed, doubt, line, request, totalOf, weightOf } from "./sheet.js";
import * as slip from "./slip.js";
import * as sounds from "./sounds.js";
import * as tiles from "./tiles.js";
import { count, grams, kg, type } from "./units.js";
import * as waiting from "./waiting.js";
import * as who from "./who.js";

const station = JSON.parse(find("station").textContent);
const KEPT = `sheet:${station.site.code}`;
const ROUNDS = ["doorstep", "home_pickup"];

let sheet = blank();
let chosen = { mode: station.modes[0] ?? null, origin: null, target: null, container: null };
let typed = "";
let units = 0;
let byEye = false;
let saving = false;
let hint = "";

const byCode = (items, code) => items.find((item) => item.code === code) ?? null;
const isRound = (mode) => mode?.is_round ?? ROUNDS.includes(mode?.code);
const usualOrigin = (mode) => byCode(station.origins, mode?.default_origin);

/* Screen */

function readOut() {
  const output = find("read").querySelector("output");
  const pieces = units && !typed;
  const shown = pieces ? count(units) : typed || "0";
  const unit = pieces ? plural("piece", "pieces", units, "").trim() : "kg";
  output.replaceChildren(h("span", { class: typed || pieces ? "" : "idle" }, shown), h("span", { class: "unit" }, unit));
  output.dataset.length = String(Math.min(shown.length, 9));
  const net = chosen.container && typed ? grams(typed) - chosen.container.tare_g : null;
  const left = hint || [units && typed ? plural("piece", "pieces", units, count(units)) : "", byEye ? word("by-eye") : ""].filter(Boolean).join(", ");
  const right = net !== null && net > 0 ? [`${word("net")} `, h("b", {}, `${kg(net)} kg`)] : [];
  find("read").classList.toggle("hinted", Boolean(hint));
  find("read").querySelector(".left").textContent = left;
  find("read").querySelector(".right").replaceChildren(...(hint ? [] : right));
  find("pad").querySelector("[data-key=count]").setAttribute("aria-pressed", String(units > 0));
  find("pad").querySelector("[data-key=estimate]").setAttribute("aria-pressed", String(byEye));
}

function draw() {
  arrival.draw({ station, chosen, pick });
  readOut();
  slip.draw({ sheet, chosen, saving, fresh: saved.fresh(), remove });
  tiles.mark(sheet.lines.at(-1)?.tile);
}

function keep() {
  queue.keep(KEPT, { sheet, mode: chosen.mode?.code ?? null, origin: chosen.origin?.code ?? null });
}

function wrong(text) {
  hint = text;
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
  if (picker.isQuestion() && /\d/.test(key)) typed = ""; // a doubted weight is typed afresh
  picker.close();
  hint = "";
  if (key === "estimate") byEye = !byEye;
  else if (key !== "count") {
    if (key === "Backspace" && !typed) units = 0;
    typed = type(typed, key);
  } else if (typed && !typed.includes(",")) [units, typed] = [Number(typed), ""];
  else if (units && !typed) [units, typed] = [0, String(units)];
  readOut();
}

function reset() {
  typed = "";
  units = 0;
  byEye = false;
  hint = "";
}

/* A category is touched */

function tapped(tile) {
  const latest = sheet.lines.at(-1);
  if (typed || units) return weigh(tile, null);
  if (latest?.tile === tile.code && tile.leaves.length) return refine(tile, latest);
  wrong(word("weight-first"));
}

function leavesOf(tile, choose) {
  const each = (leaf) => {
    const average = averageOf(tile, leaf);
    return { label: leaf.name, hint: units && !typed && average ? word("average-each", { weight: kg(average) }) : "", cat: tile.colour, image: tile.icon, choose: () => choose(leaf) };
  };
  return [...tile.leaves.map(each), { label: word("no-detail", { name: tile.name }), choose: () => choose(null) }];
}

function held(tile) {
  if (!typed && !units) {
    const latest = sheet.lines.at(-1);
    return latest?.tile === tile.code ? refine(tile, latest) : wrong(word("weight-first"));
  }
  const weight = typed ? `${typed} kg` : plural("piece", "pieces", units, count(units));
  picker.open({ heading: word("detail", { name: tile.name, weight }), options: leavesOf(tile, (leaf) => weigh(tile, leaf)) });
}

function refine(tile, latest) {
  const heading = word("detail", { name: latest.name, weight: `${kg(weightOf(latest))} kg` });
  const change = (leaf) => {
    sheet.lines = sheet.lines.map((each) => (each === latest ? detailed(each, tile, leaf) : each));
    keep();
    draw();
  };
  picker.open({ heading, options: leavesOf(tile, change) });
}

function weigh(tile, leaf, sure = false) {
  const weight_g = typed ? grams(typed) : null;
  const { container } = chosen;
  if (weight_g === null && !averageOf(tile, leaf)) return askEstimate(tile, leaf);
  if (weight_g === 0) return wrong(word("weight-first"));
  if (weight_g > station.site.scale_limit_g) return wrong(word("too-heavy", { limit: kg(station.site.scale_limit_g) }));
  if (weight_g !== null && container && weight_g <= container.tare_g) return wrong(word("container-heavier", { name: container.name, tare: kg(container.tare_g) }));
  const added = line({ tile, leaf, weight_g, units, container, estimated: byEye && weight_g !== null, target: chosen.target });
  const suspect = sure ? null : doubt({ ...tile, ...(leaf?.plausible_max_g ? leaf : {}) }, weightOf(added));
  if (suspect) return askDoubt(tile, leaf, added, suspect);
  add(added);
}

function askEstimate(tile, leaf) {
  byEye = true;
  wrong(word("needs-estimate", { name: (leaf ?? tile).name }));
}

function askDoubt(tile, leaf, added, { rather }) {
  const name = added.name.toLocaleLowerCase();
  const net = weightOf(added);
  const yes = { label: word("yes", { weight: kg(net) }), choose: () => weigh(tile, leaf, true) };
  const lighter = () => add({ ...added, weight_g: added.weight_g - net + rather });
  const no = rather && !added.average && !added.container ? [{ label: word("rather", { weight: kg(rather) }), main: true, choose: lighter }] : [];
  const correct = { label: word("correct"), choose: () => readOut() };
  sounds.wrong();
  picker.open({ heading: word("plausible", { weight: kg(net), name }), text: word("plausible-text"), options: [...no, yes, correct], question: true });
}

function add(added) {
  sheet.lines = [...sheet.lines, added];
  chosen.target = null;
  reset();
  keep();
  sounds.added();
  draw();
  say(word("added", { name: added.name, weight: kg(weightOf(added)), total: kg(totalOf(sheet)) }));
}

function remove(removed) {
  sheet.lines = sheet.lines.filter((each) => each !== removed);
  keep();
  draw();
  say(word("removed", { name: removed.name, total: kg(totalOf(sheet)) }));
  find("slip-title").focus({ preventScroll: true });
}

/* Saving */

async function save() {
  if (saving) return;
  if (typed || units) return wrong(word("category-missing", { weight: typed || count(units) }));
  if (!sheet.lines.length) return wrong(word("weight-first"));
  picker.close();
  saving = true;
  draw();
  const entry = arrivalOf(sheet);
  try {
    await queue.add(entry);
  } catch {
    return refuseToKeep();
  }
  saving = false;
  done(entry);
  send.flush();
}

/* The sheet as an entry: its text is what the server compares when it comes twice. */
function arrivalOf({ id, lines }) {
  const at = send.now().toISOString();
  const body = { ...request(sheet, station.site.code, chosen.mode?.code, chosen.origin?.code), occurred_at: at };
  return {
    id, at: Date.now(), kind: "arrival", site: station.site.code, path: `${station.api}collection/intakes`, body: JSON.stringify(body),
    summary: lines.map((each) => `${each.name} ${kg(weightOf(each))} kg`).join(", ").slice(0, 500), weight_g: totalOf(sheet), counts: { arrivals: 1, weight_g: totalOf(sheet) }, sheet: { lines, mode: chosen.mode?.code, origin: chosen.origin?.code }, ...saved.signed(),
  };
}

/* A full or broken disk: nothing was kept, and the sheet stays as it is. */
function refuseToKeep() {
  saving = false;
  draw();
  wrong(word("not-kept"));
}

function done(entry) {
  const before = sheet;
  sheet = blank();
  chosen = { ...chosen, container: null, target: null, origin: isRound(chosen.mode) ? chosen.origin : usualOrigin(chosen.mode) };
  reset();
  saved.show(entry, before);
  keep();
  draw();
  sounds.saved();
  say(word("saved", { weight: kg(entry.weight_g) }));
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

function typing(event) {
  const editable = event.target.closest("input, textarea, select");
  if (editable || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key === "." ? "," : event.key;
  if (/^[0-9,]$/.test(key) || key === "Backspace") {
    event.preventDefault();
    press(key);
  } else if (key === "Enter" && !event.target.closest("button, a, summary")) save();
  else if (key === "Escape" && !picker.isOpen()) {
    reset();
    readOut();
  }
}

chosen.origin = usualOrigin(chosen.mode);
slip.start();
tiles.draw(station.tiles, { tapped, held });
draw();
find("pad").addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]")?.dataset.key;
  if (key) press(key);
});
find("save").addEventListener("click", save);
document.addEventListener("keydown", typing);
await resume();
queue.onChange(() => slip.draw({ sheet, chosen, saving, fresh: saved.fresh(), remove }));
await saved.start(station, putBack);
await waiting.start(putBack, await offline.start());
await who.start();
await send.start();
