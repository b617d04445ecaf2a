/* A place being counted: what should be there, what was scanned, and what that makes.
   It knows no page and no network, and is plain data, so that it survives a reload as JSON. */

export const MOST = 2_000; // objects of one count: the server takes no more

export const blank = () => ({ place: null, started: null, scanned: [], weights: {} });

/* A code that was scanned, once. `what` is what is known of it where it is no object of the place. */
export function scanned(count, code, what = null) {
  const others = count.scanned.filter((each) => each.code !== code);
  return { ...count, scanned: [...others, { code, what }] };
}

export const dropped = (count, code) => ({ ...count, scanned: count.scanned.filter((each) => each.code !== code) });
export const has = (count, code) => count.scanned.some((each) => each.code === code);

/* {found, missing, surplus} of a count against the objects that the books have there. */
export function against(count, items) {
  const expected = new Map(items.map((item) => [item.code, item]));
  return {
    found: count.scanned.filter(({ code }) => expected.has(code)).map(({ code }) => expected.get(code)),
    missing: items.filter(({ code }) => !has(count, code)),
    surplus: count.scanned.filter(({ code }) => !expected.has(code)),
  };
}

/* Of what is too many: whether the books may put it here. What has left for good they may not. */
export const isBookable = ({ what }) => ["here", "lost", "unknown"].includes(what?.kind);

/* The grams that were weighed and differ from the books, or are said to be as they are. */
export const weighed = (count) => Object.entries(count.weights).map(([category, weight_g]) => ({ category, weight_g }));

const isSame = (count, bulk) => Object.entries(count.weights).every(([category, weight_g]) => (bulk.find((each) => each.category === category)?.weight_g ?? 0) === weight_g);

/* Whether there is anything to book. */
export function differs(count, { items, bulk }) {
  const { missing, surplus } = against(count, items);
  return missing.length > 0 || surplus.some(isBookable) || !isSame(count, bulk);
}

export function request(count, { items }, { id, site, reason, at }) {
  const { found, surplus } = against(count, items);
  const codes = [...found, ...surplus.filter(isBookable)].map(({ code }) => code);
  return { id, site, place: count.place, reason, occurred_at: at, items: codes, lines: weighed(count) };
}
