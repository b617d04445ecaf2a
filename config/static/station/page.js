/* Small tools of the page: elements, icons, words, and the two voices that announce. */

export const find = (id) => document.getElementById(id);
const all = (id, name) => [...find(id).content.querySelectorAll(`[data-${name}]`)];
const icons = new Map(all("icons", "icon").map((each) => [each.dataset.icon, each.firstElementChild]));
// A word of the page comes after the one that all screens share, and takes its place.
const words = new Map(all("words", "word").map((each) => [each.dataset.word, each.textContent]));

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== undefined && value !== false && value !== null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const icon = (name) => icons.get(name)?.cloneNode(true) ?? null;

export function word(name, values = {}) {
  return (words.get(name) ?? name).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

const rules = new Intl.PluralRules(document.documentElement.lang || "fr");

export const plural = (one, many, number, shown) => word(rules.select(number) === "one" ? one : many, { n: shown });

export function say(text) {
  find("say").textContent = text;
}

/* A choice among few: thick border, wash, tick, and aria-pressed. */
export const chip = (label, pressed, onclick, ...extra) =>
  h("button", { type: "button", class: "chip", "aria-pressed": String(pressed), onclick }, icon("check"), ...extra, h("span", {}, label));
