/* What lies on the scale, and whether it may become a line: each load does so once. */

const SAME_G = 100; // a load that changes by less is still the same one
let now = null; // the latest reading
let isSure = false; // a stable weight is believed once it was told twice
let logged = null; // {grams, key} of the line that this load became

/* The scale says; null: nothing is known any more. */
export function see(reading) {
  isSure = Boolean(reading?.stable && now?.stable && reading.grams === now.grams);
  now = reading;
  if (!logged || !reading || reading.grams === null) return;
  const room = Math.min(SAME_G, logged.grams / 2);
  const isOff = reading.grams < room;
  if (isOff || (isSure && Math.abs(reading.grams - logged.grams) > room)) logged = null;
}

/* The load {weight_g, problem: word or ""}; null where nothing lies there. */
export function current() {
  if (!now || (now.grams !== null && now.grams <= 0)) return null;
  const problem = now.fault === "over" ? "scale-over" : !isSure ? "scale-moves" : logged ? "scale-same" : "";
  return now.fault === "under" ? null : { weight_g: now.grams, problem, isFromScale: true };
}

/* This weight became the line `key`; if the line is removed, the load may become another. */
export function log(grams, key) {
  logged = { grams, key };
}

export function release(key) {
  if (logged?.key === key) logged = null;
}

export const reading = () => now;
export const isSettled = () => isSure;
