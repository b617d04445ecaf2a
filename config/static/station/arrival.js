/* How it arrived, where from and where to: the row above, and the containers. */
import { chip, find, h, icon, word } from "./page.js";
import * as picker from "./picker.js";
import { kg } from "./units.js";

/* The first few as chips; the last chip opens the rest, and takes the name of what was chosen there. */
function row(box, { items, chosen, room, choose, more, heading, optional, extra = () => ({}), tail = () => [] }) {
  const shown = items.length <= room ? items : items.slice(0, room - 1);
  const chips = shown.map((item) => {
    const pressed = item === chosen;
    return chip(item.name, pressed, () => choose(pressed && optional ? null : item), ...tail(item));
  });
  const other = chosen && !shown.includes(chosen) ? chosen : null;
  const options = () => items.map((item) => ({ label: item.name, pressed: item === chosen, choose: () => choose(item), ...extra(item) }));
  const none = optional ? [{ label: optional, pressed: !chosen, choose: () => choose(null) }] : [];
  const ask = () => picker.open({ heading, options: [...none, ...options()] });
  if (shown.length < items.length) {
    const last = chip(other?.name ?? more, Boolean(other), ask, ...(other ? tail(other) : []));
    last.setAttribute("aria-haspopup", "true");
    chips.push(last);
  }
  // On a phone one chip says what is chosen and opens the list.
  const only = h("button", { type: "button", class: "chip only", "aria-haspopup": "true", "aria-pressed": String(Boolean(chosen)), onclick: ask }, icon("check"), h("span", {}, h("small", {}, heading), chosen?.name ?? optional ?? word("choose")));
  box.replaceChildren(...chips, only);
}

let drawn = {};

export function draw({ station, chosen, pick }) {
  if (["mode", "origin", "target", "container"].every((name) => drawn[name] === chosen[name])) return;
  drawn = { ...chosen };
  row(find("modes").querySelector(".set"), {
    items: station.modes, chosen: chosen.mode, room: 3, choose: (mode) => pick({ mode }), more: word("other"), heading: word("mode"),
    extra: ({ icon: image }) => ({ image }),
  });
  find("origins").hidden = station.origins.length === 0;
  row(find("origins").querySelector(".set"), {
    items: station.origins, chosen: chosen.origin, room: 5, choose: (origin) => pick({ origin }), more: word("other"), heading: word("origin"),
    optional: word("not-asked"),
  });
  const swatch = (target) => (target.fate ? [h("span", { class: "swatch", "data-fate": target.fate, "aria-hidden": "true" })] : []);
  const targets = {
    items: station.destinations, chosen: chosen.target, room: 4, choose: (target) => pick({ target }), more: word("other"), heading: word("target"),
    optional: word("sort"), extra: ({ fate }) => ({ fate }), tail: swatch,
  };
  find("goes").hidden = find("targets").hidden = station.destinations.length === 0;
  row(find("goes"), targets);
  row(find("targets").querySelector(".set"), targets);
  drawContainers({ station, chosen, pick });
}

/* Which container lies on the scale with its load. */
export function drawContainers({ station, chosen, pick }) {
  const box = find("tares");
  box.hidden = station.containers.length === 0;
  const tare = ({ tare_g }) => `−\u00a0${kg(tare_g)}`;
  const button = (label, small, pressed, onclick, kind = "") =>
    h("button", { type: "button", class: `chip ${kind}`, "aria-pressed": String(pressed), onclick }, h("span", {}, label), h("small", {}, small));
  const none = button(word("none"), "0", !chosen.container, () => pick({ container: null }));
  const shown = station.containers.length <= 3 ? station.containers : station.containers.slice(0, 2);
  const chips = shown.map((each) => button(each.name, tare(each), each === chosen.container, () => pick({ container: each === chosen.container ? null : each })));
  const options = [
    { label: word("none"), pressed: !chosen.container, choose: () => pick({ container: null }) },
    ...station.containers.map((each) => ({ label: each.name, hint: `${tare(each)} kg`, image: each.icon, pressed: each === chosen.container, choose: () => pick({ container: each }) })),
  ];
  const ask = () => picker.open({ heading: word("container"), options });
  const rest = station.containers.length - shown.length;
  const other = chosen.container && !shown.includes(chosen.container) ? chosen.container : null;
  if (rest) chips.push(button(other?.name ?? word("more"), other ? tare(other) : word("more-count", { n: rest }), Boolean(other), ask));
  const label = chosen.container?.name ?? word("container");
  const only = button(label, chosen.container ? tare(chosen.container) : word("none"), Boolean(chosen.container), ask, "only");
  box.replaceChildren(none, ...chips, only);
  box.dataset.count = String(chips.length + 1);
}
