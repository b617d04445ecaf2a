/* Envelopes: each act of a till in the exact words that its device chains to the one before. */

const PREFIX = "tracerie/envelope/1\n";

/* The text that is hashed: keys sorted, no spaces, texts composed (NFC), integers alone. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    const pairs = Object.keys(value).sort().filter((key) => value[key] !== undefined);
    return `{${pairs.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new TypeError(`no integer: ${value}`);
  return typeof value === "string" ? JSON.stringify(value.normalize("NFC")) : JSON.stringify(value);
}

/* The same, said again by what a request carries: every text composed. */
export function composed(value) {
  if (Array.isArray(value)) return value.map(composed);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, composed(each)]));
  return typeof value === "string" ? value.normalize("NFC") : value;
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

async function digest(prev, body) {
  const bytes = new TextEncoder().encode(`${PREFIX}${prev}\n${body}`);
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/* {body, hash} of what is said; `prev` is the hash of the envelope before. */
export async function sealed(said) {
  const body = canonical(said);
  return { body, hash: await digest(said.prev, body) };
}

/* A browser hashes only where the address is secure; the till needs it to be. */
export const canSeal = () => window.isSecureContext && Boolean(globalThis.crypto?.subtle);
