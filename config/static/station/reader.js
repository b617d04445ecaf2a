/* Codes from wherever they come: a scanner, the camera, or a hand; a slip is told before anybody is asked. */
import * as camera from "./camera.js";
import * as catalogue from "./catalogue.js";
import * as codes from "./codes.js";
import * as keys from "./keys.js";
import { find, h, say, word } from "./page.js";
import * as sounds from "./sounds.js";

const MOST = 4; // codes offered instead
const field = find("code");
let open = () => {};
let other = () => false; // told what may be no label, says whether it was none

/* Say what is wrong, and offer what may have been meant. */
export function tell(text, offered = []) {
  const choice = (code) => h("button", { type: "button", class: "btn big full", onclick: () => take(code) }, h("b", { class: "item-code" }, code), h("span", {}, catalogue.get(code)?.title ?? ""));
  find("told").replaceChildren(h("p", {}, text), ...offered.slice(0, MOST).map(choice));
  find("told").hidden = false;
  sounds.wrong();
  say(text);
}

export function hush() {
  find("told").hidden = true;
  find("told").replaceChildren();
}

export const meant = (code) => codes.near(code, catalogue.codes());

/* Why it can be no code: too long, a sign that we never print, or a check that does not fit. */
function fault(code) {
  if (code.length !== codes.LENGTH) return word("code-length", { n: code.length });
  if (!codes.isShaped(code)) return word("code-signs");
  const [one, ...others] = meant(code);
  const place = one && !others.length ? codes.slips(code, one) : [];
  return place.length === 1 ? word("code-check-at", { code, n: place[0] }) : word("code-check", { code });
}

export function take(text) {
  if (other(text)) return void (field.value = "");
  const code = codes.normalise(text);
  if (!codes.isValid(code)) return tell(fault(code), meant(code));
  hush();
  field.value = "";
  return open(code);
}

/* `onCode` is given right codes; `escape()` a key pressed, and so are `hands` other keys. */
export function start(onCode, escape = () => {}, hands = {}) {
  [open, other] = [onCode, hands.other ?? other];
  find("typing").addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) take(field.value);
  });
  camera.start(find("camera"), take);
  const nothing = () => {};
  keys.start({ press: nothing, enter: nothing, escape, scanned: take, isText: () => false, state: nothing, ...hands });
}
