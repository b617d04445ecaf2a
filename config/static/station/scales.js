/* How scales speak: each driver's line, and the lines in what a cable brings.
   It knows no page and no port, and reads digits one by one: no float is ever involved. */

const FINER = { kg: 3, g: 0 }; // decimals of a unit that still are whole grams

/* "12.5", "kg" → 12500; to the nearest gram. Null in a unit that is not ours. */
export function gramsIn(digits, unit) {
  const places = FINER[unit.toLowerCase()];
  const [whole, fraction = ""] = digits.replace(",", ".").split(".");
  if (places === undefined || whole.length + places > 9) return null;
  const kept = fraction.padEnd(places + 1, "0");
  return Number(whole + kept.slice(0, places)) + (kept[places] >= "5" ? 1 : 0);
}

const NUMBER = String.raw`([+-]?)\s*(\d+(?:[.,]\d+)?)`;

function reading(sign, digits, unit, stable) {
  const weight_g = gramsIn(digits, unit);
  return weight_g === null ? null : { grams: sign === "-" ? 0 - weight_g : weight_g, stable };
}

const fault = (name) => ({ grams: null, stable: false, fault: name });

/* "S S     12.500 kg" is stable, "S D" still moves; "S +" and "S -" are out of range; "S I": it is busy. */
const SICS = new RegExp(String.raw`^S ([SD])\s+${NUMBER}\s*([a-z]+)$`, "i");

function readSics(line) {
  const told = SICS.exec(line);
  if (told) return reading(told[2], told[3], told[4], told[1] === "S");
  return { "S +": fault("over"), "S -": fault("under") }[line] ?? null;
}

/* "ST,GS,+  12.500kg" is stable, "US" still moves, "OL" is too heavy; gross or net, but no tare. */
const HEADED = new RegExp(String.raw`^(ST|US),(?:(?:GS|NT|G~|N~),)?\s*${NUMBER}\s*,?\s*([a-z]+)$`, "i");

function readHeaded(line) {
  const told = HEADED.exec(line);
  if (told) return reading(told[2], told[3], told[4], told[1] === "ST");
  return line.startsWith("OL,") ? fault("over") : null;
}

const EIGHT = { baudRate: 9600, dataBits: 8, stopBits: 1, parity: "none" };
const SEVEN = { baudRate: 2400, dataBits: 7, stopBits: 1, parity: "even" };

/* `ask`: what is sent to be told a weight; null where the scale talks by itself.
   `read(line)`: {grams, stable}, with grams null and a fault out of range; null for any other line. */
export const drivers = [
  { name: "continuous", title: "ST,GS (A&D, CAS…)", serial: EIGHT, ask: null, read: readHeaded },
  { name: "mt-sics", title: "MT-SICS (Mettler Toledo)", serial: EIGHT, ask: "SI\r\n", read: readSics },
  { name: "and", title: "Q (A&D)", serial: SEVEN, ask: "Q\r\n", read: readHeaded },
];

const LONGEST = 80;
const SOUND = /^[\x20-\x7e]+$/; // noise makes a line unreadable, never another line

/* Feed it bytes as they come: it returns the lines that are whole. What comes before the first
   end of a line may be the second half of one, and is dropped. */
export function splitter() {
  let begun = null;
  return (bytes) => {
    const lines = [];
    for (const byte of bytes) {
      const sign = String.fromCharCode(byte);
      if (sign === "\r" || sign === "\n") {
        const line = begun?.replace(/^\x02|\x03$/g, "").trim();
        if (line && line.length <= LONGEST && SOUND.test(line)) lines.push(line);
        begun = "";
      } else if (begun !== null && begun.length <= LONGEST) begun += sign;
    }
    return lines;
  };
}

const TYPED = /^\s*\+?\s*(\d{1,8}(?:[.,]\d{1,3})?)\s*(kg|g)?\s*$/i;

/* The weight that a scale types like a keyboard: with a decimal sign or a unit, else null. */
export function typedWeight(text) {
  const told = TYPED.exec(text);
  if (!told || !(told[2] || /[.,]/.test(told[1]))) return null;
  return gramsIn(told[1], told[2] ?? "kg");
}
