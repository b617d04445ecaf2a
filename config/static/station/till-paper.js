/* A ticket as it is printed, from what this tablet keeps of it: shown when asked for, printed on request. */
import { find, h, word } from "./page.js";
import { amount, before, euros, off } from "./till-money.js";
import { nameOf } from "./till-pay.js";
import { named } from "./till-voucher.js";
import { kg } from "./units.js";

let station = null;
const when = new Intl.DateTimeFormat(document.documentElement.lang || "fr", { dateStyle: "short", timeStyle: "short" });

const many = ({ lot, quantity, price_cents }) => (lot ? ` × ${quantity}, ${word("the-lot")}` : quantity > 1 ? ` ${quantity} × ${amount(price_cents)}` : "");

function lineOf(line) {
  const weight = line.weight_g ? `${kg(line.weight_g)} kg` : "";
  const small = [line.item, weight].filter(Boolean).join(", ");
  const taken = line.discount ? word("taken-off", { off: euros(off(before(line), line.discount)), reason: line.discount.reason }) : "";
  return h("li", {}, h("span", {}, line.name, h("span", { class: "nw" }, many(line))), h("b", {}, amount(line.total_cents)), small ? h("small", {}, small) : null, taken ? h("small", {}, taken) : null);
}

const pair = (label, cents, kind = "") => h("div", { class: kind }, h("dt", {}, label), h("dd", {}, euros(cents)));

function sums(ticket) {
  const paid = ticket.payments.map((each) => pair(named(each) || nameOf(each.method), each.amount_cents));
  const off = ticket.off_cents ? [h("div", {}, h("dt", {}, word("off-all", { reason: ticket.off_reason })), h("dd", {}, `− ${euros(ticket.off_cents)}`))] : [];
  return [...off, pair(word("total"), ticket.total_cents, "whole"), ...paid, ...(ticket.change_cents ? [pair(word("change-given"), ticket.change_cents)] : [])];
}

/* The law has the ticket of what lasts say its guarantee: it is proposed, never printed by itself. */
export const isGuaranteed = ({ lines }) => lines.some(({ category }) => station.guaranteed.includes(category));

/* Where the customer reads it, as a picture: only the server draws it, once it knows the ticket. */
function picture({ number, hash }) {
  const image = h("img", { class: "t-qr", alt: word("qr"), src: `/t/${number}.${hash}/image.svg` });
  const box = h("p", { class: "receipt-foot" }, image);
  image.addEventListener("error", () => box.remove());
  return box;
}

/* Show `ticket`, with its hash: eight signs of it anchor the chain outside this tablet. */
export function open(ticket) {
  const { owner } = station;
  const parts = [
    h("header", {}, h("b", {}, owner.name), h("span", {}, station.site.name), owner.siret ? h("span", {}, `SIRET ${owner.siret}`) : null,
      h("span", { class: "receipt-at" }, `${ticket.number} · ${when.format(new Date(ticket.at))} · ${station.till.name}`), h("span", {}, word("fingerprint", { hash: ticket.hash.slice(0, 8) }))),
    h("ol", {}, ...ticket.lines.map(lineOf)),
    h("dl", { class: "receipt-sums" }, ...sums(ticket)),
    isGuaranteed(ticket) ? h("p", { class: "receipt-foot" }, word("guarantee")) : null,
    h("p", { class: "receipt-foot" }, word("thanks")),
    station.foot ? h("p", { class: "receipt-foot" }, station.foot) : null,
    navigator.onLine ? picture(ticket) : null,
  ];
  find("paper-sheet").replaceChildren(...parts.filter(Boolean));
  find("paper-offer").textContent = word(isGuaranteed(ticket) ? "offer-paper" : "paper-if-asked");
  find("paper").showModal();
}

export function start(page) {
  station = page;
  find("paper-print").addEventListener("click", () => window.print());
  find("paper-leave").addEventListener("click", () => find("paper").close());
  find("paper").addEventListener("keydown", (event) => event.stopPropagation()); // the till's own keys sleep behind
}
