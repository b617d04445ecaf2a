/* The office's photo form: choose or take a picture; it is made small here, then sent. */
import { uuid } from "./sheet.js";
import { shrink } from "./shrink.js";

const form = document.querySelector("form[data-photo]");
const input = form.querySelector("input[type=file]");
const word = (name) => form.querySelector(`[data-word="${name}"]`).innerHTML;

function tell(text) {
  const line = form.querySelector("[role=alert]");
  line.textContent = text;
  line.hidden = !text;
}

async function post(picture) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const response = await fetch(form.dataset.photo, { method: "POST", headers, body: JSON.stringify({ id: uuid(), picture }) });
  if (response.ok) return location.reload();
  const answer = await response.json().catch(() => null);
  return tell(answer?.detail?.map(({ msg }) => msg).join(" ") ?? word("silent"));
}

async function chosen() {
  const [file] = input.files;
  if (!file) return;
  const busy = form.querySelector("[data-busy]");
  tell("");
  busy.hidden = false;
  try {
    const picture = await shrink(file).catch(() => null);
    if (picture) await post(picture);
    else tell(word("broken"));
  } catch {
    tell(word("silent"));
  }
  busy.hidden = true;
  input.value = "";
}

input.addEventListener("change", chosen);
