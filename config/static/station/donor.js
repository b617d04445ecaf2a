/* The donor's name, and a signature drawn with a finger: for the slip, where they want one. */
import { find, say, word } from "./page.js";
import * as queue from "./queue.js";
import { fresh, show, signed } from "./saved.js";
import { flush } from "./send.js";
import { uuid } from "./sheet.js";
import * as sounds from "./sounds.js";

const WIDTH = 1000;
const HEIGHT = 400;
const POINTS = 3_500; // what the server takes, with room to spare
const STEP = 6; // a finger that trembles draws no new point
const dialog = find("donor");
const canvas = find("donor-sign");
const name = find("donor-name");
const pen = canvas.getContext("2d");
let strokes = [];
let arrival = null;
let station = null;

function clear() {
  strokes = [];
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  Object.assign(pen, { lineWidth: 6, lineCap: "round", lineJoin: "round", strokeStyle: getComputedStyle(canvas).color });
}

function spot(event) {
  const box = canvas.getBoundingClientRect();
  const within = (part, whole) => Math.round(Math.min(Math.max(part, 0), 1) * whole);
  return [within((event.clientX - box.left) / box.width, WIDTH), within((event.clientY - box.top) / box.height, HEIGHT)];
}

const drawn = () => strokes.reduce((sum, stroke) => sum + stroke.length / 2, 0);

function draw(from, to) {
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(...to);
  pen.stroke();
}

canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  strokes.push(spot(event));
  draw(spot(event), spot(event));
});
canvas.addEventListener("pointermove", (event) => {
  const stroke = strokes.at(-1);
  if (!canvas.hasPointerCapture(event.pointerId) || !stroke || drawn() > POINTS) return;
  const [before, now] = [stroke.slice(-2), spot(event)];
  if (Math.hypot(now[0] - before[0], now[1] - before[1]) < STEP) return;
  stroke.push(...now);
  draw(before, now);
});

function entryOf() {
  const id = uuid();
  const said = name.value.trim();
  return {
    id, at: Date.now(), kind: "donor", site: station.site.code, path: `${station.api}collection/donors`,
    body: JSON.stringify({ id, intake: arrival.id, name: said, signature: strokes }),
    summary: word("donor-of", { name: said }), title: word("donor-of", { name: said }), told: arrival.number, weight_g: 0, isFinal: true, ...signed(),
  };
}

async function keep(event) {
  event.preventDefault();
  if (!name.value.trim()) return name.focus();
  const entry = entryOf();
  try {
    await queue.add(entry);
  } catch {
    sounds.wrong();
    return say(word("not-kept"));
  }
  dialog.close();
  if (fresh()) say(entry.title); // the arrival just saved can still be undone
  else show(entry);
  sounds.saved();
  return flush();
}

dialog.querySelector("form").addEventListener("submit", keep);
dialog.querySelector("[data-clear]").addEventListener("click", clear);
dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
dialog.addEventListener("keydown", (event) => event.stopPropagation()); // the pad sleeps behind

export const start = (data) => { station = data; };

export function ask(of) {
  arrival = of;
  name.value = "";
  clear();
  dialog.showModal();
  name.focus();
}
