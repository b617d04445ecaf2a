/* What a count makes: what is missing, what is too many and why, bulk weighed by the way. */
import * as catalogue from "./catalogue.js";
import { find, h, icon, plural, word } from "./page.js";
import * as picker from "./picker.js";
import { ask as askServer } from "./send.js";
import * as shelf from "./shelf.js";
import { count, grams, kg, type, written } from "./units.js";
import { person } from "./who.js";

/* What this tablet knows by itself of an object out of place, at once. */
export function guess(code, station) {
  const item = catalogue.get(code);
  const from = station.places.find((place) => place.code === item?.place)?.name ?? item?.place;
  return item ? { kind: "here", title: item.title, from, weight_g: item.weight_g } : { kind: "unknown", title: "" };
}

/* What the server says of it; null where it says nothing. {kind: here | lost | gone | road | elsewhere | nothing | unknown, title, from}. */
export async function ask(code, station) {
  try {
    const { response, answer } = await askServer(`${station.api}inventory/items/${encodeURIComponent(code)}/life`, { pass: person()?.pass });
    if (response.ok) return whereabouts(answer, station);
    if ([404, 422].includes(response.status)) return { kind: "nothing", title: "" };
  } catch {
    // no network: what this tablet knows must do
  }
  return null;
}

function whereabouts({ title, weight_g, state, state_word, site, site_name, place_name, left }, station) {
  const isOurs = site === station.site.code;
  if (state === "in_stock" && isOurs) return { kind: "here", title, weight_g, from: place_name };
  if (state === "lost" && isOurs) return { kind: "lost", title, weight_g };
  if (state === "in_transit") return { kind: "road", title };
  if (state === "in_stock") return { kind: "elsewhere", title, from: site_name };
  return { kind: "gone", title, state: state_word, day: left ?? "" };
}

/* Why an object is no surprise, in one sentence. */
export function told({ code, what }, place) {
  const values = { code, place, title: what?.title ?? "", from: what?.from ?? "", state: what?.state ?? "", day: what?.day ?? "" };
  return word(`odd-${what?.kind ?? "unknown"}`, values);
}

export function inWords({ missing, surplus }) {
  return [
    missing.length ? plural("missing-one", "missing-many", missing.length, count(missing.length)) : "",
    surplus.length ? plural("surplus-one", "surplus-many", surplus.length, count(surplus.length)) : "",
  ].filter(Boolean).join(", ") || word("all-there");
}

const heading = (image, text, kind) => h("h3", { class: `result-head ${kind}` }, icon(image), text);

function list(items, small) {
  return h("ul", { class: "result-list" }, ...items.map((item) => h("li", {}, h("b", { class: "item-code" }, item.code), h("span", { class: "grow" }, item.title ?? item.what?.title ?? "", small ? h("small", {}, small(item)) : null), item.weight_g ? h("span", { class: "num" }, `${kg(item.weight_g)} kg`) : null)));
}

/* A weight for a heap, typed on keys as large as those of the weigh station. */
function askWeight(heap, before, weigh) {
  let typed = before === undefined ? "" : written(before);
  const shown = h("output", { class: "typed-weight", "aria-live": "polite" });
  const show = () => { shown.textContent = `${typed || "0"} kg`; };
  const press = (key) => { typed = type(typed, key); show(); };
  const keys = [..."789456123,0"].map((key) => h("button", { type: "button", class: "key", onclick: () => press(key) }, key));
  const rub = h("button", { type: "button", class: "key", "aria-label": word("erase"), onclick: () => press("Backspace") }, icon("erase"));
  const options = [
    { label: word("weigh-so"), image: "check", main: true, choose: () => weigh(heap.category, typed ? grams(typed) : null) },
    { label: word("not-weighed"), image: "x", choose: () => weigh(heap.category, null) },
  ];
  picker.open({ heading: word("heap-weight", { name: heap.name }), text: word("heap-books", { weight: kg(heap.weight_g) }), options, question: true });
  document.querySelector("#picker .picker-list").prepend(h("div", { class: "weigh-heap" }, shown, h("div", { class: "heap-pad" }, ...keys, rub)));
  show();
}

function heaps({ work, books, weigh }) {
  const one = (heap) => {
    const weight_g = work.weights[heap.category];
    const said = weight_g === undefined ? word("heap-books", { weight: kg(heap.weight_g) }) : word("heap-weighed", { weight: kg(weight_g) });
    return h("button", { type: "button", class: "pick", "aria-pressed": String(weight_g !== undefined), onclick: () => askWeight(heap, weight_g, weigh) }, icon("scale"), h("span", {}, heap.name, h("small", {}, said)));
  };
  return books.bulk.length ? h("section", {}, heading("scale", word("heaps"), ""), h("div", { class: "heaps" }, ...books.bulk.map(one))) : null;
}

function buttons({ work, books, book, back }) {
  const again = h("button", { type: "button", class: "btn huge", onclick: back }, icon("undo"), word("scan-on"));
  if (!shelf.differs(work, books)) return [again, h("button", { type: "button", class: "btn go huge", onclick: () => book("loss") }, icon("check"), word("done"))];
  const { missing } = shelf.against(work, books.items);
  const theft = missing.length ? h("button", { type: "button", class: "btn huge", onclick: () => book("theft") }, icon("alert"), word("book-theft")) : null;
  return [again, theft, h("button", { type: "button", class: "btn go huge", id: "book", onclick: () => book("loss") }, icon("check"), word("book"))].filter(Boolean);
}

/* Show the result; `weigh(category, grams or null)`, `book(reason)` and `back()` are its acts. */
export function draw({ work, books, place, weigh, book, back }) {
  const { found, missing, surplus } = shelf.against(work, books.items);
  const calm = !missing.length && !surplus.length;
  find("result").replaceChildren(...[
    h("h2", { id: "result-title", tabindex: "-1" }, word("result", { place })),
    h("p", { class: `note ${calm ? "ok" : ""}` }, icon(calm ? "saved" : "alert"), h("span", {}, word("result-told", { found: count(found.length), all: count(books.items.length), told: inWords({ missing, surplus }) }))),
    missing.length ? h("section", {}, heading("lost", plural("missing-one", "missing-many", missing.length, count(missing.length)), "bad"), list(missing)) : null,
    surplus.length ? h("section", {}, heading("alert", plural("surplus-one", "surplus-many", surplus.length, count(surplus.length)), ""), list(surplus, (each) => told(each, place))) : null,
    heaps({ work, books, weigh }),
    h("div", { class: "result-acts" }, ...buttons({ work, books, book, back })),
  ].filter(Boolean));
}
