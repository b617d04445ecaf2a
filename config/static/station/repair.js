/* What the workshop did to an object in hand: an entry of the queue as any other. */
import { chip, h, icon, say, word } from "./page.js";
import * as deeds from "./deeds.js";
import * as sounds from "./sounds.js";
import { station } from "./table.js";
import { count } from "./units.js";

const MINUTES = [5, 15, 30, 60]; // others are typed
let note;

/* A row of choices, one of which may hold; `beside` stands at its end. */
function row(name, choices, beside = null) {
  const box = h("div", { class: "chips", role: "group", "aria-labelledby": `repair-${name}` });
  const draw = () => box.replaceChildren(...choices.map((each) => chip(each.name, note[name] === each.code, () => {
    note[name] = note[name] === each.code ? null : each.code;
    if (beside) beside.value = "";
    draw();
  })));
  draw();
  beside?.addEventListener("input", () => {
    note[name] = null;
    draw();
  });
  return [h("h3", { id: `repair-${name}` }, word(`repair-${name}`)), beside ? h("div", { class: "chips-typed" }, box, beside) : box];
}

const field = (id, attributes) => h("input", { id, autocomplete: "off", "aria-describedby": "object-said", ...attributes });

/* {minutes}, null where nothing is said; {problem: sentence}. */
function timeIn({ minutes }, typed) {
  if (!typed) return { minutes };
  const most = station.max_minutes;
  return /^\d{1,5}$/.test(typed) && Number(typed) <= most ? { minutes: Number(typed) } : { problem: word("repair-minutes-wrong", { most: count(most) }) };
}

/* The parts of the panel that ask what was done to `object`; `save` gets the entry. */
export function sheet(object, save) {
  note = { act: "repair", minutes: null, result: null, condition: null };
  const parts = field("repair-parts", { maxlength: "120" });
  const typed = field("repair-typed", { inputmode: "numeric", maxlength: "6", placeholder: word("repair-typed"), "aria-label": word("repair-typed-label") });
  const said = h("p", { id: "object-said", class: "in-hand-said", role: "alert" });
  const wrong = (text) => {
    said.replaceChildren(text);
    said.scrollIntoView({ block: "nearest" });
    sounds.wrong();
    say(text);
  };
  const keep = () => {
    const { minutes, problem } = timeIn(note, typed.value.trim());
    typed.setAttribute("aria-invalid", String(Boolean(problem)));
    if (problem) return wrong(problem);
    if (!note.act || !note.result) return wrong(word("repair-first"));
    return save(deeds.repairOf(object, { ...note, minutes, parts: parts.value.trim() }, station));
  };
  return [
    ...row("act", station.acts), ...row("minutes", MINUTES.map((minutes) => ({ code: minutes, name: word("repair-time", { n: minutes }) })), typed),
    ...row("result", station.results), ...row("condition", station.conditions),
    h("div", { class: "in-hand-form" }, h("label", { for: "repair-parts" }, word("repair-parts")), parts, h("button", { type: "button", class: "btn go", onclick: keep }, icon("check"), word("save"))), said,
  ];
}
