/* The money is taken: the ticket is sealed and on disk before it shows as sold, then it is sent. */
import { plural, say, word } from "./page.js";
import * as picker from "./picker.js";
import * as reader from "./reader.js";
import { flush } from "./send.js";
import * as sounds from "./sounds.js";
import * as chain from "./till-chain.js";
import { accept, lacking } from "./till-lines.js";
import { due, euros, spread } from "./till-money.js";
import * as number from "./till-pad.js";
import * as pay from "./till-pay.js";
import * as shelf from "./till-shelf.js";
import * as slips from "./till-slip.js";
import { change, empty, SLIP, SOLD, table, wrong } from "./till-table.js";
import * as vouchers from "./till-voucher.js";
import { count, time } from "./units.js";

const MOST_SOLD = 220; // tickets kept here: more than may wait
const MOST_PARKED = 12;
const MOST_PAYMENTS = 19; // and the last one
const CASH = { method: "cash", issuer: null, reference: "", received_cents: null };
let station = null;
let draw = () => {};
let busy = false;

function press(key) {
  picker.close();
  table.hint = "";
  table.slip = { ...table.slip, received_cents: null };
  number.press(key);
  draw();
}

/* What is on the counter is noted as one payment of several; the next is cash until told otherwise. */
function split() {
  const { slip } = table;
  const { received, rest } = pay.counted(slip);
  if (!received || !rest) return wrong(word("type-first"));
  if (slip.payments.length >= MOST_PAYMENTS) return wrong(word("too-many-payments"));
  number.toCounter();
  return change({ ...slip, ...CASH, payments: [...slip.payments, { ...pay.meansOf(slip), amount_cents: received }] });
}

function quick(cents) {
  number.erase();
  change({ ...table.slip, received_cents: cents });
}

const unpay = (at) => change({ ...table.slip, payments: table.slip.payments.filter((_pay, each) => each !== at) });

function method(code) {
  if (code !== "voucher") return change({ ...table.slip, method: code, issuer: null, reference: "" });
  return vouchers.ask((said) => change({ ...table.slip, method: code, ...said }));
}

/* Why nothing can be sold now; "" where it can. */
function refusal() {
  const line = slips.unpriced(table.slip);
  if (!table.slip.lines.length) return word("nothing-yet");
  if (line) return lacking(line);
  if (chain.stopped()) return word(chain.stopped(), { n: count(chain.waiting()) });
  const { problem, missing_cents } = pay.counted(table.slip);
  return problem && word(problem, { sum: euros(missing_cents) });
}

async function sell() {
  if (busy) return;
  const problem = refusal();
  if (problem) return wrong(problem);
  busy = true;
  try {
    await write(table.slip, pay.counted(table.slip));
    finished();
  } catch {
    wrong(word("not-kept"));
  } finally {
    busy = false;
  }
  flush();
}

/* The ticket, what this tablet keeps of it, and an empty table: all of it is on disk, or nothing. */
async function write(done, { payments, change_cents }) {
  const total_cents = due(done);
  const { off_cents } = spread(done.lines, done.off);
  const told = { total_cents, off_cents, change_cents, payments, at: Date.now() };
  const { sold: tickets = 0, sold_g = 0 } = chain.held();
  const after = { sold: tickets + 1, sold_g: sold_g + slips.weightOf(done) };
  const slip = slips.blank();
  let sold = table.sold;
  const kept = (called, hash) => {
    sold = [{ ...slips.kept(done, { ...told, number: called }), hash }, ...table.sold].slice(0, MOST_SOLD);
    return { [SOLD()]: sold, [SLIP()]: { slip, parked: table.parked } };
  };
  await chain.act({ kind: "sale", rest: "sales", payload: slips.request(done, station.till.code, payments), total_cents, after, kept });
  Object.assign(table, { sold, slip, opened: null, fresh: null, hint: "" });
}

function finished() {
  const [last] = table.sold;
  number.toCounter();
  shelf.home();
  reader.hush();
  sounds.saved();
  draw();
  say(last.change_cents ? word("sold-change", { number: last.number, change: euros(last.change_cents) }) : word("sold", { number: last.number, sum: euros(last.total_cents) }));
}

export const go = () => (number.isCounter() ? sell() : accept());

/* Tickets put aside */

export const parkLabel = () => {
  const { slip, parked } = table;
  return slips.isBlank(slip) && parked.length ? plural("take-parked", "take-parked-many", parked.length, count(parked.length)) : word("park");
};

const names = (slip) => slip.lines.map(({ name }) => name).join(", ");

export function park() {
  const { slip, parked } = table;
  if (slips.isBlank(slip)) return parked.length === 1 ? unpark(parked[0]) : choose();
  if (parked.length >= MOST_PARKED) return wrong(word("too-many-parked"));
  table.parked = [...parked, { ...slip, at: Date.now() }];
  return empty();
}

function choose() {
  const named = (each) => ({ label: euros(due(each)), hint: `${time(new Date(each.at))}, ${names(each)}`, image: "unpark", choose: () => unpark(each) });
  picker.open({ heading: word("parked"), options: table.parked.map(named), isList: true });
}

function unpark(each) {
  table.parked = table.parked.filter((other) => other !== each);
  const { at, ...again } = each;
  empty(again);
}

export function askClear() {
  picker.open({ heading: word("clear-question", { sum: euros(due(table.slip)) }), options: [{ label: word("clear-sure"), image: "x", choose: () => empty() }, { label: word("keep-it"), main: true, choose: () => {} }], question: true });
}

/* What the money's own buttons do. */
export const acts = { press, split, quick, unpay, method, go };

export function start(page, onChange) {
  [station, draw] = [page, onChange];
}
