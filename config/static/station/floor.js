/* What every screen of the floor does beside its own work: keep, send, show who and what waits. */
import { find } from "./page.js";
import * as offline from "./offline.js";
import * as saved from "./saved.js";
import * as send from "./send.js";
import * as sounds from "./sounds.js";
import * as waiting from "./waiting.js";
import * as who from "./who.js";

/* What was chosen in the menu shows behind it. */
function fold({ target, currentTarget }) {
  if (target.closest("button:not(#sound)")) currentTarget.closest("details").open = false;
}

/* `page` is what `saved.start` takes, and the `kinds` of entries whose sheet comes back to it. */
export async function start(page) {
  sounds.start(find("sound"));
  document.querySelector(".account .panel").addEventListener("click", fold);
  await saved.start(page);
  await waiting.start(page.putBack ?? (() => false), await offline.start(), page.kinds ?? []);
  await who.start();
  offline.neighbours(page.station.screens.filter(({ act }) => who.may(act)).map(({ path }) => path));
  await send.start();
}
