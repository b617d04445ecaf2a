/* The objects of a site as this tablet last heard of them: read from disk first, then refreshed. */
import * as queue from "./queue.js";
import { ask, onSent } from "./send.js";
import { person } from "./who.js";

const EVERY = 5 * 60_000;
const SOON = 600; // ms after something was sent: several entries leave one after the other
const told = new Set();
let station = null;
let known = { at: 0, items: [], bulk: [], more: false };
let byCode = new Map();
let soon = null;

export const onChange = (act) => told.add(act);
export const get = (code) => byCode.get(code) ?? null;
export const codes = () => [...byCode.keys()];
export const size = () => known.items.length;
export const isKnown = () => known.at > 0;

const path = (place) => `${station.api}inventory/catalogue?site=${encodeURIComponent(station.site.code)}${place ? `&place=${encodeURIComponent(place)}` : ""}`;
const KEPT = () => `catalogue:${station.site.code}`;

function take(found) {
  known = found;
  byCode = new Map(known.items.map((item) => [item.code, item]));
  for (const each of told) each();
}

async function fetched(place = "") {
  const { response, answer } = await ask(path(place), { pass: person()?.pass });
  return response.ok ? { at: Date.now(), ...answer } : null;
}

export async function refresh() {
  try {
    const found = await fetched();
    if (!found) return;
    take(found);
    await queue.keep(KEPT(), found);
  } catch {
    // no network: what was known stays
  }
}

/* All that lies in a place: {items, bulk, at}, or null where nobody can say. */
export async function shelf(place) {
  try {
    const found = await fetched(place);
    if (found) return found.more ? null : found;
  } catch {
    // no network: what is known of the site
  }
  if (!isKnown() || known.more) return null;
  const here = (each) => each.place === place;
  return { at: known.at, items: known.items.filter(here), bulk: known.bulk.filter(here), more: false };
}

/* What was done here is known here, before the server says so. */
export function carried(moved, place) {
  for (const code of moved) if (byCode.has(code)) byCode.get(code).place = place;
  queue.keep(KEPT(), known);
}

/* `isFresh`: asked again whenever something was sent, not only every few minutes. */
export async function start(page, isFresh = true) {
  station = page;
  const before = await queue.recall(KEPT());
  if (before) take(before);
  onSent((_entry, { outcome }) => {
    if (outcome !== "saved" || !isFresh) return;
    clearTimeout(soon);
    soon = setTimeout(refresh, SOON);
  });
  setInterval(refresh, EVERY);
  window.addEventListener("online", refresh);
  await refresh();
}
