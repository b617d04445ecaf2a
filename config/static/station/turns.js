/* Taking turns at a tablet: with a network at the server's own page, without one here. */
import { find, h, icon, word } from "./page.js";
import * as pins from "./pins.js";

const screen = find("turns");
let typed = "";
let chosen = null;
let resolve = () => {};

function face(person) {
  const picture = h("span", { class: "who", "aria-hidden": "true" }, person.is_team ? icon("team") : person.initials);
  return h("button", { type: "button", class: "face", "aria-pressed": String(person === chosen), onclick: () => choose(person) }, picture, h("span", {}, person.name));
}

function draw(people, message = "") {
  find("turns-faces").replaceChildren(...people.map(face));
  find("turns-typed").textContent = "•".repeat(typed.length);
  find("turns-typed").setAttribute("aria-label", word("digits", { n: typed.length }));
  find("turns-said").textContent = message;
}

let people = [];

async function choose(person) {
  [chosen, typed] = [person, ""];
  draw(people);
  if (person.is_team) await open();
}

function press(key) {
  if (key === "Backspace") typed = typed.slice(0, -1);
  else if (typed.length < 6) typed += key;
  draw(people);
}

async function open() {
  if (!chosen) return draw(people, word("name-first"));
  const found = await pins.check(chosen.login, typed);
  typed = "";
  if (found === "right") return close();
  return draw(people, found === "wrong" ? word("pin-wrong") : word("pin-wait", { seconds: Math.ceil(found / 1000) }));
}

function close() {
  screen.close();
  resolve(chosen);
}

/* Nobody goes on before a PIN is right; resolves to whoever that is. */
export async function ask() {
  people = await pins.all();
  [chosen, typed] = [null, ""];
  draw(people);
  if (!screen.open) screen.showModal();
  return new Promise((done) => { resolve = done; });
}

screen.addEventListener("cancel", (event) => event.preventDefault());
screen.addEventListener("click", ({ target }) => {
  const key = target.closest("[data-key]")?.dataset.key;
  if (key === "open") open();
  else if (key) press(key);
});
screen.addEventListener("keydown", (event) => {
  event.stopPropagation(); // the station's own keys sleep behind
  if (/^[0-9]$/.test(event.key) || event.key === "Backspace") press(event.key);
  else if (event.key === "Enter" && !event.target.closest("button")) open();
});
