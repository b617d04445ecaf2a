/* A scanner types faster than anybody, then Enter. Wherever that happens outside a field, it goes
   to the page's list of codes or is looked for; a page that knows better prevents "scan". */

const LABEL = 6; // signs of a code
const PAUSE = 80; // ms between two keys: no hand is that fast six times over
const finder = document.querySelector("form.find");
const list = document.querySelector("textarea.codes");
let said = "";
let last = 0;
let begun = false; // a form that somebody has begun is not left for a scan

const types = (target) => target.matches?.("textarea, select, input:not([type=checkbox], [type=radio])");

function take(code) {
  if (list) {
    list.value = [...list.value.split("\n").filter(Boolean), code, ""].join("\n");
  } else if (finder) {
    finder.elements.q.value = code;
    if (begun) ready(finder.elements.q);
    else finder.requestSubmit();
  }
}

// What is typed next replaces what was looked for: two scans are not one long word.

function ready(field) {
  field?.focus();
  field?.select();
}

ready(document.querySelector("search [autofocus]"));

document.addEventListener("input", ({ target }) => {
  begun ||= target.form?.getAttribute("method") === "post";
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || types(event.target) || event.ctrlKey || event.metaKey) return;
  if (event.timeStamp - last > PAUSE) said = "";
  if (event.key === "Enter" && said.length >= LABEL) {
    event.preventDefault(); // it is not meant for the button that happens to have the focus
    const scan = new CustomEvent("scan", { detail: said, cancelable: true });
    if (document.dispatchEvent(scan)) take(said);
    said = "";
  } else if (event.key.length === 1) {
    said += event.key;
    last = event.timeStamp;
  }
});
