/* The keyboard: a person's keys one by one, and what a scanner or a scale types faster than anybody. */

const PAUSE = 80; // ms between two keys: no hand is that fast
const REST = 400; // what comes sooner after other keys may be the end of something longer
const HELD = 150; // ms that a blank waits for what may follow it
const CODE = 6; // signs of the shortest label

const editable = "input, textarea, select";
const touched = "button, summary";

/* A machine's text is whole: it began after a rest, and all of it came at speed. */
let said = "";
let latest = { at: -REST, target: null };
let isWhole = true;
let before = null; // what stood there before it began

function follow(event, state) {
  const gap = event.timeStamp - latest.at;
  if (gap > PAUSE) {
    said = "";
    isWhole = gap >= REST;
    before = state();
  }
  const moved = event.target !== latest.target;
  latest = { at: event.timeStamp, target: event.target };
  return moved;
}

const isMachine = (isText) => isWhole && (said.length >= CODE || isText(said));

/* A blank presses the button that has the focus, unless a machine goes on typing behind it. */
let blank = null;

function holdBlank(event) {
  const button = event.target.closest(touched);
  if (!button) return;
  event.preventDefault();
  if (!event.repeat) blank = setTimeout(() => button.click(), HELD);
}

/* `press(key)`, `enter()`, `escape()` for a person; `scanned(text, before)` for a machine, where
   `isText` knows short texts by their shape, and `state()` is what `before` brings back. */
export function start({ press, enter, escape, scanned, isText, state }) {
  document.addEventListener("keydown", (event) => {
    if (event.target.closest(editable) || event.ctrlKey || event.metaKey || event.altKey) return;
    clearTimeout(blank);
    const moved = follow(event, state);
    if (event.key === "Enter" && !moved && isMachine(isText)) {
      event.preventDefault(); // it is not meant for the button that happens to have the focus
      scanned(said, before);
      [said, latest] = ["", { at: -REST, target: null }];
      return;
    }
    if (event.key.length === 1 && !event.repeat) said += event.key;
    byHand(event, { press, enter, escape });
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === " " && event.target.closest(touched)) event.preventDefault();
  });
}

function byHand(event, { press, enter, escape }) {
  const key = event.key === "." ? "," : event.key;
  if (/^[0-9,]$/.test(key) || key === "Backspace") {
    event.preventDefault();
    press(key);
  } else if (key === " ") holdBlank(event);
  else if (key === "Enter" && !event.target.closest("button, a, summary")) enter();
  else if (key === "Escape") escape();
}
