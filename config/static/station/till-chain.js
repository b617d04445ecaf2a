/* The till as this tablet holds it: its lease, and each act sealed behind the one before.
   An act, and where the chain stands after it, are written together or not at all. */
import * as order from "./order.js";
import * as queue from "./queue.js";
import { signed } from "./saved.js";
import { ask, flush, isLater, now, status } from "./send.js";
import { uuid } from "./sheet.js";
import { composed, sealed } from "./till-envelope.js";
import { person } from "./who.js";

export const LONGEST = 24 * 3600_000; // without the server
export const MOST = 200; // tickets that wait
let here = null;
let state = null; // {lease, seq, prev, number, session, sold, sold_g}
let entries = []; // of this till, in the queue
let work = Promise.resolve();
let isLost = false; // the server says that another holds it

const KEPT = () => `till:${here.till.code}`;
export const held = () => state;
export const session = () => state?.session ?? null;
export const isLeased = () => Boolean(state?.lease);
export const number = () => state?.number ?? "";
export const waiting = () => entries.length;
export const stuck = () => entries.find((each) => each.state === "refused") ?? null; // holds all behind it up
const isTickets = ({ kind }) => kind === "sale";

/* Why nothing may be sold for now: "lost", "too-many", "too-long", or "". */
export function stopped() {
  if (isLost) return "lost";
  if (entries.filter(isTickets).length >= MOST) return "too-many";
  return status.contact && Date.now() - status.contact > LONGEST ? "too-long" : "";
}

const path = (rest) => `${here.api}sales/tills/${encodeURIComponent(here.till.code)}/${rest}`;
const reasons = (answer) => (Array.isArray(answer?.detail) ? answer.detail.map(({ msg }) => msg).join(" ") : "");

async function post(rest) {
  const body = JSON.stringify({ id: uuid() });
  return ask(path(rest), { method: "POST", body, pass: person()?.pass });
}

const keep = async (next) => {
  state = next;
  await queue.keep(KEPT(), state);
};

/* A server that was put back to an older state: it gets again what it lost, and no number is used twice. */
async function goBack(next) {
  isLost = !(await order.sendAgain(here.till.code, next, state.seq));
  return flush();
}

/* What the server says of the till, taken over where nothing of ours waits or was done meanwhile. */
async function take(answer, before) {
  if (entries.length || state !== before) return undefined;
  const { lease, next_seq, prev_hash, next_number, session: day } = answer;
  const isOurs = state?.lease === lease;
  if (isOurs && next_seq < state.seq) return goBack(next_seq);
  const sums = isOurs && state.session && day?.session === (state.session.session ?? day?.session) ? { sold: state.sold, sold_g: state.sold_g } : { sold: 0, sold_g: 0 };
  return keep({ lease, seq: next_seq, prev: prev_hash, number: next_number, session: day, ...sums });
}

/* Take the till over, or hear where it stands: {problem: "" | "silent" | a sentence}. */
export async function lease() {
  const before = state;
  let got = null;
  try {
    got = await post("lease");
  } catch {
    return { problem: "silent" };
  }
  const { response, answer } = got;
  if (isLater(response)) return { problem: "silent" };
  isLost = !response.ok && response.status !== 401 && isLeased();
  if (!response.ok) return { problem: reasons(answer) || "silent" };
  work = work.then(() => take(answer, before)).catch(() => {});
  await work;
  return { problem: "" };
}

/* Leave the till to another tablet: what is kept of it here is forgotten. */
export async function end() {
  try {
    const { response, answer } = await post("lease/end");
    if (!response.ok) return { problem: reasons(answer) || "silent" };
    await keep(null);
    return { problem: "" };
  } catch {
    return { problem: "silent" };
  }
}

/* An act: {kind, path, payload, total_cents (of what has a number), after: how the till changes,
   kept: (number, hash) → what else is written with it}. One after the other. */
export function act(deed) {
  const done = work.then(() => write(deed));
  work = done.catch(() => {});
  return done;
}

const following = (text) => text.replace(/\d+$/, (digits) => String(Number(digits) + 1).padStart(6, "0"));
const instant = () => `${now().toISOString().slice(0, 19)}Z`;

async function write({ kind, rest, payload, total_cents = null, after = {}, kept = () => ({}), summary = "" }) {
  const before = state;
  const isNumbered = total_cents !== null;
  const said = composed(typeof payload === "function" ? payload(before) : payload);
  const body = {
    v: 1, till: here.till.code, lease: before.lease, seq: before.seq, number: isNumbered ? before.number : null, kind, id: said.id,
    at: instant(), operator: null, payload: said, total_cents, prev: before.prev,
  };
  const envelope = await sealed(body);
  const later = { ...before, ...after, seq: before.seq + 1, prev: envelope.hash, number: isNumbered ? following(before.number) : before.number };
  const entry = {
    id: said.id, at: Date.now(), kind, site: here.site.code, path: `${here.api}sales/${rest}`, body: JSON.stringify({ ...said, envelope }),
    summary: summary || body.number || "", chain: here.till.code, turn: before.seq, before, weight_g: 0, ...signed(),
  };
  const written = await queue.add(entry, { [KEPT()]: later, ...kept(body.number, envelope.hash) });
  state = later;
  return { entry: written, number: body.number, hash: envelope.hash };
}

/* The answer to one of ours that says who holds the till. */
export function heard({ outcome, codes = [] }) {
  if (outcome === "refused" && codes.includes("till_leased")) isLost = true;
}

export const tillPath = (rest) => `tills/${encodeURIComponent(here.till.code)}/${rest}`;

/* Take back an act that was refused, and that nothing follows: its turn is free again. */
export async function undo(entry, kept = {}) {
  if (state?.seq !== entry.turn + 1) return false;
  await queue.remove(entry, { kept: { [KEPT()]: entry.before, ...kept } });
  state = entry.before;
  return true;
}

async function changed() {
  entries = (await queue.entries()).filter(({ chain }) => chain === here.till.code);
}

export async function start(station, onChange) {
  here = station;
  state = (await queue.recall(KEPT())) ?? null;
  await changed();
  queue.onChange(() => changed().then(onChange));
}
