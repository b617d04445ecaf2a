"""A real Chromium, signed in, on a database of its own."""

import os
import shutil
from contextlib import contextmanager, suppress
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.test import Client
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from organisation.models import User
from tests.e2e.counter import TILL, Cashier, furnish
from tests.e2e.profiles import Profile, own_profile

# Playwright's loop runs in this thread; our own queries beside it are plain and synchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",  # see profiles.py
    "--use-fake-device-for-media-stream",  # a camera that films a test card
]
AXE = """(options) => axe.run(options).then(({ violations }) =>
  violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))"""
SIZES = {"desk": (1280, 800), "tablet": (1024, 768), "phone": (390, 844)}


def shown(page):
    """What stood on a page when a test failed: where nobody can look again, this has to do."""
    return f"{page.url}\n{page.inner_text('body', timeout=2_000)[:2_000]}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    browser = item.funcargs.get("chromium") if report.when == "call" and report.failed else None
    for context in browser.contexts if browser else ():
        for page in context.pages:
            if page.url.endswith(".css"):  # the one that keeps the process alive
                continue
            with suppress(PlaywrightError):  # a page that is gone tells nothing
                report.sections.append(("page", shown(page)))
    return report


@pytest.fixture(scope="session")
def chromium():
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


def cookies_of(login):
    """What the sign-in page would leave in the browser of ``login``; the page costs a second."""
    client, request = Client(), HttpRequest()
    person = User.objects.get(username=login)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    get_token(request)
    return {
        settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
        settings.CSRF_COOKIE_NAME: request.META["CSRF_COOKIE"],
    }


@pytest.fixture(scope="session")
def shared(chromium, door):
    return Profile(chromium, "http://127.0.0.1:{1}".format(*door.getsockname()))


@pytest.fixture
def profile(chromium, live, request):
    """``with profile() as context:`` the shared one, or one of its own for a test that says so.

    A worker that keeps the screens fetches all of them, so only tests marked ``kept`` have one.
    """

    def take(*, is_own=False, **options):
        if request.node.get_closest_marker("kept"):
            return own_profile(chromium, live, **options)
        shared = request.getfixturevalue("shared")
        if is_own or options or shared.is_taken:
            return own_profile(chromium, live, service_workers="block", **options)
        return shared.taken()

    return take


@pytest.fixture
def visit(live, profile):
    """``with visit("/peser/canal/", size="phone") as page:`` opens a page, signed in."""

    @contextmanager
    def open_page(path, login="sorter", size="desk", scheme="light", script="", **options):
        width, height = SIZES[size]
        with profile(**options) as context:
            if login:
                cookies = cookies_of(login).items()
                context.add_cookies([{"name": n, "value": v, "url": live} for n, v in cookies])
            page = context.new_page()
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            if script:  # runs before the page's own
                page.add_init_script(script)
            page.set_default_timeout(15_000)
            complaints = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(path)
            try:
                yield page
            except BaseException as failure:
                with suppress(PlaywrightError):
                    failure.add_note(shown(page))
                raise
            assert complaints == []

    return open_page


@pytest.fixture
def violations():
    """What axe finds on a page, by all its rules or by those named: ``[(rule, elements)]``."""
    script = Axe().axe_script

    def find(page, *rules):
        if not page.evaluate("() => 'axe' in window"):  # it is slow to read
            page.evaluate(script)
        only = {"runOnly": rules} if rules else {}
        found = page.evaluate(AXE, {"resultTypes": ["violations"], **only})
        return [(rule, elements) for rule, elements in found]

    return find


@pytest.fixture
def shop(own_database):
    """Till C1, three prices and a free one, and four chairs with labels at 15 €."""
    return SimpleNamespace(world=own_database, codes=furnish(own_database))


@pytest.fixture
def till(visit, shop):
    with visit(TILL, login="cashier") as page:
        yield Cashier(page)
