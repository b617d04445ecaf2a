/* What things of a category are sold for here: told by the till, kept for when there is no network. */
import * as queue from "./queue.js";
import { ask } from "./send.js";
import { person } from "./who.js";

const language = document.documentElement.lang || "fr";
const written = [0, 2].map((digits) => new Intl.NumberFormat(language, { style: "currency", currency: "EUR", minimumFractionDigits: digits, maximumFractionDigits: digits }));
export const euros = (cents) => written[cents % 100 ? 1 : 0].format(cents / 100).replaceAll("\u202f", "\u00a0");

/* Prices that people write on things. */
export const USUAL = [50, 100, 150, 200, 300, 400, 500, 600, 800, 1000, 1200, 1500, 2000, 2500, 3000, 4000, 5000, 6000, 8000, 10000];

const MOST = 10_000_000; // 100 000 €, as the server has it

/* "12,5" is 12.50 €; null where it is no price. Digits are read one by one, as those of weights are. */
export function cents(text) {
  const said = text.replace(/[\s€]/g, "").match(/^(\d{1,6})(?:[.,](\d{1,2}))?$/);
  if (!said) return null;
  const [, whole, fraction = ""] = said;
  const found = Number(whole) * 100 + Number(fraction.padEnd(2, "0"));
  return found <= MOST ? found : null;
}

let known = { sold: {}, grid: {} }; // by category
let here;
let changed = () => {};

const keep = () => queue.keep(`prices:${here.site.code}`, known);

async function get(path) {
  const { response, answer } = await ask(`${here.api}${path}`, { pass: person()?.pass });
  return response.ok ? answer : null;
}

const site = () => encodeURIComponent(here.site.code);

/* What enough was sold of, all categories at once; the grid of the till. */
export async function refresh() {
  const told = await get(`sales/suggestions?site=${site()}`).catch(() => null);
  if (told) known.sold = Object.fromEntries(told.items.map((each) => [each.category, each]));
  const grid = await get(`sales/keys?site=${site()}`).catch(() => null);
  if (grid) known.grid = group(grid.items);
  await keep();
  changed();
}

function group(keys) {
  const found = {};
  for (const { category, price_cents } of keys) if (price_cents) (found[category] ??= []).push(price_cents);
  return found;
}

const once = (prices) => [...new Set(prices)].sort((one, other) => one - other);

/* {chips: cents, usual: cents or null, told: {count, low, middle, high} or null, isGrid} */
export function suggestion(category, top) {
  const sold = known.sold[category] ?? known.sold[top];
  if (sold?.proposed_cents.length) {
    const chips = once(sold.proposed_cents); // written as people write prices
    const [low, middle, high] = [chips[0], chips[Math.floor(chips.length / 2)], chips.at(-1)];
    return { chips, usual: middle, told: { count: sold.count, low, middle, high }, isGrid: false };
  }
  const grid = once(known.grid[category] ?? known.grid[top] ?? []).slice(0, 3);
  return { chips: grid, usual: grid.length === 1 ? grid[0] : null, told: null, isGrid: grid.length > 0 };
}

export async function start(station, onChange) {
  [here, changed] = [station, onChange];
  known = (await queue.recall(`prices:${station.site.code}`)) ?? known;
}
