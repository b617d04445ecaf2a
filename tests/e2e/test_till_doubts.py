"""What the tablet's till says of what is not as it should be, and who settles it."""

import json

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from inventory.models import Item
from organisation.models import HeldEntry, Station
from organisation.services import withdraw
from sales.models import Method, Nature, Sale
from sales.services import Paid, Wanted, record_sale
from tests.e2e.test_till_offline import codes, desk, fresh, numbers  # noqa: F401  (fixtures)
from tests.tills import open_till, till_entry

pytestmark = [pytest.mark.browser, pytest.mark.kept]
REFUSED = json.dumps(
    {"detail": [{"type": "no_such_thing", "loc": [], "msg": "Cela ne se vend pas ici."}]}
)


@pytest.fixture
def chair_aside(own_database, codes):  # noqa: F811
    """Whoever paid a deposit of 5 € at the office keeps the first chair for three days."""
    canal = own_database.canal
    deposit = Wanted(
        nature=Nature.DEPOSIT,
        price_cents=500,
        aside=Item.objects.get(codes__code=codes[0]),
        until=canal.business_date(timezone.now()) + timezone.timedelta(days=3),
    )
    record_sale(
        entry=till_entry(canal),
        till=open_till(canal, "C2", "Bureau"),
        lines=[deposit],
        payments=[Paid(Method.CASH, 500)],
    )


@pytest.mark.usefixtures("chair_aside")
def test_an_object_that_a_deposit_keeps_says_so_at_the_scan_even_offline(desk):  # noqa: F811
    desk.page.wait_for_load_state("networkidle")
    desk.offline()
    desk.scan(desk.codes[0])
    desk.told("est mis de côté jusqu’au")
    desk.told("à la caisse du bureau")
    desk.scan(desk.codes[1])
    expect(desk.page.locator("#told")).to_be_hidden()


def refuse(desk):  # noqa: F811
    """A ticket that the server does not take, once."""
    refusal = {"status": 422, "content_type": "application/json", "body": REFUSED}
    desk.page.route("**/sales/sales", lambda route: route.fulfill(**refusal), times=1)
    desk.key("assiette")
    desk.sell("C1-000001")


def test_a_ticket_that_is_refused_says_which_why_and_whom_to_call(desk):  # noqa: F811
    refuse(desk)
    stopped = desk.page.locator("#stopped")
    for part in ("C1-000001", "Cela ne se vend pas ici.", "Appelez un responsable"):
        expect(stopped).to_contain_text(part)
    desk.key("livre")
    desk.sell("C1-000002")
    desk.tap("#state")
    desk.tap("#picker .pick")
    expect(desk.page.locator("#picker")).to_contain_text("Réglages, Caisses")
    desk.choose("Envoyer de nouveau")
    desk.all_sent()
    expect(stopped).to_be_hidden()
    assert numbers() == ["C1-000001", "C1-000002"]


def test_what_a_withdrawn_tablet_had_sold_is_left_to_a_manager(desk):  # noqa: F811
    desk.offline()
    desk.key("assiette")
    desk.sell("C1-000001")
    withdraw(station=Station.objects.get(), is_sure=True)
    desk.offline(False)
    expect(desk.pill).to_contain_text("à régler")
    desk.tap("#state")
    desk.tap("#picker .pick")
    desk.choose("La confier à un responsable")
    expect(desk.pill).not_to_contain_text("à régler")
    assert HeldEntry.objects.count() == 1
    assert not Sale.objects.exists()
