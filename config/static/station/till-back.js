/* Part of a ticket given back: which lines, how many, by which means, and why. Only with the server. */
import { find, h, icon, word } from "./page.js";
import * as picker from "./picker.js";
import { ask } from "./send.js";
import { uuid } from "./sheet.js";
import { amount, euros, shareBack } from "./till-money.js";
import { time } from "./units.js";
import { person } from "./who.js";

let station = null;
let ticket = null; // as the server tells it
let backs = {}; // by line: how many
let said = { method: "cash", reason: "" };
let acts = null; // {done, leave}

const chosen = () => ticket.lines.filter(({ line }) => backs[line]);
const total = () => chosen().reduce((all, line) => all + shareBack(line, backs[line.line]), 0);

function step(line, by) {
  backs = { ...backs, [line.line]: Math.min(Math.max((backs[line.line] ?? 0) + by, 0), line.quantity - line.refunded) };
  draw();
}

function lineRow(line) {
  const left = line.quantity - line.refunded;
  const count = backs[line.line] ?? 0;
  const button = (by, image, label) => h("button", { type: "button", class: "btn", disabled: by < 0 ? !count : count >= left, "aria-label": `${label}, ${line.label}`, onclick: () => step(line, by) }, icon(image));
  const steps = left ? h("span", { class: "t-step" }, button(-1, "minus", word("one-less")), h("b", {}, String(count)), button(1, "plus", word("one-more"))) : h("span", { class: "muted" }, word("back-already"));
  return h("li", {}, h("span", { class: "t-name" }, line.label, h("small", {}, word("sold-for", { n: line.quantity, sum: euros(line.total_cents) }))), steps, h("b", { class: "t-cents" }, count ? amount(shareBack(line, count)) : ""));
}

const chip = (label, pressed, act) => h("button", { type: "button", class: "chip", "aria-pressed": String(pressed), onclick: act }, pressed ? icon("check") : null, h("span", {}, label));

/* A voucher is given back where one was taken. */
const means = () => station.methods.filter(({ code }) => code !== "voucher" || ticket.payments.some(({ method }) => method === code));

function draw(hint = "") {
  find("back-title").textContent = word("back-of", { number: ticket.number });
  find("back-lines").replaceChildren(...ticket.lines.map(lineRow));
  find("back-means").replaceChildren(...means().map(({ code, name }) => chip(name, said.method === code, () => set({ method: code }))));
  find("back-why").replaceChildren(...station.back_reasons.map((reason) => chip(reason, said.reason === reason, () => set({ reason }))));
  find("back-sum").replaceChildren(h("span", {}, word("to-give-back")), h("b", {}, euros(total())));
  find("back-hint").textContent = hint;
  find("back-go").replaceChildren(icon("undo"), h("span", {}, word("give-back", { sum: euros(total()) })));
}

function set(choice) {
  said = { ...said, ...choice };
  draw();
}

function go() {
  if (!chosen().length) return draw(word("back-what"));
  if (!said.reason) return draw(word("back-why"));
  const lines = chosen().map(({ line }) => ({ line, quantity: backs[line] }));
  const payload = { id: uuid(), till: station.till.code, lines, ...said };
  return acts.done({ payload, rest: `sales/${ticket.id}/refunds`, total_cents: total(), of: ticket.number });
}

export const say = (text) => draw(text);

const read = async (path) => {
  const { response, answer } = await ask(`${station.api}sales/${path}`, { pass: person()?.pass });
  return response.ok ? answer : null;
};

async function open(id, failed) {
  const found = await read(`sales/${id}`).catch(() => null);
  if (!found) return failed();
  ticket = found;
  backs = Object.fromEntries(found.lines.length === 1 && found.lines[0].quantity > found.lines[0].refunded ? [[found.lines[0].line, 1]] : []);
  said = { method: found.payments[0]?.method ?? "cash", reason: "" };
  if (!means().some(({ code }) => code === said.method)) said.method = "cash";
  draw();
  return acts.open();
}

/* "12" is the twelfth of this till: numbers are typed without their zeros. */
const called = (text) => (/^\d{1,9}$/.test(text) ? `${station.till.code}-${text.padStart(6, "0")}` : text.toUpperCase());

function search(failed) {
  const field = h("input", { type: "text", id: "back-number", maxlength: "40", placeholder: `${station.till.code}-000123`, autocapitalize: "characters", autocomplete: "off", enterkeyhint: "search" });
  const form = h("form", { class: "t-seek" }, h("label", { for: "back-number" }, word("by-number")), field, h("button", { type: "submit", class: "btn go", "aria-label": word("by-number") }, icon("seek")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) choose(failed, called(field.value.trim()));
  });
  return form;
}

/* The latest tickets of the site, or those of a number: one is touched, and its lines are asked for. */
export async function choose(failed, number = "") {
  const sought = number ? `&number=${encodeURIComponent(number)}` : "";
  const found = await read(`sales?site=${encodeURIComponent(station.site.code)}&limit=40${sought}`).catch(() => null);
  if (!found) return failed();
  const options = found.items.map(({ id, number: own, total_cents, occurred_at }) => ({ label: own, hint: `${euros(total_cents)}, ${time(new Date(occurred_at))}`, image: "receipt", choose: () => open(id, failed) }));
  const text = number && !options.length ? word("no-such-ticket", { number }) : "";
  return picker.open({ heading: word("which-ticket"), text, options, isList: true, first: search(failed) });
}

export function start(page, onAct) {
  [station, acts] = [page, onAct];
  find("back-go").addEventListener("click", go);
  find("back-leave").addEventListener("click", () => acts.leave());
}
