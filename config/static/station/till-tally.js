/* A sum that is counted: the float, the drawer at the end of the day, or cash that goes in or out.
   Rows are touched and the pad types how many; nobody is told what should be there. */
import { find, h, icon, word } from "./page.js";
import { called, cents, euros, type } from "./till-money.js";

const MOST = 1_000_000; // 10 000 € in a drawer: a key was pressed once too often
let asked = null; // {heading, text, sum, pieces, others, go, label, leave}
let written = {}; // by row, as typed
let row = "";

const isPiece = (name) => /^\d+$/.test(name);
const value = (name) => (isPiece(name) ? Number(name) * Number(written[name] || 0) : cents(written[name] || ""));
const pieces = () => asked.pieces.map(String);
const counted = () => pieces().reduce((all, name) => all + value(name), 0);

/* The sum in the drawer: what was typed at once, else what the pieces come to. */
const whole = () => (asked.sum && written.sum ? value("sum") : counted());

function rowButton(name, label) {
  const said = written[name] ?? "";
  const made = isPiece(name) ? [h("b", { class: "n" }, said ? `× ${said}` : "–"), h("span", { class: "made" }, said ? euros(value(name)) : "")] : [h("b", { class: "n" }, said ? euros(value(name)) : "–")];
  return h("button", { type: "button", class: `t-row${isPiece(name) ? "" : " wide"}`, "aria-pressed": String(name === row), onclick: () => choose(name) }, h("span", {}, label), ...made);
}

const group = (title, rows) => (rows.length ? h("div", { class: "t-group", role: "group", "aria-label": title }, h("h3", {}, title), ...rows) : null);

function groups() {
  const sum = asked.sum ? [rowButton("sum", asked.sum)] : [];
  const piece = (each) => rowButton(String(each), called(each));
  const notes = asked.pieces.filter((each) => each >= 500).map(piece);
  const coins = asked.pieces.filter((each) => each < 500).map(piece);
  const others = (asked.others ?? []).map(({ code, name }) => rowButton(code, name));
  return [group(word("at-once"), sum), group(word("notes"), notes), group(word("coins"), coins), group(word("other-means"), others)].filter(Boolean);
}

function draw(hint = "") {
  find("tally-title").textContent = asked.heading;
  find("tally-text").textContent = asked.text ?? "";
  find("tally-rows").replaceChildren(...groups());
  find("tally-now").replaceChildren(h("span", {}, word("in-drawer")), h("b", {}, euros(whole())));
  find("tally-hint").textContent = hint;
  find("tally-go").replaceChildren(icon(asked.image ?? "check"), h("span", {}, asked.label(whole())));
  find("tally-leave").hidden = !asked.leave;
}

function choose(name) {
  row = name;
  draw();
}

/* What is typed now, and that again: a scanner types too. */
export const typed = () => written;
export function retype(before) {
  if (written === before) return;
  written = before;
  draw();
}

export function press(key) {
  if (isPiece(row) && key === ",") return;
  const next = type(written[row] ?? "", key, isPiece(row) ? 0 : 2);
  written = { ...written, [row]: isPiece(row) ? next.slice(0, 4) : next };
  if (row === "sum") written = { sum: written.sum };
  else delete written.sum;
  draw();
}

/* The next row, as whoever counts goes down the drawer. */
export function enter() {
  const rows = [...(asked.sum ? ["sum"] : []), ...pieces(), ...(asked.others ?? []).map(({ code }) => code)];
  choose(rows[(rows.indexOf(row) + 1) % rows.length]);
}

function result() {
  const cash = Object.fromEntries(pieces().filter((name) => Number(written[name])).map((name) => [name, Number(written[name])]));
  const others = Object.fromEntries((asked.others ?? []).filter(({ code }) => written[code]).map(({ code }) => [code, value(code)]));
  return { cents: whole(), cash, others };
}

function go() {
  if (whole() > MOST) return draw(word("too-much"));
  if (asked.isNeeded && !whole()) return draw(word("type-first"));
  return asked.go(result());
}

export const say = (text) => draw(text);

/* Count: {heading, text, sum (label of a sum typed at once, or none), pieces, others, label: cents → what
   the button says, image, isNeeded, go: told what was counted, leave}. */
export function open(question) {
  asked = question;
  written = {};
  row = asked.sum ? "sum" : String(asked.pieces[0]);
  draw();
}

export function start() {
  find("tally-go").addEventListener("click", go);
  find("tally-leave").addEventListener("click", () => asked.leave());
  find("tally-pad").addEventListener("click", ({ target }) => {
    const key = target.closest("[data-key]")?.dataset.key;
    if (key) press(key);
  });
}
