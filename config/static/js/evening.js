/* The evening sheet: what each part adds up to while it is typed; Enter goes on to the next field. */
const form = document.querySelector("[data-evening]");
const UNITS = { kg: { step: 1000, least: 1, most: 3 }, euros: { step: 100, least: 2, most: 2 } };

/* Whole grams or cents: "1 250,5" is 1250500 g. What is no number counts for nothing. */
function whole(text, { step }) {
  const plain = text.replaceAll(/[\s\u00a0\u202f]|kg$|€$/g, "").replace(",", ".");
  return /^\d+(\.\d*)?$/.test(plain) ? Math.round(Number(plain) * step) : 0;
}

function add(part) {
  const unit = UNITS[part.dataset.sums];
  const fields = part.querySelectorAll("input.n[inputmode=decimal]");
  const sum = [...fields].reduce((all, field) => all + whole(field.value, unit), 0);
  const digits = { minimumFractionDigits: unit.least, maximumFractionDigits: unit.most };
  part.querySelector("output").value = (sum / unit.step).toLocaleString(document.documentElement.lang, digits);
}

function start(part) {
  part.querySelector("[data-sum]").hidden = false;
  part.addEventListener("input", () => add(part));
  add(part);
}

/* Enter must not ask for more lines, nor send half a sheet. */
function goOn(event) {
  if (event.key !== "Enter" || !event.target.matches("input, select")) return;
  event.preventDefault();
  const fields = [...form.elements].filter((each) => each.checkVisibility() && each.type !== "hidden" && !each.disabled);
  fields[fields.indexOf(event.target) + 1]?.focus();
}

if (form) {
  for (const part of form.querySelectorAll("[data-sums]")) start(part);
  form.addEventListener("keydown", goOn);
}
