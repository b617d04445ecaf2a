/* PINs that were right here once, so that people can take turns without a network.
   Only what verifies one is kept, slow to guess; the server knows nothing of it. */
import * as queue from "./queue.js";

const ROUNDS = 310_000;
const FREE_TRIES = 3; // as the server
const FIRST_WAIT = 30_000;

export const canVerify = () => Boolean(globalThis.crypto?.subtle);

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

async function derive(pin, salt) {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: new TextEncoder().encode(salt), iterations: ROUNDS }, key, 256);
  return hex(new Uint8Array(bits));
}

/* What was just typed; kept for good only once the server has let this person in. */
export async function tried(login, pin) {
  if (!canVerify() || !pin) return;
  const salt = hex(crypto.getRandomValues(new Uint8Array(16)));
  await queue.keep("tried", { login, salt, verifier: await derive(pin, salt) });
}

/* Whoever the server says is here: they may come back without it. */
export async function known(me) {
  const people = (await queue.recall("people")) ?? {};
  const latest = await queue.recall("tried");
  const before = people[me.login] ?? {};
  const proof = latest?.login === me.login ? { salt: latest.salt, verifier: latest.verifier, wrong: 0 } : {};
  people[me.login] = { ...before, ...me, ...proof };
  await queue.keep("people", people);
}

/* Those who may take their turn here without a network. */
export async function all() {
  const people = Object.values((await queue.recall("people")) ?? {});
  return people.filter((each) => each.pass && (each.is_team || each.verifier));
}

/* right | wrong | milliseconds still to wait */
export async function check(login, pin) {
  const people = (await queue.recall("people")) ?? {};
  const person = people[login];
  if (person.is_team) return "right";
  const over = (person.wrong ?? 0) - FREE_TRIES;
  const wait = over < 0 ? 0 : Math.max(0, (person.wrongAt ?? 0) + FIRST_WAIT * 2 ** Math.min(over, 5) - Date.now());
  if (wait) return wait;
  const isRight = (await derive(pin, person.salt)) === person.verifier;
  people[login] = isRight ? { ...person, wrong: 0 } : { ...person, wrong: (person.wrong ?? 0) + 1, wrongAt: Date.now() };
  await queue.keep("people", people);
  return isRight ? "right" : "wrong";
}
