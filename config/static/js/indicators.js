// The report's indicators take their time to be read: they are fetched once they come into view.
const spot = document.querySelector("[data-indicators]");

async function fill() {
  const answer = await fetch(spot.dataset.indicators);
  if (!answer.ok) return; // the link stays
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector(".indicators .scroll");
  if (found) spot.querySelector("p").before(found);
}

const seen = new IntersectionObserver((entries) => {
  if (!entries.some((entry) => entry.isIntersecting)) return;
  seen.disconnect();
  fill().catch(() => {});
}, { rootMargin: "400px" });
if (spot) seen.observe(spot);
