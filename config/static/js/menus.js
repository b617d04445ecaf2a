/* Menus open by themselves (details); this only closes them again. */
const close = (except) => {
  for (const menu of document.querySelectorAll("details.drop[open]")) {
    if (menu !== except) menu.open = false;
  }
};

document.addEventListener("click", (event) => close(event.target.closest("details.drop")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("details.drop[open]");
  close();
  menu?.querySelector("summary").focus();
});
