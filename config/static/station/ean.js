/* Barcodes that hold a weight: thirteen digits, laid out as the site's other program prints them.
   A layout has a sign per digit: R any digit, I the article, W grams, V ignored, C the check digit. */

export const isEan = (text) => /^\d{13}$/.test(text);

/* Whether the last digit fits the others. */
export function isRead(code) {
  const sum = [...code].reduce((total, digit, at) => total + Number(digit) * (at % 2 ? 3 : 1), 0);
  return sum % 10 === 0;
}

const under = (code, layout, letter) => [...code].filter((_, at) => layout[at] === letter).join("");

/* {item, weight_g}, or null where the code is misread, or not laid out like that. */
export function decode(code, layout) {
  if (layout.length !== 13 || !isEan(code) || !isRead(code)) return null;
  const fits = [...layout].every((sign, at) => !/\d/.test(sign) || sign === code[at]);
  return fits ? { item: under(code, layout, "I"), weight_g: Number(under(code, layout, "W")) } : null;
}
