"""Everything a glove touches on a tablet is large enough, and far enough from the next thing."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import SIZES
from tests.e2e.floor import STATES, tiles
from tests.e2e.test_tablet import PINS, open_as, people, tablet  # noqa: F401  (fixtures)
from tests.e2e.test_weigh import WEIGH, Hand

pytestmark = pytest.mark.browser

# Felt for with points, so that what lies over a thing, or widens it beyond its box, counts.
SMALL = """() => {
  const LEAST = 56, APART = 8, FAR = 40, ROUNDING = 1; // points are whole pixels
  const kinds = "button:enabled, a[href], input:not([type=hidden]):enabled, select, textarea, "
    + "summary, label:has(input)";
  const middle = ({ left, top, width, height }) => [left + width / 2, top + height / 2];
  const isHit = (each, x, y) => {
    const found = document.elementFromPoint(x, y);
    return Boolean(found) && (each === found || each.contains(found));
  };
  const isSeen = (each) => each.checkVisibility({ visibilityProperty: true })
    && !each.closest(".skip, .sr") && isHit(each, ...middle(each.getBoundingClientRect()));
  const reach = (each, [x, y], dx, dy) => {
    let far = 0;
    while (far < FAR && isHit(each, x + dx * (far + 0.5), y + dy * (far + 0.5))) far += 0.5;
    return far;
  };
  const text = (each) => each.getAttribute("aria-label") ?? each.textContent.trim();
  const named = (each) => `${each.id || each.className} « ${text(each).slice(0, 40)} »`;
  // What half covers others is to be touched before them.
  const over = document.querySelector(".drop[open], .slip.unfolded");
  const seen = [...(over ?? document).querySelectorAll(kinds)].filter(isSeen);
  const boxes = seen.map((each) => each.getBoundingClientRect());
  const problems = [];
  const gap = (a, b) =>
    Math.max(a.left - b.right, b.left - a.right, a.top - b.bottom, b.top - a.bottom);
  seen.forEach((one, n) => seen.slice(0, n).forEach((other, m) => {
    const apart = gap(boxes[n], boxes[m]);
    if (apart < APART - ROUNDING && !one.contains(other) && !other.contains(one))
      problems.push(`${named(other)}, ${named(one)}: ${apart.toFixed(1)} apart`);
  }));
  for (const each of seen) {
    each.scrollIntoView({ block: "nearest" }); // a list may end in the middle of one
    const at = middle(each.getBoundingClientRect());
    const width = reach(each, at, -1, 0) + reach(each, at, 1, 0);
    const height = reach(each, at, 0, -1) + reach(each, at, 0, 1);
    if (Math.min(width, height) < LEAST - ROUNDING)
      problems.push(`${named(each)}: ${width} × ${height}`);
  }
  return [seen.length, problems];
}"""


def small(page):
    """What is too small to touch, or too near its neighbour."""
    number, problems = page.evaluate(SMALL)
    assert number > 1  # it found something to look at
    return problems


def faults(page, violations):
    """What a hand, or an eye by day or in the dark, would stumble over."""
    found = small(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += violations(page)
    return found


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize(("address", "state"), list(STATES))
def test_everything_on_a_floor_screen_can_be_touched_with_a_glove(
    visit, violations, address, state, size
):
    with visit(address, size=size, reduced_motion="reduce") as page:
        tiles(Hand(page))
        STATES[address, state](Hand(page))
        assert faults(page, violations) == []


def at_size(hand, size):
    width, height = SIZES[size]
    hand.page.set_viewport_size({"width": width, "height": height})
    hand.page.emulate_media(reduced_motion="reduce")


@pytest.mark.parametrize("size", list(SIZES))
def test_so_can_everything_where_people_take_turns(tablet, violations, size):  # noqa: F811
    at_size(tablet, size)
    page = tablet.page
    page.goto(f"/tablette/?next={WEIGH}")
    page.locator(".face", has_text="Inès").click()
    assert faults(page, violations) == []
    open_as(tablet, "bakary", "Bakary")
    open_as(tablet, "ines", "Inès")
    page.context.set_offline(True)
    page.click(".account summary")
    page.click("#leave button")
    page.locator("#turns .face", has_text="Bakary").click()
    page.locator("#turns [data-key='4']").click()
    assert faults(page, violations) == []
    page.locator("#turns .key.go").click()
    expect(page.locator("#turns-said")).not_to_be_empty()
    assert small(page) == []
