/* The day's arrivals: what waits here, then what the server has, newest first. */
import * as donor from "./donor.js";
import { plural, word } from "./page.js";
import * as picker from "./picker.js";
import * as queue from "./queue.js";
import { today } from "./saved.js";
import { count, kg, time } from "./units.js";

const row = ({ weight_g, what, at, note }) => ({ label: `${kg(weight_g)} kg, ${what}`, hint: [time(new Date(at)), note].filter(Boolean).join(" · ") });

const waiting = (entry) => ({ ...row({ ...entry, what: entry.summary, note: word("latest-here") }), image: "wait", choose: () => ask({ ...entry, number: word("document-here") }, true) });

function sent(arrival) {
  const { weight_g, what, occurred_at, by, number } = arrival;
  return { ...row({ weight_g, what, at: occurred_at, note: `${by} · ${number}` }), image: "saved", choose: () => ask(arrival) };
}

function ask(arrival, isHere = false) {
  const { number, weight_g } = arrival;
  const address = `/d/${encodeURIComponent(number)}/`;
  const slip = { label: word("latest-slip"), image: "slip", main: true, choose: () => window.open(`${address}recu.pdf`, "_blank") };
  const see = { label: word("latest-see"), image: "see", choose: () => location.assign(address) };
  const name = { label: word("donor"), image: "sign", choose: () => donor.ask(arrival) };
  picker.open({ heading: `${number}, ${kg(weight_g)} kg`, options: isHere ? [name] : [slip, name, see], question: true });
}

export async function open(station, sum) {
  const entries = (await queue.entries()).filter(({ kind, site, state }) => kind === "arrival" && state === "waiting" && site === station.site.code);
  const latest = (today().latest ?? []).filter(({ id }) => !entries.some((entry) => entry.id === id));
  const arrivals = plural("arrival-today", "arrivals-today", sum("arrivals"), count(sum("arrivals")));
  const options = [...entries.reverse().map(waiting), ...latest.map(sent)];
  picker.open({ heading: word("latest", { weight: kg(sum("weight_g")), arrivals }), text: options.length ? "" : word("latest-none"), options, isList: true });
}
