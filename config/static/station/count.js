/* Count a shelf: choose the place, scan what lies there, book the difference. */
import * as catalogue from "./catalogue.js";
import * as floor from "./floor.js";
import { find, h, icon, plural, say, word } from "./page.js";
import * as picker from "./picker.js";
import * as queue from "./queue.js";
import * as reader from "./reader.js";
import * as result from "./result.js";
import * as saved from "./saved.js";
import * as send from "./send.js";
import * as shelf from "./shelf.js";
import { uuid } from "./sheet.js";
import * as sounds from "./sounds.js";
import { count, kg } from "./units.js";
import { person } from "./who.js";

const station = JSON.parse(find("station").textContent);
const KEPT = `count:${station.site.code}`;
const nameOf = (code) => station.places.find((place) => place.code === code)?.name ?? code;

const ASKED = 20; // objects out of place that are asked about at once

let work = shelf.blank();
let books = null; // {items, bulk, at} of the place being counted
let ending = false;

/* Screen */

function keep() {
  queue.keep(KEPT, { work, books });
}

const placeButton = (place) => h("button", { type: "button", class: "pick place", onclick: () => choose(place) }, icon(`use-${place.use}`), h("span", {}, place.name));

function drawPlaces() {
  find("places").hidden = Boolean(work.place);
  find("counting").hidden = !work.place;
  if (!work.place) find("place-list").replaceChildren(...station.places.map(placeButton));
}


function kindName(code) {
  const kinds = station.tiles.flatMap((tile) => [tile, ...tile.leaves]);
  return kinds.find((kind) => kind.code === code)?.name ?? code;
}

function row(item) {
  const pressed = shelf.has(work, item.code);
  return h("li", {}, h("button", { type: "button", class: "row-tick", "aria-pressed": String(pressed), "data-code": item.code, onclick: () => tick(item.code) },
    h("span", { class: "box", "aria-hidden": "true" }, icon("check")), h("b", { class: "item-code" }, item.code), h("span", { class: "grow" }, item.title), h("span", { class: "num" }, `${kg(item.weight_g)} kg`)));
}

function odd(each) {
  return h("li", {}, h("div", { class: "odd" }, icon("alert"), h("b", { class: "item-code" }, each.code), h("span", { class: "grow" }, each.what?.title ?? "", h("small", {}, result.told(each, nameOf(work.place)))),
    h("button", { type: "button", class: "rub", "aria-label": word("leave-out", { code: each.code }), onclick: () => drop(each.code) }, icon("x"))));
}

function drawCount() {
  if (!work.place || !books) return;
  const { found, missing, surplus } = shelf.against(work, books.items);
  find("count-place").textContent = nameOf(work.place);
  find("progress").replaceChildren(h("b", {}, count(found.length)), h("span", {}, word("of-n", { n: count(books.items.length) })));
  find("progress-bar").max = books.items.length || 1;
  find("progress-bar").value = found.length;
  find("odd-list").replaceChildren(...surplus.map(odd));
  find("odd-box").hidden = !surplus.length;
  find("row-list").replaceChildren(...[...missing, ...found].map(row));
  find("rows-empty").hidden = books.items.length > 0;
  find("finish").lastElementChild.textContent = word("finish");
}

function draw() {
  drawPlaces();
  drawCount();
  find("result").hidden = !ending || !work.place;
  find("what").classList.toggle("ending", ending && Boolean(work.place));
  if (ending && work.place) result.draw({ work, books, place: nameOf(work.place), weigh, book, back });
}

/* Choosing */

let choosing = null; // whoever is quick scans before it is known what lies there

function choose(place) {
  choosing = take(place);
  return choosing;
}

async function take(place) {
  picker.close();
  reader.hush();
  const found = await catalogue.shelf(place.code);
  if (!found) return reader.tell(word("shelf-needs-network"));
  if (found.items.length > shelf.MOST) return reader.tell(word("too-many", { n: count(shelf.MOST) }));
  books = { ...found, items: found.items.map((item) => ({ ...item, title: item.title || kindName(item.category) })) };
  work = { ...shelf.blank(), place: place.code, started: send.now().toISOString() };
  ending = false;
  keep();
  draw();
  say(word("counting-place", { place: place.name, n: count(books.items.length) }));
  if (!find("code").matches(":focus")) find("count-place").focus({ preventScroll: true }); // somebody may type already
  return undefined;
}

function leave() {
  [work, books, ending] = [shelf.blank(), null, false];
  keep();
  draw();
}

function askToLeave() {
  if (!work.scanned.length) return leave();
  const options = [{ label: word("go-on"), main: true, choose: () => {} }, { label: word("give-up"), image: "x", choose: leave }];
  return picker.open({ heading: word("give-up-sure", { place: nameOf(work.place) }), text: plural("scanned-one", "scanned-many", work.scanned.length, count(work.scanned.length)), options, question: true });
}

/* Scanning */

async function read(code) {
  await choosing;
  if (!work.place) return reader.tell(word("place-first"));
  if (ending) back();
  if (shelf.has(work, code)) return twice(code);
  const item = books.items.find((each) => each.code === code);
  if (!item) return strange(code);
  return note(shelf.scanned(work, code), word("ticked", { title: item.title }));
}

function twice(code) {
  sounds.added();
  show(word("ticked-twice", { code }), false);
}

function note(next, text, isOdd = false) {
  work = next;
  keep();
  draw();
  show(text, isOdd);
  if (isOdd) sounds.wrong();
  else sounds.saved();
}

function show(text, isOdd) {
  find("last").textContent = text;
  find("last").className = isOdd ? "last odd-one" : "last";
  say(text);
}

const oddly = (code, what) => [what.title, result.told({ code, what }, nameOf(work.place))].filter(Boolean).join(" · ");

/* An object that the books do not have here: told apart at once by this tablet, better by the server. */
async function strange(code) {
  const guess = result.guess(code, station);
  note(shelf.scanned(work, code, guess), oddly(code, guess), true);
  const what = await learn(code);
  if (what && !ending && work.scanned.at(-1)?.code === code) show(oddly(code, what), true);
}

/* Ask the server of an object that is out of place; it may have been left out meanwhile. */
async function learn(code) {
  const { started } = work;
  const what = await result.ask(code, station);
  if (!what || work.started !== started || !shelf.has(work, code)) return null;
  work = { ...work, scanned: work.scanned.map((each) => (each.code === code ? { code, what } : each)) };
  keep();
  draw();
  return what;
}

/* Whoever ticks by keyboard goes on with the row that comes up in its place. */
async function tick(code) {
  const rows = () => [...find("row-list").querySelectorAll(".row-tick")];
  const at = rows().indexOf(document.activeElement);
  if (shelf.has(work, code)) drop(code);
  else await read(code);
  rows()[at]?.focus({ preventScroll: true });
}

function drop(code) {
  work = shelf.dropped(work, code);
  keep();
  draw();
  say(word("unticked", { code }));
}

/* Ending */

/* What nobody could say while there was no network is asked again before anything is booked. */
async function finish() {
  ending = true;
  draw();
  const unknown = work.scanned.filter(({ what }) => what?.kind === "unknown");
  if (navigator.onLine) await Promise.all(unknown.slice(0, ASKED).map(({ code }) => learn(code)));
  find("result-title").focus({ preventScroll: true });
}

function back() {
  ending = false;
  draw();
}

function weigh(category, weight_g) {
  const { [category]: _gone, ...others } = work.weights;
  work = { ...work, weights: weight_g === null ? others : { ...others, [category]: weight_g } };
  keep();
  draw();
}

function entryOf(reason) {
  const id = uuid();
  const place = nameOf(work.place);
  const { found, missing, surplus } = shelf.against(work, books.items);
  const isToday = work.started.slice(0, 10) === send.now().toISOString().slice(0, 10);
  const at = isToday ? work.started : send.now().toISOString();
  const lost_g = missing.reduce((sum, item) => sum + item.weight_g, 0);
  const told = result.inWords({ missing, surplus });
  return {
    id, at: Date.now(), kind: "count", site: station.site.code, path: `${station.api}inventory/counts`,
    body: JSON.stringify(shelf.request(work, books, { id, site: station.site.code, reason, at })),
    summary: `${place}: ${told}`.slice(0, 500), title: word("counted", { place, found: plural("found-one", "found-many", found.length, count(found.length)) }), told, weight_g: lost_g,
    counts: {}, sheet: { work, books }, ...saved.signed(),
  };
}

async function book(reason) {
  if (!shelf.differs(work, books)) return leave();
  const entry = entryOf(reason);
  try {
    await queue.add(entry, { [KEPT]: { work: shelf.blank(), books: null } });
  } catch {
    return reader.tell(word("not-kept"));
  }
  catalogue.carried(shelf.against(work, books.items).surplus.filter(shelf.isBookable).map(({ code }) => code), work.place);
  saved.show(entry, entry.sheet);
  sounds.saved();
  leave();
  say(entry.title);
  return send.flush();
}

/* A count that was undone or refused comes back; false where another one is begun. */
function putBack(sheet) {
  if (work.scanned.length) {
    reader.tell(word("sheet-begun"));
    return false;
  }
  [work, books, ending] = [sheet.work, sheet.books, false];
  keep();
  draw();
  return true;
}

/* Start */

async function resume() {
  const before = await queue.recall(KEPT);
  if (before?.work?.place && !work.place) ({ work, books } = before);
  draw();
}

const total = () => [count(catalogue.size()), plural("object-here", "objects-here", catalogue.size(), "").trim()];
let isStarted = false;
catalogue.onChange(() => isStarted && saved.draw());
reader.start(read, () => picker.close());
find("finish").addEventListener("click", finish);
find("leave-place").addEventListener("click", askToLeave);
draw();
await resume();
const started = floor.start({ station, screen: "count", putBack, kinds: ["count"], day: { show: total } });
const known = catalogue.start(station);
await started;
isStarted = true;
await known;
saved.draw();
if (station.places.length === 1 && !work.place && person()) await choose(station.places[0]);
