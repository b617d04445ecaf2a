/* Count labelled objects by scanning them: each scan ticks its box. */
const box = document.querySelector("[data-ticks]");

if (box) {
  const [field, said] = [box.querySelector("input"), box.querySelector(".said")];
  const labels = [...document.querySelectorAll("[data-code]")];
  const counts = document.querySelector("[name=counts_items]");
  const plain = (text) => text.trim().replace(/\/$/, "").split("/").pop().toUpperCase();
  const clean = (text) => plain(text).replace(/[\s-]/g, "").replace(/[IL]/g, "1").replace(/O/g, "0").replace(/U/g, "V").replace(/Z/g, "2");
  const tick = (text) => {
    const code = clean(text);
    const label = labels.find((each) => each.dataset.code === code);
    if (label) {
      label.querySelector("input").checked = counts.checked = true;
      label.scrollIntoView({ block: "nearest" });
    }
    const ticked = labels.filter((each) => each.querySelector("input").checked).length;
    said.textContent = label ? `${code} ✓ (${ticked} / ${labels.length})` : `${code} ${said.dataset.other}`;
    said.classList.toggle("bad", !label);
  };
  box.hidden = false;
  box.querySelector("[data-untick]").addEventListener("click", () => {
    for (const label of labels) label.querySelector("input").checked = false;
    counts.checked = true;
    field.focus();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    tick(field.value);
    field.value = "";
  });
  document.addEventListener("scan", (event) => {
    event.preventDefault();
    tick(event.detail);
  });
}
