/* Small tools of the page: elements, icons, words, and the two voices that announce. */

export const find = (id) => document.getElementById(id);
const icons = find("icons").content;
const dictionary = find("words").content;

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== undefined && value !== false && value !== null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const icon = (name) => icons.querySelector(`[data-icon="${CSS.escape(name ?? "")}"]`)?.firstElementChild?.cloneNode(true) ?? null;

/* A word of the page, before the one that all screens share. */
export function word(name, values = {}) {
  const text = [...dictionary.querySelectorAll(`[data-word="${name}"]`)].at(-1)?.textContent ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

const rules = new Intl.PluralRules(document.documentElement.lang || "fr");

export const plural = (one, many, number, shown) => word(rules.select(number) === "one" ? one : many, { n: shown });

export function say(text) {
  find("say").textContent = text;
}

/* A choice among few: thick border, wash, tick, and aria-pressed. */
export const chip = (label, pressed, onclick, ...extra) =>
  h("button", { type: "button", class: "chip", "aria-pressed": String(pressed), onclick }, icon("check"), ...extra, h("span", {}, label));
