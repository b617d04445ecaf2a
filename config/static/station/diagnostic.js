/* What this device can do, one line at a time; each says what follows from it. */
import * as offline from "./offline.js";
import { find, h, icon, word } from "./page.js";
import * as queue from "./queue.js";
import * as send from "./send.js";
import { count, time } from "./units.js";

const PATIENCE = 5_000;
const ROOM = 50e6; // bytes: a queue of two thousand entries is a fiftieth of that
const DAY = 24 * 3600_000;

const soon = (promise) => Promise.race([promise, new Promise((_, fail) => setTimeout(fail, PATIENCE))]);
const megabytes = (bytes) => (bytes < 1e9 ? word("megabytes", { n: count(Math.floor(bytes / 1e6)) }) : word("gigabytes", { n: count(Math.floor(bytes / 1e9)) }));

async function probe() {
  const begun = performance.now();
  const mark = `${Date.now()}`;
  await queue.keep("probe", mark);
  return { ok: (await queue.recall("probe")) === mark, tag: `${Math.max(1, Math.round(performance.now() - begun))} ms` };
}

async function room() {
  if (!navigator.storage?.estimate) return null;
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  const free = quota - usage;
  return { ok: free > ROOM, tag: megabytes(free), values: { free: megabytes(free) } };
}

async function waits(state) {
  const all = await queue.entries().catch(() => null);
  if (!all) return null;
  const found = all.filter((entry) => entry.state === state).length;
  return { ok: !found, tag: count(found) };
}

/* One question to the server tells whether it answers, and what time it thinks it is. */
let heard;
const hear = () => (heard ??= ask());

async function ask() {
  const before = await queue.recall("contact").catch(() => null);
  const isThere = await send.ask(find("checks").dataset.answers).then(({ response }) => response.ok, () => false);
  return { before: before?.contact, isThere };
}

const when = (at) => (Date.now() - at < DAY ? time(new Date(at)) : new Date(at).toLocaleDateString(document.documentElement.lang));

async function contact() {
  const { before, isThere } = await hear();
  if (isThere) return { ok: true, tag: word("answers") };
  return { ok: false, tag: before ? when(before) : word("never") };
}

function gap(milliseconds) {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  if (seconds < 120) return `${count(seconds)}\u00a0s`;
  return seconds < 7200 ? `${count(Math.round(seconds / 60))}\u00a0min` : `${count(Math.round(seconds / 3600))}\u00a0h`;
}

async function clock() {
  if (!(await hear()).isThere) return { ok: false, tag: word("unknown") };
  const { skew } = send.status;
  return { ok: !skew, tag: skew ? word(skew > 0 ? "slow" : "fast", { gap: gap(skew) }) : word("right") };
}

async function camera() {
  if (!window.isSecureContext) return null;
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.some(({ kind }) => kind === "videoinput");
}

/* What browsers hide without https may well be there. */
const withHttps = (found) => (window.isSecureContext ? found : null);

const checks = {
  secure: () => window.isSecureContext,
  worker: async () => (await offline.start()) && Boolean(await soon(navigator.serviceWorker.ready)),
  disk: probe,
  lasting: () => navigator.storage?.persisted?.() ?? null,
  room,
  queue: () => waits("waiting"),
  refused: () => waits("refused"),
  contact,
  clock,
  camera,
  barcode: () => withHttps("BarcodeDetector" in window),
  serial: () => withHttps("serial" in navigator),
  locks: () => "locks" in navigator,
  ids: () => "randomUUID" in crypto,
};

/* A check answers yes, no or null (nobody can tell), or that with a word of its own;
   one that fails says no. */
async function run(name) {
  try {
    const found = await checks[name]();
    return typeof found === "object" && found ? found : { ok: found };
  } catch {
    return { ok: false };
  }
}

function sentence(name, { ok, values }) {
  if (ok === null) return word(window.isSecureContext ? "unsaid" : "unsaid-here");
  return word(`${name}-${ok ? "good" : "other"}`, values);
}

function show(line, answer) {
  const isKnown = answer.ok !== null;
  const state = answer.ok ? "good" : isKnown ? line.dataset.gravity : "off";
  line.dataset.state = state;
  line.querySelector("p").textContent = sentence(line.dataset.check, answer);
  const kind = { good: "ok", off: "" }[state] ?? state;
  const said = answer.tag ?? word(isKnown ? state : "unknown");
  line.querySelector(".tag").replaceWith(h("span", { class: `tag ${kind}` }, icon(state), said));
}

function judge(answers) {
  const state = !answers.disk.ok ? "bad" : answers.worker.ok ? "good" : "warn";
  const verdict = find("verdict");
  verdict.className = `note verdict ${{ good: "ok", bad: "bad" }[state] ?? ""}`;
  verdict.querySelector(".i").replaceWith(icon(state));
  verdict.querySelector("p").textContent = word(`verdict-${state}`);
  find("trust").hidden = answers.worker.ok;
}

async function look() {
  const answers = {};
  const lines = [...document.querySelectorAll("[data-check]")];
  await Promise.all(lines.map(async (line) => {
    answers[line.dataset.check] = await run(line.dataset.check);
    show(line, answers[line.dataset.check]);
  }));
  judge(answers);
}

function countAgain() {
  for (const name of ["queue", "refused"]) run(name).then((answer) => show(document.querySelector(`[data-check=${name}]`), answer));
}

find("agent").textContent = `${navigator.userAgent} · ${screen.width} × ${screen.height}`;
await look();
queue.onChange(countAgain);
