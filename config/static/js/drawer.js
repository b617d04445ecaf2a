/* The drawer counted: each piece's sum, and all of them, as they are typed. */
const euros = new Intl.NumberFormat(document.documentElement.lang || "fr", { style: "currency", currency: "EUR" });
const inputs = [...document.querySelectorAll("[data-piece]")];
const whole = document.querySelector("[data-pieces-sum]");

const cents = (input) => Number(input.dataset.piece) * Math.max(0, Math.trunc(Number(input.value) || 0));

function draw() {
  for (const input of inputs) input.parentElement.querySelector("[data-sum]").textContent = input.value ? euros.format(cents(input) / 100) : "";
  const sum = inputs.reduce((total, input) => total + cents(input), 0);
  whole.hidden = false;
  whole.querySelector("output").textContent = euros.format(sum / 100);
}

for (const input of inputs) input.addEventListener("input", draw);
if (whole) draw();
