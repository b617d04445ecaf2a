/* What stands before the counter: why nothing is sold here now, and the one thing to do about it. */
import { find, h, icon, word } from "./page.js";
import * as chain from "./till-chain.js";
import { canSeal } from "./till-envelope.js";
import { may, person } from "./who.js";

let acts = null; // {lease, open, office}
let said = ""; // what was wrong with the last try
let isHeld = null; // this tab's: true, false, or null while that is not known

/* Which gate is shut: "insecure", "other-tab", "who", "not-here", "shut", or "" where the counter is open. */
export function shut() {
  if (!canSeal()) return "insecure";
  if (isHeld === false) return "other-tab";
  if (isHeld === null || !person()) return "wait";
  if (person().is_team || !may("sell")) return "who";
  if (!person().pass) return "no-tablet";
  if (!chain.isLeased()) return "not-here";
  return chain.session() ? "" : "shut";
}

const IMAGES = { insecure: "alert", "other-tab": "alert", who: "team", "no-tablet": "tablet", "not-here": "tablet", shut: "lock", wait: "wait" };

function button(label, image, act) {
  return h("button", { type: "button", class: "btn go huge", onclick: act }, icon(image), h("span", {}, label));
}

const office = () => h("a", { class: "btn go huge", href: acts.office }, icon("basket"), h("span", {}, word("server-till")));

function ways(kind) {
  if (kind === "insecure" || kind === "no-tablet") return [office()];
  if (kind === "who") return [button(word("who-am-i"), "team", () => find("leave").requestSubmit())];
  if (kind === "not-here") return [button(word("take-till"), "check", acts.lease)];
  return kind === "shut" ? [button(word("open-till"), "unlock", acts.open)] : [];
}

let shown = "";

export function draw(kind) {
  const text = `${kind}${said}`;
  if (shown === text) return;
  shown = text;
  const note = said ? h("p", { class: "gate-note", role: "alert" }, said) : null;
  find("gate").replaceChildren(icon(IMAGES[kind]), h("h2", {}, word(`gate-${kind}`)), h("p", {}, word(`gate-${kind}-text`)), ...[note].filter(Boolean), ...ways(kind));
}

export const tell = (text) => { said = text; };
export const holding = (is) => { isHeld = is; };

export function start(onAct) {
  acts = onAct;
}
