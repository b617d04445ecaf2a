/* What is left to share out, kept in view: data-whole names a field, or says a number. */
const form = document.querySelector("form[data-whole]");
const rest = form?.querySelector("[data-rest]");

const number = (text) => Number(text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".")) || 0;
const shown = (value) => (Math.round(value * 1000) / 1000).toLocaleString(document.documentElement.lang);

const whole = () => {
  const { whole: said } = form.dataset;
  if (said.endsWith("g")) return Number(said.slice(0, -1)) / 1000;
  return Number(said) || number(form.elements[said]?.value ?? "");
};

const update = () => {
  const parts = [...form.elements].filter((field) => field.name?.match(`^lines-\\d+-${form.dataset.parts}$`));
  const left = whole() - parts.reduce((sum, field) => sum + number(field.value), 0);
  rest.hidden = !whole();
  rest.classList.toggle("even", Math.abs(left) < 0.0005);
  rest.classList.toggle("over", left <= -0.0005);
  rest.querySelector("output").value = shown(left);
};

if (rest) {
  form.addEventListener("input", update);
  update();
}
