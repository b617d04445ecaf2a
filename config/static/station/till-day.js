/* A till's day: taken over by this tablet, opened, cash in and out, closed, left again. */
import { word } from "./page.js";
import * as picker from "./picker.js";
import * as queue from "./queue.js";
import { flush, onSent } from "./send.js";
import { uuid } from "./sheet.js";
import * as sounds from "./sounds.js";
import * as chain from "./till-chain.js";
import * as gate from "./till-gate.js";
import { euros } from "./till-money.js";
import * as tally from "./till-tally.js";
import { count } from "./units.js";

let station = null;
let screen = null; // {view: show one, told: say what was done, home: back to the counter or its gate}
const awaited = new Map(); // entry id → told its outcome

/* The server's answer to an act that must not wait: {outcome, answer, reasons}; "silent" is none yet. */
export async function answered({ entry }) {
  const heard = new Promise((resolve) => { awaited.set(entry.id, resolve); });
  flush();
  return heard;
}

async function sent(entry, result) {
  if (entry.chain !== station.till.code) return;
  chain.heard(result);
  const resolve = awaited.get(entry.id);
  awaited.delete(entry.id);
  if (result.outcome === "refused" && entry.kind !== "sale" && (await chain.undo(entry))) {
    const reason = result.reasons.join(" ");
    sounds.wrong();
    if (!resolve) screen.told(word("taken-back", { reason }));
  }
  resolve?.(result);
  if (!resolve) late(entry, result);
  if (entry.kind === "sale" && result.outcome === "saved") flagged(result.answer);
  screen.draw();
}

/* The ticket stands; what the server finds odd about its objects is said, so that somebody looks. */
function flagged({ number, lines }) {
  const odd = lines.filter(({ flag }) => flag).map(({ label, flag }) => `${label}, ${word(`flag-${flag}`)}`);
  if (odd.length) screen.told(word("flagged", { number, what: odd.join(" · ") }), true);
}

/* An answer that came after nobody waited for it any more. */
function late(entry, { outcome, answer }) {
  if (outcome !== "saved") return;
  if (entry.kind === "close_day") closed(answer);
  if (entry.kind === "refund") screen.told(word("refund-through", { number: answer.number, sum: euros(answer.total_cents) }));
}

/* Taking the till over, and leaving it */

export async function lease() {
  const { problem } = await chain.lease();
  gate.tell(problem === "silent" ? word("needs-network") : problem);
  if (problem) sounds.wrong();
  screen.draw();
}

async function end() {
  const { problem } = await chain.end();
  if (problem) return screen.told(problem === "silent" ? word("needs-network") : problem, true);
  gate.tell("");
  return screen.home();
}

function askEnd() {
  if (chain.waiting()) return screen.told(word("queue-first", { n: count(chain.waiting()) }), true);
  if (chain.session()) return screen.told(word("close-first"), true);
  return picker.open({ heading: word("leave-till"), text: word("leave-till-text"), options: [{ label: word("leave-till-sure"), image: "tablet", choose: end }, { label: word("keep-it"), main: true, choose: () => {} }], question: true });
}

/* Opening */

async function opened({ cents }) {
  const payload = { id: uuid(), float_cents: cents };
  const session = { session: null, business_date: null, float_cents: cents };
  await chain.act({ kind: "session_open", rest: chain.tillPath("sessions"), payload, after: { session, sold: 0, sold_g: 0 }, summary: euros(cents) });
  gate.tell("");
  sounds.saved();
  screen.home();
  flush();
}

export function open() {
  if (chain.waiting()) return waitForClosing();
  tally.open({
    heading: word("open-heading"), text: word("open-text"), sum: word("whole-sum"), pieces: station.pieces, image: "unlock",
    label: (cents) => word("open-with", { sum: euros(cents) }), go: (found) => opened(found).catch(() => tally.say(word("not-kept"))), leave: screen.home,
  });
  return screen.view("tally");
}

/* Nothing stands behind a closing before the server has taken it. */
function waitForClosing() {
  gate.tell(word("closing-waits"));
  screen.draw();
  return flush();
}

/* Cash in and out */

const SIGN = { change: 1, bank: -1, purchase: -1 };

async function moved(amount_cents, reason) {
  const payload = { id: uuid(), amount_cents, reason: reason.code };
  await chain.act({ kind: "cash_move", rest: chain.tillPath("cash-moves"), payload, summary: `${reason.name} ${euros(amount_cents)}` });
  sounds.saved();
  screen.home();
  screen.told(word("cash-moved", { name: reason.name, sum: euros(Math.abs(amount_cents)) }));
  flush();
}

function howMuch(sign, reason) {
  tally.open({
    heading: word(sign > 0 ? "cash-in" : "cash-out"), text: reason.name, sum: word("whole-sum"), pieces: station.pieces, isNeeded: true,
    label: (cents) => word(sign > 0 ? "put-in" : "take-out", { sum: euros(cents) }), go: ({ cents }) => moved(sign * cents, reason).catch(() => tally.say(word("not-kept"))), leave: screen.home,
  });
  screen.view("tally");
}

function askCash(sign) {
  const fitting = station.cash_reasons.filter(({ code }) => (SIGN[code] ?? sign) === sign);
  picker.open({ heading: word(sign > 0 ? "cash-in" : "cash-out"), options: fitting.map((reason) => ({ label: reason.name, image: sign > 0 ? "in" : "out", choose: () => howMuch(sign, reason) })), isList: true });
}

/* Closing */

function closed({ number, gap_cents }) {
  const told = gap_cents === null || gap_cents === 0 ? word("closed-right", { number }) : word(gap_cents > 0 ? "closed-more" : "closed-less", { number, gap: euros(Math.abs(gap_cents)) });
  gate.tell(told);
  screen.home();
}

async function close({ cash, others }) {
  const session = chain.session();
  const payload = ({ seq }) => ({ id: uuid(), counted: { cash, others }, last_seq: seq - 1 });
  const act = await chain.act({ kind: "close_day", rest: chain.tillPath("closings"), payload, after: { session: null, sold: 0, sold_g: 0 }, summary: session?.business_date ?? "" });
  gate.tell(word("closing-waits"));
  screen.home();
  const { outcome, answer, reasons } = await answered(act);
  if (outcome === "saved") return closed(answer);
  if (outcome === "refused") {
    gate.tell("");
    screen.home();
    return screen.told(reasons.join(" "), true);
  }
  return undefined;
}

function askSure(found) {
  const yes = { label: word("close-sure"), image: "lock", main: true, choose: () => close(found).catch(() => tally.say(word("not-kept"))) };
  picker.open({ heading: word("close-question", { sum: euros(found.cents) }), text: word("close-question-text"), options: [yes, { label: word("count-again"), choose: () => {} }], question: true });
}

/* Nothing may wait behind a closing: it says all that was sold. */
function askClose() {
  if (chain.waiting()) return screen.told(word("queue-before-close", { n: count(chain.waiting()) }), true);
  if (!navigator.onLine) return screen.told(word("close-online"), true);
  tally.open({
    heading: word("close-heading"), text: word("close-text"), pieces: station.pieces, others: station.methods.filter(({ code }) => code !== "cash"), image: "lock",
    label: () => word("close-now"), go: askSure, leave: screen.home,
  });
  return screen.view("tally");
}

/* What the drawer's button offers. */
export function menu({ refund, tickets, isBegun }) {
  const begun = () => screen.told(word("ticket-first"), true);
  picker.open({
    heading: word("drawer"), isList: true, options: [
      { label: word("refund"), image: "undo", choose: isBegun ? begun : refund },
      { label: word("my-tickets"), image: "receipt", choose: tickets },
      { label: word("cash-in"), image: "in", choose: () => askCash(1) },
      { label: word("cash-out"), image: "out", choose: () => askCash(-1) },
      { label: word("close-heading"), image: "lock", choose: isBegun ? begun : askClose },
      { label: word("leave-till"), image: "tablet", choose: askEnd },
    ],
  });
}

export function start(page, onScreen) {
  [station, screen] = [page, onScreen];
  tally.start();
  onSent((entry, result) => { sent(entry, result); });
  queue.onChange(() => screen.draw());
}
