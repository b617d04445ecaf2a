/* The ticket under way: its lines, what was paid of it, and the request it becomes.
   It knows no page and no network, and is plain data, so that it survives a reload as JSON. */
import { uuid } from "./sheet.js";
import { discountOf, isPriced, lineTotal, spread } from "./till-money.js";

export const MOST_LINES = 100;
const MOST_UNITS = 1_000;

export const blank = () => ({ id: uuid(), lines: [], payments: [], method: "cash", issuer: null, reference: "", received_cents: null, off: null });
export const isBlank = (slip) => !slip.lines.length && !slip.payments.length;

const EMPTY = { item: null, key: null, category: null, quantity: 1, price_cents: null, lot: false, weight_g: null, average_g: null, since: null, discount: null, daily: null, dot: "", mode: "typed", nature: "goods", doubt: "" };

/* {code, title, category, weight_g, price_cents, since} with the tile it looks like. */
export const ofItem = (object, look) => ({ ...EMPTY, id: uuid(), item: object.code, category: object.category, name: object.title || look.name, price_cents: object.price_cents, known_g: object.weight_g, since: object.since ?? null, colour: look.colour, icon: look.icon });
export const ofKey = (key, look) => ({ ...EMPTY, id: uuid(), key: key.code, category: key.category, nature: key.nature, mode: key.mode, name: key.name, price_cents: key.price_cents, average_g: look.unit_weight_g ?? null, colour: key.colour, icon: key.icon });
export const ofCategory = (look) => ({ ...EMPTY, id: uuid(), category: look.code, name: look.name, average_g: look.unit_weight_g ?? null, colour: look.colour, icon: look.icon });

const isPlain = (line) => !line.discount && !line.dot && line.weight_g === null && !line.lot;
const isSame = (line, added) => Boolean(added.key) && added.mode === "fixed" && line.key === added.key && isPriced(added) && line.price_cents === added.price_cents && isPlain(line) && line.quantity < MOST_UNITS;

/* With one line more; the same of the grid again counts on the same line, which is the newest then. */
export function added(slip, line) {
  const same = slip.lines.find((each) => isSame(each, line));
  const others = slip.lines.filter((each) => each !== same);
  return { ...slip, lines: [...others, same ? { ...same, quantity: same.quantity + 1 } : line] };
}

export const changed = (slip, id, values) => ({ ...slip, lines: slip.lines.map((each) => (each.id === id ? { ...each, ...values } : each)) });
export const removed = (slip, id) => ({ ...slip, lines: slip.lines.filter((each) => each.id !== id) });
export const lineOf = (slip, id) => slip.lines.find((each) => each.id === id) ?? null;
export const unpriced = (slip) => slip.lines.find((line) => !isPriced(line)) ?? null;
export const has = (slip, code) => slip.lines.some((line) => line.item === code);
export const countOf = (slip) => slip.lines.reduce((all, line) => all + line.quantity, 0);

/* What it weighs as far as it is known, and whether all of it is. */
export const isGoods = ({ nature }) => nature === "goods";
export const gramsOf = (line) => line.weight_g ?? line.known_g ?? (line.average_g ? line.average_g * line.quantity : null);
export const weightOf = (slip) => slip.lines.reduce((all, line) => all + (gramsOf(line) ?? 0), 0);

export const stepped = (slip, id, by) => {
  const line = lineOf(slip, id);
  return changed(slip, id, { quantity: Math.min(Math.max(line.quantity + by, 1), MOST_UNITS) });
};

/* Without discounts that take more off than there is, now that something else was changed. */
export function fitted(slip) {
  const lines = slip.lines.map((line) => (line.discount && isPriced(line) && lineTotal(line) < 0 ? { ...line, discount: null } : line));
  return { ...slip, lines, off: slip.off && spread(lines, slip.off).isOver ? null : (slip.off ?? null) };
}

const discounts = ({ lines, off }) => [...lines.map((line) => line.discount), off].filter(Boolean).length;
export const isLess = (slip, before) => discounts(slip) < discounts(before);

/* An object also says what it was seen to be: its code may mean nothing to the server yet. */
const seen = ({ category, name, known_g }) => ({ category, label: name, ...(known_g ? { weight_g: known_g } : {}) });
const what = (line) => (line.item ? { item: line.item, seen: seen(line) } : line.key ? { key: line.key, seen: { mode: line.mode } } : { category: line.category });

function written(line) {
  const many = line.item ? {} : { quantity: line.quantity, ...(line.lot ? { lot: true } : {}), ...(line.weight_g ? { weight_g: line.weight_g } : {}) };
  return { ...what(line), ...many, price_cents: line.price_cents, ...(discountOf(line) ? { discount: discountOf(line) } : {}) };
}

/* What is posted of it, without its envelope. */
export const request = (slip, till, payments) => ({ id: slip.id, till, lines: slip.lines.map(written), payments, ...(slip.off ? { discount: slip.off } : {}) });

/* What this tablet keeps of it: to print it, and to give part of it back. */
export const kept = (slip, { number, total_cents, off_cents, change_cents, payments, at }) => ({
  id: slip.id, number, total_cents, off_cents, off_reason: slip.off?.reason ?? "", change_cents, payments, at,
  lines: slip.lines.map((line) => ({ item: line.item, name: line.name, quantity: line.quantity, price_cents: line.price_cents, lot: line.lot, mode: line.mode, discount: discountOf(line), category: line.category, total_cents: lineTotal(line), weight_g: gramsOf(line) })),
});
