/* Labels print themselves once their pictures are there; the button prints them again. */
const pictures = [...document.querySelectorAll("img.label")];
const button = document.querySelector("[data-print]");

button.hidden = false;
button.addEventListener("click", () => window.print());
await Promise.all(pictures.map((picture) => picture.decode().catch(() => {})));
window.print();
