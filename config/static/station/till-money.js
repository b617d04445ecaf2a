/* What a ticket costs and what goes back over the counter, in cents, as the server reckons it.
   It knows no page and no network; every number is an integer. */
import { shares } from "./remainder.js";

const HUNDRED = 100;
const KG = 1_000;
export const MOST = 10_000_000; // of one price or payment: the server takes no more
const COINS = [5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1];
const NOTES = [500, 1_000, 2_000, 5_000, 10_000]; // people pay with these

const language = document.documentElement.lang || "fr";
const twoPlaces = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const spaces = (text) => text.replaceAll("\u202f", "\u00a0");

/* Cents as tickets print them: "8,00". Cents become a figure here, and nowhere else. */
export const amount = (cents) => spaces(twoPlaces.format(cents / HUNDRED));
export const euros = (cents) => `${amount(cents)}\u00a0€`;

/* "12,5" is 12.50 €: digits are read one by one, so no float is ever involved. */
export function cents(typed) {
  const [whole, fraction = ""] = typed.split(",");
  return Number(whole || 0) * HUNDRED + Number(fraction.padEnd(2, "0"));
}

/* The typed text after one more key: `places` after the comma at most. */
export function type(typed, key, places = 2) {
  if (key === "Backspace") return typed.slice(0, -1);
  if (key === ",") return !places || typed.includes(",") ? typed : `${typed || "0"},`;
  const next = typed === "0" ? key : typed + key;
  return /^\d{1,5}$/.test(next) || new RegExp(`^\\d{1,5},\\d{0,${places}}$`).test(next) ? next : typed;
}

/* Cents that a discount takes off; a share of the price rounds half up. */
export function off(before, discount) {
  if (!discount) return 0;
  const { percent = 0, amount_cents = 0 } = discount;
  return amount_cents + Math.floor((before * percent * 2 + HUNDRED) / (2 * HUNDRED));
}

/* What a line costs before anything is taken off; by weight, half up. */
export function before({ mode, price_cents, weight_g, lot, quantity }) {
  if (mode === "per_kg") return Math.floor((price_cents * weight_g + KG / 2) / KG);
  return lot ? price_cents : price_cents * quantity;
}

/* What is taken off a line: what somebody said, else what the day takes off by itself. */
export const discountOf = (line) => line.discount ?? line.daily ?? null;
export const lineTotal = (line) => before(line) - off(before(line), discountOf(line));
const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);
export const isPriced = (line) => line.price_cents !== null && (line.mode !== "per_kg" || Boolean(line.weight_g));
export const total = (lines) => sum(lines.filter(isPriced).map(lineTotal));

const DISCOUNTED = ["goods", "delivery"]; // a gift or a membership costs what it costs

/* {off_cents, shared, isOver}: what a discount on the whole ticket takes off, and off each line. */
export function spread(lines, discount) {
  const parts = lines.map((line) => (isPriced(line) && DISCOUNTED.includes(line.nature) ? lineTotal(line) : 0));
  const off_cents = off(sum(parts), discount);
  return { off_cents, shared: shares(parts, off_cents) ?? parts.map(() => 0), isOver: off_cents > sum(parts) };
}

export const due = ({ lines, off: discount }) => total(lines) - spread(lines, discount).off_cents;
export const paid = (payments) => sum(payments.map((each) => each.amount_cents));

/* {payments, rest, received, change_cents, missing_cents, problem} of a total, of what is noted and of
   what is on the counter now (null: exactly the rest), with who issued it. Only cash gives change. */
export function settle(total_cents, noted, { received_cents = null, ...means }) {
  const rest = Math.max(total_cents - paid(noted), 0);
  const received = received_cents ?? rest;
  const payments = received ? [...noted, { ...means, amount_cents: received }] : noted;
  const left = paid(payments) - total_cents;
  const cash = paid(payments.filter((each) => each.method === "cash"));
  const isIdle = left === cash && total_cents > 0; // nobody needed that cash
  const problem = left < 0 ? "missing-money" : left && (left > cash || isIdle) ? "change-without-cash" : "";
  return { payments, rest, received, change_cents: Math.max(left, 0), missing_cents: Math.max(-left, 0), problem };
}

/* Round amounts above the rest that people are likely to put down. */
export function notes(rest) {
  if (!rest) return [];
  const round = NOTES.map((note) => Math.ceil(rest / note) * note).filter((each) => each !== rest);
  return [...new Set(round)].sort((one, other) => one - other).slice(0, 3);
}

/* The fewest notes and coins that make it: [[count, cents], …]. */
export function coins(left) {
  const parts = [];
  for (const coin of COINS) {
    const count = Math.floor(left / coin);
    if (count) parts.push([count, coin]);
    left -= count * coin;
  }
  return parts;
}

/* "0,50 €" and "5 €": a coin is called as people call it. */
export const called = (value) => (value % HUNDRED ? euros(value) : `${value / HUNDRED}\u00a0€`);
export const inCoins = (left) => coins(left).map(([count, value]) => (count > 1 ? `${count} × ${called(value)}` : called(value))).join(" + ");

/* What `more` of a line make of its cents, after `refunded` of it: shares round down, and add up. */
export function shareBack({ total_cents, quantity, refunded }, more) {
  const share = (taken) => Math.floor((total_cents * taken) / quantity);
  return share(refunded + more) - share(refunded);
}
