/* The panel that takes the tiles' place to ask one question; nothing waits for it: a digit closes it. */
import { find, h, icon } from "./page.js";

const panel = find("picker");
const title = find("picker-title");
let back = null;

export const isOpen = () => !panel.hidden;
export const isQuestion = () => isOpen() && panel.classList.contains("question");

export function close() {
  if (panel.hidden) return;
  panel.hidden = true;
  find("what").classList.remove("asking");
  if (panel.contains(document.activeElement) || document.activeElement === document.body) back?.focus({ preventScroll: true });
}

function option({ label, hint, image, pressed, cat, fate, main, choose }) {
  const attributes = {
    type: "button", class: main ? "pick main" : "pick", "data-cat": cat, "data-fate": fate,
    "aria-pressed": pressed === undefined ? undefined : String(pressed),
    onclick: () => { close(); choose(); },
  };
  const swatch = fate ? h("span", { class: "swatch", "aria-hidden": "true" }) : null;
  return h("button", attributes, icon(image) ?? swatch, h("span", {}, label, hint ? h("small", {}, hint) : null), pressed ? icon("check") : null);
}

/* Ask `heading`, offering `options` [{label, hint, image, pressed, choose}], one to a line where they are a list;
   `first` stands before them: a way to say something else. */
export function open({ heading, text = "", options, question = false, isList = false, first = null }) {
  back = document.activeElement;
  title.textContent = heading;
  const line = panel.querySelector(".picker-text");
  line.textContent = text;
  line.hidden = !text;
  const list = panel.querySelector(".picker-list");
  panel.classList.toggle("question", question);
  panel.classList.toggle("rows", isList);
  list.replaceChildren(...(first ? [first] : []), ...options.map(option));
  find("what").classList.add("asking");
  panel.hidden = false;
  title.focus({ preventScroll: true });
}

panel.querySelector("[data-close]").addEventListener("click", close);
panel.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});
