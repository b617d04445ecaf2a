/* The codes that labels wear: five signs and one check over 31; any one slip is seen. */

const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXY";
const WEIGHTS = [2, 3, 4, 5, 6, 1];
const READ_AS = { I: "1", L: "1", O: "0", U: "V", Z: "2" };

export const LENGTH = 6;

/* What is scanned or typed: the last segment of an address, in capitals, O as 0, I and L as 1. */
export function normalise(text) {
  const last = text.trim().replace(/[?#].*$/, "").replace(/\/+$/, "").split("/").at(-1).toUpperCase();
  return last.replace(/[\s-]/g, "").replace(/[ILOUZ]/g, (sign) => READ_AS[sign]);
}

const sum = (code) => [...code].reduce((total, sign, at) => total + WEIGHTS[at] * SIGNS.indexOf(sign), 0);

export const isShaped = (code) => code.length === LENGTH && [...code].every((sign) => SIGNS.includes(sign));
export const isValid = (code) => isShaped(code) && sum(code) % 31 === 0;

/* The code in what was typed or scanned; null where it holds none. */
export function codeIn(text) {
  const code = normalise(text);
  return isValid(code) ? code : null;
}

/* Whether two codes are one slip apart: a sign replaced, or two swapped. */
function isNear(code, other) {
  const apart = [...code].map((sign, at) => at).filter((at) => code[at] !== other[at]);
  if (apart.length < 2) return apart.length === 1;
  const [one, two] = apart;
  return apart.length === 2 && code[one] === other[two] && code[two] === other[one];
}

/* Those of `known` that `code` may have meant. */
export const near = (code, known) => (code.length === LENGTH ? known.filter((other) => isNear(code, other)) : []);

/* The signs (from 1) in which `code` differs from what it may have meant. */
export const slips = (code, meant) => [...code].map((sign, at) => at + 1).filter((at) => code[at - 1] !== meant[at - 1]);
