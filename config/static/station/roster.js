/* The pad of the PIN; a team, which has none, is let in at the touch of its name. */
import * as pins from "./pins.js";
import * as queue from "./queue.js";

const form = document.querySelector("form.roster");
const field = form.elements.pin;
const pad = form.querySelector(".pad");

if (pad) {
  pad.hidden = false;
  form.querySelector(".plain-open").hidden = true;
  pad.addEventListener("click", ({ target }) => {
    const key = target.closest("[data-key]")?.dataset.key;
    if (key === "clear") field.value = field.value.slice(0, -1);
    else if (key && field.value.length < field.maxLength) field.value += key;
  });
}

form.addEventListener("change", ({ target }) => {
  if (target.name !== "person") return;
  if ("team" in target.dataset) form.requestSubmit();
  else field.value = "";
});

// A keyboard types the PIN wherever the focus is.
document.addEventListener("keydown", (event) => {
  if (!field || event.target === field || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^[0-9]$/.test(event.key) || event.key === "Backspace") field.focus();
});

queue.keep("locked", false).catch(() => {}); // from here the server asks who it is

// Kept on the way, so that the same PIN opens this tablet when there is no network.
form.addEventListener("submit", async (event) => {
  if (form.dataset.left || !field?.value) return;
  event.preventDefault();
  form.dataset.left = "yes";
  await pins.tried(form.elements.person.value, field.value).catch(() => {});
  form.submit();
});

// Back from the page behind: the form may leave once more.
window.addEventListener("pageshow", () => delete form.dataset.left);
