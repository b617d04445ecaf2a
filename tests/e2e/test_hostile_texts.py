"""Every page in a real Chromium, with hostile texts in every row: nothing runs, nothing is blocked.

What is planted would show three ways: as an element of the page, as a script that ran, or as one
that the policy of content kept from running. A page that has none of the three took it for text.
"""

import re
from html import unescape
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from config.urls import urlpatterns as ours
from organisation.doors import ANYONE, acts_of, anyone, callbacks
from organisation.models import Organisation
from reporting.services import share
from sales.models import Sale
from sales.receipt import address_of
from tests.conftest import Api
from tests.e2e.conftest import cookies_of
from tests.routes import PAGES, YEAR_DAYS, Period, fill, furnish, pages
from tests.security.hostile import LONG, NAMES, plant, rooms, texts_of

pytestmark = pytest.mark.browser

WATCH = """
window.found = [];
window.x = () => found.push("a script ran");
addEventListener("securitypolicyviolation", (event) =>
  found.push(`${event.violatedDirective} kept out ${event.blockedURI} ${event.sample}`));
"""
SEEN = """() => {
  const all = [document, ...[...document.querySelectorAll("template")].map((each) => each.content)];
  const marks = "[data-x], a[href^='javascript:' i]";
  const planted = all.flatMap((each) => [...each.querySelectorAll(marks)]);
  return [...found, ...planted.map((each) => `an element: ${each.outerHTML.slice(0, 80)}`)];
}"""
# Pages open to all, in the spot's words; what is no page is named, too.
OPEN = {
    "horsligne/": "",
    "installer/": "",
    "diagnostic/": "",
    "connexion/": "?next=/",
    "tablette/": "?code=AAAA",
    "t/<str:token>/": "$ticket",
    "v/<str:code>/": "/v/$report_code/",
    "audit/<str:token>/": "/audit/$audit/",
    "audit/<str:token>/lignes/": "/audit/$audit/lignes/?figure=collected_g",
    "audit/<str:token>/mouvements/": "$behind",
    "audit/<str:token>/d/<str:number>/": "/audit/$audit/d/$number/",
    "audit/<str:token>/o/<str:code>/": "/audit/$audit/o/$item/",
    "api/v1/docs": "",
}
NO_PAGES = {
    "health", "ready", "sw.js", "manifest.webmanifest", "installer/tracerie-ca.crt", "langue/",
    "deconnexion/", "t/<str:token>/image.svg", "tablette/verrouiller/",
    "bilan/donnees/schema.json", "api/v1/openapi.json",
}  # fmt: skip


def test_every_page_open_to_all_is_opened_here():
    anybodys = {route for route, view in callbacks(ours) if acts_of(view) == [ANYONE]}
    assert set(OPEN) | NO_PAGES == anybodys


def test_people_write_in_few_kinds_of_rows_that_are_not_planted():
    """A field that nobody thought of is planted: these are the models without any."""
    bare = {model.__name__ for model in rooms() if not texts_of(model)}
    assert NAMES.isdisjoint(bare)


@pytest.fixture
def hostile(own_database, live, settings, tmp_path):
    """The small world at work, whatever people write being hostile."""
    world = own_database
    plant(NAMES)  # so that sealed documents carry them
    spot = furnish(world.canal, world.anna, Api(world.anna).made)
    plant()
    Organisation.objects.update(siret="73282932000074")
    _link, spot["audit"] = share(
        organisation=world.navette, sites=[world.canal], period=Period(*YEAR_DAYS), author=None
    )
    spot["ticket"] = "/t/" + address_of(Sale.objects.latest("pk")).rpartition("/t/")[2]
    rows = Client().get(f"/audit/{spot['audit']}/lignes/?figure=collected_g").content.decode()
    spot["behind"] = unescape(re.search(r'href="(/audit/[^"]+/mouvements/[^"]+)"', rows)[1])
    return spot


def addresses(spot):
    """Each page once, from the table of addresses: ``(route, address)``."""
    client = Client()
    client.cookies.load(cookies_of("anna"))
    for route, door in pages().items():
        if door.method == "GET":
            sample = PAGES[route]
            answer = client.get(door.url(sample, spot), fill(sample.query, spot))
            assert answer.status_code in (200, 302), (route, answer.status_code)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                yield route, answer.wsgi_request.get_full_path()
    for route, said in OPEN.items():
        for name, value in sorted(spot.items(), key=lambda each: -len(each[0])):
            said = said.replace(f"${name}", value)
        yield route, said if said.startswith("/") else f"/{route}{said}"


@pytest.fixture
def look(live, profile):
    """``look(address)``: what came of the texts on a page."""
    with profile(is_own=True) as context:
        mine = cookies_of("anna").items()
        context.add_cookies([{"name": n, "value": v, "url": live} for n, v in mine])
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(30_000)
        broken = []
        page.on("dialog", lambda dialog: (broken.append("a dialog"), dialog.dismiss()))
        page.on("pageerror", lambda error: broken.append(f"an error: {error}"))

        def at(address):
            broken.clear()
            answer = page.goto(address, wait_until="domcontentloaded")
            assert answer.status == 200, (address, answer.status)
            if page.locator("script[src*='/station/']").count():
                page.wait_for_load_state("load")
                page.wait_for_timeout(700)  # a screen draws itself from what it fetched
            return [*page.evaluate(SEEN), *broken]

        at.page = page
        yield at


def test_no_page_runs_or_blocks_what_people_wrote(hostile, look):
    wrong, shown, opened = [], 0, 0
    for route, address in addresses(hostile):
        wrong += [(route, fault) for fault in look(address)]
        shown += "data-x" in look.page.inner_text("body")
        opened += 1
    assert wrong == []
    assert opened > 120
    assert shown > opened / 2  # the texts are there to be read


def unsafe(request):
    return HttpResponse(f"<!doctype html><title>x</title><p>{request.GET['said']}</p>")


def drawn(request):
    return HttpResponse('<!doctype html><title>x</title><script src="/unsafe.js"></script>')


def script(request):
    text = "document.write('<p>' + decodeURIComponent(location.hash.slice(1)) + '</p>')"
    return HttpResponse(text, content_type="text/javascript")


urlpatterns = [
    path("unsafe/", anyone(unsafe)),
    path("drawn/", anyone(drawn)),
    path("unsafe.js", anyone(script)),
    *ours,
]


@pytest.mark.parametrize("how", ["/unsafe/?said={}", "/drawn/#{}"])
def test_a_page_that_takes_a_text_for_markup_is_caught(how, live, settings, look):
    """The control: without it, the test above would prove nothing."""
    settings.ROOT_URLCONF = __name__
    found = look(how.format(quote(LONG)))
    assert any("an element" in fault for fault in found)
    assert any("kept out" in fault for fault in found)
