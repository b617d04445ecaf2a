"""Targets: typed in their unit, kept with their history, set beside the year's figures."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from organisation.models import Membership, Network, User
from organisation.permissions import Role
from reporting.indicators import Unit
from reporting.models import Target
from reporting.periods import Period
from reporting.scopes import Scope
from reporting.targets import goals, scale_of

Y2026 = Period(date(2026, 1, 1), date(2026, 12, 31))
AFTER = date(2027, 2, 1)


@pytest.mark.parametrize(
    ("unit", "text", "amount"),
    [
        (Unit.GRAMS, "360", 360_000_000),
        (Unit.GRAMS, "12,000 001", 12_000_001),
        (Unit.PERCENT, "91.1", 911),
        (Unit.HUNDREDTHS, "60", 60),
        (Unit.CENTS, "1 234,50", 123_450),
        (Unit.COUNT, "1\u00a0200", 1_200),
    ],
)
def test_an_amount_is_typed_in_the_unit_of_its_indicator(unit, text, amount):
    assert scale_of(unit).parse(text) == amount


@pytest.mark.parametrize(
    ("unit", "text", "code"),
    [
        (Unit.GRAMS, "-1", "bad_amount"),
        (Unit.GRAMS, "beaucoup", "bad_amount"),
        (Unit.GRAMS, "999999999999", "bad_amount"),
        (Unit.PERCENT, "91,11", "too_precise"),
        (Unit.COUNT, "1,5", "too_precise"),
    ],
)
def test_what_is_no_amount_is_refused(unit, text, code):
    with pytest.raises(ValidationError) as refusal:
        scale_of(unit).parse(text)
    assert refusal.value.code == code


@given(st.sampled_from(list(Unit)), st.integers(0, 10**12))
def test_what_is_shown_to_be_typed_is_read_back(unit, amount):
    scale = scale_of(unit)
    assert scale.parse(scale.typed(amount)) == amount


@pytest.fixture
def aim(world):
    def made(indicator, amount, site=None, **more):
        return Target.objects.create(
            organisation=world.navette,
            site=site,
            year=2026,
            indicator=indicator,
            amount=amount,
            **more,
        )

    return made


@pytest.fixture
def whole(world):
    return Scope.of_sites([world.canal, world.gare])


def test_a_year_that_is_over_is_measured_whole(world, books, aim, whole):
    there = books.at(world.canal)
    books.book(there.drop_off, there.bulk, "TEX", 30_000, "2026-03-10")
    aim("collected", 40_000)

    [goal] = goals(whole, Y2026, AFTER)

    assert (goal.amount, goal.due, goal.is_prorated, goal.is_reached) == (
        30_000,
        40_000,
        False,
        False,
    )


def test_a_year_under_way_owes_the_part_of_its_days(world, books, aim, whole):
    there = books.at(world.canal)
    books.book(there.drop_off, there.bulk, "TEX", 10_000, "2026-01-10")
    aim("collected", 36_500)

    [goal] = goals(whole, Y2026, date(2026, 4, 10))  # its hundredth day

    assert (goal.days, goal.of_days, goal.due) == (100, 365, 10_000)
    assert goal.is_prorated
    assert goal.is_reached


def test_a_rate_and_the_stock_are_never_prorated(world, books, aim, whole):
    there = books.at(world.canal)
    books.book(there.drop_off, there.bulk, "TEX", 10_000, "2026-01-10")
    books.book(there.bulk, there.recycling, "TEX", 2_000, "2026-01-11")
    aim("recovery_rate", 911)
    aim("stock", 8_000)

    found = goals(whole, Y2026, date(2026, 4, 10))

    assert [(goal.amount, goal.due) for goal in found] == [(1_000, 911), (8_000, 8_000)]
    assert not any(goal.is_prorated for goal in found)


def test_a_ceiling_is_kept_below_and_passed_above(world, books, aim, whole):
    there = books.at(world.canal)
    books.book(there.drop_off, there.disposal, "DIV", 5_001, "2026-03-10")
    target = aim("disposed", 5_001, is_ceiling=True)
    assert goals(whole, Y2026, AFTER)[0].is_reached

    target.amount = 5_000
    target.save()
    assert not goals(whole, Y2026, AFTER)[0].is_reached


def test_a_figure_that_has_no_base_is_neither_reached_nor_missed(aim, whole):
    aim("reuse_rate", 600)
    [goal] = goals(whole, Y2026, AFTER)
    assert (goal.amount, goal.is_reached) == (None, None)


def test_a_site_and_the_structure_have_their_own(world, aim, whole):
    aim("collected", 2)
    aim("collected", 1, site=world.canal)

    def due(scope, period=Y2026):
        return [goal.due for goal in goals(scope, period, AFTER)]

    assert due(whole) == [2]
    assert due(Scope.of_sites([world.canal])) == [1]
    assert due(Scope.of_sites([world.gare])) == []
    assert due(Scope.of_sites([world.quai])) == []  # somebody else's
    assert due(whole, Period(date(2025, 1, 1), date(2026, 12, 31))) == []
    assert due(whole, Period(date(2025, 1, 1), date(2025, 12, 31))) == []


def test_a_network_has_none(world, aim):
    aim("collected", 2)
    network = Network.objects.create(code="idf", name="Île-de-France")
    network.members.add(world.navette)
    assert goals(Scope.of_network(network), Y2026, AFTER) == []


ASKED = {"site": "", "year": "2026", "indicator": "collected", "typed": "360", "ceiling": ""}
AT = "/bilan/objectifs/"


def test_a_director_sets_changes_and_takes_back_a_target_and_all_is_kept(world, reader):
    client = reader(world.anna)
    assert client.post(AT, ASKED).status_code == 302
    target = Target.objects.get()
    assert (target.organisation, target.site, target.amount) == (world.navette, None, 360_000_000)

    changed = {"typed": "350,5", "ceiling": "1"}
    assert client.post(f"{AT}{target.pk}/", changed).status_code == 302
    target.refresh_from_db()
    assert (target.amount, target.is_ceiling, target.year) == (350_500_000, True, 2026)
    assert "360" in client.get(f"{AT}{target.pk}/").content.decode()  # what it was

    assert client.post(f"{AT}{target.pk}/", {"remove": "1"}).status_code == 302
    assert not Target.objects.exists()
    assert list(Target.history.values_list("history_type", flat=True)) == ["-", "~", "+"]
    assert Target.history.first().history_user == world.anna


def test_a_target_is_set_once_for_each_year_site_and_indicator(world, reader):
    client = reader(world.anna)
    client.post(AT, ASKED)
    answer = client.post(AT, ASKED)
    assert answer.status_code == 422
    assert answer.context["form"].errors.as_data()["indicator"][0].code == "target_twice"
    assert client.post(AT, ASKED | {"site": "canal"}).status_code == 302
    assert Target.objects.count() == 2


def test_who_directs_one_site_sets_targets_of_that_site_only(world, reader):
    mara = User.objects.create(username="mara", organisation=world.navette)
    Membership.objects.create(user=mara, role=Role.DIRECTOR, site=world.canal)
    client = reader(mara)
    answer = client.post(AT, ASKED)
    assert answer.status_code == 422
    assert answer.context["form"].errors.as_data()["site"][0].code == "required"
    assert client.post(AT, ASKED | {"site": "gare"}).status_code == 422
    assert client.post(AT, ASKED | {"site": "canal"}).status_code == 302

    whole = Target.objects.create(
        organisation=world.navette, year=2026, indicator="stock", amount=1
    )
    assert client.get(f"{AT}{whole.pk}/").status_code == 403
    assert reader(world.paul).get(f"{AT}{whole.pk}/").status_code == 404
    assert reader(world.manager).get(AT).status_code == 403


def test_the_report_says_in_words_and_marks_what_is_missing_and_what_is_due(
    world, books, aim, english
):
    there = books.at(world.canal)
    books.book(there.drop_off, there.bulk, "TEX", 9_000, "2026-01-10")
    aim("collected", 36_500)
    with time_machine.travel("2026-04-10T10:00:00+02:00"):
        html = english.get("/bilan/?from=2026-01-01&to=2026-12-31").content.decode()
        assert "Missing: 1.0\u00a0kg" in html
        assert "100 of 365 days, to 10 April 2026: of 36.5\u00a0kg in 2026" in html
        assert 'class="goal-bar" role="img" aria-label="9.0\u00a0kg, target 10.0\u00a0kg' in html
        narrowed = english.get("/bilan/?from=2026-01-01&to=2026-12-31&category=TEX")
        assert "goal-bar" not in narrowed.content.decode()
