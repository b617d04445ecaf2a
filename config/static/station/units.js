/* Grams in, words out. Every weight is an integer of grams; kilograms exist only on screen. */

const language = document.documentElement.lang || "fr";
const spaces = (text) => text.replaceAll("\u202f", "\u00a0");
const kilograms = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 3 });
const integers = new Intl.NumberFormat(language);
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });

export const kg = (grams) => spaces(kilograms.format(grams / 1000));
const shown = [2, 3].map((digits) => new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }));
let finest = 0;

/* A live weight: always as many decimals, so that the figure does not jump. */
export function steady(grams) {
  if (grams % 10) finest = 1;
  return spaces(shown[finest].format(grams / 1000));
}

/* Grams as they would be typed: 12500 → "12,5". */
export function written(grams) {
  const fraction = String(grams % 1000).padStart(3, "0").replace(/0+$/, "");
  return `${Math.floor(grams / 1000)}${fraction && `,${fraction}`}`;
}

export const count = (number) => spaces(integers.format(number));
export const time = (date) => clock.format(date);

/* "12,5" is twelve and a half; digits are read one by one, so no float is ever involved. */
export function grams(typed) {
  const [whole, fraction = ""] = typed.split(",");
  return Number(whole || 0) * 1000 + Number(fraction.padEnd(3, "0"));
}

/* The typed text after one more key: at most five digits and three decimals. */
export function type(typed, key) {
  if (key === "Backspace") return typed.slice(0, -1);
  if (key === ",") return typed.includes(",") ? typed : `${typed || "0"},`;
  const next = typed === "0" ? key : typed + key;
  return /^\d{1,5}(,\d{0,3})?$/.test(next) ? next : typed;
}
