/* What the chosen category sells for, beside the price: a sentence, and a button for each price that
   the server proposes. No answer, or too few sales: nothing is shown. */
const box = document.querySelector("[data-prices]");
const said = box.querySelector("p");
const buttons = box.querySelector("[role=group]");
const form = box.closest("form");
const category = form.elements[box.dataset.category];
const price = form.elements[box.dataset.price];

const typed = (cents) => (cents / 100).toLocaleString(document.documentElement.lang, { minimumFractionDigits: cents % 100 ? 2 : 0, useGrouping: false });
const shown = (cents) => `${typed(cents)}\u00a0€`;

let asked = 0;

async function ask(code) {
  const response = await fetch(`${box.dataset.prices}?${new URLSearchParams({ category: code })}`, { credentials: "same-origin" });
  return response.ok ? response.json() : null;
}

async function follow() {
  const mine = ++asked;
  const found = category.value ? await ask(category.value).catch(() => null) : null;
  if (mine === asked) show(found); // else another category was chosen meanwhile
}

function show(found) {
  const proposed = found?.proposed_cents ?? [];
  said.textContent = proposed.length ? sentence(found, proposed) : "";
  buttons.replaceChildren(...proposed.map(button));
  buttons.hidden = !proposed.length;
}

function sentence({ name, count }, proposed) {
  const pattern = said.dataset[["one", "two", "three"][proposed.length - 1]];
  const words = { name, n: count, low: shown(proposed[0]), usual: shown(proposed[1] ?? 0), high: shown(proposed.at(-1)) };
  return pattern.replace(/\{(\w+)\}/g, (_all, word) => words[word]);
}

function button(cents) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "btn", textContent: shown(cents) });
  made.addEventListener("click", () => fill(cents));
  return made;
}

function fill(cents) {
  price.value = typed(cents);
  price.dispatchEvent(new Event("input", { bubbles: true })); // as if typed: the form was begun
}

category.addEventListener("change", follow);
follow();
addEventListener("pageshow", ({ persisted }) => persisted && follow());
