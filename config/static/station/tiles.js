/* The categories: one tap adds the weighing; a long press, or a second tap, asks which sub-category. */
import { find, h, icon, word } from "./page.js";
import * as picker from "./picker.js";

const ROOM = 12;
const HOLD = 500;
const TREMBLE = 400;

/* A gloved finger that taps one tile twice in a row means one tap. */
let latest = null;
for (const kind of ["click", "keydown"]) {
  document.addEventListener(kind, (event) => {
    if (!event.target.closest(".tile") || kind === "keydown") latest = null;
  }, true);
}

function trembled(button, at) {
  const again = latest?.button === button && at - latest.at < TREMBLE;
  latest = { button, at };
  return again;
}

function holding(button, held) {
  let timer;
  let fired = false;
  const stop = () => clearTimeout(timer);
  button.addEventListener("pointerdown", () => {
    fired = false;
    timer = setTimeout(() => {
      fired = true;
      held();
    }, HOLD);
  });
  for (const end of ["pointerup", "pointerleave", "pointercancel"]) button.addEventListener(end, stop);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  return () => fired;
}

function tileButton(tile, { tapped, held }) {
  const more = tile.leaves.length > 0;
  const long = tile.name.length > 20 || tile.name.split(/\s+/).some((each) => each.length > 12);
  const button = h("button", { type: "button", class: `tile${more ? " more" : ""}${long ? " long" : ""}`, "data-cat": tile.colour, "data-code": tile.code }, icon(tile.icon) ?? icon("more"), h("span", {}, tile.name));
  const wasHeld = more ? holding(button, () => held(tile)) : () => false;
  button.addEventListener("click", (event) => {
    if (wasHeld() && event.detail) return;
    if (!trembled(button, event.timeStamp)) tapped(tile);
  });
  return button;
}

export function draw(tiles, actions) {
  const chosen = tiles.filter((tile) => tile.first).length; // by the site: exactly those
  const shown = tiles.slice(0, chosen || (tiles.length <= ROOM ? ROOM : ROOM - 1));
  const buttons = shown.map((tile) => tileButton(tile, actions));
  const rest = tiles.slice(shown.length);
  if (rest.length) {
    const options = rest.map((tile) => ({ label: tile.name, image: tile.icon, cat: tile.colour, choose: () => actions.tapped(tile) }));
    const ask = () => picker.open({ heading: word("others"), options });
    buttons.push(h("button", { type: "button", class: "tile", "data-cat": "div", "aria-haspopup": "true", onclick: ask }, icon("more"), h("span", {}, word("others"))));
  }
  find("tiles").replaceChildren(...buttons);
}

/* Mark the tile of the latest line: a second tap on it tells the sub-category. */
export function mark(code) {
  for (const button of find("tiles").children) button.classList.toggle("now", Boolean(code) && button.dataset.code === code);
}
