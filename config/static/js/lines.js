/* "More lines" without a round trip: one empty line, numbered after the last. */
const box = document.querySelector("[data-lines]");
const button = document.querySelector("[data-more]");
const blank = document.querySelector("template[data-line]");

if (box && button && blank) {
  const total = document.querySelector(`[name="${box.dataset.lines}-TOTAL_FORMS"]`);
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const index = Number(total.value);
    const holder = document.createElement("template");
    holder.innerHTML = blank.innerHTML.replaceAll("__prefix__", index).replaceAll("__n__", index + 1);
    const line = holder.content.firstElementChild;
    box.append(line);
    total.value = index + 1;
    line.querySelector("select, input").focus();
  });
}
