/* A ticket: printed when it was asked for, what a refund comes to, and a scanner that goes on to the next sale
   without a touch. */

const next = document.querySelector("#next");

if (document.querySelector("[data-print-now]")) {
  const address = new URL(location);
  address.searchParams.delete("copie"); // a reload would be another print of the same copy
  history.replaceState(null, "", address);
  window.print();
  next?.focus();
}

// After a sale, whatever has the focus, a scan is the first line of the next one.

if (next) {
  document.addEventListener("scan", (event) => {
    event.preventDefault();
    location.assign(`${next.href}?code=${encodeURIComponent(event.detail)}`);
  });
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

// Pressed once is enough: the answer is on its way.

for (const form of document.querySelectorAll("main form[method=post]:not([data-again])")) {
  const wait = (is) => {
    form.toggleAttribute("data-sent", is);
    form.classList.toggle("busy", is);
    form.setAttribute("aria-busy", is);
  };
  form.addEventListener("submit", (event) => (form.hasAttribute("data-sent") ? event.preventDefault() : wait(true)));
  addEventListener("pageshow", () => wait(false));
}
