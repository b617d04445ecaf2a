/* The money, on the right: means, what is to pay and to give back, the pad, and the button that sells. */
import { isDrawn } from "./drawn.js";
import { find, h, icon, word } from "./page.js";
import { called, due, euros, inCoins, lineTotal, notes, settle } from "./till-money.js";
import { isCounter, isOff, pad, received } from "./till-pad.js";
import { lineOf } from "./till-slip.js";
import * as vouchers from "./till-voucher.js";

const USUAL_PERCENTS = [10, 20, 30, 50];

let acts = null; // {method, split, unpay, quick, percent, go, leave}
let station = null;

const chip = (label, pressed, act, extra = {}) => h("button", { type: "button", class: "chip", "aria-pressed": pressed === null ? undefined : String(pressed), onclick: act, ...extra }, pressed ? icon("check") : null, h("span", {}, label));

export const nameOf = (method) => station.methods.find(({ code }) => code === method)?.name ?? method;

/* A payment as people call it: "carte", "CCAS de Pantin A17". */
export const paidBy = (payment) => vouchers.named(payment) || nameOf(payment.method).toLocaleLowerCase();
export const meansOf = (slip) => ({ method: slip.method, ...vouchers.issued(slip) });

/* What the counter comes to now. */
export const counted = (slip) => settle(due(slip), slip.payments, { ...meansOf(slip), received_cents: received() ?? slip.received_cents });

function means(slip) {
  const chips = station.methods.map(({ code, name }) => chip(name, slip.method === code, () => acts.method(code)));
  const split = h("button", { type: "button", class: "chip", onclick: acts.split }, icon("split"), h("span", {}, word("split")));
  find("means").replaceChildren(...chips, split);
}

function payments(slip) {
  const row = (pay, at) => h("li", {}, h("span", {}, vouchers.named(pay) || nameOf(pay.method)), h("b", {}, euros(pay.amount_cents)),
    h("button", { type: "button", class: "rub", "aria-label": word("take-back", { method: paidBy(pay) }), onclick: () => acts.unpay(at) }, icon("x")));
  find("pays").replaceChildren(...slip.payments.map(row));
  find("pays").hidden = !slip.payments.length;
}

const pair = (label, value, kind = "give-row") => h("span", { class: kind }, h("span", {}, label), h("b", {}, value));

/* Before a sale: what is asked, and what goes back. */
function asked(slip) {
  const { rest, received: taken, change_cents, missing_cents } = counted(slip);
  const typed = taken === rest ? [] : [pair(word("received"), euros(taken))];
  const back = missing_cents ? pair(word("missing"), euros(missing_cents), "give-sum") : pair(word("change"), euros(change_cents), "give-sum");
  return [pair(word(slip.payments.length ? "left-to-pay" : "to-pay"), euros(rest)), ...typed, back, h("span", { class: "give-coins" }, change_cents ? inCoins(change_cents) : "")];
}

/* After it: the change, from afar, until the next line. */
function handed(last) {
  return [pair(last.number, euros(last.total_cents)), pair(word(last.change_cents ? "change" : "nothing-back"), last.change_cents ? euros(last.change_cents) : "", "give-sum"), h("span", { class: "give-coins" }, last.change_cents ? inCoins(last.change_cents) : word("paid"))];
}

const UNITS = { price: "€", weight: "kg" };

/* Something of a line is being typed, or what is taken off the whole. */
function typing(slip) {
  const line = lineOf(slip, pad.line);
  const unit = UNITS[pad.what] || (pad.unit === "percent" ? "%" : "€");
  const turns = isOff() ? { type: "button", class: "chip", "aria-label": word("turn-unit"), onclick: acts.turn } : { class: "unit" };
  const leave = h("button", { type: "button", class: "btn plain", "aria-label": word("leave-number"), onclick: acts.leave }, icon("x"));
  return [h("span", { class: "aim" }, h("span", {}, word(`aim-${pad.what}`), h("b", {}, line?.name ?? word("whole-ticket"))), leave),
    h("span", { class: "typed" }, h("b", {}, pad.typed || "0"), h(isOff() ? "button" : "span", turns, unit))];
}

function give(slip, last, hint) {
  const box = find("give");
  const isAfter = isCounter() && last && !slip.lines.length && !slip.payments.length;
  const parts = isAfter ? handed(last) : isCounter() ? asked(slip) : typing(slip);
  box.replaceChildren(...parts, ...(hint ? [h("span", { class: "hint" }, hint)] : []));
  const isShort = isCounter() && !isAfter && counted(slip).missing_cents > 0;
  box.className = `give${isShort || hint ? " short" : ""}${isCounter() ? "" : " typing"}`;
}

function amounts(slip) {
  const { rest } = settle(due(slip), slip.payments, { method: "cash" });
  if (!rest) return [];
  const now = received() ?? slip.received_cents;
  const exact = chip(word("exact"), now === null, () => acts.quick(null));
  return [exact, ...notes(rest).map((note) => chip(called(note), now === note, () => acts.quick(note)))];
}

const percents = () => USUAL_PERCENTS.map((percent) => chip(`− ${percent} %`, null, () => acts.percent(percent)));

function prices(slip) {
  const line = lineOf(slip, pad.line);
  const lot = line && !line.item && line.quantity > 1 && line.mode !== "per_kg" ? [chip(word("the-lot"), line.lot, () => acts.lot(line))] : [];
  return [...lot, ...acts.usual(line).slice(0, 4 - lot.length).map((cents) => chip(called(cents), null, () => acts.set(cents)))];
}

function quick(slip) {
  const made = { received: amounts, discount: percents, whole: percents, price: prices, weight: () => [] }[pad.what];
  find("quick").replaceChildren(...made(slip));
}

function goes(slip, isStopped) {
  const button = find("go");
  if (!isCounter()) {
    button.replaceChildren(icon("check"), h("span", {}, word("ok")));
    button.disabled = false;
    return;
  }
  const { rest } = counted(slip);
  const label = slip.method === "cash" ? word("take", { sum: euros(rest) }) : word("take-by", { sum: euros(rest), method: paidBy(meansOf(slip)) });
  button.replaceChildren(icon("banknote"), h("span", {}, slip.lines.length ? label : word("take-nothing")));
  button.disabled = !slip.lines.length || isStopped;
}

export function draw({ slip, last, hint, isStopped }) {
  if (isDrawn("pay", { slip, pad, last: last?.id, hint, isStopped })) return;
  means(slip);
  payments(slip);
  give(slip, last, hint);
  quick(slip);
  goes(slip, isStopped);
}

/* What a line costs, said to whoever cannot see it. */
export const told = (line) => `${line.name}, ${euros(lineTotal(line))}`;

export function start(page, onAct) {
  [station, acts] = [page, onAct];
  find("go").addEventListener("click", acts.go);
  find("pad").addEventListener("click", ({ target }) => {
    const key = target.closest("[data-key]")?.dataset.key;
    if (key) acts.press(key);
  });
}
