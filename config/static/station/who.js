/* Who stands there: asked of the server, and remembered for when it does not answer. */
import * as queue from "./queue.js";
import { ask, status } from "./send.js";
import { find } from "./page.js";

let me = null; // {login, name, initials, pass, lock_after_min}
let touched = Date.now();

export const person = () => me;

function show() {
  if (!me) return;
  for (const node of document.querySelectorAll("[data-me]")) node.textContent = me[node.dataset.me] ?? "";
}

/* Ask who is signed in; the last one known where nobody answers. */
export async function learn() {
  me ??= (await queue.recall("me")) ?? null;
  show();
  try {
    const { response, answer } = await ask(find("me").dataset.path);
    status.isLoggedOut = response.status === 401;
    if (response.ok) {
      me = answer;
      await queue.keep("me", me);
    }
  } catch {
    // no network: whoever was there still is
  }
  show();
  return me;
}

/* After some idle minutes the tablet is left to whoever comes next. */
function watch() {
  const idle = Date.now() - touched;
  if (me?.pass && idle > me.lock_after_min * 60_000 && navigator.onLine) find("leave").requestSubmit();
}

export function start() {
  const leave = find("leave");
  const token = () => document.cookie.split("; ").find((pair) => pair.startsWith("csrftoken="))?.slice(10) ?? "";
  leave.addEventListener("submit", () => { leave.elements.csrfmiddlewaretoken.value = token(); });
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => { touched = Date.now(); }, true);
  setInterval(watch, 5_000);
  return learn();
}
