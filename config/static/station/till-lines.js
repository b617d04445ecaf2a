/* What is sold comes onto the ticket: touched, scanned, or not known here; then what is changed of it. */
import { find, say, word } from "./page.js";
import * as picker from "./picker.js";
import * as reader from "./reader.js";
import * as sounds from "./sounds.js";
import * as lookup from "./till-lookup.js";
import { isPriced } from "./till-money.js";
import * as number from "./till-pad.js";
import { told as named } from "./till-pay.js";
import * as shelf from "./till-shelf.js";
import * as slips from "./till-slip.js";
import { aim, change, dots, table, told, wrong } from "./till-table.js";

let station = null;

/* A price that was typed for one line counts before the next one is touched. */
export const settled = () => number.isCounter() || !number.pad.typed || accept();

/* What is still to be said of a line: its price, or its weight where that makes the price. */
export const lacking = ({ price_cents, name }) => word(price_cents === null ? "price-of" : "weight-of", { name });

function add(line) {
  reader.hush();
  if (!settled()) return;
  if (table.slip.lines.length >= slips.MOST_LINES) return wrong(word("too-many-lines"));
  number.toCounter();
  const slip = { ...slips.added(table.slip, line), received_cents: null };
  const { id } = slip.lines.at(-1);
  Object.assign(table, { fresh: id, opened: isPriced(line) ? null : id });
  sounds.added();
  change(slip);
  const added = slips.lineOf(table.slip, id); // with what the day takes off
  if (!isPriced(line)) aim(line.price_cents === null ? "price" : "weight", added);
  say(isPriced(line) ? named(added) : lacking(line));
}

const soldCodes = () => new Map(table.sold.flatMap((each) => each.lines.filter(({ item, isBack }) => item && !isBack).map(({ item }) => [item, each.number])));

/* A right code: its object comes onto the ticket at once, and what is odd about it is said. */
export async function scanned(code) {
  if (slips.has(table.slip, code)) return told(word("twice", { code }), true);
  const { item, doubt } = await lookup.find(code, soldCodes(), (late) => doubted(code, late));
  if (slips.has(table.slip, code)) return undefined; // read twice while the server was asked
  return item ? put(item, doubt) : unknown(code, doubt);
}

function put(item, doubt) {
  const line = slips.ofItem(item, shelf.lookOf(item.category));
  add({ ...line, name: line.name || item.code, doubt });
  if (doubt) told(doubt, true);
}

/* The server knows better than this tablet what was added a moment ago. */
function doubted(code, doubt) {
  const line = table.slip.lines.find(({ item }) => item === code);
  if (!line) return;
  change(slips.changed(table.slip, line.id, { doubt }));
  told(doubt, true);
}

/* Nobody here knows it: what it is, then its price; nobody waits for the network. */
function unknown(code, doubt) {
  const choose = (tile) => () => put({ code, title: "", category: tile.code, price_cents: null, weight_g: null }, doubt);
  sounds.wrong();
  picker.open({ heading: doubt, text: word("unknown-text"), options: station.tiles.map((tile) => ({ label: tile.name, image: tile.icon, cat: tile.colour, choose: choose(tile) })) });
}

function toggle(line) {
  if (!settled()) return;
  table.opened = table.opened === line.id ? null : line.id;
  aim(null);
}

function discount(line) {
  if (line.discount) return change(slips.changed(table.slip, line.id, { discount: null }));
  return aim("discount", line);
}

/* Which dot it wears: nobody but the one who holds it can tell. */
function dot(line) {
  const wear = (colour) => () => change({ ...slips.changed(table.slip, line.id, { dot: colour }), received_cents: null });
  const options = dots().map(({ colour, name, percent }) => ({ label: name, hint: `− ${percent}\u00a0%`, image: `dot-${colour}`, pressed: line.dot === colour, choose: wear(colour) }));
  picker.open({ heading: word("which-dot"), options: [...options, { label: word("no-dot"), image: "x", pressed: !line.dot, choose: wear("") }], isList: true });
}

function remove(line) {
  if (number.pad.line === line.id) number.toCounter();
  if (table.opened === line.id) table.opened = null;
  change({ ...slips.removed(table.slip, line.id), received_cents: null });
  say(word("removed-line", { name: line.name }));
  find("ticket-title").focus({ preventScroll: true });
}

const step = (line, by) => change({ ...slips.stepped(table.slip, line.id, by), received_cents: null });

const aimed = () => slips.lineOf(table.slip, number.pad.line);

/* What is taken off the whole: said, or no longer. */
function whole() {
  if (!settled()) return undefined;
  return table.slip.off ? change({ ...table.slip, off: null, received_cents: null }) : aim("whole", null);
}

/* The ticket as it would be with what is being typed. */
export function preview(slip) {
  if (number.pad.what === "whole") return !number.pad.typed ? slip : { ...slip, off: { ...number.readWhole(slip.lines).value, reason: "…" } };
  const line = number.isCounter() ? null : slips.lineOf(slip, number.pad.line);
  if (!line || !number.pad.typed) return slip;
  const { value, problem } = number.read(line, station.site.scale_limit_g);
  if (problem) return slip;
  const values = { price: { price_cents: value }, weight: { weight_g: value }, discount: { discount: { ...value, reason: "…" } } };
  return slips.changed(slip, line.id, values[number.pad.what]);
}

/* The number that was typed for a line takes effect; whether it could. */
export function accept() {
  if (number.pad.what === "whole") return acceptWhole();
  const line = aimed();
  if (!line) return Boolean(number.toCounter());
  const { value, problem } = number.read(line, station.site.scale_limit_g);
  if (problem) return Boolean(wrong(word(problem)));
  if (number.pad.what === "discount") return Boolean(askReason(setOff(line), value));
  set(line, number.pad.what === "price" ? { price_cents: value } : { weight_g: value });
  return true;
}

function acceptWhole() {
  const { value, problem } = number.readWhole(table.slip.lines);
  return Boolean(problem ? wrong(word(problem)) : askReason(setWhole, value));
}

function setWhole(off) {
  number.toCounter();
  sounds.added();
  change({ ...table.slip, off, received_cents: null });
}

function set(line, values) {
  number.toCounter();
  table.opened = null;
  sounds.added();
  change({ ...slips.changed(table.slip, line.id, values), received_cents: null });
}

const setOff = (line) => (discount) => set(line, { discount });

function askReason(setTo, value) {
  const options = station.discount_reasons.map((reason) => ({ label: reason, image: "percent", choose: () => setTo({ ...value, reason }) }));
  picker.open({ heading: word("discount-why"), options, isList: true });
}

/* What the chips beside the pad do: a usual price, a usual discount, one price for all of a line. */
export const setPrice = (price_cents) => set(aimed(), { price_cents });
export const setPercent = (percent) => askReason(number.pad.what === "whole" ? setWhole : setOff(aimed()), { percent });
export const turnLot = (line) => change(slips.changed(table.slip, line.id, { lot: !line.lot }));

/* What the ticket's own buttons do. */
export const acts = { open: toggle, step, remove, price: (line) => aim("price", line), weight: (line) => aim("weight", line), discount, whole, dot };

export function start(page) {
  station = page;
  shelf.start(station, { key: (key, look) => add(slips.ofKey(key, look)), category: (look) => add(slips.ofCategory(look)) });
}
