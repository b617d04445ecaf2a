/* The weigh station: digits, a category, save. */
import * as arrival from "./arrival.js";
import { find, h, icon, plural, say, word } from "./page.js";
import * as picker from "./picker.js";
import * as saved from "./saved.js";
import { post } from "./send.js";
import { averageOf, blank, detailed, doubt, line, request, totalOf, weightOf } from "./sheet.js";
import * as slip from "./slip.js";
import * as sounds from "./sounds.js";
import { store } from "./store.js";
import * as tiles from "./tiles.js";
import { count, grams, kg, type } from "./units.js";

const station = JSON.parse(find("station").textContent);
const kept = store(station.site.code);
const ROUNDS = ["doorstep", "home_pickup"];

let sheet = blank();
let chosen = { mode: station.modes[0] ?? null, origin: null, target: null, container: null };
let typed = "";
let units = 0;
let byEye = false;
let sending = false;
let hint = "";
let problem = null; // {title, text, kind, link}

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
  slip.draw({ sheet, chosen, problem, sending, fresh: saved.fresh(), remove });
  tiles.mark(sheet.lines.at(-1)?.tile);
  slip.state(problem);
}

function keep() {
  kept.write({ sheet, mode: chosen.mode?.code, origin: chosen.origin?.code });
}

function wrong(text) {
  hint = text;
  sounds.wrong();
  say(text);
  readOut();
}

/* What is typed */

function pick(choice) {
  if (sheet.sent) return wrong(word("waiting-first"));
  chosen = { ...chosen, ...choice };
  if ("mode" in choice) chosen.origin = usualOrigin(choice.mode) ?? (isRound(choice.mode) ? chosen.origin : null);
  hint = "";
  keep();
  draw();
}

function press(key) {
  if (sheet.sent) return wrong(word("waiting-first"));
  if (picker.isQuestion() && /\d/.test(key)) typed = ""; // a doubted weight is typed afresh
  picker.close();
  settle();
  hint = "";
  if (key === "estimate") byEye = !byEye;
  else if (key !== "count") {
    if (key === "Backspace" && !typed) units = 0;
    typed = type(typed, key);
  } else if (typed && !typed.includes(",")) [units, typed] = [Number(typed), ""];
  else if (units && !typed) [units, typed] = [0, String(units)];
  readOut();
}

/* On a phone the notice lies over the digits: the first key folds it, the pill stays red. */
function settle() {
  if (!problem || problem.quiet || !matchMedia("(max-width: 700px)").matches) return;
  problem = { ...problem, quiet: true };
  draw();
}

function reset() {
  typed = "";
  units = 0;
  byEye = false;
  hint = "";
}

/* A category is touched */

function tapped(tile) {
  if (sheet.sent) return wrong(word("waiting-first"));
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
  if (sheet.sent) return wrong(word("waiting-first"));
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
  problem = null;
  chosen.target = null;
  reset();
  keep();
  sounds.added();
  draw();
  say(word("added", { name: added.name, weight: kg(weightOf(added)), total: kg(totalOf(sheet)) }));
}

function remove(removed) {
  sheet.lines = sheet.lines.filter((each) => each !== removed);
  problem = null;
  keep();
  draw();
  say(word("removed", { name: removed.name, total: kg(totalOf(sheet)) }));
  find("slip-title").focus({ preventScroll: true });
}

/* Saving */

async function save() {
  if (sending) return;
  if (typed || units) return wrong(word("category-missing", { weight: typed || count(units) }));
  if (!sheet.lines.length) return wrong(word("weight-first"));
  picker.close();
  sending = true;
  sheet.sent = true;
  keep();
  draw();
  const sent = sheet;
  const at = Date.now();
  const body = request(sent, station.site.code, chosen.mode?.code, chosen.origin?.code);
  const result = await post(`${station.api}collection/intakes`, body);
  sending = false;
  sheet.sent = result.outcome === "silent";
  if (result.outcome === "saved") done(result.answer, sent, at);
  else failed(result);
  keep();
  draw();
}

function done(answer, sent, at) {
  problem = null;
  sheet = blank();
  chosen = { ...chosen, container: null, target: null, origin: isRound(chosen.mode) ? chosen.origin : usualOrigin(chosen.mode) };
  reset();
  saved.show(answer, sent, at);
  sounds.saved();
  say(word("saved", { weight: kg(answer.weight_g) }));
}

function failed({ outcome, reasons }) {
  if (outcome === "silent") problem = { kind: "off", title: word("not-sent"), text: word("not-sent-do") };
  else if (outcome === "logged out") problem = { kind: "bad", title: word("login"), text: word("login-do"), link: word("login-link") };
  else problem = { kind: "bad", title: reasons.join(" "), text: word("refused-do") };
  sounds.wrong();
}

/* Start */

function resume() {
  const before = kept.read();
  if (!before) return;
  const mode = byCode(station.modes, before.mode);
  if (mode) chosen.mode = mode;
  const full = before.sheet?.lines?.length > 0;
  if (full) sheet = before.sheet;
  chosen.origin = full || isRound(chosen.mode) ? byCode(station.origins, before.origin) : null;
  if (sheet.sent) problem = { kind: "off", title: word("not-sent"), text: word("not-sent-do") };
}

function putBack(again) {
  if (again && !sheet.lines.length) sheet = { ...blank(), lines: again.lines };
  keep();
  draw();
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
resume();
slip.start();
saved.start(station, putBack);
tiles.draw(station.tiles, { tapped, held });
draw();
find("pad").addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]")?.dataset.key;
  if (key) press(key);
});
find("save").addEventListener("click", save);
document.addEventListener("keydown", typing);
for (const change of ["online", "offline"]) window.addEventListener(change, () => slip.state(problem));
