/* An object on the screen: what it is, what may be done now, its life from arrival to exit. */
import { find, h, icon, plural, word } from "./page.js";
import { count, kg } from "./units.js";

const euros = new Intl.NumberFormat(document.documentElement.lang || "fr", { style: "currency", currency: "EUR", trailingZeroDisplay: "stripIfInteger" });
export const price = (cents) => euros.format(cents / 100).replaceAll("\u202f", "\u00a0");

const STATES = { in_stock: ["ok", "warehouse"], in_transit: ["warn", "truck"], lost: ["bad", "lost"], dismantled: ["", "wrench"] };

function tag({ state, state_word, fate, left }) {
  const [kind, image] = STATES[state] ?? ["end", `fate-${fate}`];
  const text = STATES[state] || !left ? state_word : word("left-on", { state: state_word, day: left });
  return h("span", { class: `tag ${kind}`, "data-fate": fate ?? undefined }, fate ? h("span", { class: "swatch", "aria-hidden": "true" }) : null, icon(image), text);
}

function facts(object) {
  const where = [object.place_name, object.site_name].filter(Boolean).join(", ");
  const rows = [
    [word("weight"), `${kg(object.weight_g)} kg`],
    [word("price"), object.price_cents === null ? word("no-price") : price(object.price_cents)],
    [word("place"), object.state === "in_stock" ? where : ""],
    [word("condition"), object.condition],
    [word("origin"), object.brought],
    [word("here-for"), object.days === undefined ? "" : plural("day-one", "day-many", object.days, count(object.days))],
  ];
  return h("dl", { class: "object-facts" }, ...rows.filter(([, value]) => value).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

function head(object) {
  const image = icon(object.icon) ?? icon("tag"); // a sub-category may have one of its own
  const category = h("span", { class: "tag cat-tag", "data-cat": object.colour }, image, object.category);
  return h("header", { class: "object-head" },
    h("p", { class: "code" }, object.code),
    h("div", {}, h("h2", { id: "object-title", tabindex: "-1" }, object.title), h("p", { class: "row tags" }, tag(object), category)));
}

/* Acts: those done here, then the pages of the others. */
function acts(object, { station, act }) {
  const isHere = object.site === station.site.code;
  const places = isHere ? station.places : [];
  const others = object.may_move ? places.filter(({ code }) => code !== object.place) : [];
  const button = (image, text, ...what) => h("button", { type: "button", class: "btn huge", onclick: () => act(...what) }, icon(image), h("span", {}, text));
  const here = others.map((place) => button(`use-${place.use}`, word("move-to", { place: place.name }), "move", place));
  if (object.may_find) here.push(...places.map((place) => button("found", word("found-in", { place: place.name }), "find", place)));
  const doors = (object.doors ?? []).map(({ word: text, icon: image, path }) => h("a", { class: "btn huge", href: path }, icon(image), h("span", {}, text)));
  const lost = object.may_lose && isHere ? [button("lost", word("lose"), "lose")] : [];
  const all = [...here, ...doors, ...lost];
  return all.length ? h("nav", { class: "object-acts", "aria-label": word("what-to-do") }, ...all) : null;
}

function relatives(object, open) {
  const one = ({ word: text, code, title, state }) => h("button", { type: "button", class: "btn big", onclick: () => open(code) },
    icon("link"), h("span", {}, h("small", {}, text), " ", h("b", { class: "item-code" }, code), " ", title, h("small", {}, ` · ${state}`)));
  return object.relatives?.length ? h("div", { class: "relatives", role: "group", "aria-label": word("relatives") }, ...object.relatives.map(one)) : null;
}

function step(each, at, all) {
  const isEnd = each.fate && at === all.length - 1;
  const name = each.path ? h("a", { href: each.path }, each.word) : each.word;
  const ends = h("span", { class: "ends" }, each.from, " → ", h("b", {}, each.to));
  return h("li", { class: each.is_undone ? "undone" : undefined },
    h("time", { datetime: each.at }, h("b", {}, each.day), ` ${each.time}`),
    h("span", { class: isEnd ? "stop end" : "stop", "data-fate": each.fate ?? undefined }, icon(each.icon)),
    h("div", { class: "body" }, h("h3", {}, name),
      h("p", {}, ends, " ", h("span", { class: "muted nw" }, each.number), each.by ? `, ${each.by}` : ""),
      each.note ? h("p", { class: "muted" }, each.note) : null),
    h("p", { class: "w" }, `${kg(each.weight_g)} kg`, each.is_lot ? h("small", {}, word("the-lot")) : null));
}

function line(object) {
  if (object.isAsked) return null; // its life is on the way
  if (!object.steps) return h("p", { class: "note" }, icon("off"), h("span", {}, word("life-needs-network")));
  return h("section", { "aria-labelledby": "life-title" }, h("h3", { id: "life-title", class: "life-title" }, word("life")),
    h("ol", { class: "trace" }, ...object.steps.map(step)));
}

/* Show an object: its whole life, or the card that this tablet keeps of it. */
export function draw(object, { station, act, open }) {
  const parts = [head(object), facts(object), acts(object, { station, act }), relatives(object, open), line(object)];
  find("object").replaceChildren(...parts.filter(Boolean));
  find("object").scrollTop = 0;
}

/* The card of an object in the cached catalogue. */
export function card(item, station) {
  const kinds = station.tiles.flatMap((tile) => [tile, ...tile.leaves.map((leaf) => ({ ...leaf, icon: tile.icon, colour: tile.colour }))]);
  const kind = kinds.find(({ code }) => code === item.category);
  const place = station.places.find(({ code }) => code === item.place);
  const name = kind?.name ?? item.category;
  return {
    ...item, title: item.title || name, category: name, icon: kind?.icon ?? "", colour: kind?.colour ?? "div",
    state: "in_stock", state_word: word("in-stock"), fate: null, site: station.site.code, site_name: station.site.name, place_name: place?.name ?? item.place,
    condition: "", brought: "", may_move: true,
  };
}
