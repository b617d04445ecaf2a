/* The lot on the table: its name, what is left of it, its bar, and where its parts may go. */
import { find, h, icon, plural, word } from "./page.js";
import * as picker from "./picker.js";
import { keyOf, restOf, takenOf } from "./shares.js";
import { count, kg, time } from "./units.js";

const ROOM = 6;

export const imageOf = (to) => (to.kind === "place" ? to.use : to.fate);

export function titleOf({ name, number }) {
  return number ? word("lot-arrival", { name, number: number.split("-").at(-1) }) : name;
}

/* Parts by where they go: [{to, weight_g}], in the order in which they were met. */
function sums(sheet) {
  const found = new Map();
  for (const { to, weight_g } of sheet.lines) {
    const sum = found.get(keyOf(to)) ?? { to, weight_g: 0 };
    found.set(keyOf(to), { to, weight_g: sum.weight_g + weight_g });
  }
  return [...found.values()];
}

function segment({ to, weight_g }) {
  const kind = to.kind === "place" ? { class: "seg place" } : { class: "seg fate", "data-fate": to.fate };
  return [weight_g, h("span", kind, h("i", { class: "disc" }, icon(imageOf(to)))), word("part-of-bar", { name: to.name, weight: kg(weight_g) })];
}

function bar(sheet) {
  const rest_g = restOf(sheet);
  const parts = sums(sheet).map(segment);
  if (sheet.labelled_g) parts.push([sheet.labelled_g, h("span", { class: "seg place" }, h("i", { class: "disc" }, icon("tag"))), word("part-of-bar", { name: word("labelled-part"), weight: kg(sheet.labelled_g) })]);
  if (rest_g > 0) parts.push([rest_g, h("span", { class: "seg left-over" }, word("rest-part")), word("part-of-bar", { name: word("rest-part"), weight: kg(rest_g) })]);
  const box = find("lot-bar");
  box.replaceChildren(...parts.map(([, node]) => node));
  box.style.gridTemplateColumns = parts.map(([weight_g]) => `minmax(${parts.length > 6 ? 20 : 34}px, ${weight_g}fr)`).join(" ");
  box.setAttribute("aria-label", parts.map(([, , label]) => label).join(", "));
}

export function draw(sheet, nameOf) {
  const { lot } = sheet;
  find("lot").hidden = !lot;
  if (!lot) return;
  const rest_g = restOf(sheet);
  const { weight_g, at } = lot;
  const words = { weight: kg(weight_g), place: nameOf(lot.place), time: at ? time(new Date(at)) : "" };
  find("lot-title").textContent = titleOf(lot);
  find("lot-from").textContent = word(lot.number ? "lot-arrival-from" : "lot-heap", words);
  const left = find("lot-left");
  left.classList.toggle("over", rest_g < 0);
  left.firstElementChild.textContent = word(rest_g < 0 ? "over-word" : "rest-word");
  left.querySelector("b").textContent = kg(Math.abs(rest_g));
  bar(sheet);
}

/* Where parts may go: large keys, each with what has gone there; the last one opens the others. */
export function drawDestinations(sheet, destinations, go) {
  const gone = new Map(sums(sheet).map(({ to, weight_g }) => [keyOf(to), weight_g]));
  const told = (to) => (gone.has(keyOf(to)) ? `${kg(gone.get(keyOf(to)))} kg` : word("nothing-there"));
  const key = (to) => h("button", { type: "button", class: "dest", "data-fate": to.fate, "data-to": keyOf(to), onclick: () => go(to) },
    h("span", { class: "dest-icon" }, icon(imageOf(to)), to.fate ? h("span", { class: "swatch", "data-fate": to.fate, "aria-hidden": "true" }) : null), h("b", {}, to.name), h("small", {}, told(to)));
  const shown = destinations.length <= ROOM ? destinations : destinations.slice(0, ROOM - 1);
  const rest = destinations.slice(shown.length);
  const options = rest.map((to) => ({ label: to.name, hint: told(to), image: imageOf(to), fate: to.fate, choose: () => go(to) }));
  const others = h("button", { type: "button", class: "dest", "aria-haspopup": "true", onclick: () => picker.open({ heading: word("others"), options }) },
    h("span", { class: "dest-icon" }, icon("more")), h("b", {}, word("others")), h("small", {}, word("more-count", { n: rest.length })));
  find("dests").replaceChildren(...shown.map(key), ...(rest.length ? [others] : []));
}

/* The lots to choose from. */
export function drawLots({ heaps, arrivals, asOf }, looks, nameOf, choose) {
  const card = (lot) => h("button", { type: "button", class: "lot-card", "data-cat": looks(lot.category).colour, onclick: () => choose(lot) },
    icon(looks(lot.category).icon) ?? icon("heap"),
    h("span", {}, lot.name, h("small", {}, lot.number ? word("lot-arrival-here", { time: time(new Date(lot.at)) }) : nameOf(lot.place))), h("b", {}, kg(lot.weight_g), h("span", { class: "unit" }, "kg")));
  const cards = [...heaps, ...arrivals].map(card);
  const empty = h("p", { class: "lots-empty" }, word(asOf ? "lots-none" : "lots-never"));
  find("lot-cards").replaceChildren(...(cards.length ? cards : [empty]));
  find("lots-as-of").textContent = asOf ? word("lots-as-of", { time: time(new Date(asOf)) }) : "";
}

/* The sheet on the right: its parts, their sum. */

const narrow = matchMedia("(max-width: 700px)");

function line(part, isLatest, remove) {
  const weight = kg(part.weight_g);
  const small = [part.to.name, part.estimated ? word("by-eye") : ""].filter(Boolean).join(", ");
  return h("li", { "data-cat": part.colour, class: isLatest ? "now" : "" },
    h("span", { class: "dot", "aria-hidden": "true" }, icon(imageOf(part.to))), h("span", {}, part.name, h("small", {}, small)), h("b", {}, weight),
    h("button", { type: "button", class: "rub", "aria-label": word("remove", { name: `${part.name}, ${part.to.name},`, weight }), onclick: () => remove(part) }, icon("x")));
}

let drawn = 0;

export function drawSheet({ sheet, saving, fresh, remove }) {
  const list = find("lines");
  const number = sheet.lines.length;
  const grown = number > drawn;
  drawn = number;
  list.replaceChildren(...sheet.lines.map((each, at) => line(each, grown && at === number - 1, remove)));
  list.hidden = !number;
  if (grown) list.scrollTop = list.scrollHeight;
  if (list.scrollHeight > list.clientHeight) list.tabIndex = 0;
  else list.removeAttribute("tabindex");
  find("slip-empty").hidden = number > 0;
  find("slip-from").textContent = sheet.lot ? titleOf(sheet.lot) : "";
  const label = plural("part", "parts", number, count(number));
  const over = narrow.matches && fresh && !number; // a phone has no strip below
  find("count").textContent = label;
  find("fold").replaceChildren(h("span", {}, over ? word("sorted", { weight: "" }).trim() : label), icon("up"));
  find("fold").disabled = !number;
  find("total").textContent = kg(over ? fresh.weight_g : takenOf(sheet));
  find("slip").classList.toggle("done", Boolean(over));
  if (!number) fold(false);
  const button = find("save");
  button.lastElementChild.textContent = word(saving ? "saving" : "save");
  button.setAttribute("aria-disabled", String(saving || !number));
  button.classList.toggle("busy", saving);
}

function fold(open) {
  find("slip").classList.toggle("unfolded", open);
  find("fold").setAttribute("aria-expanded", String(open));
}

find("fold").addEventListener("click", () => fold(!find("slip").classList.contains("unfolded")));
