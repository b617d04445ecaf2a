/* "More lines" without a round trip: one empty line, numbered after the last. */

function blankLine(blank, index) {
  const holder = document.createElement("template");
  holder.innerHTML = blank.innerHTML.replaceAll("__prefix__", index).replaceAll("__n__", index + 1);
  return holder.content.firstElementChild;
}

for (const box of document.querySelectorAll("[data-lines]")) {
  const [button, blank] = ["[data-more]", "template[data-line]"].map((name) => box.parentElement.querySelector(name));
  const total = document.querySelector(`[name="${box.dataset.lines}-TOTAL_FORMS"]`);
  button?.addEventListener("click", (event) => {
    event.preventDefault();
    const line = blankLine(blank, Number(total.value));
    box.append(line);
    total.value = Number(total.value) + 1;
    line.querySelector("select, input").focus();
  });
}
