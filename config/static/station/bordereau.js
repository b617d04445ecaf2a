/* After a departure was recorded: its slip to sign, and a photo of the one that came back signed. */
import { find, h, icon, say, word } from "./page.js";
import { ask, status } from "./send.js";
import { uuid } from "./sheet.js";
import { shrink } from "./shrink.js";
import * as sounds from "./sounds.js";
import { person } from "./who.js";

let here; // {api, documents}
const taken = new Set(); // numbers of departures whose photo the server has
let isBusy = false;

const pdf = (number) => h("a", { class: "btn", href: here.documents.replace("/_/", `/${encodeURIComponent(number)}/bon.pdf`), target: "_blank", rel: "noopener" }, icon("papers"), h("span", {}, word("slip")));

function told(number, text) {
  const label = find("photo-key");
  if (label?.dataset.number === number) label.lastElementChild.textContent = text;
  say(text);
}

async function send(number, file) {
  if (isBusy || !file) return;
  isBusy = true;
  told(number, word("photo-sending"));
  const picture = await shrink(file).catch(() => null);
  const body = JSON.stringify({ id: uuid(), picture });
  const path = `${here.api}inventory/movements/${encodeURIComponent(number)}/photos`;
  const { response } = picture ? await ask(path, { method: "POST", body, pass: person()?.pass }).catch(() => ({})) : {};
  isBusy = false;
  if (response?.ok) taken.add(number);
  else sounds.wrong();
  told(number, word(response?.ok ? "photo-kept" : picture ? "photo-silent" : "photo-broken"));
}

/* Only with a network: a photo is too large to wait on the tablet. */
function photo(number) {
  const text = () => word(taken.has(number) ? "photo-kept" : navigator.onLine ? "photo" : "photo-online");
  const input = h("input", { type: "file", accept: "image/*", capture: "environment", class: "sr", disabled: !navigator.onLine });
  input.addEventListener("change", () => send(number, input.files[0]));
  return h("label", { class: "btn photo", id: "photo-key", "data-number": number }, input, icon("camera"), h("span", {}, text()));
}

export function beside({ kind, number, state }) {
  if (kind !== "shipment" || state !== "kept") return null;
  if (!number) return status.contact && navigator.onLine ? null : h("small", { class: "later" }, word("slip-later"));
  return h("div", { class: "after" }, pdf(number), photo(number));
}

export function start(station) {
  here = station;
}
