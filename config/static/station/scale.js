/* The scale on the weigh page: its key, its panel, and what it says when it is lost. */
import * as cable from "./cable.js";
import * as load from "./load.js";
import { find, h, icon, say, word } from "./page.js";
import * as picker from "./picker.js";
import * as queue from "./queue.js";
import { drivers } from "./scales.js";
import * as sounds from "./sounds.js";

const KEPT = "scale"; // {driver, info}: this tablet's scale
const TROUBLE = { lost: "scale-lost", silent: "scale-silent" };
const key = find("scale");
let shown = "off";
let redraw = () => {};

const named = (name) => drivers.find((each) => each.name === name) ?? null;

/* What the scale shows: {weight_g, problem}, with null for a weight out of range. */
export function look() {
  const reading = load.reading();
  const trouble = TROUBLE[cable.state()];
  if (trouble) return { note: word(trouble), isTrouble: true };
  if (!reading) return null;
  const lying = load.current();
  return { weight_g: reading.grams, isMoving: !load.isSettled(), note: lying ? word(lying.problem || "scale-live") : "" };
}

function told(reading) {
  load.see(reading);
  const state = cable.state();
  if (state !== shown) changed(state);
  redraw();
}

function changed(state) {
  const trouble = TROUBLE[state];
  if (trouble && shown !== "lost") {
    sounds.wrong();
    say(word(trouble));
  } else if (state === "live") say(word("scale-on"));
  shown = state;
  key.dataset.state = state;
  key.replaceChildren(icon(trouble ? "alert" : "scale"), h("span", {}, word("scale")));
  key.setAttribute("aria-label", [word("scale"), word(trouble ?? (state === "live" ? "scale-on" : ""))].filter(Boolean).join(", "));
  find("slip-empty").lastElementChild.textContent = word(state === "live" ? "lay-first" : "type-first");
}

/* The panel: which scale, and how it speaks. */

async function connect(port, driver) {
  await queue.keep(KEPT, { driver: driver.name, info: port.getInfo() });
  await cable.open(port, driver);
}

async function choose(driver) {
  const known = cable.port();
  if (known) return connect(known, driver);
  return another(driver);
}

async function another(driver) {
  let port;
  try {
    port = await navigator.serial.requestPort();
  } catch {
    return; // nobody chose one
  }
  await connect(port, driver);
}

async function leave() {
  await queue.keep(KEPT, null);
  await cable.close();
}

const frame = ({ baudRate, dataBits, parity, stopBits }) => `${baudRate}\u00a0${dataBits}${parity[0].toUpperCase()}${stopBits}`;
const spoken = ({ ask, serial }) => `${word(ask ? "scale-asked" : "scale-talks")}, ${frame(serial)}`;

function open() {
  const now = cable.driver();
  const speak = drivers.map((driver) => ({
    label: driver.title, hint: spoken(driver), image: "scale", pressed: now ? driver === now : undefined, choose: () => choose(driver),
  }));
  const rest = now ? [
    { label: word("scale-another"), image: "again", choose: () => another(now) },
    { label: word("scale-leave"), image: "x", choose: leave },
  ] : [];
  const text = word(TROUBLE[cable.state()] ?? (now ? "scale-which" : "scale-first"));
  picker.open({ heading: word("scale"), text, options: [...speak, ...rest] });
}

/* Show the key where the browser can; take up the scale that this tablet knows. */
export async function start(onChange) {
  if (!cable.isPossible()) return;
  redraw = onChange;
  key.hidden = false;
  key.addEventListener("click", open);
  cable.start(told);
  const kept = await queue.recall(KEPT);
  const driver = named(kept?.driver);
  const port = driver && (await cable.granted(kept.info));
  if (port) await cable.open(port, driver);
}
