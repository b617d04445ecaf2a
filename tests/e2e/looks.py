"""How a page looks on a desk, a tablet and a phone, by day and in the dark.

A page is opened once, then resized: the styles alone lay it out.
"""

from tests.e2e.conftest import SIZES

# Between the two a tablet has the desk's layout, narrower: no other colour, nothing else hidden.
AXE_AT = ("desk", "phone")
IN_COLOUR = ("color-contrast", "link-in-text-block")  # the rules that the dark may break

SPREAD = """() => {
  const { scrollWidth, scrollHeight } = document.documentElement;
  return [scrollWidth - innerWidth, scrollHeight - innerHeight];
}"""


def sizes(page):
    """Each size in turn; the page has it."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        yield size


def spread(page, *, may_scroll=True):
    """How far the page runs over its screen."""
    wide, high = page.evaluate(SPREAD)
    over = [f"{wide} px too wide"] if wide > 0 else []
    return over if may_scroll or high <= 0 else [*over, f"{high} px too high"]


def seen(page, violations, size="desk"):
    """What axe finds at this size: by day all of it, in the dark what is wrong with colours."""
    if size not in AXE_AT:
        return []
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    found += [("in the dark", *each) for each in violations(page, *IN_COLOUR)]
    page.emulate_media(color_scheme="light")
    return found


def faults(page, violations, *checks):
    """What an eye, or one of the other ``checks``, would stumble over; its size comes back."""
    page.wait_for_load_state()  # of where the last click leads
    found, before = [], page.viewport_size
    for size in sizes(page):
        here = [fault for check in (spread, *checks) for fault in check(page)]
        found += [(size, fault) for fault in here + seen(page, violations, size)]
    page.set_viewport_size(before)
    return found
