/* What the workshop did to an object in hand: an entry of the queue as any other. */
import { chip, h, icon, word } from "./page.js";
import * as deeds from "./deeds.js";
import { station } from "./table.js";

const MINUTES = [5, 15, 30, 60, 120];
let note;

/* A row of choices, one of which may hold. */
function row(name, choices) {
  const box = h("div", { class: "chips", role: "group", "aria-labelledby": `repair-${name}` });
  const draw = () => box.replaceChildren(...choices.map((each) => chip(each.name, note[name] === each.code, () => {
    note[name] = note[name] === each.code ? null : each.code;
    draw();
  })));
  draw();
  return [h("h3", { id: `repair-${name}` }, word(`repair-${name}`)), box];
}

/* The parts of the panel that ask what was done to `object`; `save` gets the entry. */
export function sheet(object, save) {
  note = { act: "repair", minutes: null, result: null, condition: null };
  const parts = h("input", { id: "repair-parts", maxlength: "120", autocomplete: "off" });
  const wrong = h("p", { class: "in-hand-said", role: "alert" });
  const keep = () => {
    if (!note.act || !note.result) return wrong.replaceChildren(word("repair-first"));
    return save(deeds.repairOf(object, { ...note, parts: parts.value.trim() }, station));
  };
  return [
    ...row("act", station.acts), ...row("minutes", MINUTES.map((minutes) => ({ code: minutes, name: word("repair-time", { n: minutes }) }))),
    ...row("result", station.results), ...row("condition", station.conditions),
    h("div", { class: "in-hand-form" }, h("label", { for: "repair-parts" }, word("repair-parts")), parts, h("button", { type: "button", class: "btn go", onclick: keep }, icon("check"), word("save"))), wrong,
  ];
}
