"""What stops and comes back: the tablet's browser, and the server that it sends to."""

import os
import shutil
import signal
from contextlib import ExitStack, contextmanager

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import expect

from collection.models import Intake
from inventory.models import Flow
from inventory.verify import differences
from organisation.models import User
from tests.databases import PASSWORD
from tests.e2e.conftest import QUIET
from tests.e2e.test_offline import log, offline, pill
from tests.e2e.test_weigh import WEIGH, Hand, all_sent
from tests.servers import free_port, granian, kill_9

pytestmark = pytest.mark.browser


def sign_in(page):
    page.goto(f"/connexion/?next={WEIGH}")
    page.fill("#id_username", "sorter")
    page.fill("#id_password", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"**{WEIGH}")


def keep_the_screen(page):
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    all_sent(Hand(page))


# The browser


@pytest.fixture
def device(chromium, live, tmp_path):
    """``with device() as hand``: the same tablet's browser, opened once more."""

    @contextmanager
    def opened(is_off=False):
        context = chromium.browser_type.launch_persistent_context(
            tmp_path / "tablet",
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=QUIET,
            base_url=live,
            locale="fr-FR",
            offline=is_off,
        )
        yield Hand(context.pages[0])
        context.close()

    return opened


def close(hand):
    hand.page.context.close()


def kill(hand):
    """As a battery that is empty: nothing is told, nothing is tidied."""
    session = hand.page.context.browser.new_browser_cdp_session()
    [browser] = [
        each["id"]
        for each in session.send("SystemInfo.getProcessInfo")["processInfo"]
        if each["type"] == "browser"
    ]
    with hand.page.context.expect_event("close"):
        os.kill(browser, signal.SIGKILL)


@pytest.mark.parametrize("end", [close, kill])
def test_a_browser_opened_again_without_a_network_has_its_screen_and_its_queue(device, end):
    with device() as hand:  # closed once, so that its cookies are on disk before any kill
        sign_in(hand.page)
        keep_the_screen(hand.page)
    with device() as hand:
        hand.page.goto(WEIGH)
        offline(hand)
        log(hand)
        expect(pill(hand)).to_have_text("1 en attente")
        end(hand)
    with device(is_off=True) as hand:
        hand.page.goto(WEIGH)
        expect(pill(hand)).to_have_text("1 en attente")
        expect(hand.page.locator("#saved b")).to_have_text("8,0 kg enregistrés")
        log(hand, "5")
        expect(pill(hand)).to_have_text("2 en attente")
        end(hand)
    assert not Intake.objects.exists()
    with device() as hand:
        hand.page.goto(WEIGH)
        all_sent(hand)
    assert [flow.weight_g for flow in Flow.objects.order_by("pk")] == [8_000, 5_000]
    assert differences() == []


# The server


class Served:
    """A server that can be killed, and started again at the same address."""

    def __init__(self, database, folder):
        self.database, self.folder, self.port = database, folder, free_port()
        self.running = ExitStack()

    def start(self):
        running = granian(self.database, self.folder, self.port, "tests.e2e.served:application")
        self.server, self.address = self.running.enter_context(running)

    def kill(self):
        kill_9(self.server)


@pytest.fixture
def served(own_database, tmp_path):
    User.objects.update(password=make_password(PASSWORD))
    server = Served(own_database.database, tmp_path)
    with server.running:
        server.start()
        yield server


@pytest.fixture
def weigh(chromium, served):
    context = chromium.new_context(base_url=served.address, locale="fr-FR")
    page = context.new_page()
    sign_in(page)
    keep_the_screen(page)
    yield Hand(page)
    context.close()


def send_now(hand):
    hand.tap("#state")
    hand.tap(".pick", "Envoyer maintenant")


def confirmed(hand, typed):
    expect(hand.page.locator("#saved b")).to_have_text(f"{typed},0 kg enregistrés")


def waits(hand, number):
    """What has been saved while nobody answered is counted on the screen."""
    expect(pill(hand)).to_have_text(f"{number} en attente")


def test_a_server_killed_while_a_tablet_saves_gets_everything_once(served, weigh):
    for _round in range(3):
        log(weigh, "1")
        served.kill()  # the first entry is anywhere between here and the disk
        confirmed(weigh, "1")
        for typed in "23":
            log(weigh, typed)
            confirmed(weigh, typed)
        weigh.page.reload()
        expect(weigh.page.locator("#tiles .tile").first).to_be_visible()
        expect(pill(weigh)).to_contain_text("en attente")
        served.start()
        send_now(weigh)
        all_sent(weigh)
    weights = [flow.weight_g for flow in Flow.objects.order_by("pk")]
    assert weights == [1_000, 2_000, 3_000] * 3
    assert differences() == []


def test_a_server_that_dies_before_it_answers_is_asked_again(served, weigh):
    def die(route):
        route.fetch()
        served.kill()
        route.abort()

    weigh.page.route("**/collection/intakes", die, times=1)
    with weigh.page.expect_event("requestfailed"):
        log(weigh)
    waits(weigh, 1)
    assert Intake.objects.count() == 1  # it had arrived
    log(weigh, "5")
    waits(weigh, 2)
    served.start()
    send_now(weigh)
    all_sent(weigh)
    assert [flow.weight_g for flow in Flow.objects.order_by("pk")] == [8_000, 5_000]
