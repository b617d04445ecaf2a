/* The sheet on the right. */
import { find, h, icon, plural, word } from "./page.js";
import { totalOf, weightOf } from "./sheet.js";
import { count, kg } from "./units.js";

function remark(line) {
  const parts = [];
  if (line.units) parts.push(plural("piece", "pieces", line.units, count(line.units)));
  if (line.average) parts.push(word("average"));
  if (line.container) parts.push(word("net-of", { name: line.container.name.toLocaleLowerCase() }));
  if (line.estimated) parts.push(word("by-eye"));
  if (line.target) parts.push(line.target.name);
  return parts.join(", ");
}

function item(line, latest, remove) {
  const weight = kg(weightOf(line));
  const small = remark(line);
  const kind = [latest && "now", weight.length > 5 && "wide"].filter(Boolean).join(" ");
  return h("li", { "data-cat": line.colour, class: kind },
    h("span", { class: "dot", "aria-hidden": "true" }, icon(line.icon)),
    h("span", {}, line.name, small ? h("small", {}, small) : null),
    h("b", {}, weight),
    h("button", { type: "button", class: "rub", "aria-label": word("remove", { name: line.name, weight }), onclick: () => remove(line) }, icon("x")));
}

const narrow = matchMedia("(max-width: 700px)");
let drawn = [];

function lines(sheet, remove) {
  if (sheet.lines === drawn) return;
  const list = find("lines");
  const grown = sheet.lines.length > drawn.length;
  drawn = sheet.lines;
  list.replaceChildren(...drawn.map((line, at) => item(line, grown && at === drawn.length - 1, remove)));
  list.hidden = !drawn.length;
  find("slip-empty").hidden = drawn.length > 0;
  requestAnimationFrame(() => fit(list, grown)); // sizes asked for now would lay the page out twice
}

function fit(list, grown) {
  if (grown) list.scrollTop = list.scrollHeight;
  if (list.scrollHeight > list.clientHeight) list.tabIndex = 0;
  else list.removeAttribute("tabindex");
}

export function draw({ sheet, chosen, saving, fresh, remove }) {
  find("slip-from").textContent = [chosen.mode?.name, chosen.origin?.name].filter(Boolean).join(", ");
  lines(sheet, remove);
  const number = sheet.lines.length;
  const label = plural("weighing", "weighings", number, count(number));
  const over = narrow.matches && fresh && !number; // a phone has no strip below
  find("count").textContent = label;
  find("fold").replaceChildren(h("span", {}, over ? (fresh.isFinal ? fresh.title : word("saved", { weight: "" }).trim()) : label), icon("up"));
  find("fold").disabled = !number;
  find("total").textContent = kg(over && !fresh.isFinal ? fresh.weight_g : totalOf(sheet));
  find("total").parentElement.classList.toggle("wide", find("total").textContent.length > 6);
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

export function start() {
  find("fold").addEventListener("click", () => fold(!find("slip").classList.contains("unfolded")));
  document.querySelector("form.stay").addEventListener("submit", (event) => event.preventDefault());
}
