"""The demo lives like a real structure, and only ever adds what has passed."""

import logging
from collections import Counter
from datetime import UTC, date, datetime
from io import StringIO
from types import SimpleNamespace

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, Sum
from django.urls import reverse
from stdnum.fr import siret

from collection.models import Donor, Refusal
from config import demo
from config.demo import arrivals
from config.demo.days import Day, World, dice_of
from inventory import services
from inventory.ledger import Entry, close_month
from inventory.models import (
    UNSORTED,
    Balance,
    Carrier,
    DotCalendar,
    EcoOrganisme,
    Flow,
    Item,
    Kind,
    Movement,
    Partner,
    Place,
    Repair,
    Shipment,
    ShipmentWeights,
    Transfer,
    Verb,
)
from inventory.verify import differences
from organisation.models import HeldEntry, Organisation, Site, Submission, User
from reporting.indicators import ALL, Reading, diversion
from reporting.models import Activity
from reporting.periods import Period
from reporting.registers.declaring import situation
from reporting.registers.lines import Outgoing
from reporting.scopes import Scope
from sales.models import Method, PriceKey, Refund, Sale, SaleLine, Till, WeightSource
from sales.services import Paid, Wanted, record_sale
from tests.independent import recomputed
from tests.reporting.raw import exported, narrowed, told
from tests.tills import keep_open, till_entry

START, THEN, LATER = date(2026, 1, 1), date(2026, 2, 14), date(2026, 2, 17)
SHOPS = ["canal", "gare"]


class Listener(logging.Handler):
    """Keeps what the demo says that it left out."""

    def __init__(self):
        super().__init__()
        self.heard = []

    def emit(self, record):
        self.heard.append(record.getMessage())


@pytest.fixture(scope="module")
def six_weeks(django_db_setup, django_db_blocker):
    """Six weeks, played once: each test works in a transaction of its own within this one."""
    listener, logger = Listener(), logging.getLogger("config.demo")
    logger.addHandler(listener)
    logger.setLevel(logging.INFO)
    with django_db_blocker.unblock(), transaction.atomic():
        demo.load(start=START, today=THEN)
        yield listener
        transaction.set_rollback(True)
    logger.removeHandler(listener)
    logger.setLevel(logging.NOTSET)


@pytest.fixture
def navette(six_weeks, db):
    sites = Site.objects.filter(code__in=SHOPS).select_related("organisation")
    return SimpleNamespace(
        sites=list(sites), canal=sites[0], people=User.objects.in_bulk(field_name="username")
    )


def entry(navette, verb, at):
    """An entry by somebody who tries the demo out."""
    submission = Submission.objects.create(
        organisation=navette.canal.organisation, uuid=f"{len(verb):032}", endpoint="test"
    )
    return Entry(navette.canal, verb, submission, navette.people["direction"], at)


def grams(rows):
    return rows.aggregate(sum=Sum("weight_g"))["sum"] or 0


def last_act():
    return Movement.objects.latest("occurred_at").occurred_at


@pytest.mark.database
def test_the_demo_conserves_every_gram(navette):
    assert differences() == []

    year = diversion(scope=Scope.of_sites(navette.sites), period=Period(START, THEN))
    assert year["collected_g"] > 10_000_000
    came_g = year["opening_stock_g"] + year["opened_g"] + year["collected_g"]
    assert came_g + year["adjusted_g"] == year["outgoing_g"] + year["closing_stock_g"]
    assert year["closing_stock_g"] > 0


@pytest.mark.database
def test_a_stranger_finds_the_demo_s_figures_in_its_raw_export(navette, tmp_path):
    whole = exported(navette.sites)
    for period in (Period(START, THEN), Period(date(2026, 1, 20), date(2026, 2, 3))):
        for sites in (navette.sites, *([site] for site in navette.sites)):
            codes, wanted = [site.code for site in sites], told(sites, period)
            asked = {"sites": codes, "start": period.start, "end": period.end}

            assert narrowed(recomputed(whole, tmp_path, **asked), wanted) == wanted
            part = exported(sites, period)
            assert narrowed(recomputed(part, tmp_path), wanted) == wanted


def test_most_of_what_leaves_is_used_again_and_little_is_thrown_away(navette):
    shares = diversion(scope=Scope.of_sites(navette.sites), period=Period(START, THEN))["shares"]

    assert 50 <= shares["reuse"] <= 64
    assert 5 <= shares["disposal"] <= 15


def test_no_shelf_and_no_floor_stands_below_zero(navette):
    assert not Balance.objects.filter(account__kind=Kind.STOCK, weight_g__lt=0).exists()


def test_a_demo_in_which_nobody_worked_leaves_nothing_out(six_weeks, navette):
    assert six_weeks.heard == []


def test_loading_again_adds_only_the_days_since(navette):
    before = Movement.objects.count(), Activity.objects.count()

    assert demo.load(start=START, today=THEN) == 0
    assert (Movement.objects.count(), Activity.objects.count()) == before
    assert demo.load(start=START, today=LATER) == 1  # Sunday and Monday are closed


def test_it_tells_who_works_helps_and_learns(navette):
    period = Period(START, THEN)
    with transaction.atomic(using="report"):
        reading = Reading(Scope.of_sites(navette.sites), period)
        told = {
            code: sum(value.amount or 0 for value in ALL[code].values(reading))
            for code in ("headcount", "volunteers", "beneficiaries", "workshops")
        }
    assert all(told.values()), told


def test_the_five_logins_are_there_and_open_with_the_printed_password(navette):
    for login in ("direction", "responsable", "tri", "caisse", "audit"):
        assert navette.people[login].check_password("demo-tracerie")


def test_each_shop_has_its_places_a_till_and_a_price_grid(navette):
    for site in navette.sites:
        uses = set(site.places.values_list("use", flat=True))
        till = Till.objects.get(site=site)
        keys = PriceKey.objects.filter(site=site)

        assert site.tracks_places
        assert {Place.Use.SORTING, Place.Use.WORKSHOP, Place.Use.SHOP} <= uses
        assert till.shelf.use == Place.Use.SHOP
        assert 15 <= keys.count() <= 35
        assert keys.filter(price_cents=None).exists()
        kinds = {key.category.code.partition(".")[0] for key in keys if key.category}
        assert len(kinds) > 5


def test_tickets_are_paid_in_every_way_and_their_lines_have_a_weight(navette):
    lines = SaleLine.objects.all()

    assert Sale.objects.count() > 250
    assert {Method.CASH, Method.CARD, Method.CHEQUE} <= {
        Method(payment.method) for sale in Sale.objects.all() for payment in sale.payments.all()
    }
    assert Sale.objects.filter(change_cents__gt=0).exists()
    assert lines.filter(is_lot=True).exists()
    assert lines.filter(discount_cents__gt=0).exclude(discount_reason="").exists()
    assert {line.weight_source for line in lines} == {
        WeightSource.LABEL, WeightSource.WEIGHED, WeightSource.AVERAGE,
    }  # fmt: skip
    assert Refund.objects.exists()


def test_nobody_carries_home_more_than_three_labelled_objects(navette):
    tickets = SaleLine.objects.exclude(item=None).values("sale").annotate(objects=Count("pk"))

    assert max(ticket["objects"] for ticket in tickets) <= 3


def test_labelled_objects_come_from_an_arrival_and_lie_there_for_days_or_weeks(navette):
    for site in navette.sites:
        objects = Item.objects.in_stock([site])

        assert 40 <= objects.count() <= 200
        assert not objects.filter(arrival=None).exists()
        assert not objects.filter(title="").exists()
        assert {(THEN - item.since).days // 7 for item in objects} >= {0, 1, 2, 3, 4}


def test_what_comes_unsorted_is_sorted_at_last(navette):
    sorted_ = Flow.objects.filter(movement__verb=Verb.SORT, from_category__code=UNSORTED)

    assert {flow.to_category.code for flow in sorted_} >= {"MOB", "LIV", "TEX"}


def test_what_is_broken_is_mended_or_taken_apart(navette):
    demo.load(start=START, today=date(2026, 2, 28))

    was_broken = Item.history.filter(condition=Item.Condition.TO_REPAIR).values("id")
    mended = Item.objects.filter(pk__in=was_broken, condition=Item.Condition.GOOD)
    assert Item.objects.filter(part_of__isnull=False, codes__isnull=False).exists()
    assert mended.first().history.latest().history_user == navette.people["tri"]
    assert mended.first().history.latest().history_date.year == 2026


def test_the_workshop_writes_down_what_it_tries(navette):
    demo.load(start=START, today=date(2026, 2, 28))

    for act in (Repair.Act.TEST, Repair.Act.REPAIR, Repair.Act.PART):
        assert Repair.objects.filter(act=act).exists()
    for result in Repair.Result:
        assert Repair.objects.filter(result=result).exists()
    assert Repair.objects.filter(act=Repair.Act.PART).exclude(parts="").exists()
    assert not Repair.objects.filter(minutes=0).exists()
    assert Repair.objects.filter(occurred_at__date__gt=date(2026, 2, 20)).count() > 3


def test_each_shop_has_broken_objects_in_its_workshop_whose_fault_is_known(navette):
    for site in navette.sites:
        waiting = Item.objects.in_stock([site]).filter(
            account__place__use=Place.Use.WORKSHOP, condition=Item.Condition.TO_REPAIR
        )
        tried = waiting.filter(repairs__result=Repair.Result.CONTINUES)

        assert 1 <= waiting.count() <= 15
        assert tried.exclude(repairs__note="").exists()


def test_the_weeks_have_their_dots_and_each_colour_one_price(navette):
    calendar = DotCalendar.objects.get(organisation=navette.canal.organisation)
    calendar.full_clean()
    worth = [dot.percent for dot in calendar.cycle.dots_on(THEN)]

    assert calendar.first_day.isoweekday() == 1
    assert worth == [0, 0, 30, 50, 100, 100]


def test_crates_stand_outside_and_what_was_left_of_others_was_weighed_back(navette):
    for site in navette.sites:
        crates = Shipment.objects.crates_out(site)
        taken_g = Flow.objects.filter(movement__site=site, movement__shipment__is_crate=True)
        back_g = Flow.objects.filter(movement__site=site, movement__verb=Verb.REST)

        assert 1 <= crates.count() <= 2
        assert 0 < grams(back_g) < grams(taken_g) / 2


def test_recyclers_weigh_what_they_took_some_weeks_later(navette):
    confirmed = ShipmentWeights.objects.filter(movement__site__in=navette.sites)
    waiting = Shipment.objects.waiting(navette.sites)

    assert confirmed.filter(movement__verb=Verb.SHIP).exists()
    assert 1 <= waiting.count() <= 6
    assert {shipment.partner.code for shipment in waiting} <= {"electro", "fibres"}
    assert not waiting.filter(movement__business_date__lt=date(2026, 1, 16)).exists()


def test_most_of_what_leaves_has_its_papers_and_some_cards_are_left_half_filled(navette):
    for card in (*Partner.objects.exclude(siret=""), *Carrier.objects.all(), *navette.sites):
        card.full_clean()
        assert siret.is_valid(card.siret)
        assert card.siret.startswith("00000")  # nobody's

    found = situation(Outgoing(Scope.of_sites(navette.sites), Period(START, THEN)), THEN)

    why = {reason.code for each in found.blocked for reason in each.reasons}
    assert len(found.to_send) > len(found.blocked) > 5
    assert {"no_carrier", "missing", "no_departure", "slip_missing"} <= why
    assert found.traced
    assert EcoOrganisme.objects.get().streams.exists()


def test_unsorted_flats_wait_beside_the_table(navette):
    left = Balance.objects.filter(account__kind=Kind.STOCK, category__code=UNSORTED)

    assert 0 < grams(left) < 600_000


def test_some_who_bring_leave_their_name_and_some_sign(navette):
    assert Donor.objects.filter(strokes=[]).exists()
    assert Donor.objects.exclude(strokes=[]).count() > 10
    for donor in Donor.objects.all():
        donor.full_clean(exclude=["submission"])
        assert donor.recorded_at == donor.intake.movement.occurred_at


def test_one_entry_of_a_tablet_waits_for_a_decision_and_can_be_recorded(navette, client):
    waiting = HeldEntry.objects.undecided().get()
    client.force_login(navette.people["responsable"])

    client.post(reverse("decide-held", args=[waiting.pk]), {"do": "record"})

    waiting.refresh_from_db()
    assert waiting.outcome == HeldEntry.Outcome.RECORDED
    assert HeldEntry.objects.filter(outcome=HeldEntry.Outcome.DROPPED).exists()
    assert differences() == []


def test_the_wall_has_a_word_of_the_day(navette):
    assert all(site.daily_word for site in navette.sites)


def test_what_is_turned_away_is_noted(navette):
    assert Refusal.objects.exists()


def test_gifts_go_to_the_free_shelf_and_to_an_association(navette):
    gifts = Shipment.objects.filter(movement__verb=Verb.GIVE)

    assert set(gifts.values_list("partner__code", flat=True)) == {None, "entraide"}


def test_transfers_go_both_ways_and_one_is_on_the_road(navette):
    transfers = Transfer.objects.listed()
    states = Counter(transfer.state for transfer in transfers)

    assert {transfer.to_site.code for transfer in transfers} == set(SHOPS)
    assert states[Transfer.State.ON_THE_ROAD] == 1
    assert states[Transfer.State.RECEIVED] > 5


def test_a_transfer_received_in_part_ends_with_a_gap(navette):
    in_two = [t for t in Transfer.objects.listed() if len(t.standing_receipts) == 2]
    gap = Flow.objects.filter(to_account__kind=Kind.ADJUSTMENT, to_account__reason="transit")

    assert in_two
    assert gap.aggregate(sum=Sum("weight_g"))["sum"] > 0


def test_a_second_life_names_its_former_one(navette):
    again = Item.objects.filter(former__isnull=False)

    assert again
    assert all(item.title == item.former.title for item in again)
    assert all(item.former.account.kind == Kind.REUSE for item in again)


def test_a_weight_typed_ten_times_too_large_is_cancelled_with_its_reason(navette):
    day = Day(World.of(Organisation.objects.get(code=demo.CODE)), navette.canal, LATER)

    arrivals.slip(day, day.at(16, 40), dice_of("slip"))

    cancelled = Movement.objects.filter(reverses__isnull=False).latest("pk")
    assert cancelled.note.startswith("Erreur de saisie")
    assert cancelled.reverses.site == navette.canal
    assert differences() == []


def test_the_month_is_balanced_and_the_tip_is_paid_in_grams(navette):
    assert Movement.objects.filter(verb="settle", site__in=navette.sites).count() == 2
    assert Shipment.objects.filter(fate="disposal").exists()


def test_an_object_that_somebody_sold_is_not_sold_again(navette):
    till = Till.objects.get(site=navette.canal)
    shelf = Item.objects.in_stock([navette.canal]).filter(account__place=till.place)
    mine = list(shelf.select_related("account__place", "category"))
    keep_open(till, till_entry(navette.canal, last_act()))
    record_sale(
        entry=entry(navette, Verb.SELL, last_act()),
        till=till,
        lines=[Wanted(item=item, price_cents=100) for item in mine],
        payments=[Paid(Method.CARD, 100 * len(mine))],
    )
    before = Sale.objects.count()

    assert demo.load(start=START, today=LATER) == 1
    assert Sale.objects.count() > before
    assert SaleLine.objects.filter(item__in=mine).count() == len(mine) + (
        SaleLine.objects.filter(item__in=mine, refunds__isnull=False).count()
    )


def test_an_object_that_somebody_moved_stays_where_it_is(navette):
    item = Item.objects.in_stock([navette.canal]).filter(account__place__code="boutique").first()
    item = Item.objects.select_related("account__place", "category").get(pk=item.pk)
    mine = Place.objects.create(site=navette.canal, code="vitrine", name="Vitrine")
    lines = [services.StockLine(item=item)]
    services.move(entry=entry(navette, Verb.MOVE, last_act()), to_place=mine, lines=lines)

    assert demo.load(start=START, today=LATER) == 1
    item.refresh_from_db()
    assert item.account.place == mine


def test_a_demo_that_was_worked_in_does_not_stop_a_start(navette, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    for site in navette.sites:
        close_month(site=site, month=202601)

    assert demo.load(start=START, today=LATER) == 1
    with time_machine.travel(datetime(2026, 2, 19, tzinfo=UTC)):
        call_command("load_demo", stdout=StringIO(), stderr=StringIO())
    assert (tmp_path / "demo").exists()
