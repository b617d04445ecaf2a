/* Who takes it: large cards; then a strip that says so, and the papers behind it. */
import { find, h, icon, word } from "./page.js";
import * as picker from "./picker.js";

export const IMAGES = { reuse: "fate-reuse", recycling: "fate-recycling", other_recovery: "fate-other", energy: "fate-energy", disposal: "fate-disposal" };
let station;
let actions; // {choose(taker), change(said), close()}

const fateOf = (code) => station.fates.find((fate) => fate.code === code);
const codeOf = (list, code) => list.find((each) => each.code === code);
export const isDangerous = (taker) => Boolean(codeOf(station.waste_codes, taker?.waste_code)?.is_dangerous);
export const lacksSlip = (taker) => isDangerous(taker) && !taker.bsd?.trim();

function card(taker) {
  const fate = fateOf(taker.fate);
  return h("button", { type: "button", class: "taker", "data-fate": taker.fate || null, onclick: () => chosen(taker) },
    h("span", { class: "band", "aria-hidden": "true" }), icon(IMAGES[taker.fate] ?? "ask"),
    h("b", {}, taker.name), h("small", {}, fate?.name ?? word("fate-asked")));
}

/* A partner without a usual fate: it is asked. */
function chosen(taker) {
  if (taker.fate) return actions.choose({ ...taker });
  const options = station.fates.map(({ code, name }) => ({ label: name, image: IMAGES[code], fate: code, choose: () => actions.choose({ ...taker, fate: code }) }));
  picker.open({ heading: word("fate-of", { name: taker.name }), options });
}

function papersText(taker) {
  const codes = [taker.waste_code, taker.treatment_code].filter(Boolean).join(" · ");
  const slip = isDangerous(taker) ? (taker.bsd ? `BSD ${taker.bsd}` : word("slip-missing")) : "";
  return [codes || word("no-codes"), slip].filter(Boolean).join(" · ");
}

/* The strip above the tiles, once somebody takes it. */
export function draw(taker, isOpen) {
  find("takers").hidden = Boolean(taker);
  find("taker").hidden = !taker;
  find("papers").hidden = !taker || !isOpen;
  if (!taker) return;
  const who = h("button", { type: "button", class: "chip", "data-fate": taker.fate, onclick: () => actions.choose(null) },
    h("span", { class: "swatch", "aria-hidden": "true" }), icon(IMAGES[taker.fate]), h("span", {}, h("b", {}, taker.name), h("small", {}, fateOf(taker.fate).name)), icon("again"));
  who.setAttribute("aria-label", word("change-taker", { name: taker.name, fate: fateOf(taker.fate).name }));
  const papers = h("button", { type: "button", class: lacksSlip(taker) ? "chip wants" : "chip", "aria-expanded": String(isOpen), "aria-controls": "papers", onclick: () => actions.papers(!isOpen) },
    icon("papers"), h("span", {}, h("b", {}, word("papers")), h("small", {}, papersText(taker))));
  find("taker").replaceChildren(who, papers);
}

/* The papers: what the partner's agreement says, and what this departure says instead. */
export function fill(taker) {
  for (const name of ["waste_code", "treatment_code", "bsd", "carrier"]) find(`paper-${name}`).value = taker[name] ?? "";
  drawFates(taker);
  demand(taker, false);
}

function drawFates(taker) {
  find("paper-fates").replaceChildren(...station.fates.map(({ code, name }) => h("button", {
    type: "button", class: "chip", "data-fate": code, "aria-pressed": String(code === taker.fate), onclick: () => { actions.change({ fate: code }); drawFates({ ...taker, fate: code }); },
  }, h("span", { class: "swatch", "aria-hidden": "true" }), icon(IMAGES[code]), h("span", {}, name))));
}

/* Say that the slip's number is missing, and wait there. */
export function demand(taker, isWrong) {
  find("paper-slip").classList.toggle("wants", isDangerous(taker));
  find("paper-slip").classList.toggle("bad", isWrong);
  find("slip-why").hidden = !isDangerous(taker);
  if (isWrong) find("paper-bsd").focus();
}

const option = ({ code, name }) => h("option", { value: code }, `${code} ${name}`);

export function start(page, given) {
  station = page;
  actions = given;
  find("takers").replaceChildren(...station.takers.map(card));
  find("paper-waste_code").append(...station.waste_codes.map(option));
  find("paper-treatment_code").append(...station.treatment_codes.map(option));
  find("papers").addEventListener("input", ({ target }) => target.name && actions.change({ [target.name]: target.value }));
  find("papers").addEventListener("submit", (event) => {
    event.preventDefault();
    actions.papers(false);
  });
}
