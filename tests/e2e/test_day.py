"""The whole day of a volunteer: a tablet paired in the morning, the wall read in the evening."""

import json

import pytest
from playwright.sync_api import expect

from inventory.models import Flow, Item, Partner, Place, Verb
from inventory.verify import differences
from organisation.models import Membership, Station, User
from organisation.permissions import Role
from organisation.services import invite, set_pin
from tests.e2e.test_offline import pill
from tests.e2e.test_ship import Quay
from tests.e2e.test_sort import PRINTER, Table
from tests.e2e.test_tablet import PINS, sign_in
from tests.e2e.test_weigh import Hand, all_sent

pytestmark = pytest.mark.browser
ARRIVALS = (("12,5", "Mobilier"), ("4,3", "Textiles"), ("30", "Mobilier"), ("7", "Textiles"))
CLOSED = json.dumps(
    {"detail": [{"type": "month_closed", "loc": ["body"], "msg": "Ce mois est clos."}]}
)


@pytest.fixture
def world(own_database):
    """Canal with a shop, a recycler, and Inès, who sorts and has a PIN and no password."""
    world = own_database
    world.canal.tracks_places = True
    world.canal.save()
    Place.objects.main(world.canal)
    Place.objects.create(site=world.canal, code="boutique", name="Boutique", use="shop")
    Partner.objects.filter(organisation=world.navette, code="gebetex").update(
        default_fate="recycling"
    )
    ines = User.objects.create(
        username="ines", first_name="Inès", organisation=world.navette, password="!"
    )
    Membership.objects.create(user=ines, site=world.canal, role=Role.SORTER)
    set_pin(person=ines, pin=PINS["ines"])
    return world


@pytest.fixture
def tablet(world, visit):
    """Paired with the code that a manager reads out, and opened by a name and a PIN."""
    code = invite(station=Station(site=world.canal, name="Quai 1"))
    with visit(f"/tablette/?code={code}", login=None, size="tablet", script=PRINTER) as page:
        page.click("button.go")
        expect(page.locator(".site")).to_have_text("Canal · Quai 1")
        sign_in(Hand(page), "ines", "Inès")
        yield page


def log(hand, typed, tile):
    hand.keys(typed)
    hand.tile(tile)
    hand.save()
    expect(hand.page.locator("#lines li")).to_have_count(0)


def weigh_ten(hand):
    """Eight with a network, two without."""
    for typed, tile in ARRIVALS * 2:
        log(hand, typed, tile)
    all_sent(hand)
    hand.page.context.set_offline(True)
    for typed, tile in ARRIVALS[:2]:
        log(hand, typed, tile)
    expect(pill(hand)).to_have_text("2 en attente")
    hand.page.context.set_offline(False)
    all_sent(hand)


def settle_what_was_refused(hand):
    """A refusal stays red; the sheet is taken again and saved."""
    refuse = {"status": 422, "content_type": "application/json", "body": CLOSED}
    hand.page.route("**/collection/intakes", lambda route: route.fulfill(**refuse), times=1)
    log(hand, "2", "Textiles")
    expect(pill(hand)).to_have_text("1 à régler")
    hand.tap("#state")
    hand.tap(".pick", "Apport de")
    hand.tap(".pick", "Reprendre")
    hand.save()
    all_sent(hand)


def sort_and_label(table):
    table.page.goto("/trier/canal/")
    table.lot("Mobilier")
    table.part("20", "Boutique")
    table.save()
    table.says("triés")
    table.keys("4,2")
    table.tap("#tag")
    table.says("étiquette")
    all_sent(table)


def send_away(quay):
    quay.page.goto("/expedier/canal/")
    quay.taker("Gebetex")
    quay.weigh("15", "Textiles")
    quay.save()
    expect(quay.page.locator("#saved b")).to_have_text("15,0 kg partis : Gebetex")
    all_sent(quay)


def test_a_volunteer_works_a_whole_day_and_the_wall_tells_it(tablet, world):
    expect(tablet.locator(".person-name")).to_have_text("Inès")
    weigh_ten(Hand(tablet))
    settle_what_was_refused(Hand(tablet))
    expect(tablet.locator("#day b")).to_have_text("126,4 kg")
    sort_and_label(Table(tablet))
    send_away(Quay(tablet))

    tablet.goto("/mur/canal/")
    expect(tablet.locator("[data-kg=collected_g]")).to_have_text("126,4")
    expect(tablet.locator("[data-kg=outgoing_g]")).to_have_text("15,0")
    expect(tablet.locator("[data-gone=recycling]")).to_contain_text("15,0")
    assert Item.objects.get().weight_g == 4_200
    moved = Flow.objects.filter(movement__verb=Verb.COLLECT)
    assert sum(moved.values_list("weight_g", flat=True)) == 126_400
    authors = {flow.movement.author.username for flow in Flow.objects.all()}
    stations = {flow.movement.submission.station.name for flow in Flow.objects.all()}
    assert (authors, stations) == ({"ines"}, {"Quai 1"})
    assert differences() == []
