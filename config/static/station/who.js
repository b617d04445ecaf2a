/* Who stands there: asked of the server, and remembered for when it does not answer. */
import { find } from "./page.js";
import * as pins from "./pins.js";
import * as queue from "./queue.js";
import { ask, cookie, status } from "./send.js";
import * as turns from "./turns.js";

const NOTE_EVERY = 10_000;
const PATIENCE = 3_000; // somebody stands there and waits
let me = null; // {login, name, initials, acts, pass, lock_after_min, is_team, here: taken over without a network}
let touched = Date.now();
let noted = 0;
let isLocked = false;

const told = new Set();
export const onChange = (act) => told.add(act);
export const person = () => me;
export const may = (act) => Boolean(me?.acts?.includes(act));

async function become(other) {
  me = other;
  for (const node of document.querySelectorAll("[data-me]")) node.textContent = me[node.dataset.me] ?? "";
  for (const each of told) each();
  await queue.keep("me", me);
}

/* Ask who is signed in; the last one known where nobody answers, or who took over meanwhile.
   Whether the server answered: a network says nothing of it. */
async function learn() {
  const before = (await queue.recall("me")) ?? null;
  if (before) await become(before);
  try {
    const { response, answer } = await ask(find("me").dataset.path);
    status.isLoggedOut = response.status === 401 && !me?.pass; // a pass sends without a session
    if (!response.ok) return response.status < 500;
    if (answer.pass) await pins.known(answer);
    if (!me?.here || me.login === answer.login) await become(answer);
    return true;
  } catch {
    return false; // whoever was there still is
  }
}

const isReached = () => navigator.onLine && ask(find("me").dataset.path, { patience: PATIENCE }).then(({ response }) => response.status < 500, () => false);

/* The next one takes over: at the server's page, or here where it does not answer. */
async function leave(isThere) {
  if (!(await isThere)) return hand();
  const form = find("leave");
  form.elements.csrfmiddlewaretoken.value = cookie("csrftoken") ?? "";
  form.submit();
}

async function hand() {
  if (isLocked) return;
  isLocked = true;
  await queue.keep("locked", true); // a reload unlocks nothing
  await become({ ...(await turns.ask()), here: true });
  await queue.keep("locked", false);
  touched = Date.now();
  isLocked = false;
}

const isIdle = () => Boolean(me?.pass) && Date.now() - touched > me.lock_after_min * 60_000;

function watch() {
  if (!isLocked && isIdle()) leave(isReached());
}

function touch() {
  touched = Date.now();
  if (touched - noted < NOTE_EVERY) return;
  noted = touched;
  queue.keep("touched", touched);
}

export async function start() {
  find("leave").addEventListener("submit", (event) => {
    event.preventDefault();
    leave(!me?.pass || isReached());
  });
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, touch, true);
  const left = await queue.recall("touched");
  const isThere = await learn();
  if (!navigator.onLine && left) touched = left;
  if (await queue.recall("locked")) leave(isThere);
  else watch();
  setInterval(watch, 5_000);
}
