"""What is taken off at the tablet's till: the whole ticket, what a day takes off, a dot."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from inventory.models import Category, DotCalendar, Item
from sales.models import Payment, Reduction, Sale, SaleLine, VoucherIssuer
from sales.statements import statement_of
from tests.e2e.machine import keys_at_speed
from tests.e2e.test_till_offline import codes, desk, fresh  # noqa: F401  (fixtures)

pytestmark = [pytest.mark.browser, pytest.mark.kept]


def here(world):
    return world.canal.business_date(timezone.now())


@pytest.fixture
def offers(own_database, codes):  # noqa: F811
    """Furniture is 20 % off; what has been here for four weeks, half price; a yellow dot, 25 %."""
    world, day = own_database, here(own_database)
    own = {"organisation": world.navette, "site": world.canal}
    furniture = Category.objects.get(code="MOB")
    Reduction.objects.create(**own, code="a", name="Meubles", percent=20, category=furniture)
    Reduction.objects.create(**own, code="b", name="Vieux stock", percent=50, least_weeks=4)
    DotCalendar.objects.create(
        organisation=world.navette,
        first_day=day - timezone.timedelta(weeks=1),
        colours=["yellow", "blue", "red"],
        steps=[[1, 0], [1, 25]],
    )
    old = Item.objects.filter(title="Tabouret")
    old.update(since=day - timezone.timedelta(weeks=5))


@pytest.fixture
def ccas(own_database):
    return VoucherIssuer.objects.create(
        organisation=own_database.navette, code="ccas", name="CCAS de Pantin"
    )


def off_all(desk, typed, reason="Gros achat"):  # noqa: F811
    desk.tap("#whole")
    desk.pad(typed)
    desk.tap("#go", "Valider")
    desk.choose(reason)


def told(page):
    return page.locator("#lines li small")


def test_a_discount_on_the_whole_ticket_is_kept_on_each_line_to_the_cent(desk):  # noqa: F811
    desk.offline()
    for code in ("assiette", "livre", "manteau"):
        desk.key(code)
    off_all(desk, "33")
    desk.total("7,03")
    expect(desk.page.locator("#ticket-off")).to_contain_text("Gros achat")
    desk.sell("C1-000001")
    desk.offline(False)
    desk.all_sent()
    sale = Sale.objects.get()
    assert (sale.total_cents, sale.discount_cents, sale.discount_reason) == (703, 347, "Gros achat")
    assert list(sale.lines.order_by("pk").values_list("shared_cents", flat=True)) == [17, 66, 264]


def test_so_many_euros_off_the_ticket_go_when_it_costs_less(desk):  # noqa: F811
    desk.key("manteau")
    desk.key("livre")
    desk.tap("#whole")
    desk.tap("#give .typed .chip")
    desk.pad("9")
    desk.tap("#go", "Valider")
    desk.choose("Abîmé")
    desk.total("1,00")
    desk.tap("#lines .rub >> nth=1")  # the coat
    desk.total("2,00")
    expect(desk.page.locator("#give .hint")).to_contain_text("retirée")
    desk.sell("C1-000001")
    desk.all_sent()
    assert Sale.objects.get().discount_cents == 0


def test_a_discount_of_a_line_goes_where_its_price_falls_below(desk):  # noqa: F811
    desk.key("manteau")
    desk.tap(".t-line")
    desk.tap(".t-tools .btn", "Remise")
    desk.tap("#give .typed .chip")
    desk.pad("7")
    desk.tap("#go", "Valider")
    desk.choose("Abîmé")
    desk.total("1,00")
    desk.tap(".t-line")
    desk.tap(".t-tools .btn", "Prix")
    desk.pad("5")
    desk.tap("#go", "Valider")
    desk.total("5,00")
    desk.sell("C1-000001")
    desk.all_sent()


@pytest.mark.usefixtures("offers")
def test_the_day_takes_off_the_largest_by_itself_and_says_which_offline(desk):  # noqa: F811
    desk.offline()
    chair, stool = desk.codes[:2]
    desk.scan(chair)
    expect(told(desk.page).first).to_contain_text("Meubles")
    desk.total("12,00")
    desk.scan(stool)
    expect(told(desk.page).first).to_contain_text("Vieux stock")
    desk.key("manteau")
    desk.total("27,50")
    desk.sell("C1-000001")
    desk.offline(False)
    desk.all_sent()
    lines = SaleLine.objects.order_by("pk").values_list("discount_cents", "discount_reason")
    assert list(lines) == [(300, "Meubles"), (750, "Vieux stock"), (0, "")]


@pytest.mark.usefixtures("offers")
def test_what_somebody_says_takes_the_place_of_the_days(desk):  # noqa: F811
    desk.scan(desk.codes[0])
    desk.tap(".t-line")
    desk.tap(".t-tools .btn", "Remise")
    desk.tap("#quick .chip", "10 %")
    desk.choose("Abîmé")
    desk.total("13,50")
    desk.sell("C1-000001")
    desk.all_sent()
    line = SaleLine.objects.get()
    assert (line.discount_cents, line.discount_reason) == (150, "Abîmé")


@pytest.mark.usefixtures("offers")
def test_a_dot_takes_off_what_its_week_says(desk):  # noqa: F811
    desk.key("manteau")
    desk.tap(".t-line")
    desk.tap(".t-tools .btn", "Pastille")
    desk.choose("jaune")
    desk.total("6,00")
    desk.sell("C1-000001")
    desk.all_sent()
    line = SaleLine.objects.get()
    assert (line.discount_cents, line.discount_reason) == (200, "Pastille jaune")


@pytest.mark.usefixtures("ccas")
def test_a_voucher_of_the_ccas_is_taken_offline_and_stands_on_its_statement(
    desk,  # noqa: F811
    own_database,
):
    desk.offline()
    desk.key("manteau")
    desk.tap("#means .chip", "Bon")
    desk.choose("CCAS")
    desk.page.fill("#voucher-number", "A17")
    desk.page.keyboard.press("Enter")
    desk.pad("5")
    desk.tap("#means .chip", "Partager")
    expect(desk.page.locator("#pays li")).to_contain_text("CCAS de Pantin A17")
    desk.sell("C1-000001")
    issuer = VoucherIssuer.objects.get()
    issuer.is_active = False  # set aside meanwhile: it was taken all the same
    issuer.save()
    desk.offline(False)
    desk.all_sent()
    paid = Payment.objects.order_by("pk").values_list("method", "amount_cents", "reference")
    assert list(paid) == [("voucher", 500, "A17"), ("cash", 300, "")]
    day = Sale.objects.get().movement.business_date
    due = statement_of(issuer, day.year * 100 + day.month, [own_database.canal])
    assert due.total_cents == 500


def test_a_voucher_of_the_house_is_taken_elsewhere(desk):  # noqa: F811
    keys_at_speed(desk.page, "BON12345678")
    desk.told("à la caisse du bureau")
