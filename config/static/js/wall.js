/* The wall renews its figures every half minute, each where it stands, and says how old they are. */
const wall = document.querySelector("[data-wall]");
const LONG = 70; // signs of a word that is written smaller
const EVERY = 30_000;
const PATIENCE = 10_000;
const language = document.documentElement.lang || "fr";
const kilograms = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const integers = new Intl.NumberFormat(language);
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
let at = new Date();

const plain = (text) => text.replaceAll("\u202f", "\u00a0");
const kg = (grams) => plain(kilograms.format(grams / 1000)).replace("-", "\u2212");
const value = (day, path) => path.split(".").reduce((found, key) => found[key], day);

/* What has not changed is left alone: nothing flickers, and no voice repeats it. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function show(day) {
  for (const each of wall.querySelectorAll("[data-text]")) write(each, day[each.dataset.text]);
  wall.querySelector(".word").classList.toggle("long", day.word.length > LONG);
  for (const each of wall.querySelectorAll("[data-kg]")) write(each, kg(value(day, each.dataset.kg)));
  for (const each of wall.querySelectorAll("[data-count]")) write(each, plain(integers.format(day[each.dataset.count])));
  for (const each of wall.querySelectorAll("[data-gone]")) each.hidden = !day.gone_g[each.dataset.gone];
}

function tell(isLate) {
  const said = wall.querySelector("[data-at]");
  write(said, wall.dataset[isLate ? "late" : "fresh"].replace("{time}", clock.format(at)));
  said.classList.toggle("late", isLate);
}

async function renew() {
  try {
    const answer = await fetch(wall.dataset.wall, { headers: { accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
    show(await answer.json());
    at = new Date();
    tell(false);
  } catch {
    tell(true); // the last figures stay, with their time
  }
  setTimeout(renew, EVERY);
}

function fill() {
  const button = wall.querySelector("[data-full]");
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
}

/* The screen of a wall must not go to sleep. */
async function stayAwake() {
  if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen").catch(() => {});
}

if (wall) {
  fill();
  stayAwake();
  document.addEventListener("visibilitychange", stayAwake);
  setTimeout(renew, EVERY);
}
