/* The pill above, and what stands behind it: what waits, and what a person must settle. */
import { find, h, icon, plural, word } from "./page.js";
import * as picker from "./picker.js";
import * as queue from "./queue.js";
import { flush, handOver, status } from "./send.js";
import * as sounds from "./sounds.js";
import { count, kg, time } from "./units.js";

const DAY = 24 * 3600_000;
const MANY = 2_000;
let all = [];
let putBack = () => {};
let kinds = []; // of entries whose sheet comes back to this screen
let isLasting = null; // whether the browser promised not to evict what waits
let opensOffline = false;

const refused = () => all.filter(({ state }) => state === "refused");
const since = (at) => time(new Date(at));

/* Too much, or for too long: the tablet must meet the server again. */
const isPressing = () => all.length >= MANY || all.some(({ at }) => Date.now() - at > DAY);

function look() {
  const stuck = refused().length;
  const offline = !navigator.onLine;
  if (stuck) return ["bad", "alert", plural("to-settle", "to-settle-many", stuck, count(stuck)), word("nothing-lost")];
  if (status.isLoggedOut) return ["bad", "alert", word("login"), plural("kept-one", "kept-many", all.length, count(all.length))];
  if (isPressing()) return ["bad", "alert", plural("waiting", "waiting-many", all.length, count(all.length)), word("pressing")];
  const contact = status.contact ? word("contact", { time: since(status.contact) }) : word("kept");
  if (all.length) return ["off", offline ? "off" : "wait", plural("waiting", "waiting-many", all.length, count(all.length)), contact];
  return offline ? ["off", "off", word("offline"), contact] : ["", "saved", word("online"), word("all-sent")];
}

function draw() {
  const [kind, image, strong, small] = look();
  const pill = find("state");
  const text = `${kind}${strong}${small}`;
  if (pill.dataset.shown === text) return;
  pill.dataset.shown = text;
  pill.className = `state ${kind}`;
  pill.replaceChildren(h("span", { class: "state-icon", "aria-hidden": "true" }, icon(image)), h("span", {}, h("b", {}, strong), h("small", {}, small)));
}

/* The panel: the refused first, each with its reason and a way out. */

const named = (entry) => word(`entry-${entry.kind}`, { weight: kg(entry.weight_g ?? 0), time: since(entry.at), name: entry.name ?? "" });

/* An entry of a till, with the number that is on its paper. */
export const chained = (entry) => [named(entry), entry.summary].filter(Boolean).join(", ");

function options() {
  const stuck = refused().map((entry) => ({ label: named(entry), hint: entry.reasons.join(" "), image: "alert", choose: () => settle(entry) }));
  const waiting = all.filter(({ state }) => state === "waiting").slice(0, 50)
    .map((entry) => ({ label: named(entry), hint: word("entry-waits"), image: "wait", choose: flush }));
  const login = status.isLoggedOut ? [{ label: word("login-link"), image: "alert", main: true, choose: logIn }] : [];
  return [...login, ...stuck, ...waiting, { label: word("send-now"), image: "again", choose: flush }];
}

function logIn() {
  location.assign(`${find("me").dataset.login}?next=${encodeURIComponent(location.pathname)}`);
}

function open() {
  const notes = [
    status.contact ? word("contact", { time: since(status.contact) }) : "",
    opensOffline ? "" : word("insecure"),
    isLasting === false ? word("evictable") : "",
    isPressing() ? word("pressing-text") : "",
  ];
  const heading = all.length ? word("queue") : word("all-sent-title");
  picker.open({ heading, text: notes.filter(Boolean).join(" · "), options: options() });
}

/* What is chained is neither left out nor given away: it goes again. Of a tablet that was withdrawn
   it never will: a manager records it, in its order. */
function settleChained(entry) {
  const pass = entry.codes?.includes("station_withdrawn") ? [{ label: word("hand-over"), image: "up", choose: () => handOver(entry).then(flush) }] : [];
  const again = { label: word("send-again"), image: "again", main: true, choose: () => queue.update({ ...entry, state: "waiting" }).then(flush) };
  picker.open({ heading: chained(entry), text: [...entry.reasons, word("chained-text")].join(" "), options: [...pass, again, { label: word("keep-it"), choose: () => {} }], question: true });
}

function settle(entry) {
  if (entry.chain) return settleChained(entry);
  const back = { label: word("take-again"), image: "again", main: true, choose: () => correct(entry) };
  const pass = { label: word("hand-over"), image: "up", choose: () => handOver(entry) };
  const options = [...(entry.sheet && kinds.includes(entry.kind) ? [back] : []), pass, { label: word("drop"), image: "x", choose: () => confirm(entry) }];
  picker.open({ heading: named(entry), text: entry.reasons.join(" "), options, question: true });
}

async function correct(entry) {
  if (putBack(entry.sheet)) await queue.remove(entry);
}

function confirm(entry) {
  const yes = { label: word("drop-sure", { weight: kg(entry.weight_g ?? 0) }), image: "x", choose: () => queue.remove(entry) };
  picker.open({ heading: named(entry), text: word("drop-text"), options: [{ label: word("keep-it"), main: true, choose: () => {} }, yes], question: true });
}

async function changed() {
  const before = refused().length;
  all = await queue.entries();
  if (refused().length > before) sounds.wrong();
  draw();
}

/* `kinds` of entries come back to this screen's sheet by `onPutBack`. */
export async function start(onPutBack, isShell, ours) {
  [putBack, kinds] = [onPutBack, ours];
  opensOffline = isShell;
  isLasting = await queue.persist();
  find("state").addEventListener("click", open);
  queue.onChange(changed);
  for (const change of ["online", "offline"]) window.addEventListener(change, draw);
  setInterval(draw, 5_000);
  await changed();
}
