/* How this site prints labels: from the browser, as a PDF, on A4 sheets or as ZPL, each of its size. */
import { find, h } from "./page.js";
import { person } from "./who.js";

const PATIENCE = 12_000;
const DPI = 300; // of a picture that the browser prints: fine enough for any printer
export const MOST = 240; // labels at once

let here; // {api, label: {size, dpi, output, pdf}}

/* One label to a page of its own size: strict pages hold no styles, but may be given rules. */
function layOut({ size }) {
  const [across, down] = size.split("x");
  const sheet = [...document.styleSheets].at(-1);
  const rules = [`@page label { size: ${across}mm ${down}mm; margin: 0; }`, `@media print { .label { page: label; width: ${across}mm; height: ${down}mm; } }`];
  for (const rule of rules) sheet.insertRule(rule, sheet.cssRules.length);
}

const file = (code, name) => `${here.api}inventory/items/${code}/label.${name}?size=${here.label.size}`;

/* Each answers what is wrong, as a word; nothing where the labels are out. */

async function fromPage(labels) {
  const pictures = labels.map((code) => h("img", { class: "label", alt: "", src: `${file(code, "png")}&dpi=${DPI}` }));
  find("labels").replaceChildren(...pictures);
  try {
    await Promise.all(pictures.map((each) => each.decode()));
  } catch {
    return "print-later";
  }
  window.print();
  return "";
}

async function fetched(path, options = {}) {
  const response = await fetch(path, { credentials: "same-origin", cache: "no-store", redirect: "error", signal: AbortSignal.timeout?.(PATIENCE), ...options });
  if (!response.ok) throw new Error(response.status);
  return response;
}

/* A page of the browser's own; it is asked for first, so that no empty one opens without a network. */
async function asPdf(labels) {
  const path = `${here.label.pdf}?${new URLSearchParams(labels.map((code) => ["code", code]))}`;
  try {
    await fetched(path, { method: "HEAD" });
  } catch {
    return "print-later";
  }
  return window.open(path) ? "" : "print-blocked";
}

function download(text) {
  const href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = h("a", { href, download: "etiquettes.zpl", hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), PATIENCE);
}

async function asZpl(labels) {
  const pass = person()?.pass;
  const headers = pass ? { Authorization: `Tablet ${pass}` } : {};
  try {
    const answers = await Promise.all(labels.map((code) => fetched(`${file(code, "zpl")}&dpi=${here.label.dpi}`, { headers })));
    download((await Promise.all(answers.map((each) => each.text()))).join(""));
  } catch {
    return "print-later";
  }
  return "";
}

const ways = { page: fromPage, roll: asPdf, sheet: asPdf, zpl: asZpl };

export const print = (labels) => ways[here.label.output](labels);

/* A sheet has room for many: it waits until somebody asks for it. */
export const isAtOnce = () => here.label.output !== "sheet";

export function start(station) {
  here = station;
  layOut(here.label);
}
