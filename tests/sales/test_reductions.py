"""What a day takes off by itself: everything, a category, what lies there for long, a dot."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from inventory.models import DotCalendar, Item
from sales.models import Nature, Reduction
from sales.services import Discount, Wanted
from tests.sales.conftest import category, mob


@pytest.fixture
def today(world):
    return world.canal.business_date(timezone.now())


@pytest.fixture
def reduction(world):
    """``reduction("Moitié prix", 50, category=…)`` at Canal."""

    def make(name, percent, site=None, **more):
        site = site or world.canal
        return Reduction.objects.create(
            organisation=site.organisation,
            site=site,
            code=f"r{Reduction.objects.count()}",
            name=name,
            percent=percent,
            **more,
        )

    return make


@pytest.fixture
def dots(world, today):
    """Four colours; last week's takes off 25 %, the one before 50 %."""
    start = today - timedelta(weeks=2)
    return DotCalendar.objects.create(
        organisation=world.navette,
        first_day=start,
        colours=["blue", "yellow", "red", "green"],
        steps=[[1, 0], [1, 25], [1, 50]],
    )


def line(sale):
    row = sale.lines.get()
    return row.discount_cents, row.discount_reason, row.total_cents


def test_a_half_price_day_takes_half_off_everything(sold, reduction):
    reduction("Samedi moitié prix", 50)
    assert line(sold(mob(1_001))) == (501, "Samedi moitié prix", 500)


def test_a_reduction_of_a_category_takes_off_what_is_below_it_too(sold, reduction, chair):
    reduction("Meubles", 30, category=category("MOB"))
    assert line(sold(Wanted(item=chair))) == (450, "Meubles", 1_050)
    plates = Wanted(category=category("VAI"), price_cents=200)
    assert line(sold(plates)) == (0, "", 200)


@pytest.mark.parametrize(("weeks", "off_cents"), [(3, 0), (4, 600)])
def test_what_is_here_for_long_costs_less(sold, reduction, chair, today, weeks, off_cents):
    reduction("Plus de 4 semaines", 40, least_weeks=4)
    Item.objects.filter(pk=chair.pk).update(since=today - timedelta(weeks=weeks))
    chair.refresh_from_db()
    assert line(sold(Wanted(item=chair)))[0] == off_cents


def test_what_has_no_label_is_of_no_age(sold, reduction):
    reduction("Plus de 4 semaines", 40, least_weeks=0)
    assert line(sold(mob(1_000)))[0] == 0


@pytest.mark.parametrize(
    "holds",
    [
        lambda day: {"first_day": day + timedelta(days=1)},
        lambda day: {"last_day": day - timedelta(days=1)},
        lambda day: {"weekday": (day.weekday() + 1) % 7},
        lambda day: {"is_active": False},
    ],
)
def test_a_reduction_of_another_day_takes_nothing_off(sold, reduction, today, holds):
    reduction("Un autre jour", 50, **holds(today))
    assert line(sold(mob(1_000)))[0] == 0


def test_a_reduction_of_another_site_takes_nothing_off(sold, reduction, world):
    reduction("Ailleurs", 50, site=world.gare)
    assert line(sold(mob(1_000)))[0] == 0


def test_the_largest_counts_and_they_do_not_add_up(sold, reduction):
    reduction("Petite", 20)
    reduction("Grande", 50)
    assert line(sold(mob(1_000))) == (500, "Grande", 500)


def test_what_is_said_at_the_till_takes_its_place(sold, reduction):
    reduction("Moitié prix", 50)
    said = Discount("Abîmé", amount_cents=100)
    assert line(sold(mob(1_000, discount=said))) == (100, "Abîmé", 900)


def test_what_is_no_object_costs_what_it_costs(sold, reduction):
    reduction("Moitié prix", 50)
    assert line(sold(Wanted(nature=Nature.MEMBERSHIP, price_cents=1_000)))[0] == 0


@pytest.mark.parametrize(
    ("colour", "said"),
    [("yellow", (250, "Pastille jaune", 750)), ("blue", (500, "Pastille bleue", 500))],
)
def test_a_dot_takes_off_what_its_week_says(sold, dots, colour, said):
    off_cents, reason, total_cents = line(sold(mob(1_000, dot=colour)))
    assert (off_cents, reason, total_cents) == said


def test_a_dot_that_takes_nothing_off_is_refused(sold, dots):
    with pytest.raises(ValidationError) as refused:
        sold(mob(1_000, dot="red"))  # this week's
    assert refused.value.code == "unknown_dot"


def test_the_till_offers_the_dots_of_the_day_and_counts_them(paper, dots):
    page = paper.press("key", "assiette").content.decode()
    assert 'data-dot="yellow"' in page
    assert 'data-dot="red"' not in page
    paper.press(**paper.line(dot="blue"))
    assert paper.response.context["checkout"].total_cents == 25
