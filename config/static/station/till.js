/* The till as a station: scan or touch, take the money, next; with or without a network. */
import { isDrawn } from "./drawn.js";
import { find, h, icon, plural, word } from "./page.js";
import * as picker from "./picker.js";
import * as prices from "./prices.js";
import * as reader from "./reader.js";
import * as offline from "./offline.js";
import { start as startSending } from "./send.js";
import * as sounds from "./sounds.js";
import * as back from "./till-back.js";
import * as chain from "./till-chain.js";
import * as day from "./till-day.js";
import * as gate from "./till-gate.js";
import { hold } from "./till-hold.js";
import * as lines from "./till-lines.js";
import * as lookup from "./till-lookup.js";
import { euros } from "./till-money.js";
import * as number from "./till-pad.js";
import * as paper from "./till-paper.js";
import * as pay from "./till-pay.js";
import * as sell from "./till-sell.js";
import * as shelf from "./till-shelf.js";
import { isBlank } from "./till-slip.js";
import * as state from "./till-table.js";
import * as tally from "./till-tally.js";
import * as ticket from "./till-ticket.js";
import * as vouchers from "./till-voucher.js";
import { count, kg, time } from "./units.js";
import * as waiting from "./waiting.js";
import * as who from "./who.js";

const station = JSON.parse(find("station").textContent);
const { table, told } = state;
let view = ""; // "tally" or "back"; none: the counter, or the gate before it
let busy = false;

/* Screen */

function route() {
  const kind = gate.shut();
  const shown = kind && !(kind === "shut" && view === "tally") ? "gate" : view || "counter";
  for (const name of ["gate", "counter", "tally", "back"]) find(name).hidden = name !== shown;
  if (shown === "gate") gate.draw(kind);
  return shown;
}

const isOpen = () => !gate.shut() && !view;

function strip() {
  const [last] = table.sold;
  if (isDrawn("strip", last?.number)) return;
  const box = find("strip");
  box.hidden = !last;
  if (!last) return;
  const means = last.payments.map(pay.paidBy).join(" + ");
  box.replaceChildren(icon("saved"), h("div", {}, h("b", {}, word("ticket", { number: last.number })), h("small", {}, [euros(last.total_cents), means, time(new Date(last.at))].filter(Boolean).join(", "))),
    h("button", { type: "button", class: "btn", onclick: () => paper.open(last) }, icon("receipt"), h("span", {}, word(paper.isGuaranteed(last) ? "paper-guaranteed" : "paper"))));
}

function sums() {
  const { sold: tickets = 0, sold_g = 0 } = chain.held() ?? {};
  if (isDrawn("day", [tickets, sold_g])) return;
  find("day").replaceChildren(h("b", {}, plural("sale", "sales", tickets, count(tickets))), h("small", {}, `${kg(sold_g)} kg`));
}

function parking() {
  const isEmpty = isBlank(table.slip);
  const label = sell.parkLabel();
  if (isDrawn("parking", [isEmpty, label])) return;
  find("park").disabled = isEmpty && !table.parked.length;
  find("park").replaceChildren(icon(isEmpty && table.parked.length ? "unpark" : "park"), h("span", {}, label));
  find("clear").disabled = isEmpty;
}

/* What the server refuses, why, and who settles it. */
function stuck() {
  const entry = chain.stuck();
  return entry ? word("stuck", { what: waiting.chained(entry), reason: entry.reasons.join(" ") }) : "";
}

/* What stands in the way of selling, or soon will; whether it does. */
function stops() {
  const why = chain.stopped();
  const text = why ? word(why, { n: count(chain.waiting()) }) : stuck();
  if (find("stopped").textContent !== text) find("stopped").textContent = text;
  find("stopped").hidden = !text;
  return Boolean(why);
}

function draw() {
  if (route() !== "counter") return;
  state.reckon();
  const { slip, opened, fresh, sold, hint } = table;
  ticket.draw({ slip: lines.preview(slip), opened, fresh, aimed: number.isCounter() ? "" : number.pad.what, number: chain.number() });
  pay.draw({ slip, last: sold[0], hint, isStopped: stops() });
  parking();
  strip();
  sums();
}

function show(name) {
  view = name;
  picker.close();
  draw();
}

/* Beside the ticket */

function myTickets() {
  const named = (each) => ({ label: `${each.number}, ${euros(each.total_cents)}`, hint: `${time(new Date(each.at))}, ${each.lines.map(({ name }) => name).join(", ")}`, image: "receipt", choose: () => paper.open(each) });
  const options = table.sold.slice(0, 40).map(named);
  picker.open({ heading: word("my-tickets"), text: options.length ? "" : word("no-ticket"), options, isList: true });
}

function refund() {
  const cannot = () => told(word("refund-online"), true);
  return chain.waiting() || !navigator.onLine ? cannot() : back.choose(cannot);
}

/* Money goes back only once the server has said yes. */
async function refunded({ payload, rest, total_cents, of }) {
  if (busy) return;
  busy = true;
  try {
    const act = await chain.act({ kind: "refund", rest, payload, total_cents });
    const { outcome, reasons } = await day.answered(act);
    if (outcome === "refused") return back.say(reasons.join(" "));
    show("");
    if (outcome === "saved") state.givenBack(of, payload.lines);
    if (outcome === "saved") told(word("refunded", { number: act.number, of, sum: euros(total_cents) }));
    else told(word("refund-waits"), true);
  } catch {
    back.say(word("not-kept"));
  } finally {
    busy = false;
  }
}

/* The keyboard, and what a scanner types */

function press(key) {
  if (view === "tally") tally.press(key);
  else if (isOpen()) sell.acts.press(key);
}

function enter() {
  if (view === "tally") tally.enter();
  else if (isOpen() && (table.slip.lines.length || !number.isCounter())) sell.go();
}

function leave() {
  if (picker.isOpen()) return;
  reader.hush();
  state.aim(null);
}

/* What a scanner typed came through the pad too, where its digits mean nothing. */
const typed = () => ({ pad: { ...number.pad }, received_cents: table.slip.received_cents, tally: tally.typed() });

function machine(text, before) {
  Object.assign(number.pad, before.pad);
  table.slip = { ...table.slip, received_cents: before.received_cents };
  tally.retype(before.tally);
  reader.take(text);
  draw();
}

/* What is no label of an object. */
function other(text) {
  const isOurs = isOpen() && vouchers.isOurs(text);
  if (isOurs) told(word("house-voucher"), true);
  return isOurs;
}

const scanned = (code) => (isOpen() ? lines.scanned(code) : undefined);
const usual = (line) => (line ? prices.suggestion(line.category, shelf.lookOf(line.category).top).chips : []);

function turn() {
  number.turn();
  draw();
}

/* Start */

function listen() {
  lines.start(station);
  sell.start(station, draw);
  ticket.start({ ...lines.acts, dots: state.dots });
  vouchers.start(station);
  pay.start(station, { ...sell.acts, leave, turn, usual, percent: lines.setPercent, set: lines.setPrice, lot: lines.turnLot });
  paper.start(station);
  back.start(station, { open: () => show("back"), done: refunded, leave: () => show("") });
  gate.start({ lease: day.lease, open: day.open, office: station.office });
  day.start(station, { view: show, told, home: () => show(""), draw });
  find("park").addEventListener("click", sell.park);
  find("clear").addEventListener("click", sell.askClear);
  find("drawer").addEventListener("click", () => day.menu({ refund, tickets: myTickets, isBegun: !isBlank(table.slip) }));
  reader.start(scanned, leave, { press, enter, state: typed, scanned: machine, other });
}

/* One after the other: what the screen needs comes before what the network may keep waiting. */
async function begin() {
  listen();
  const isHeld = gate.shut() !== "insecure" && hold(station.till.code, () => location.reload());
  who.onChange(draw);
  const isKnown = who.start();
  await Promise.all([state, chain, prices].map((part) => part.start(station, draw)));
  gate.holding(await isHeld);
  draw();
  sounds.start(find("sound"));
  setInterval(draw, 1_000); // what waits, and for how long, changes without a touch
  await waiting.start(() => false, await offline.start(), []);
  await isKnown;
  offline.neighbours(station.screens.filter(({ act }) => who.may(act)).map(({ path }) => path));
  await startSending();
  if (chain.isLeased() && navigator.onLine && ["", "shut"].includes(gate.shut())) await chain.lease();
  draw();
  await lookup.start(station);
  await prices.refresh();
}

await begin();
