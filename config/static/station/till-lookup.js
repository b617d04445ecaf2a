/* What a code that was scanned at the till is: as this tablet knows it, then as the server does. */
import * as catalogue from "./catalogue.js";
import * as queue from "./queue.js";
import { word } from "./page.js";
import { ask } from "./send.js";
import { person } from "./who.js";

const PATIENCE = 1_500; // a customer waits
const EVERY = 5 * 60_000;
const when = new Intl.DateTimeFormat(document.documentElement.lang || "fr", { day: "numeric", month: "long" });
let here = null;
let asides = new Map(); // code → the day until which a deposit keeps it
const KEPT = () => `asides:${here.site.code}`;

/* What the server says of it: {state: "known", item} | "nothing" | "silent". */
async function asked(code) {
  if (!navigator.onLine) return { state: "silent" };
  try {
    const { response, answer } = await ask(`${here.api}inventory/items/${code}`, { pass: person()?.pass, patience: PATIENCE });
    if (response.ok) return { state: "known", item: answer };
    return { state: response.status === 404 ? "nothing" : "silent" };
  } catch {
    return { state: "silent" };
  }
}

const isWorkshop = (place) => here.places.find(({ code }) => code === place)?.use === "workshop";

function learn(found) {
  asides = new Map(found.map(({ item, until }) => [item, until]));
}

/* What is put aside now, as the server has it; what was known stays where it keeps silent. */
async function refresh() {
  try {
    const { response, answer } = await ask(`${here.api}sales/asides?site=${encodeURIComponent(here.site.code)}`, { pass: person()?.pass, patience: PATIENCE });
    if (!response.ok) return;
    learn(answer.items);
    await queue.keep(KEPT(), answer.items);
  } catch {
    // no network
  }
}

function kept(code, title) {
  const until = asides.get(code);
  return until && until >= new Date().toISOString().slice(0, 10) ? word("put-aside-until", { title, day: when.format(new Date(`${until}T12:00`)) }) : "";
}

/* What makes one hesitate to sell it; "" where nothing does. */
export function doubt(item) {
  const title = item.title || item.code;
  const aside = kept(item.code, title);
  if (aside && (item.state ?? "in_stock") === "in_stock") return aside;
  if (item.state === "sold") return word("sold-already", { title });
  if (item.state === "in_transit") return word("on-the-road", { title });
  if (item.state && item.state !== "in_stock") return word("left-already", { title });
  if (item.site && item.site !== here.site.code) return word("of-elsewhere", { title, site: item.site });
  return isWorkshop(item.place) ? word("in-workshop", { title }) : "";
}

/* {item, doubt} of a code; item null: nobody here knows it. `later(doubt)` is told what the server
   adds to what this tablet knew by itself. */
export async function find(code, sold, later) {
  const mine = catalogue.get(code);
  if (sold.has(code)) return { item: mine ?? { code, title: "", category: null, price_cents: null }, doubt: word("sold-here", { number: sold.get(code) }) };
  if (mine) {
    const before = doubt(mine);
    Promise.all([asked(code), refresh()]).then(([{ state, item }]) => {
      const found = doubt(state === "known" ? item : mine);
      if (found && found !== before) later(found);
    });
    return { item: mine, doubt: before };
  }
  const { state, item } = await asked(code);
  if (state === "known") return { item, doubt: doubt(item) };
  const since = catalogue.get(code); // what the tablet knows may have come while the server kept silent
  if (since) return { item: since, doubt: doubt(since) };
  return { item: null, doubt: word(state === "nothing" ? "nobody-knows" : "not-known-here", { code }) };
}

export async function start(station) {
  here = station;
  learn((await queue.recall(KEPT())) ?? []);
  setInterval(refresh, EVERY);
  await Promise.all([catalogue.start(station, false), refresh()]);
}
