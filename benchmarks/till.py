"""The tablet's till on a slow tablet: Chromium, its processor slowed six times.

    python benchmarks/till.py [--openings 7] [--slowdown 6]

From the start of a reload without a network, the shell from the worker's cache, to the first paint,
and to the moment at which a price key can be touched: the till is held, its session open, its
keys drawn. Sixty price keys, and a ticket sold first.
"""

import argparse
import os
import shutil
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.outcome import Outcome, arguments
from benchmarks.tablet import PAINT, QUIET, served

DESK, PIN = "/encaisser/C1/", "4071"
KEYS = 60
PREPARE = f"""
from inventory import reference
from inventory.models import Category
from organisation.models import Membership, Organisation, Site, Station, User
from organisation.services import invite, set_pin
from sales.models import PriceKey, Till
organisation = Organisation.objects.create(code="essai", name="Essai")
reference.furnish(organisation)
site = Site.objects.create(organisation=organisation, code="essai", name="Essai")
person = User.objects.create(username="leila", first_name="Leila", organisation=organisation)
Membership.objects.create(user=person, site=site, role="cashier")
set_pin(person=person, pin="{PIN}")
mine = {{"organisation": organisation, "site": site}}
Till.objects.create(**mine, code="C1", name="Caisse 1")
tops = list(Category.objects.filter(organisation=None, parent=None))
for n in range({KEYS}):
    PriceKey.objects.create(**mine, code=f"prix-{{n}}", name_fr=f"Objet {{n}}", position=n,
                            category=tops[n % len(tops)], price_cents=50 * (n + 1))
import os
with open(os.path.join(os.environ["TRACERIE_DATA"], "code"), "w") as file:
    file.write(invite(station=Station(site=site, name="Caisse")))
"""
READY = """() => {
  const key = document.querySelector("#keys [data-key-code]");
  return key?.checkVisibility() ? performance.now() : null;
}"""


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--openings", type=int, default=7)
    parser.add_argument("--slowdown", type=float, default=6)
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    with served(PREPARE) as (address, folder), sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        page = browser.new_context(base_url=address, locale="fr-FR").new_page()
        take(page, (folder / "code").read_text())
        outcome = Outcome("till")
        report(outcome, openings(page, options))
        outcome.save(options.json)
        browser.close()


def take(page, code: str) -> None:
    """Pair, take the till, open it with 10 €, sell once, and let the worker keep the screen."""
    page.goto(f"/tablette/?code={code}")
    page.click("button.go")
    page.goto(f"/tablette/?next={DESK}")
    page.locator(".face").first.click()
    for digit in PIN:
        page.click(f".pin [data-key='{digit}']")
    page.click(".pin .key.go")
    page.wait_for_url(f"**{DESK}")
    page.click("#gate .btn:has-text('Prendre cette caisse')")
    page.click("#gate .btn:has-text('Ouvrir la caisse')")
    for digit in "10":
        page.click(f"#tally-pad [data-key='{digit}']")
    page.click("#tally-go")
    page.click("#keys [data-key-code]")
    page.click("#go")
    page.wait_for_selector("#strip b")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload(wait_until="networkidle")


def openings(page, options: argparse.Namespace) -> list[tuple[float, float]]:
    """First paint and ready, in milliseconds, of each reload without a network."""
    browser = page.context.new_cdp_session(page)
    browser.send("Emulation.setCPUThrottlingRate", {"rate": options.slowdown})
    page.context.set_offline(True)
    found = []
    for _opening in range(options.openings):
        page.reload(wait_until="commit")
        ready = page.wait_for_function(READY).json_value()
        found.append((page.evaluate(PAINT), ready))
    return found


def report(outcome: Outcome, found: list[tuple[float, float]]) -> None:
    paints, readies = ([one[n] for one in found] for n in (0, 1))
    outcome.say("first paint", statistics.median(paints), "ms")
    outcome.say("ready", statistics.median(readies), "ms", "≤ 1000")
    outcome.say("ready, slowest", max(readies), "ms")


if __name__ == "__main__":
    main()
