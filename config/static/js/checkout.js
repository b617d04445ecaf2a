/* The checkout, quicker: buttons answer without a reload, totals follow what is typed, a pad types.
   The server draws every answer, so that sums have one home. An answer that does not come loses
   nothing: the ticket stays, and goes again under the same id. */

const form = document.querySelector("#till");
const work = document.querySelector("#work");
const code = document.querySelector("#code");
const words = document.querySelector("#words").content;
const kept = `tracerie.till.${form.dataset.till}`; // of this structure, person and till alone
const WAITS = ["key", "category", "do", "cash"]; // may wait in line; the others name a line that could shift
const SELL = "do=sell";

const word = (name) => words.querySelector(`[data-word="${name}"]`).textContent;
const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
const lines = () => Number(work.querySelector("[name=lines-TOTAL_FORMS]").value);

function posted(pairs) {
  const body = new FormData(form);
  body.delete("code");
  for (const [name, value] of pairs) body.set(name, value);
  body.set("csrfmiddlewaretoken", cookie("csrftoken") ?? body.get("csrfmiddlewaretoken"));
  return body;
}

async function ask(body) {
  const headers = { "X-Part": "work" };
  const signal = AbortSignal.timeout?.(12000);
  const response = await fetch(form.action, { method: "POST", body, headers, credentials: "same-origin", signal });
  if (response.redirected) return { goes: response.url };
  if (response.status !== 200 && response.status !== 422) throw new Error(response.statusText);
  return { html: await response.text() };
}

// One command at a time: a scan that comes while another is on its way waits for it.

let chain = Promise.resolve();
let waiting = 0;
let latest = "";

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const button = event.submitter;
  const pressed = button?.name ? [button.name, button.value] : ["do", "scan"];
  const said = pressed.join("=");
  if (waiting && (!WAITS.includes(pressed[0]) || (said === SELL && latest === SELL))) return;
  latest = said;
  const pairs = [pressed, ["code", code.value], ["seen", work.querySelector("[name=seen]").value]];
  code.value = "";
  quiet(code);
  code.focus(); // at once: the scanner does not wait for the answer
  enqueue(() => command(pairs));
});

function enqueue(work) {
  waiting += 1;
  busy();
  chain = chain.then(work).finally(() => {
    waiting -= 1;
    busy();
  });
}

function busy() {
  form.classList.toggle("busy", waiting > 0);
  form.setAttribute("aria-busy", waiting > 0);
}

// A scan is a line of the ticket wherever the focus happens to be: on a key, on a means of payment.

document.addEventListener("scan", (event) => {
  event.preventDefault();
  scan(event.detail);
});

function scan(text) {
  code.value = text;
  form.requestSubmit();
}

// So is one that was typed into another field: no hand is that fast, and the field gets back what it held.

const PAUSE = 80; // ms between two keys
const LABEL = /^(?:\S*\/)?[0-9a-z]{6}\/?$/i; // a code, or an address that ends in one
let burst = { text: "" };

form.addEventListener("keydown", (event) => {
  const { target: field, key, timeStamp: at } = event;
  if (field === code || !field.matches("input:not([type=radio], [type=checkbox])") || event.ctrlKey || event.metaKey) return;
  const goesOn = burst.name === field.name && at - burst.at <= PAUSE;
  if (key === "Enter" && goesOn && LABEL.test(burst.text)) {
    event.preventDefault();
    field.value = burst.before;
    touched.delete(field.name);
    scan(burst.text);
  } else if (key.length === 1) {
    if (!goesOn) burst = { name: field.name, before: field.value, text: "" };
    burst.text += key;
    burst.at = at;
  }
});

async function command(pairs) {
  clearTimeout(pause);
  asked += 1; // sums still on their way are of an older ticket
  try {
    if (lost) await restore();
    const before = lines();
    touched.clear();
    const { goes, html } = await ask(posted(pairs));
    if (goes) return leave(goes);
    draw(html);
    if (lines() > before) work.querySelector(".slip li").classList.add("now");
  } catch {
    code.value ||= pairs[1][1];
    say("silent");
  }
}

function leave(url) {
  if (new URL(url).pathname.startsWith("/connexion/")) return say("login", url);
  sessionStorage.removeItem(kept);
  location.assign(url);
  return new Promise(() => {}); // nothing more is sent from here
}

// What a hand changes while an answer is on its way is newer than that answer: it stays, where its
// line is still the same.

const touched = new Set();
const about = (name) => ["item", "category", "key"].map((part) => form.elements[name.replace(/[^-]+$/, part)]?.value).join();
const values = (name) => work.querySelectorAll(`[name="${CSS.escape(name)}"]`);
const state = (field) => (field.matches("[type=radio], [type=checkbox]") ? field.checked : field.value);

function typedSince() {
  return [...touched].map((name) => ({ name, about: about(name), states: [...values(name)].map(state) }));
}

function put({ name, about: what, states }) {
  const fields = values(name);
  if (fields.length !== states.length || about(name) !== what) return touched.delete(name);
  fields.forEach((field, n) => (field[typeof states[n] === "boolean" ? "checked" : "value"] = states[n]));
  fields[0].closest("details")?.setAttribute("open", "");
}

function draw(html) {
  const [newer, count] = [typedSince(), lines()];
  const hand = { name: document.activeElement.name, pad: target?.name, typing: typing?.name };
  work.innerHTML = html;
  typing = null;
  for (const each of newer) {
    if (lines() < count && each.name.startsWith("lines-")) touched.delete(each.name);
    else put(each);
  }
  settle();
  if (touched.size) pause = setTimeout(follow, 150);
  if (touched.has(hand.pad)) target = values(hand.pad)[0];
  if (touched.has(hand.typing)) typing = values(hand.typing)[0];
  if (document.activeElement === code && code.value) return; // a scan is being typed: let it be
  if (touched.has(hand.name)) return [...values(hand.name)].find((field) => field.type !== "radio" || field.checked)?.focus();
  const wanted = work.querySelector("[autofocus]") ?? code;
  quiet(wanted);
  wanted.focus();
  wanted.select();
}

// A tablet's own keyboard comes up for a finger, not for a cursor that we put there ourselves.

const quiet = (field) => (field.inputMode = "none");
form.addEventListener("pointerdown", ({ target: field }) => {
  if (field.matches("input")) field.inputMode = field.matches(".n") ? "decimal" : "text";
});

function settle() {
  work.querySelector("[data-pad]").hidden = false;
  keep();
}

function keep() {
  if (lost) return; // an older ticket is still to be found again
  if (lines()) sessionStorage.setItem(kept, JSON.stringify([...posted([])].filter(([name]) => name !== "csrfmiddlewaretoken")));
  else sessionStorage.removeItem(kept);
}

function say(name, login) {
  const note = document.createElement("div");
  note.className = "note bad";
  note.setAttribute("role", "alert");
  const text = document.createElement("p");
  text.textContent = word(name);
  if (login) {
    const link = document.createElement("a");
    Object.assign(link, { href: login, target: "_blank", textContent: word("login-link") });
    text.append(" ", link);
  }
  note.append(document.createElement("span"), text);
  work.querySelector("#said").replaceChildren(note);
}

// What is typed in a field shows in the sums a moment later; the field itself is left alone.

let pause;
let asked = 0;

work.addEventListener("input", ({ target: field }) => {
  touched.add(field.name);
  keep();
  clearTimeout(pause);
  pause = setTimeout(follow, 150);
});

async function follow() {
  if (waiting) return;
  const mine = ++asked;
  const answer = await ask(posted([["do", "scan"]])).catch(() => ({}));
  if (!answer.html || waiting || mine !== asked) return;
  const drawn = document.createElement("template");
  drawn.innerHTML = answer.html;
  for (const part of drawn.content.querySelectorAll("[data-live]")) {
    work.querySelector(`[data-live="${part.dataset.live}"]`)?.replaceWith(part);
  }
}

// The pad types where the cursor last was among the amounts; its first digit replaces what is there.

let target = null;
let typing = null;

work.addEventListener("focusin", ({ target: field }) => {
  if (field.matches("input.n")) [target, typing] = [field, typing === field ? field : null];
});
code.addEventListener("focus", () => (target = null));
work.addEventListener("pointerdown", (event) => event.target.closest("[data-key]") && event.preventDefault());
work.addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]")?.dataset.key;
  if (!key) return;
  const field = target?.isConnected ? target : work.querySelector("[name=received]");
  const text = typing === field ? field.value : "";
  field.value = key === "Backspace" ? field.value.slice(0, -1) : text + key;
  typing = field;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// On a tablet somebody else may take over: the ticket under way goes to whoever types their PIN next.

function adopt() {
  const turn = document.querySelector("[data-turn]");
  if (!turn) return;
  const handed = `tracerie.turn.${turn.dataset.turn}`;
  move(handed, kept);
  turn.addEventListener("click", () => move(kept, handed));
}

function move(from, to) {
  const ticket = sessionStorage.getItem(from);
  if (ticket) sessionStorage.setItem(to, ticket);
  sessionStorage.removeItem(from);
}

// A page that was left, or reloaded, finds its ticket again; what it was opened with comes on top.

adopt();
let lost = sessionStorage.getItem(kept);
const address = new URL(location);
const brought = address.searchParams.get("code");

async function restore() {
  const pairs = JSON.parse(lost);
  for (const [name, value] of pairs.filter(([name]) => name === "show" || name === "others")) {
    const box = form.querySelector(`[name="${name}"][value="${CSS.escape(value)}"]`);
    if (box) box.checked = true;
  }
  const { html } = await ask(posted(pairs));
  if (!html) throw new Error("no ticket");
  lost = null;
  draw(html);
}

async function find() {
  await restore().catch(() => say("silent"));
  if (brought) await command([["do", "scan"], ["code", brought]]);
}

quiet(code);
if (lost) enqueue(find);
else settle();
if (brought) {
  address.searchParams.delete("code"); // read once: a reload is not another scan
  history.replaceState(null, "", address);
}

// Back from the ticket, the browser may show this page as it was left: with what is sold by now.

addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
