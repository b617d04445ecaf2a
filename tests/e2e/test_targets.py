"""Everything a glove touches on a tablet is large enough, and far enough from the next thing."""

import pytest
from playwright.sync_api import expect

from organisation.models import Station
from organisation.services import invite
from tests.e2e import floor, floor_labels, floor_quay, floor_stock, floor_table
from tests.e2e.conftest import SIZES
from tests.e2e.looks import seen, sizes, spread
from tests.e2e.test_ship import SHIP
from tests.e2e.test_sort import PRINTER, SORT
from tests.e2e.test_tablet import open_as, people, tablet  # noqa: F401  (fixtures)
from tests.e2e.test_track import CAMERA
from tests.e2e.test_weigh import WEIGH, Hand

pytestmark = pytest.mark.browser
WALKS = [*floor.WALKS, *floor_table.WALKS, *floor_quay.WALKS, *floor_labels.WALKS]
ONE_VIEW = (WEIGH, SORT, SHIP)  # these never scroll as a whole

# Felt for with points, so that what lies over a thing, or widens it beyond its box, counts.
SMALL = """() => {
  const LEAST = 56, APART = 8, ROUNDING = 1; // points are whole pixels
  const kinds = "button:enabled, a[href], input:not([type=hidden]):enabled, select, textarea, "
    + "summary, label:has(input)";
  const middle = ({ left, top, width, height }) => [left + width / 2, top + height / 2];
  const isHit = (each, x, y) => {
    const found = document.elementFromPoint(x, y);
    return Boolean(found) && (each === found || each.contains(found));
  };
  const isSeen = (each) => each.checkVisibility({ visibilityProperty: true })
    && !each.closest(".skip, .sr") && isHit(each, ...middle(each.getBoundingClientRect()));
  const reach = (each, [x, y], dx, dy, most) => {
    let far = 0;
    while (far < most && isHit(each, x + dx * (far + 0.5), y + dy * (far + 0.5))) far += 0.5;
    return far;
  };
  const across = (each, at, dx, dy) => { // no further than it has to be
    const back = reach(each, at, -dx, -dy, LEAST);
    return back + reach(each, at, dx, dy, LEAST - back);
  };
  const text = (each) => each.getAttribute("aria-label") ?? each.textContent.trim();
  const named = (each) => `${each.id || each.className} « ${text(each).slice(0, 40)} »`;
  // What half covers others is to be touched before them.
  const over = document.querySelector(".drop[open], .slip.unfolded");
  const seen = [...(over ?? document).querySelectorAll(kinds)].filter(isSeen);
  // What is scrolled half out of sight ends where its list does.
  const shown = (each) => {
    let { left, top, right, bottom } = each.getBoundingClientRect();
    for (let box = each.parentElement; box; box = box.parentElement) {
      if (getComputedStyle(box).overflow === "visible") continue;
      const edge = box.getBoundingClientRect();
      [left, top] = [Math.max(left, edge.left), Math.max(top, edge.top)];
      [right, bottom] = [Math.min(right, edge.right), Math.min(bottom, edge.bottom)];
    }
    return { left, top, right, bottom };
  };
  const boxes = seen.map(shown);
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
    const [width, height] = [across(each, at, 1, 0), across(each, at, 0, 1)];
    if (Math.min(width, height) < LEAST - ROUNDING)
      problems.push(`${named(each)}: ${width} × ${height}`);
  }
  return [seen.length, problems];
}"""


def small(page):
    """What is too small to touch, or too near its neighbour."""
    page.wait_for_load_state()  # nothing can be hit before its styles are there
    number, problems = page.evaluate(SMALL)
    assert number  # it found something to look at
    return problems


def unfolded(page):
    """On a phone the sheet is folded: whether it now lies open."""
    fold = page.locator("#fold")
    if not (fold.is_visible() and fold.is_enabled()) or page.locator("#picker").is_visible():
        return False
    fold.click()
    return True


def faults(page, violations, *, may_scroll=True):
    """What a hand, or an eye by day or in the dark, would stumble over, at each size."""
    found = []
    for size in sizes(page):
        here = small(page) + spread(page, may_scroll=may_scroll) + seen(page, violations, size)
        if unfolded(page):
            here += small(page) + seen(page, violations, size)
            page.click("#fold")
        found += [(size, each) for each in here]
    return found


@pytest.mark.parametrize(("address", "walk"), WALKS)
def test_everything_on_a_floor_screen_can_be_touched_with_a_glove(
    visit, violations, own_database, address, walk
):
    codes = {} if address == WEIGH else floor_stock.furnish(own_database)
    script = PRINTER + CAMERA
    with visit(address, login="manager", script=script) as page:
        hand = Hand(page)
        hand.codes = codes
        found = []
        for state in walk(hand):
            here = faults(page, violations, may_scroll=address not in ONE_VIEW)
            found += [(state, *fault) for fault in here]
            next(sizes(page))  # walks are for a desk
        assert found == []


def test_so_can_everything_where_a_tablet_is_opened(visit, people, violations):  # noqa: F811
    code = invite(station=Station(site=people.canal, name="Quai 1"))
    with visit(f"/tablette/?code={code}", login=None) as page:
        assert seen(page, violations) == []
        page.click("button.go")
        page.locator(".faces").wait_for()
        assert faults(page, violations) == []


@pytest.mark.kept
def test_so_can_everything_where_people_take_turns(tablet, violations):  # noqa: F811
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
    assert [small(page) for _size in sizes(page)] == [[]] * len(SIZES)
