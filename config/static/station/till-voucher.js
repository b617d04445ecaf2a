/* Vouchers of a town or a charity: paper, so that they need no network. Who issued it, then its number. */
import { h, icon, word } from "./page.js";
import * as picker from "./picker.js";

const LONGEST = 60; // signs of a number, as the server has it
let station = null;

/* What a payment says of its voucher; nothing of another one. */
export const issued = ({ method, issuer, reference }) => (method === "voucher" && issuer ? { issuer, ...(reference ? { reference } : {}) } : {});

/* "CCAS de Pantin A17"; "" where nobody said whose it is. */
export function named({ issuer, reference }) {
  const found = station.issuers.find(({ code }) => code === issuer);
  return found ? [found.name, reference].filter(Boolean).join(" ") : "";
}

function field(done) {
  const input = h("input", { type: "text", id: "voucher-number", maxlength: String(LONGEST), autocomplete: "off", autocapitalize: "characters", enterkeyhint: "done" });
  const form = h("form", { class: "t-seek" }, h("label", { for: "voucher-number" }, word("voucher-number")), input, h("button", { type: "submit", class: "btn go", "aria-label": word("ok") }, icon("check")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    picker.close();
    done(input.value.trim());
  });
  return form;
}

function number({ code, name }, tell) {
  const done = (reference) => tell({ issuer: code, reference });
  picker.open({ heading: name, options: [{ label: word("no-number"), image: "arrow", choose: () => done("") }], isList: true, first: field(done) });
}

/* Ask whose it is: `tell({issuer, reference})`. Those of the house need the server to agree. */
export function ask(tell) {
  const options = station.issuers.map((issuer) => ({ label: issuer.name, image: "voucher", choose: () => number(issuer, tell) }));
  const unsaid = { label: word("issuer-unsaid"), image: "arrow", choose: () => tell({ issuer: null, reference: "" }) };
  picker.open({ heading: word("whose-voucher"), text: word("house-voucher"), options: [...options, unsaid], isList: true });
}

const plain = (text) => text.toUpperCase().split("/").at(-1).replace(/[^0-9A-Z]/g, "");

/* Whether a text that was read is a voucher, store credit or deposit of the house. */
export const isOurs = (text) => /^BON[0-9A-Z]{8}$/.test(plain(text));

export function start(page) {
  station = page;
}
