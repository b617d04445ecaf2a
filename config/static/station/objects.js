/* Labelled objects of this site, as told last: found by their code, without a network too. */
import * as camera from "./camera.js";
import { codeIn } from "./codes.js";
import { find, h, icon, say, word } from "./page.js";
import * as labels from "./labels.js";
import { imageOf } from "./lot.js";
import * as picker from "./picker.js";
import { euros } from "./prices.js";
import * as queue from "./queue.js";
import { ask } from "./send.js";
import { keyOf } from "./shares.js";
import * as sounds from "./sounds.js";
import { kg } from "./units.js";
import { person } from "./who.js";

const EVERY = 10 * 60_000;
const ROOM = 8;

let here;
let known = new Map();

const KEPT = () => `objects:${here.site.code}`;
const keep = () => queue.keep(KEPT(), [...known.values()]);

export async function refresh() {
  const { response, answer } = await ask(`${here.api}inventory/catalogue?site=${encodeURIComponent(here.site.code)}`, { pass: person()?.pass }).catch(() => ({}));
  if (!response?.ok) return;
  known = new Map(answer.items.map((each) => [each.code, each]));
  await keep();
}

/* What this tablet has done with an object: it lies elsewhere (null: nowhere here). */
export function put(object, place) {
  if (place) known.set(object.code, { ...object, place });
  else known.delete(object.code);
  keep();
}

/* {object} or {problem: word} */
async function look(code) {
  if (known.has(code)) return { object: known.get(code) };
  const { response, answer } = await ask(`${here.api}inventory/items/${code}`, { pass: person()?.pass }).catch(() => ({}));
  if (!response) return { problem: "object-unknown-offline" };
  if (!response.ok) return { problem: "object-unknown" };
  const isHere = answer.state === "in_stock" && answer.site === here.site.code;
  return isHere ? { object: answer } : { problem: "object-away" };
}

/* The panel */

let actions; // {show(isShown), named(category), nameOf(place), go(object, to), destinations, tools(object)}
const panel = find("object");

const head = (title) => h("div", { class: "picker-head" }, h("h2", { id: "object-title", tabindex: "-1" }, title),
  h("button", { type: "button", class: "btn", onclick: close }, icon("x"), word("object-close")));

export function close() {
  if (panel.hidden) return;
  panel.hidden = true;
  actions.show(false);
}

function open(...children) {
  panel.replaceChildren(...children);
  panel.hidden = false;
  actions.show(true);
}

/* Ask for a code: a scanner answers, the camera where it can read, or a hand. */
export function askFor(problem = "") {
  const input = h("input", { id: "object-code", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: "120", "aria-describedby": "object-said" });
  const eye = h("button", { type: "button", class: "btn huge camera-key", hidden: true }, icon("camera"), h("span", {}, word("camera")));
  const form = h("form", { class: "in-hand-form" }, h("label", { for: "object-code" }, word("object-code")), input, h("button", { type: "submit", class: "btn go" }, icon("scan"), word("object-find")), eye);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    meet(input.value);
  });
  open(head(word("object-ask")), form, h("p", { id: "object-said", class: "in-hand-said" }, problem));
  input.focus({ preventScroll: true });
  camera.start(eye, meet);
}

export async function meet(text) {
  const code = codeIn(text);
  const { object, problem } = code ? await look(code) : { problem: "object-bad" };
  if (object) return show({ ...object, name: object.title || actions.named(object.category).name });
  const sentence = word(problem, { code: code ?? text.trim().slice(0, 20) });
  sounds.wrong();
  say(sentence);
  askFor(sentence);
}

const key = (object, to) => h("button", { type: "button", class: "dest", "data-fate": to.fate, "data-to": keyOf(to), onclick: () => actions.go(object, to) },
  h("span", { class: "dest-icon" }, icon(imageOf(to)), to.fate ? h("span", { class: "swatch", "data-fate": to.fate, "aria-hidden": "true" }) : null), h("b", {}, to.name));

function keys(object) {
  const offered = actions.destinations.filter((to) => to.kind !== "place" || to.code !== object.place);
  const shown = offered.length <= ROOM ? offered : offered.slice(0, ROOM - 1);
  const options = offered.slice(shown.length).map((to) => ({ label: to.name, image: imageOf(to), fate: to.fate, choose: () => actions.go(object, to) }));
  const others = h("button", { type: "button", class: "dest", "aria-haspopup": "true", onclick: () => picker.open({ heading: word("others"), options }) }, h("span", { class: "dest-icon" }, icon("more")), h("b", {}, word("others")));
  return [...shown.map((to) => key(object, to)), ...(options.length ? [others] : [])];
}

/* Whether the panel could say it. */
export function tell(text) {
  if (panel.hidden || !find("object-said")) return false;
  find("object-said").replaceChildren(text);
  return true;
}

/* Another sheet about the same object takes the panel. */
export function turn(object, ...children) {
  open(head(object.name), ...children);
  find("object-title").focus({ preventScroll: true });
}

function show(object) {
  const kind = actions.named(object.category);
  const facts = [object.code, kind.name, word("object-in", { weight: kg(object.weight_g), place: actions.nameOf(object.place) }), object.price_cents === null ? word("object-no-price") : euros(object.price_cents)];
  const reprint = h("button", { type: "button", class: "btn", onclick: () => labels.again(object.code) }, icon("printer"), word("object-reprint"));
  sounds.added();
  open(head(object.name), h("p", { class: "in-hand-facts" }, h("span", { class: "dot", "data-cat": kind.colour, "aria-hidden": "true" }, icon(kind.icon)), facts.filter(Boolean).join(" · ")),
    h("h3", {}, word("object-where")), h("div", { class: "dests" }, ...keys(object)), h("div", { class: "in-hand-tools" }, reprint, ...actions.tools(object)), h("p", { id: "object-said", class: "in-hand-said", role: "alert" }));
  find("object-title").focus({ preventScroll: true });
}

export async function start(station, given) {
  [here, actions] = [station, given];
  known = new Map(((await queue.recall(KEPT())) ?? []).map((each) => [each.code, each]));
  panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
  setInterval(refresh, EVERY);
}
