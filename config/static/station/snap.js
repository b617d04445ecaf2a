/* A photo taken at a station: made small here and sent at once, for it is too large to wait in the
   queue. One that found no network stays at hand, under its own id, until it is sent or another page opens. */
import { h, icon, say, word } from "./page.js";
import { ask } from "./send.js";
import { uuid } from "./sheet.js";
import { shrink } from "./shrink.js";
import * as sounds from "./sounds.js";
import { person } from "./who.js";

const LATER = [401, 429]; // the same photo may be taken in once somebody logged in, or in a while
const PATIENCE = 60_000; // some 300 kB over bad Wi-Fi
const shots = new Map(); // address → {state: sending | kept | silent | broken | refused, body}
let shown = null; // {path, box, tell} of the button that is on the screen

const stateOf = (path) => shots.get(path)?.state;

function put(path, shot, sentence) {
  shots.set(path, shot);
  if (shown?.path === path) {
    shown.tell(["sending", "kept"].includes(shot.state) ? "" : sentence);
    draw();
  }
  if (!["sending", "kept"].includes(shot.state)) sounds.wrong();
  say(sentence);
}

const reason = (answer) => (Array.isArray(answer?.detail) ? answer.detail.map(({ msg }) => msg).join(" ") : "");

/* The same id each time: what had arrived without our knowing is not kept twice. */
async function send(path, body) {
  put(path, { state: "sending", body }, word("photo-sending"));
  const { response, answer } = await ask(path, { method: "POST", body, pass: person()?.pass, patience: PATIENCE }).catch(() => ({}));
  if (response?.ok) return put(path, { state: "kept" }, word("photo-kept"));
  const why = reason(answer);
  const isRefused = response?.status < 500 && !LATER.includes(response.status);
  if (isRefused) return put(path, { state: "refused" }, why || word("photo-refused"));
  return put(path, { state: "silent", body }, why || word("photo-silent-text"));
}

async function take(path, file) {
  if (!file || stateOf(path) === "sending") return;
  put(path, { state: "sending" }, word("photo-sending"));
  const picture = await shrink(file).catch(() => null);
  if (picture) await send(path, JSON.stringify({ id: uuid(), picture }));
  else put(path, { state: "broken" }, word("photo-broken-text"));
}

function button(path) {
  const shot = shots.get(path);
  if (shot?.state === "silent") return h("button", { type: "button", class: "btn", onclick: () => send(path, shot.body) }, icon("again"), h("span", {}, word("photo-silent")));
  const isOff = !navigator.onLine || shot?.state === "sending";
  const input = h("input", { type: "file", accept: "image/*", capture: "environment", class: "sr", disabled: isOff });
  input.addEventListener("change", () => take(path, input.files[0]));
  const said = shot ? `photo-${shot.state}` : navigator.onLine ? "photo" : "photo-online";
  return h("label", { class: "btn" }, input, icon("camera"), h("span", {}, word(said)));
}

function draw() {
  const { path, box } = shown;
  const hadFocus = box.contains(document.activeElement);
  box.replaceChildren(button(path));
  if (hadFocus) box.querySelector("button, input")?.focus({ preventScroll: true });
}

/* What takes a photo for the address `path`; `tell` is given the sentence of what went wrong. */
export function key(path, tell = () => {}) {
  shown = { path, tell, box: h("span", { class: "snap" }) };
  draw();
  return shown.box;
}

for (const event of ["online", "offline"]) window.addEventListener(event, () => shown && draw());
