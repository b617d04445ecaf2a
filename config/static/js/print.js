/* Labels print themselves once their pictures are there, or come as the file that the site prints;
   the button prints them again. */
const pictures = [...document.querySelectorAll("img.label")];
const button = document.querySelector("[data-print]");

button.hidden = false;
button.addEventListener("click", () => window.print());
const { starts } = document.querySelector(".labels").dataset;
if (starts === "page") {
  await Promise.all(pictures.map((picture) => picture.decode().catch(() => {})));
  window.print();
} else if (starts === "zpl") {
  document.querySelector("[data-zpl]").click();
}
