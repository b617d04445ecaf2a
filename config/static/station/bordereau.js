/* After a departure was recorded: its slip to sign, and a photo of the one that came back signed. */
import { h, icon, word } from "./page.js";
import { status } from "./send.js";
import * as snap from "./snap.js";

let here; // {api, documents}

const pdf = (number) => h("a", { class: "btn", href: here.documents.replace("/_/", `/${encodeURIComponent(number)}/bon.pdf`), target: "_blank", rel: "noopener" }, icon("papers"), h("span", {}, word("slip")));

const photo = (number) => snap.key(`${here.api}inventory/movements/${encodeURIComponent(number)}/photos`);

export function beside({ kind, number, state }) {
  if (kind !== "shipment" || state !== "kept") return null;
  if (!number) return status.contact && navigator.onLine ? null : h("small", { class: "later" }, word("slip-later"));
  return h("div", { class: "after" }, pdf(number), photo(number));
}

export function start(station) {
  here = station;
}
