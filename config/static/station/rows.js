/* The sheet on the right, for every task of the departures' screen: lines, a total, one button. */
import { find, h, icon, word } from "./page.js";
import { kg } from "./units.js";

const narrow = matchMedia("(max-width: 700px)");

/* {colour, icon, fate, name, small, weight, tools: [button…]} */
function row({ colour, image, fate, name, small, weight, tools }) {
  return h("li", { "data-cat": colour, "data-fate": fate, class: weight.length > 5 ? "wide" : "" },
    h("span", { class: "dot", "aria-hidden": "true" }, icon(image) ?? icon("tag")), h("span", {}, name, small ? h("small", {}, small) : null), h("b", {}, weight), ...tools);
}

export const rub = (label, act) => h("button", { type: "button", class: "rub", "aria-label": label, onclick: act }, icon("x"));

/* {title, from, rows, count, total_g, empty, save: word or "", busy} */
export function draw({ title, from = "", rows, count, total_g, empty, save, busy, fresh }) {
  find("slip-title").textContent = title;
  find("slip-from").textContent = from;
  const list = find("lines");
  list.replaceChildren(...rows.map(row));
  list.hidden = !rows.length;
  if (list.scrollHeight > list.clientHeight) list.tabIndex = 0;
  else list.removeAttribute("tabindex");
  find("slip-empty").hidden = rows.length > 0;
  find("slip-empty").lastElementChild.textContent = empty;
  const over = narrow.matches && fresh && !rows.length; // a phone has no strip below
  find("count").textContent = count;
  find("fold").replaceChildren(h("span", {}, over ? word("saved", { weight: "" }).trim() : count), icon("up"));
  find("fold").disabled = !rows.length;
  find("total").textContent = kg(over ? fresh.weight_g : total_g);
  find("total").parentElement.classList.toggle("wide", find("total").textContent.length > 6);
  find("slip").classList.toggle("done", Boolean(over));
  if (!rows.length) fold(false);
  button({ save, busy, isOff: !rows.length });
}

function button({ save, busy, isOff }) {
  const key = find("save");
  key.hidden = !save;
  key.lastElementChild.textContent = busy ? word("saving") : save;
  key.setAttribute("aria-disabled", String(Boolean(busy || isOff)));
  key.classList.toggle("busy", Boolean(busy));
}

function fold(open) {
  find("slip").classList.toggle("unfolded", open);
  find("fold").setAttribute("aria-expanded", String(open));
}

export function start() {
  find("fold").addEventListener("click", () => fold(!find("slip").classList.contains("unfolded")));
}
