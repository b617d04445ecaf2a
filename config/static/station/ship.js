/* The departures' station: something leaves, the free shelf, the unsold, the partners' weights. */
import * as arrival from "./arrival.js";
import * as board from "./board.js";
import * as bordereau from "./bordereau.js";
import * as camera from "./camera.js";
import { tareOf } from "./cargo.js";
import * as ean from "./ean.js";
import * as floor from "./floor.js";
import * as keys from "./keys.js";
import * as leave from "./leave.js";
import * as load from "./load.js";
import { find, h, plural, say, word } from "./page.js";
import { clear, isEmpty, measured, pad, press as pressed, put } from "./pad.js";
import * as picker from "./picker.js";
import * as queue from "./queue.js";
import * as readout from "./readout.js";
import * as rows from "./rows.js";
import * as saved from "./saved.js";
import * as scale from "./scale.js";
import { typedWeight } from "./scales.js";
import * as send from "./send.js";
import * as shelf from "./crates.js";
import * as sounds from "./sounds.js";
import * as tiles from "./tiles.js";
import { count, kg } from "./units.js";
import * as unsold from "./unsold.js";
import * as weights from "./weights.js";

const station = JSON.parse(find("station").textContent);
const KEPT = `ship:${station.site.code}`;
const LOAD = "load"; // whatever lies on the scale became one line
const tasks = { leave, shelf, unsold, weights };
const chosen = { container: null };

let task = "leave";
let saving = false;
let films = false; // the camera reads labels
let hint = "";
let blamed = ""; // what of the load the hint is about

const now = () => tasks[task];

/* Screen */

function readOut() {
  const container = chosen.container && { ...chosen.container, tare_g: tareOf(chosen.container, pad.units) };
  readout.draw({ ...pad, hint, container, scale: scale.look() });
  const load_g = pad.units && !pad.typed && chosen.container?.average_load_g;
  if (load_g && !hint) find("read").querySelector(".right").replaceChildren(h("b", {}, `≈ ${kg(pad.units * load_g)} kg`));
}

function tabs() {
  const [out, waiting] = [board.crates().length, board.waiting().length];
  const marks = { shelf: out, weights: waiting };
  for (const tab of find("tasks").querySelectorAll("[data-task]")) {
    tab.setAttribute("aria-pressed", String(tab.dataset.task === task));
    const mark = marks[tab.dataset.task];
    tab.querySelector(".mark").hidden = !mark;
    tab.querySelector(".mark").textContent = mark ? count(mark) : "";
  }
}

function draw() {
  tabs();
  readOut();
  arrival.drawContainers({ station, chosen, pick });
  find("what").dataset.task = task;
  find("tiles").hidden = !now().tiles();
  find("camera").hidden = !films || !now().reads;
  now().draw();
}

const sketch = () => ({ task, states: Object.fromEntries(Object.entries(tasks).map(([name, each]) => [name, each.state()])) });

const keep = () => queue.keep(KEPT, sketch());

/* The task as it stands once an entry is kept, for the queue: both change or neither. */
function then(state) {
  const { states } = sketch();
  return { [KEPT]: { task, states: { ...states, [task]: state } } };
}

function changed() {
  keep();
  draw();
}

function wrong(text, problem = "") {
  hint = text;
  blamed = problem;
  sounds.wrong();
  say(text);
  readOut();
}

function problem(name, { container = chosen.container }) {
  const known = { "container-heavier": () => word(name, { name: container.name, tare: kg(tareOf(container, pad.units)) }), "no-usual-load": () => word(name, { name: container.name }) };
  wrong(known[name]?.() ?? word(name), name);
}

function go(name) {
  picker.close();
  task = name;
  hint = "";
  keep();
  draw();
  now().open?.();
}

/* What is typed */

function pick(choice) {
  Object.assign(chosen, choice);
  hint = "";
  draw();
}

function press(key) {
  picker.close();
  hint = "";
  pressed(key);
  readOut();
}

/* A label, or a scale that types like a keyboard: all at once. */
async function scanned(text, before) {
  Object.assign(pad, before);
  if (await now().scanned(text)) return;
  const weight_g = typedWeight(text) ?? ean.decode(text, station.site.weight_code_layout)?.weight_g;
  if (!weight_g) return wrong(word(ean.isEan(text) && !ean.isRead(text) ? "misread" : "no-object"));
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

/* Categories */

const foundNow = () => {
  const { weight_g, problem: bad, isFromScale } = measured();
  return { weight_g, bad, isFromScale, bins: pad.units, container: chosen.container, byEye: pad.byEye };
};

function weigh(tile, leaf) {
  const { bad, isFromScale, ...found } = foundNow();
  if (bad) return problem(bad, found);
  if (found.weight_g === null && !found.bins) return problem("weight-first", found);
  if (now().tapped(tile, leaf, found) && isFromScale) load.log(found.weight_g, LOAD);
  return undefined;
}

function held(tile) {
  const { bad, ...found } = foundNow();
  if (bad) return problem(bad, found);
  const weight = found.weight_g === null ? plural("bin", "bins", pad.units, count(pad.units)) : `${kg(found.weight_g)} kg`;
  const options = tile.leaves.map((leaf) => ({ label: leaf.name, cat: tile.colour, image: tile.icon, choose: () => weigh(tile, leaf) }));
  return picker.open({ heading: word("detail", { name: tile.name, weight }), options: [...options, { label: word("no-detail", { name: tile.name }), choose: () => weigh(tile, null) }] });
}

/* Saving: kept on this tablet before anything else; false where it could not be. */

async function keepEntry({ body, bare, path, summary, sheet = null, after = now().state(), ...entry }) {
  if (saving) return false;
  saving = true;
  draw();
  const occurred_at = send.now().toISOString();
  const told = entry.kind === "weights" ? body : { ...body, ...(bare ? {} : { site: station.site.code }), occurred_at };
  const whole = { ...entry, at: Date.now(), site: station.site.code, path: station.api + path, body: JSON.stringify(told), summary: summary.slice(0, 500), sheet, ...saved.signed() };
  try {
    await queue.add(whole, then(after));
  } catch {
    wrong(word("not-kept"));
    return false;
  } finally {
    saving = false;
  }
  chosen.container = null;
  clear();
  hint = "";
  saved.show(whole, sheet);
  sounds.saved();
  say(entry.title);
  draw();
  send.flush();
  return true;
}

function save() {
  if (saving) return undefined;
  if (!isEmpty() && task === "leave") return wrong(word("category-missing", { weight: pad.typed || count(pad.units) }));
  picker.close();
  return now().save();
}

/* Start */

async function resume() {
  const before = await queue.recall(KEPT);
  if (!before) return;
  for (const [name, each] of Object.entries(tasks)) each.resume(before.states?.[name]);
  if (tasks[before.task]) task = before.task;
}

function putBack(again) {
  if (!leave.putBack(again)) {
    wrong(word("sheet-begun"));
    return false;
  }
  go("leave");
  return true;
}

const summed = (sum) => [`${kg(sum("departed_g"))} kg`, plural("departure-today", "departures-today", sum("departures"), count(sum("departures")))];

function escape() {
  if (picker.isOpen()) return;
  clear();
  hint = "";
  readOut();
}

/* A line was added; `found` where it is what the scale said. */
function added(found) {
  if (found?.isFromScale) load.log(found.weight_g, LOAD);
  clear();
  hint = "";
  keep();
  sounds.added();
  draw();
}

const removed = () => {
  load.release(LOAD);
  changed();
};

const desk = { station, removed, chosen, wrong, problem, changed, redraw: draw, added, keep: keepEntry, busy: () => saving, fresh: () => saved.fresh() };

rows.start();
bordereau.start(station);
await resume();
for (const each of Object.values(tasks)) each.start(desk);
tiles.draw(station.tiles, { tapped: (tile) => weigh(tile, null), held });
draw();
find("tasks").addEventListener("click", ({ target }) => {
  const name = target.closest("[data-task]")?.dataset.task;
  if (name) go(name);
});
find("pad").addEventListener("click", ({ target }) => {
  const key = target.closest("[data-key]")?.dataset.key;
  if (key) press(key);
});
find("save").addEventListener("click", save);
keys.start({ press, enter: save, escape, scanned, isText: (text) => typedWeight(text) !== null, state: () => ({ ...pad }) });
camera.start(find("camera"), (text) => scanned(text, { ...pad })).then((isAble) => {
  films = isAble;
  draw();
});
board.onChange(draw);
const started = floor.start({
  station, screen: "ship", putBack, kinds: leave.kinds, beside: bordereau.beside, day: { path: `${station.api}inventory/departures/day?site=${encodeURIComponent(station.site.code)}`, show: summed },
});
await board.start(station);
await scale.start(heard);
now().open?.();
await started;
