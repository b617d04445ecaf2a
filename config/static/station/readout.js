/* The number read from two metres: what is typed, else what lies on the scale. */
import { find, h, plural, word } from "./page.js";
import { count, grams, kg, steady } from "./units.js";

const box = find("read");
const output = box.querySelector("output");

const [ONE, MANY] = [box.dataset.one ?? "piece", box.dataset.many ?? "pieces"]; // what is counted here
const pieces = ({ units }) => plural(ONE, MANY, units, count(units));

/* {text, unit, weight_g, kind: "" | idle | moving} */
function main({ typed, units, byEye, scale }) {
  const live = scale && scale.weight_g !== undefined && !byEye ? scale : null;
  if (typed) return { text: typed, unit: "kg", weight_g: grams(typed), kind: "" };
  if (live?.weight_g > 0 || (live && !units)) {
    const text = live.weight_g === null ? "– – –" : steady(live.weight_g);
    return { text, unit: "kg", weight_g: live.weight_g, kind: live.isMoving ? "moving" : live.weight_g > 0 ? "" : "idle", isLive: true };
  }
  if (units) return { text: count(units), unit: plural(ONE, MANY, units, "").trim(), weight_g: null, kind: "" };
  return { text: "0", unit: "kg", weight_g: null, kind: "idle" };
}

function foot({ typed, units, byEye, hint, scale }, isWeight) {
  if (hint) return hint;
  const parts = [units && isWeight ? pieces({ units }) : "", byEye ? word("by-eye") : "", scale && !typed && !byEye ? scale.note : ""];
  return parts.filter(Boolean).join(", ");
}

export function draw(state) {
  const { typed, units, byEye, hint, container, scale } = state;
  const { text, unit, weight_g, kind, isLive } = main(state);
  output.setAttribute("aria-live", isLive ? "off" : "polite"); // a live weight would never let a voice finish
  output.replaceChildren(h("span", { class: kind }, text), h("span", { class: "unit" }, unit));
  output.dataset.length = String(Math.min(text.length, 9));
  const net = container && weight_g > 0 ? weight_g - container.tare_g : null;
  const right = net > 0 && !hint ? [`${word("net")} `, h("b", {}, `${kg(net)} kg`)] : [];
  box.classList.toggle("hinted", Boolean(hint) || Boolean(scale?.isTrouble && !typed && !byEye));
  box.querySelector(".left").textContent = foot({ typed, units, byEye, hint, scale }, typed || isLive);
  box.querySelector(".right").replaceChildren(...right);
  find("pad").querySelector("[data-key=count]")?.setAttribute("aria-pressed", String(units > 0));
  find("pad").querySelector("[data-key=estimate]").setAttribute("aria-pressed", String(byEye));
}
