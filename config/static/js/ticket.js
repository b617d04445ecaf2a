/* A ticket: the print button, and a scanner that goes on to the next sale without a touch. */

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

const next = document.querySelector("#next");
const LABEL = 6; // signs of a code
const PAUSE = 2000; // ms: what was typed before is forgotten
let typed = "";
let last = 0;

next?.addEventListener("keydown", (event) => {
  if (event.timeStamp - last > PAUSE) typed = "";
  last = event.timeStamp;
  if (event.key === "Enter" && typed.length >= LABEL) {
    event.preventDefault();
    location.assign(`${next.href}?code=${encodeURIComponent(typed)}`);
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) typed += event.key;
});
