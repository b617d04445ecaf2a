"""A tablet of the floor as people take turns at it, with a network and without."""

import re
import time

import pytest
from playwright.sync_api import expect

from inventory.models import Movement
from organisation.models import HeldEntry, Membership, Station, User
from organisation.permissions import Role
from organisation.services import invite, set_pin, set_team, withdraw
from tests.e2e.test_offline import refuse
from tests.e2e.test_weigh import WEIGH, Hand, all_sent

pytestmark = [pytest.mark.browser, pytest.mark.kept]
PINS = {"ines": "4071", "bakary": "8052"}


@pytest.fixture
def people(own_database):
    """Inès and Bakary sort at canal; each has a PIN and no password."""
    for login, name in (("ines", "Inès"), ("bakary", "Bakary")):
        person = User.objects.create(
            username=login, first_name=name, organisation=own_database.navette, password="!"
        )
        Membership.objects.create(user=person, site=own_database.canal, role=Role.SORTER)
        set_pin(person=person, pin=PINS[login])
    return own_database


@pytest.fixture
def tablet(people, visit):
    code = invite(station=Station(site=people.canal, name="Quai 1"))
    with visit(f"/tablette/?code={code}", login=None, size="tablet") as page:
        page.click("button.go")
        expect(page.locator(".site")).to_have_text("Canal · Quai 1")
        yield Hand(page)


def sign_in(hand, login, name):
    hand.page.goto(f"/tablette/?next={WEIGH}")
    hand.page.locator(".face", has_text=name).click()
    for digit in PINS[login]:
        hand.page.click(f".pin [data-key='{digit}']")
    hand.page.click(".pin .key.go")
    hand.page.locator("#tiles .tile").first.wait_for()


def open_as(hand, login, name):
    """In, and the screen kept for when there is no network."""
    sign_in(hand, login, name)
    hand.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    hand.page.reload()
    expect(hand.page.locator(".person-name")).to_have_text(name)
    all_sent(hand)


def take_turn(hand, name, pin):
    hand.page.click(".account summary")
    hand.page.click("#leave button")
    turns = hand.page.locator("#turns")
    turns.locator(".face", has_text=name).click()
    for digit in pin:
        turns.locator(f"[data-key='{digit}']").click()
    turns.locator(".key.go").click()


def log(hand, typed):
    hand.keys(typed)
    hand.tile("Mobilier")
    hand.save()


def test_people_take_turns_without_a_network_and_each_entry_keeps_its_name(tablet):
    open_as(tablet, "bakary", "Bakary")
    open_as(tablet, "ines", "Inès")
    tablet.page.context.set_offline(True)
    log(tablet, "8")
    take_turn(tablet, "Bakary", PINS["bakary"])
    expect(tablet.page.locator(".person-name")).to_have_text("Bakary")
    log(tablet, "5")
    tablet.page.context.set_offline(False)
    all_sent(tablet)
    found = Movement.objects.order_by("pk").select_related("author", "submission__station")
    assert [movement.author.username for movement in found] == ["ines", "bakary"]
    assert {movement.submission.station.name for movement in found} == {"Quai 1"}


def test_a_tablet_tells_how_much_it_still_holds(tablet):
    open_as(tablet, "ines", "Inès")
    quai = Station.objects.filter(name="Quai 1").values_list("queue_length", flat=True)
    tablet.page.route("**/collection/intakes", refuse)
    log(tablet, "8")
    log(tablet, "5")
    expect(tablet.page.locator("#state b")).to_have_text("2 à régler")
    within(lambda: quai.get() == 2)

    for _entry in range(2):
        tablet.tap("#state")
        tablet.page.locator(".pick", has_text="Apport de").first.click()
        tablet.tap(".pick", "L’enlever")
        tablet.tap(".pick", "Oui, enlever")
    expect(tablet.page.locator("#state b")).to_have_text("En ligne")
    within(lambda: quai.get() == 0)


def within(is_so, seconds=40):
    """Wait until the server knows it: the tablet tells by itself."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.2)


def test_a_wrong_pin_opens_nothing_without_a_network_either(tablet):
    open_as(tablet, "bakary", "Bakary")
    open_as(tablet, "ines", "Inès")
    tablet.page.context.set_offline(True)
    take_turn(tablet, "Bakary", "9999")
    expect(tablet.page.locator("#turns-said")).to_contain_text("pas le code")
    expect(tablet.page.locator("#turns")).to_be_visible()
    tablet.page.reload()
    expect(tablet.page.locator("#turns")).to_be_visible()
    expect(tablet.page.locator("#turns .face")).to_have_count(2)


def test_people_take_turns_where_the_wi_fi_works_and_the_server_does_not(tablet):
    open_as(tablet, "bakary", "Bakary")
    open_as(tablet, "ines", "Inès")
    tablet.page.route("**/api/**", lambda route: route.abort())
    take_turn(tablet, "Bakary", "9999")
    expect(tablet.page.locator("#turns-said")).to_contain_text("pas le code")
    tablet.page.reload()  # it unlocks nothing
    expect(tablet.page.locator("#turns")).to_be_visible()
    tablet.page.locator("#turns .face", has_text="Bakary").click()
    for digit in PINS["bakary"]:
        tablet.page.locator(f"#turns [data-key='{digit}']").click()
    tablet.page.locator("#turns .key.go").click()
    expect(tablet.page.locator(".person-name")).to_have_text("Bakary")
    tablet.page.unroute("**/api/**")
    log(tablet, "5")
    all_sent(tablet)
    assert Movement.objects.get().author.username == "bakary"


def test_the_team_needs_no_pin(tablet, people):
    set_team(site=people.canal, is_on=True)
    tablet.page.goto(f"/tablette/?next={WEIGH}")
    tablet.page.locator(".face", has_text="Équipe tri").click()
    tablet.page.locator("#tiles .tile").first.wait_for()
    log(tablet, "8")
    all_sent(tablet)
    assert Movement.objects.get().author.team_of == people.canal


def test_what_a_withdrawn_tablet_still_has_goes_to_a_manager_by_itself(tablet):
    open_as(tablet, "ines", "Inès")
    tablet.page.context.set_offline(True)
    log(tablet, "8")
    expect(tablet.page.locator("#state b")).to_have_text("1 en attente")
    withdraw(station=Station.objects.get())
    tablet.page.context.set_offline(False)
    expect(tablet.page.locator("#state b")).to_have_text("En ligne")
    held = HeldEntry.objects.get()
    assert (held.summary, held.person.username) == ("Mobilier 8,0 kg", "ines")
    assert not Movement.objects.exists()


def test_what_was_saved_before_the_tablet_was_paired_elsewhere_is_left_to_a_manager(tablet, people):
    open_as(tablet, "ines", "Inès")
    tablet.page.route("**/collection/intakes", lambda route: route.abort())
    log(tablet, "8")
    expect(tablet.page.locator("#state b")).to_have_text("1 en attente")
    code = invite(station=Station(site=people.canal, name="Quai 2"))
    tablet.page.goto(f"/tablette/?code={code}")
    withdraw(station=Station.objects.get(name="Quai 1"))
    tablet.page.reload()
    tablet.page.click("button.go")
    tablet.page.unroute_all(behavior="wait")
    sign_in(tablet, "ines", "Inès")
    expect(tablet.page.locator("#state b")).to_have_text("1 à régler")
    tablet.tap("#state")
    tablet.tap(".pick", "Apport de")
    tablet.tap(".pick", "La confier à un responsable")
    expect(tablet.page.locator("#state b")).to_have_text("En ligne")
    assert HeldEntry.objects.get().summary == "Mobilier 8,0 kg"
    assert not Movement.objects.exists()


TAKEN_BACK = """async (path) => {
  const queue = await import(path);
  const entry = await queue.add({ id: "1", path: "/nowhere", body: "{}" });
  await queue.remove(entry);
  return [await queue.begin(entry), (await queue.entries()).length];
}"""


def test_what_was_taken_back_does_not_leave_all_the_same(tablet):
    open_as(tablet, "ines", "Inès")
    assert tablet.page.evaluate(TAKEN_BACK, "/static/station/queue.js") == [None, 0]


def test_the_keyboard_and_no_script_are_enough_to_open_a_tablet(chromium, live, people):
    code = invite(station=Station(site=people.canal, name="Quai 1"))
    context = chromium.new_context(base_url=live, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/tablette/?code={code}")
    page.click("button.go")
    page.check("input[value=ines]", force=True)
    page.fill("#id_pin", PINS["ines"])
    page.press("#id_pin", "Enter")
    expect(page).to_have_url(re.compile(r"/$"))
    context.close()
