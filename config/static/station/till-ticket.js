/* The ticket under way, in the middle: its lines, what may be changed of each, and the total. */
import { isDrawn } from "./drawn.js";
import { find, h, icon, plural, word } from "./page.js";
import { amount, before, discountOf, due, euros, isPriced, lineTotal, off, spread } from "./till-money.js";
import { countOf, gramsOf, isGoods, weightOf } from "./till-slip.js";
import { count, kg } from "./units.js";

let acts = null; // {open, step, remove, price, weight, discount, dot, dots: those of today, whole}

function weighed(line) {
  if (!isGoods(line)) return "";
  const weight_g = gramsOf(line);
  if (!weight_g) return word("weight-unknown");
  if (line.weight_g) return word("weighed", { weight: kg(weight_g) });
  return line.item ? `${kg(weight_g)} kg` : word("on-average", { weight: kg(weight_g) });
}

function taken(line) {
  const discount = discountOf(line);
  return discount ? word("taken-off", { off: euros(off(before(line), discount)), reason: discount.reason }) : "";
}

function remark(line) {
  if (line.doubt) return line.doubt;
  if (!isPriced(line)) return word(line.price_cents === null ? "price-to-type" : "to-weigh");
  return [line.item, weighed(line), taken(line)].filter(Boolean).join(", ");
}

const named = (line) => [line.name, line.quantity > 1 ? h("b", { class: "nw" }, ` × ${line.quantity}`) : null];

function tool(label, act, pressed = null) {
  return h("button", { type: "button", class: "btn", "aria-pressed": pressed === null ? undefined : String(pressed), onclick: act }, h("span", {}, label));
}

function stepper(line) {
  const step = (by, image, label) => h("button", { type: "button", class: "btn", "aria-label": label, onclick: () => acts.step(line, by) }, icon(image));
  return h("span", { class: "t-step" }, step(-1, "minus", word("one-less")), h("b", { "aria-label": word("quantity") }, String(line.quantity)), step(1, "plus", word("one-more")));
}

function tools(line, aimed) {
  const own = line.item || line.mode === "per_kg" ? [] : [stepper(line)];
  const weight = line.item || !isGoods(line) ? [] : [tool(word("weight"), () => acts.weight(line), aimed === "weight")];
  const discount = isPriced(line) ? [tool(word(line.discount ? "no-discount" : "discount"), () => acts.discount(line), aimed === "discount")] : [];
  const dot = acts.dots().length && !line.item && isGoods(line) ? [tool(word("dot"), () => acts.dot(line), Boolean(line.dot))] : [];
  return h("div", { class: "t-tools" }, ...own, tool(word("price"), () => acts.price(line), aimed === "price"), ...weight, ...discount, ...dot);
}

function item(line, { opened, fresh, aimed }) {
  const isOpen = line.id === opened;
  const isOdd = Boolean(line.doubt) || !isPriced(line);
  const classes = [isOdd && "care", line.id === fresh && "now"].filter(Boolean).join(" ");
  return h("li", { "data-cat": line.colour, class: classes || undefined },
    h("button", { type: "button", class: "t-line", "aria-expanded": String(isOpen), onclick: () => acts.open(line) },
      h("span", { class: "dot", "aria-hidden": "true" }, icon(line.icon) ?? icon("package")),
      h("span", { class: "t-name" }, ...named(line).filter(Boolean), h("small", {}, remark(line))),
      h("b", { class: "t-cents" }, isPriced(line) ? amount(lineTotal(line)) : "…")),
    h("button", { type: "button", class: "rub", "aria-label": word("remove", { name: line.name }), onclick: () => acts.remove(line) }, icon("x")),
    isOpen ? tools(line, aimed) : null);
}

/* A hand on a button by keyboard stays there when its line is drawn anew. */
function place(list) {
  const within = [...list.querySelectorAll("button")].indexOf(document.activeElement);
  return () => within >= 0 && list.querySelectorAll("button")[within]?.focus({ preventScroll: true });
}

/* What is taken off the ticket as a whole, and the button that says it. */
function whole({ lines, off: discount }, aimed) {
  const { off_cents } = spread(lines, discount);
  find("ticket-off").hidden = !discount;
  find("ticket-off").textContent = discount ? word("taken-off-all", { off: euros(off_cents), reason: discount.reason }) : "";
  find("whole").replaceChildren(icon("percent"), h("span", {}, word(discount ? "no-discount" : "discount")));
  find("whole").setAttribute("aria-pressed", String(aimed === "whole"));
  find("whole").disabled = !lines.length;
}

export function draw(shown) {
  if (isDrawn("ticket", shown)) return;
  const { slip, opened, fresh, aimed, number } = shown;
  const list = find("lines");
  const restore = place(list);
  const newest = [...slip.lines].reverse();
  list.replaceChildren(...newest.map((line) => item(line, { opened, fresh, aimed: line.id === opened ? aimed : "" })));
  list.hidden = !newest.length;
  find("ticket-empty").hidden = newest.length > 0;
  restore();
  find("ticket-title").textContent = word("ticket", { number });
  const articles = countOf(slip);
  const weight_g = weightOf(slip);
  find("ticket-count").textContent = [plural("article", "articles", articles, count(articles)), weight_g ? `${kg(weight_g)} kg` : ""].filter(Boolean).join(", ");
  whole(slip, aimed);
  find("ticket-sum").textContent = amount(due(slip));
}

export function start(onAct) {
  acts = onAct;
  find("whole").addEventListener("click", () => acts.whole());
}
