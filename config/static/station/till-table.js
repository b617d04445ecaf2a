/* What lies on the till's table: the ticket under way, those put aside, those sold; and what the
   screen says of them. Every change is kept, then drawn. */
import { find, say, word } from "./page.js";
import * as queue from "./queue.js";
import { now } from "./send.js";
import * as sounds from "./sounds.js";
import * as chain from "./till-chain.js";
import { daily, dayAt, dotsOn } from "./till-daily.js";
import * as number from "./till-pad.js";
import { blank, fitted, isLess } from "./till-slip.js";

export const table = {
  slip: blank(),
  parked: [],
  sold: [], // the latest tickets, newest first
  opened: null, // the line whose tools show
  fresh: null, // the line that came last
  hint: "",
};
let here = null;
let draw = () => {};

export const SLIP = () => `slip:${here.till.code}`;
export const SOLD = () => `tickets:${here.till.code}`;

const keep = () => queue.keep(SLIP(), { slip: table.slip, parked: table.parked });

/* The day that counts: of the session; of this place, while the server has not said which. */
const day = () => chain.session()?.business_date ?? dayAt(here.daily.timezone, now());
export const dots = () => dotsOn(here.daily, day());

/* With what the day takes off each line. */
function reckoned(slip) {
  const today = day();
  return fitted({ ...slip, lines: slip.lines.map((line) => ({ ...line, daily: daily(here.daily, line, today) })) });
}

/* A day may begin while a ticket lies here. */
export const reckon = () => { table.slip = reckoned(table.slip); };

/* The ticket as it is from now on. */
export function change(asked) {
  const slip = reckoned(asked);
  const hint = isLess(slip, asked) ? word("discount-gone") : "";
  Object.assign(table, { slip, hint });
  keep();
  draw();
  if (hint) say(hint);
}

/* Another number than the one for the counter is typed, or the counter's again. */
export function aim(what, line) {
  if (!what || (number.pad.what === what && number.pad.line === (line?.id ?? null))) number.toCounter();
  else number.aim(what, line);
  table.hint = "";
  draw();
  const box = find("give"); // it stands below where the screen is narrow
  if (what && box.getBoundingClientRect().bottom > innerHeight) box.scrollIntoView({ block: "start" });
}

/* What is wrong with what was typed. */
export function wrong(text) {
  table.hint = text;
  sounds.wrong();
  say(text);
  draw();
}

/* What was done beside the ticket, or could not be. */
export function told(text, isWrong = false) {
  const box = find("told");
  box.replaceChildren(Object.assign(document.createElement("p"), { textContent: text }));
  box.hidden = false;
  box.classList.toggle("fine", !isWrong);
  if (isWrong) sounds.wrong();
  say(text);
  draw();
}

/* What came back of a ticket may be sold again: its label is no longer one that was sold here. */
export function givenBack(number, lines) {
  const isBack = (at) => lines.some(({ line }) => line === at + 1);
  const marked = (each) => ({ ...each, lines: each.lines.map((line, at) => (isBack(at) ? { ...line, isBack: true } : line)) });
  table.sold = table.sold.map((each) => (each.number === number ? marked(each) : each));
  queue.keep(SOLD(), table.sold);
}

export function empty(slip = blank()) {
  number.toCounter();
  Object.assign(table, { opened: null, fresh: null });
  change(slip);
}

export async function start(station, onChange) {
  [here, draw] = [station, onChange];
  const before = await queue.recall(SLIP());
  if (before?.slip) Object.assign(table, { slip: before.slip, parked: before.parked ?? [] });
  table.sold = (await queue.recall(SOLD())) ?? [];
}
