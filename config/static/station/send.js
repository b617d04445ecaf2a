/* Sends what waits, in order, each under its own id until the server has answered.
   What it refuses stays for a person to settle; without an answer everything stays. */
import * as order from "./order.js";
import * as queue from "./queue.js";
import { uuid } from "./sheet.js";

const EVERY = 15_000;
const SOON = 2_000; // after an answer that did not come, then twice as long each time, up to EVERY
const PATIENCE = 12_000;
const TELL_EVERY = 300_000; // between two signs of life to the server
const LEASE = 20_000; // a tab that sends and then dies lets another one send after this
const SILENT = "silent";
const tab = Math.random().toString(36).slice(2);

export const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
const reasons = (answer) => (Array.isArray(answer?.detail) ? answer.detail.map(({ msg }) => msg) : []);
const codes = (answer) => (Array.isArray(answer?.detail) ? answer.detail.map(({ type }) => type) : []);
const places = (answer) => (Array.isArray(answer?.detail) ? answer.detail.map(({ loc }) => loc) : []);

export const status = { isLoggedOut: false, contact: null, skew: 0 };
const listeners = new Set();
export const onSent = (act) => listeners.add(act);

/* The server's clock, as far as it was ever heard: a tablet's own may be wrong. */
export const now = () => new Date(Date.now() + status.skew);

/* A request with whoever it is for: a pass where a PIN was typed, else the session. */
export async function ask(path, { method = "GET", body, pass, held, patience = PATIENCE } = {}) {
  const headers = { Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  if (pass) headers.Authorization = `Tablet ${pass}`;
  else if (method !== "GET") headers["X-CSRFToken"] = cookie("csrftoken") ?? "";
  if (held !== undefined) headers["X-Tracerie-Queue"] = held;
  const signal = AbortSignal.timeout?.(patience);
  const response = await fetch(path, { method, headers, body, credentials: "same-origin", cache: "no-store", signal });
  const answer = await response.json().catch(() => null);
  heard(response);
  return { response, answer };
}

function heard(response) {
  const at = Date.parse(response.headers.get("Date") ?? "");
  if (at) status.skew = Math.abs(at - Date.now()) > 5_000 ? at - Date.now() : 0;
  status.contact = Date.now();
  queue.keep("contact", { contact: status.contact, skew: status.skew }).catch(() => {});
}

/* It could not answer now, or was asked too much: the same thing may pass in a while. */
export const isLater = ({ status }) => status >= 500 || status === 429;

/* saved | refused | logged out | silent */
async function attempt(entry) {
  let got;
  try {
    got = await ask(entry.path, { method: "POST", body: entry.body, pass: entry.pass });
  } catch {
    return { outcome: SILENT };
  }
  const { response, answer } = got;
  if (response.ok && answer) return { outcome: "saved", answer };
  // A pass that says nothing any more says nothing after a login either: a person decides.
  if (response.status === 401 && !entry.pass) return { outcome: "logged out" };
  if (response.ok || isLater(response)) return { outcome: SILENT };
  return { outcome: "refused", reasons: reasons(answer), codes: codes(answer), places: places(answer) };
}

/* Whoever sent it may no longer: it goes to a manager, by itself. */
const WITHDRAWN = ["station_withdrawn", "person_withdrawn"];

/* Hand a refused entry over for a manager to decide on; whether it arrived there. */
export async function handOver(entry) {
  const kept = { ...entry, held: entry.held ?? uuid() };
  await queue.update(kept);
  const body = JSON.stringify({
    id: kept.held, site: kept.site, entry: kept.id, path: kept.path, body: kept.body,
    occurred_at: new Date(kept.at).toISOString(), summary: kept.summary ?? "", reason: kept.reasons.join(" "),
  });
  const handed = (pass) => attempt({ path: "/api/v1/organisation/held", body, pass });
  let { outcome } = await handed(kept.pass);
  if (outcome === "refused" && kept.pass) ({ outcome } = await handed()); // by whoever is here
  if (outcome === "saved") await queue.remove(kept);
  return outcome === "saved";
}

let pause = SOON;
let timer = null;

function tryAgain() {
  clearTimeout(timer);
  timer = setTimeout(flush, pause);
  pause = Math.min(pause * 2, EVERY);
}

async function sendAll() {
  const stuck = new Set(); // chains of which one is refused: what comes behind it waits
  for (const entry of await queue.entries()) {
    if (entry.state !== "waiting") stuck.add(entry.chain);
    if (entry.state !== "waiting" || (entry.chain && stuck.has(entry.chain))) continue;
    if (!navigator.onLine) return; // nothing leaves: what was never tried can be taken back here
    const tried = await queue.begin(entry); // before it leaves: from now on it may have arrived
    if (!tried) continue;
    const result = await attempt(tried);
    status.isLoggedOut = result.outcome === "logged out";
    if (result.outcome === "saved") await queue.remove(tried, order.noted(tried));
    else if (result.outcome === "refused") {
      if (await order.isResent(tried, result)) return void (again = true); // once more, from before it
      stuck.add(tried.chain);
      await refuse({ ...tried, state: "refused", reasons: result.reasons, codes: result.codes });
    }
    for (const each of listeners) each(tried, result);
    if (result.outcome === SILENT) {
      tryAgain();
      return SILENT;
    }
    if (result.outcome === "logged out") return;
    pause = SOON;
  }
}

/* Once what can leave has left: say what stays, where that has changed or nothing was said for long. */
async function tell() {
  if (!navigator.onLine) return;
  const held = (await queue.entries()).length;
  if (held === (await queue.recall("told")) && Date.now() - status.contact < TELL_EVERY) return;
  await ask("/health", { held });
  await queue.keep("told", held);
}

async function refuse(entry) {
  await queue.update(entry);
  if (!entry.chain && entry.codes.some((code) => WITHDRAWN.includes(code))) await handOver(entry);
}

/* One tab at a time. Over plain http there are no locks, so a lease stands for one. */
async function alone(act) {
  if (navigator.locks) return navigator.locks.request("tracerie-send", { signal: AbortSignal.timeout?.(EVERY) }, act);
  const lease = await queue.recall("lease");
  if (lease && lease.tab !== tab && lease.until > Date.now()) return undefined;
  await queue.keep("lease", { tab, until: Date.now() + LEASE });
  return act();
}

let running = null;
let again = false;

/* Send what waits. Called while it runs, it goes once more through what came meanwhile. */
export function flush() {
  if (running) {
    again = true;
    return running;
  }
  running = alone(async () => (await sendAll()) === SILENT || tell()).catch(() => {}).finally(() => {
    running = null;
    if (again) {
      again = false;
      flush();
    }
  });
  return running;
}

export async function start() {
  Object.assign(status, await queue.recall("contact"));
  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  setInterval(flush, EVERY);
  await flush();
}
