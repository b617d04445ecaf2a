/* What is still open at this site, as the server said last and this tablet has done since:
   crates on the free shelf, and departures that wait for their partner's weights. */
import * as queue from "./queue.js";
import { ask, onSent } from "./send.js";
import { person } from "./who.js";

const EVERY = 60_000;
const told = new Set();
let here; // {site, api}
let known = { crates: [], waiting: [] };
let queued = [];
let soon = null;

const KEPT = () => `board:${here.site.code}`;
export const onChange = (act) => told.add(act);
const changed = () => told.forEach((act) => act());

const bodyOf = (entry) => JSON.parse(entry.body);
const ofKind = (kind) => queued.filter((entry) => entry.kind === kind && entry.state === "waiting");
const undone = () => new Set(ofKind("undo").map((entry) => bodyOf(entry).of));
const answered = (kind) => new Set(ofKind(kind).map((entry) => entry.about));

/* Crates that are out: {id, name, icon, colour, weight_g, since}, the oldest first. */
export function crates() {
  const [back, gone] = [answered("rest"), undone()];
  const mine = ofKind("crate").map((entry) => entry.crate).filter(({ id }) => !known.crates.some((each) => each.id === id));
  return [...known.crates, ...mine].filter(({ id }) => !back.has(id) && !gone.has(id));
}

export function waiting() {
  const done = answered("weights");
  return known.waiting.filter(({ number }) => !done.has(number));
}

/* {answer} of a reading of the server's; nothing where it does not answer. */
export async function read(path) {
  const { response, answer } = await ask(path, { pass: person()?.pass }).catch(() => ({}));
  return response?.ok ? answer : null;
}

export async function refresh() {
  const answer = await read(`${here.api}inventory/departures/open?site=${encodeURIComponent(here.site.code)}`);
  if (!answer) return;
  known = answer;
  await queue.keep(KEPT(), known);
  changed();
}

async function look() {
  queued = await queue.entries();
  changed();
}

/* What was just recorded is known at once; the server has the last word a moment later. */
function sent(entry, { outcome }) {
  if (outcome !== "saved") return;
  if (entry.kind === "crate") known.crates = [...known.crates.filter(({ id }) => id !== entry.id), entry.crate];
  if (entry.kind === "rest") known.crates = known.crates.filter(({ id }) => id !== entry.about);
  if (entry.kind === "undo") known.crates = known.crates.filter(({ id }) => id !== bodyOf(entry).of);
  if (entry.kind === "weights") known.waiting = known.waiting.filter(({ number }) => number !== entry.about);
  clearTimeout(soon);
  soon = setTimeout(refresh, 300);
}

export async function start(station) {
  here = station;
  known = (await queue.recall(KEPT())) ?? known;
  queue.onChange(look);
  onSent(sent);
  setInterval(refresh, EVERY);
  await look();
  refresh();
}
