/* What a day takes off by itself, as the server told it with the page: half-price days, categories,
   what has been here for long, the week's dots. Plain data, and no page. */

const DAY = 24 * 3600_000;

const weeksBetween = (since, day) => Math.floor((Date.parse(day) - Date.parse(since)) / (7 * DAY));

/* Only an object whose coming is known here is of some age. */
const isOld = ({ item, since }, weeks, day) => Boolean(item && since) && weeksBetween(since, day) >= weeks;

const holds = ({ days, categories, weeks }, line, day) =>
  days.includes(day) && (!categories || categories.includes(line.category)) && (weeks === null || isOld(line, weeks, day));

/* The dots that take something off on a day. */
export const dotsOn = ({ dots }, day) => dots[day] ?? [];

/* {percent, reason} off a line on a day, or null: they never add up, the largest counts. */
export function daily(told, line, day) {
  if (line.nature !== "goods") return null;
  const rules = told.rules.filter((rule) => holds(rule, line, day)).map(({ name, percent }) => ({ percent, reason: name }));
  const worn = dotsOn(told, day).filter(({ colour }) => colour === line.dot).map(({ reason, percent }) => ({ percent, reason }));
  return [...rules, ...worn].reduce((best, each) => (best && best.percent >= each.percent ? best : each), null);
}

/* Today where the site is: "2026-02-03". */
export const dayAt = (timezone, at) => new Intl.DateTimeFormat("sv-SE", { timeZone: timezone }).format(at);
