/* Menus open by themselves (details); this only closes them again. Who logs out leaves nothing. */
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

document.querySelector("form[data-leave]")?.addEventListener("submit", () => sessionStorage.clear());
