/* The one pad of the till, and what its number is of: money on the counter, or something of a line.
   Plain data and no page: what is typed, what it makes, and what is wrong with it. */
import { before, cents, MOST, off, spread, type } from "./till-money.js";
import { grams } from "./units.js";

const COUNTER = { what: "received", line: null, typed: "", unit: "percent" };

export const pad = { ...COUNTER };
export const isCounter = () => pad.what === "received";
export const toCounter = () => Object.assign(pad, COUNTER);
export const erase = () => Object.assign(pad, { typed: "" });

/* What the number is of from now on: "price", "weight" or "discount" of a line; "whole", off the ticket. */
export const aim = (what, line) => Object.assign(pad, COUNTER, { what, line: line?.id ?? null });
export const isOff = () => pad.what === "discount" || pad.what === "whole";

const PLACES = { weight: 3 };

export function press(key) {
  pad.typed = type(pad.typed, key, PLACES[pad.what] ?? 2);
}

export const turn = () => Object.assign(pad, { unit: pad.unit === "percent" ? "cents" : "percent", typed: "" });

const isPercent = (typed) => /^\d{1,3}$/.test(typed) && Number(typed) >= 1 && Number(typed) <= 100;

/* What is taken off; `isOver` says whether that is more than there is. */
function discount(isOver) {
  if (pad.unit === "percent") return isPercent(pad.typed) ? { value: { percent: Number(pad.typed) }, problem: "" } : { problem: "no-percent" };
  const taken = { amount_cents: cents(pad.typed) };
  if (!taken.amount_cents) return { problem: "no-amount" };
  return isOver(taken) ? { problem: "discount-too-large" } : { value: taken, problem: "" };
}

const isOverLine = (line) => (taken) => off(before(line), taken) > before(line);
export const readWhole = (lines) => discount((taken) => spread(lines, taken).isOver);

/* {value, problem}: what the typed number makes of this line. */
export function read(line, limit_g) {
  if (pad.what === "discount") return discount(isOverLine(line));
  if (!/\d/.test(pad.typed)) return { problem: "type-first" };
  if (pad.what === "weight") {
    const weight_g = grams(pad.typed);
    return weight_g && weight_g <= limit_g ? { value: weight_g, problem: "" } : { problem: "no-weight" };
  }
  const value = cents(pad.typed);
  return value > MOST ? { problem: "too-dear" } : { value, problem: "" };
}

/* What is on the counter; null: exactly what is asked. */
export const received = () => (isCounter() && /\d/.test(pad.typed) ? cents(pad.typed) : null);
