/* Rows that buttons carry up, down, and from one list to the other, without a round trip. */
const [first, rest] = ["first", "rest"].map((name) => document.querySelector(`[data-order="${name}"]`));
const said = document.querySelector("[data-said]");

const MOVES = {
  up: (row) => row.previousElementSibling?.before(row),
  down: (row) => row.nextElementSibling?.after(row),
  show: (row) => first.append(row),
  hide: (row) => rest.prepend(row),
};

const seen = (button) => button.checkVisibility({ visibilityProperty: true });

function tell(row) {
  const place = [...first.children].indexOf(row) + 1;
  const name = row.querySelector("b").textContent;
  said.textContent = place ? `${name}: ${place}` : name;
}

function move(event) {
  const button = event.target.closest("button[name=do]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("li");
  MOVES[button.value.split(":")[0]](row);
  row.querySelector("input").disabled = row.parentElement !== first;
  const next = seen(button) ? button : [...row.querySelectorAll("button")].find(seen);
  next?.focus();
  tell(row);
}

if (first && rest) first.closest("form").addEventListener("click", move);
