/* A ticket: the print button, what a refund comes to, and a scanner that goes on to the next sale
   without a touch. */

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Shares of a line rounded down, as the server counts them: taken one by one they add up to it.

const total = document.querySelector("[data-sum]");
const lines = [...document.querySelectorAll("[data-cents]")];
const amount = { minimumFractionDigits: 2, maximumFractionDigits: 2 };

function worth(line) {
  const [cents, sold, back] = ["cents", "sold", "back"].map((name) => Number(line.dataset[name]));
  const field = line.querySelector("input");
  const count = field.type === "checkbox" ? Number(field.checked) : Math.trunc(Number(field.value)) || 0;
  const part = (taken) => Math.floor((cents * taken) / sold);
  return part(Math.min(Math.max(back + count, back), sold)) - part(back);
}

function count() {
  const cents = lines.reduce((sum, line) => sum + worth(line), 0);
  total.querySelector("output").value = `${(cents / 100).toLocaleString(document.documentElement.lang, amount)}\u00a0€`;
}

if (total) {
  total.hidden = false;
  total.closest("form").addEventListener("input", count);
  count();
}

// After a sale the scanner types wherever the cursor is left, on the print button too.

const next = document.querySelector("#next");
const LABEL = 6; // signs of a code
const PAUSE = 2000; // ms: what was typed before is forgotten
let typed = "";
let last = 0;

if (next) {
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select")) return;
    if (event.timeStamp - last > PAUSE) typed = "";
    last = event.timeStamp;
    if (event.key === "Enter" && typed.length >= LABEL) {
      event.preventDefault();
      location.assign(`${next.href}?code=${encodeURIComponent(typed)}`);
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) typed += event.key;
  });
}
