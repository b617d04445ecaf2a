/* An object's code, as a label says it: five signs and a check over 31 of them. */

const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXY";
const WEIGHTS = [2, 3, 4, 5, 6, 1];
const ALIKE = { I: "1", L: "1", O: "0", U: "V", Z: "2", " ": "", "-": "" };

/* The code in what was typed or scanned: the last word of an address; null where it holds none. */
export function codeIn(text) {
  const last = text.trim().replace(/\/+$/, "").split("/").at(-1).toUpperCase();
  const code = last.replace(/[ILOUZ -]/g, (sign) => ALIKE[sign]);
  if (code.length !== 6 || [...code].some((sign) => !SIGNS.includes(sign))) return null;
  const sum = [...code].reduce((total, sign, at) => total + SIGNS.indexOf(sign) * WEIGHTS[at], 0);
  return sum % 31 === 0 ? code : null;
}
