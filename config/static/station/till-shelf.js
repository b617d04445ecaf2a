/* What is sold: the price grid, and tiles that open a category's part of it. */
import { find, h, icon, word } from "./page.js";
import { called, euros } from "./till-money.js";

const FIRST = 7; // the others are one tap away
let station = null;
let sell = null; // {key, category}: told what was touched
let shown = ""; // code of the top that is open; none: the whole grid
let isWide = false;

const looks = new Map(); // by category code: {code, name, colour, icon, unit_weight_g, top}

function learn({ tiles }) {
  for (const tile of tiles) {
    looks.set(tile.code, { ...tile, top: tile.code });
    for (const leaf of tile.leaves) looks.set(leaf.code, { ...leaf, unit_weight_g: leaf.unit_weight_g ?? null, colour: tile.colour, icon: tile.icon, top: tile.code });
  }
}

/* How a category looks, as far as this tablet knows it. */
export const lookOf = (code) => looks.get(code) ?? { code, name: code, colour: "div", icon: "package", unit_weight_g: null, top: null };

function tile(name, image, colour, isOpen, open) {
  return h("button", { type: "button", class: "t-tile", "data-cat": colour, "aria-pressed": String(isOpen), onclick: open }, icon(image) ?? icon("package"), h("span", {}, name));
}

function show(code) {
  [shown, isWide] = [code, false];
  draw();
}

const opener = ({ code, name, icon: image, colour }) => tile(name, image, colour, shown === code, () => show(code));

function more() {
  isWide = !isWide;
  draw();
}

function tiles() {
  const all = station.tiles;
  const isShort = all.length <= FIRST + 1;
  const chosen = all.findIndex(({ code }) => code === shown);
  const few = chosen < FIRST ? all.slice(0, FIRST) : [...all.slice(0, FIRST - 1), all[chosen]];
  const first = isShort || isWide ? all : few;
  const others = isShort ? [] : [tile(word(isWide ? "fewer" : "others"), isWide ? "up" : "ellipsis", "div", isWide, more)];
  return [tile(word("grid"), "more", undefined, !shown, () => show("")), ...first.map(opener), ...others];
}

function keyButton(key) {
  const look = lookOf(key.category);
  const price = key.price_cents === null ? word("free") : key.mode === "per_kg" ? word("per-kg", { price: called(key.price_cents) }) : euros(key.price_cents);
  return h("button", { type: "button", class: "t-key", "data-cat": key.colour, "data-key-code": key.code, onclick: () => sell.key(key, look) }, h("span", {}, key.name), icon(key.icon) ?? icon("package"), h("b", {}, price));
}

function freely(look, isLeaf) {
  return h("button", { type: "button", class: isLeaf ? "t-key leaf" : "t-key", "data-cat": look.colour, "data-category": look.code, onclick: () => sell.category(look) }, h("span", {}, look.name), isLeaf ? null : icon(look.icon) ?? icon("package"), h("b", { class: isLeaf ? "sr" : undefined }, word("free")));
}

function keys() {
  const grid = station.keys.filter((key) => !shown || lookOf(key.category).top === shown).map(keyButton);
  if (!shown) return grid.length ? grid : [h("p", { class: "muted small none" }, word("no-grid"))];
  const top = lookOf(shown);
  return [...grid, freely(top, false), ...top.leaves.map((leaf) => freely(lookOf(leaf.code), true))];
}

function draw() {
  const at = document.activeElement?.closest("#tiles") ? [...find("tiles").children].indexOf(document.activeElement) : -1;
  find("tiles").replaceChildren(...tiles());
  find("keys").replaceChildren(...keys());
  find("keys").setAttribute("aria-label", shown ? lookOf(shown).name : word("grid"));
  if (at >= 0) find("tiles").children[at]?.focus();
}

/* Back to the grid, for the next customer. */
export function home() {
  if (!shown && !isWide) return;
  [shown, isWide] = ["", false];
  draw();
}

export function start(page, onSell) {
  [station, sell] = [page, onSell];
  learn(page);
  draw();
}
