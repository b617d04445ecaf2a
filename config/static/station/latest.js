/* The day's arrivals: what waits here, then what the server has, newest first. */
import { plural, word } from "./page.js";
import * as picker from "./picker.js";
import * as queue from "./queue.js";
import { today } from "./saved.js";
import { count, kg, time } from "./units.js";

const row = ({ weight_g, what, at, note }) => ({ label: `${kg(weight_g)} kg, ${what}`, hint: [time(new Date(at)), note].filter(Boolean).join(" · ") });

const waiting = ({ weight_g, summary, at }) => ({ ...row({ weight_g, what: summary, at, note: word("latest-here") }), image: "wait", choose: () => {} });

function sent(arrival) {
  const { weight_g, what, occurred_at, by, number } = arrival;
  return { ...row({ weight_g, what, at: occurred_at, note: `${by} · ${number}` }), image: "saved", choose: () => ask(arrival) };
}

function ask({ number, weight_g }) {
  const see = { label: word("latest-see"), image: "see", choose: () => location.assign(`/d/${encodeURIComponent(number)}/`) };
  picker.open({ heading: `${number}, ${kg(weight_g)} kg`, options: [see], question: true });
}

export async function open(station, sum) {
  const entries = (await queue.entries()).filter(({ kind, site, state }) => kind === "arrival" && state === "waiting" && site === station.site.code);
  const latest = (today().latest ?? []).filter(({ id }) => !entries.some((entry) => entry.id === id));
  const arrivals = plural("arrival-today", "arrivals-today", sum("arrivals"), count(sum("arrivals")));
  const options = [...entries.reverse().map(waiting), ...latest.map(sent)];
  picker.open({ heading: word("latest", { weight: kg(sum("weight_g")), arrivals }), text: options.length ? "" : word("latest-none"), options, isList: true });
}
