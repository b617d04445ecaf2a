/* Track: a label is scanned, the object opens with its whole life. */
import * as catalogue from "./catalogue.js";
import * as floor from "./floor.js";
import * as life from "./life.js";
import { find, h, icon, plural, say, word } from "./page.js";
import * as picker from "./picker.js";
import * as queue from "./queue.js";
import * as reader from "./reader.js";
import * as saved from "./saved.js";
import * as send from "./send.js";
import { uuid } from "./sheet.js";
import * as sounds from "./sounds.js";
import { count, kg } from "./units.js";
import { person } from "./who.js";

const station = JSON.parse(find("station").textContent);
const KEPT = `tracked:${station.site.code}`;
const MOST = 8; // objects seen before
let seen = [];
let shown = null;
let asked = 0;

/* Opening */

async function answerOf(code) {
  try {
    return await send.ask(`${station.api}inventory/items/${encodeURIComponent(code)}/life`, { pass: person()?.pass });
  } catch {
    return null; // no network
  }
}

/* Open what wears this code: all of it from the server, else what this tablet knows. */
async function open(code) {
  const turn = (asked += 1);
  picker.close();
  const item = catalogue.get(code);
  if (item && shown?.code !== code) show({ ...life.card(item, station), isAsked: true });
  find("object").setAttribute("aria-busy", "true");
  const got = await answerOf(code);
  if (turn !== asked) return; // another was scanned meanwhile
  if (got?.response.ok) return show(got.answer);
  if (item && (!got || send.isLater(got.response))) return show(life.card(item, station));
  fail(code, got);
}

function fail(code, got) {
  find("object").removeAttribute("aria-busy");
  if (!got || send.isLater(got.response)) return reader.tell(word("needs-network", { code }));
  if (got.response.status === 401) return reader.tell(word("login"));
  const reason = got.response.status === 403 ? word("not-yours") : word("no-such-code", { code });
  return reader.tell(reason, reader.meant(code));
}

function show(object) {
  const isNew = shown?.code !== object.code;
  shown = object;
  find("object").removeAttribute("aria-busy");
  life.draw(object, { station, act, open });
  history.replaceState(null, "", `?code=${object.code}`);
  if (!isNew) return;
  sounds.added();
  say(word("opened", { title: object.title, state: object.state_word, place: object.place_name }));
  seen = [{ code: object.code, title: object.title }, ...seen.filter(({ code }) => code !== object.code)].slice(0, MOST);
  queue.keep(KEPT, seen);
  drawSeen();
  if (matchMedia("(max-width: 700px)").matches) find("object").scrollIntoView({ block: "start" });
}

function drawSeen() {
  const one = ({ code, title }) => h("li", {}, h("button", { type: "button", class: "btn big full", "aria-current": code === shown?.code ? "true" : undefined, onclick: () => open(code) }, h("b", { class: "item-code" }, code), h("span", {}, title)));
  find("seen").replaceChildren(...seen.map(one));
  find("seen-box").hidden = !seen.length;
}

/* Acts: kept on the tablet first, as everything else. */

const entry = (kind, path, title, said) => {
  const id = uuid();
  const body = { id, site: station.site.code, occurred_at: send.now().toISOString(), ...said };
  return {
    id, at: Date.now(), kind, site: station.site.code, path: `${station.api}inventory/${path}`, body: JSON.stringify(body),
    summary: title.slice(0, 500), title, told: `${shown.code}, ${kg(shown.weight_g)} kg`, weight_g: shown.weight_g, counts: {}, ...saved.signed(),
  };
};

async function put(made, after) {
  try {
    await queue.add(made);
  } catch {
    return reader.tell(word("not-kept"));
  }
  saved.show(made);
  sounds.saved();
  say(made.title);
  show({ ...shown, ...after });
  return send.flush();
}

let carried = null; // the latest move, for when it is taken back

function move(place) {
  const title = word("moved", { title: shown.title, place: place.name });
  carried = { code: shown.code, place: shown.place, place_name: shown.place_name };
  catalogue.carried([shown.code], place.code);
  return put(entry("move", "moves", title, { to_place: place.code, items: [shown.code] }), { place: place.code, place_name: place.name });
}

function found(place) {
  const title = word("found-again", { title: shown.title, place: place.name });
  const after = { state: "in_stock", state_word: word("in-stock"), place: place.code, place_name: place.name, may_find: false };
  return put(entry("find", "finds", title, { item: shown.code, place: place.code }), after);
}

function lose(reason) {
  const title = word("lost", { title: shown.title });
  const after = { state: "lost", state_word: word("missing"), may_lose: false, may_move: false, doors: [] };
  return put(entry("loss", "losses", title, { item: shown.code, reason }), after);
}

function askLoss() {
  const options = [
    { label: word("loss"), image: "lost", choose: () => lose("loss") },
    { label: word("theft"), image: "alert", choose: () => lose("theft") },
    { label: word("keep-looking"), image: "undo", main: true, choose: () => {} },
  ];
  picker.open({ heading: word("lose-sure", { title: shown.title }), text: word("lose-text"), options, question: true });
}

function act(what, place) {
  if (what === "move") return move(place);
  if (what === "find") return found(place);
  return askLoss();
}

/* What the server has recorded is shown as it is now. */
function again() {
  if (shown) open(shown.code);
}

function undone() {
  if (!carried) return again();
  catalogue.carried([carried.code], carried.place);
  if (shown?.code === carried.code) show({ ...shown, ...carried });
  carried = null;
  return undefined;
}

/* Start */

reader.start(open, () => picker.close());
const total = () => [count(catalogue.size()), plural("object-here", "objects-here", catalogue.size(), "").trim()];
let isStarted = false;
catalogue.onChange(() => isStarted && saved.draw());
send.onSent((_entry, { outcome }) => outcome === "saved" && again());
const started = floor.start({ station, screen: "track", kinds: [], undone, day: { show: total } });
seen = (await queue.recall(KEPT)) ?? [];
drawSeen();
const known = catalogue.start(station);
await started;
isStarted = true;
await known;
saved.draw();
const wanted = new URLSearchParams(location.search).get("code");
if (wanted && !shown) reader.take(wanted);
