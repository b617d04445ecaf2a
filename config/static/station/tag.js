/* What a label says beside the weight: the condition and the price, chosen by a touch. */
import { chip, find, h, icon, say, word } from "./page.js";
import * as picker from "./picker.js";
import { cents, euros, suggestion, USUAL } from "./prices.js";
import * as sounds from "./sounds.js";
import { count } from "./units.js";

let here;
let redraw = () => {};
let condition = "good";
let price; // undefined: the usual one of the category
let shown = null; // the category that this is about

const usual = () => (shown ? suggestion(shown.category, shown.tile) : { chips: [], usual: null });

/* {condition, price_cents} as they stand; `price_cents` is null where there is none. */
export const chosen = () => ({ condition, price_cents: price === undefined ? usual().usual : price });

export function choose({ condition: told, price_cents }) {
  [condition, price] = [told, price_cents];
}

function pick(price_cents) {
  price = price_cents;
  redraw();
}

function sentence({ told, isGrid }) {
  const { name } = shown;
  if (!told) return word(isGrid ? "usual-grid" : "usual-none", { name });
  const [low, middle, high] = [told.low, told.middle, told.high].map(euros);
  return word(low === high ? "usual-same" : "usual", { name, low, middle, high, n: count(told.count) });
}

/* A price that no key says. */
function typing() {
  const input = h("input", { id: "price-typed", inputmode: "decimal", autocomplete: "off", maxlength: "12", "aria-describedby": "price-said" });
  const said = h("p", { id: "price-said", class: "in-hand-said", role: "alert" });
  const form = h("form", { class: "in-hand-form" }, h("label", { for: "price-typed" }, word("price-typed")), input, h("button", { type: "submit", class: "btn go" }, icon("check"), word("price-take")), said);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const told = cents(input.value);
    input.setAttribute("aria-invalid", String(told === null));
    if (told === null) return refuse(said);
    picker.close();
    return pick(told);
  });
  return form;
}

function refuse(said) {
  said.replaceChildren(word("price-wrong"));
  sounds.wrong();
  say(word("price-wrong"));
}

function askPrice(now) {
  const options = USUAL.map((each) => ({ label: euros(each), pressed: each === now, choose: () => pick(each) }));
  picker.open({ heading: word("price-other"), first: typing(), options: [{ label: word("no-price"), pressed: now === null, choose: () => pick(null) }, ...options] });
}

function drawPrices({ chips }) {
  const now = chosen().price_cents;
  const offered = chips.map((each) => chip(euros(each), each === now, () => pick(each === now ? null : each)));
  const isOther = now !== null && !chips.includes(now);
  const other = chip(isOther ? euros(now) : word(chips.length ? "other" : "price-other"), isOther, () => askPrice(now));
  other.setAttribute("aria-haspopup", "true");
  const none = chips.length ? [] : [chip(word("no-price"), now === null, () => pick(null))];
  find("prices").replaceChildren(...none, ...offered, other);
}

function drawConditions() {
  const each = ({ code, name }) => chip(name, code === condition, () => {
    condition = code === condition ? "" : code;
    redraw();
  });
  find("conditions").replaceChildren(...here.conditions.map(each));
}

/* About the category `kind`: another one has another usual price. */
export function draw(kind) {
  if (kind.category !== shown?.category) price = undefined;
  shown = kind;
  const known = usual();
  find("usual").replaceChildren(h("span", {}, sentence(known)));
  drawPrices(known);
  drawConditions();
}

export function start(station, onChange) {
  [here, redraw] = [station, onChange];
}
