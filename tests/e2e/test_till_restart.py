"""What stops and comes back at the tablet's till: its browser, and the server that it sends to."""

import pytest
from django.templatetags.static import static
from playwright.sync_api import expect

from inventory.verify import differences
from organisation.models import User
from organisation.services import set_pin
from sales.journal.verify import findings
from sales.models import Chain, Sale
from tests.e2e.cashdesk import DESK, PIN, Desk, pair, stock
from tests.e2e.test_restart import Served, device, kill  # noqa: F401  (a fixture)

pytestmark = pytest.mark.browser


# A ticket under way is on disk a moment after it is on screen.
KEPT = """async (path) => {
    const { recall } = await import(path);
    const lines = async () => (await recall("slip:C1"))?.slip.lines.length ?? 0;
    for (let tries = 0; tries < 150 && !(await lines()); tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 100));
    return lines();
}"""


def faults():
    chains = findings(chains=Chain.objects.all(), anchors={}, using="default")
    return [*chains, *differences()]


def cents():
    return [sale.total_cents for sale in Sale.objects.order_by("pk")]


def ready(desk, world):
    pair(desk.page, world)
    desk.take()
    desk.open()
    desk.keep()


def test_a_ticket_is_there_when_a_tablet_whose_battery_died_starts_again(
    own_database,
    device,  # noqa: F811
):
    codes = stock(own_database)
    with device() as hand:  # closed once, so that its cookies are on disk before any kill
        ready(Desk(hand.page, codes), own_database)
    with device() as hand:
        hand.page.goto(DESK)
        desk = Desk(hand.page, codes)
        desk.offline()
        desk.key("assiette")
        desk.sell("C1-000001")
        desk.key("livre")
        assert desk.page.evaluate(KEPT, static("station/queue.js")) == 1
        kill(hand)
    with device(is_off=True) as hand:
        hand.page.goto(DESK)
        desk = Desk(hand.page, codes)
        expect(desk.pill).to_have_text("1 en attente")
        expect(desk.page.locator("#ticket-title")).to_have_text("Ticket C1-000002")
        desk.total("2,00")  # the ticket under way is there too
        desk.sell("C1-000002")
    assert not Sale.objects.exists()
    with device() as hand:
        hand.page.goto(DESK)
        Desk(hand.page, codes).all_sent()
    assert cents() == [50, 200]
    assert faults() == []


def test_what_is_sold_while_the_server_is_dead_arrives_when_it_is_back(
    own_database, chromium, tmp_path
):
    codes = stock(own_database)
    set_pin(person=User.objects.get(username="leila"), pin=PIN)
    server = Served(own_database.database, tmp_path)
    with server.running:
        server.start()
        context = chromium.new_context(base_url=server.address, locale="fr-FR")
        desk = Desk(context.new_page(), codes)
        ready(desk, own_database)
        server.kill()
        for n, code in enumerate(("assiette", "livre", "manteau"), start=1):
            desk.key(code)
            desk.sell(f"C1-00000{n}")
        desk.page.reload()
        expect(desk.pill).to_have_text("3 en attente")
        server.start()
        desk.page.reload()
        desk.all_sent()
        context.close()
    assert cents() == [50, 200, 800]
    assert faults() == []
