"""Stock counts and the month's balance as pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory import services
from inventory.models import Category, Flow, Item, Movement, Verb
from inventory.services import Draft, StockLine
from inventory.views import counts
from tests.inventory.pages import (
    category,
    counted,
    shipped,
    text,
)


def test_a_count_books_the_gap_under_its_reason(world, browser, stocked):
    page = text(browser(world.manager).get("/stock/inventaire/"))
    assert "500,0" in page
    data = counted(("MOB", "480,5"), ("MOB.CHAI", ""), reason="loss")

    first = browser(world.manager).post("/stock/inventaire/", data)
    second = browser(world.manager).post("/stock/inventaire/", data)

    assert first.url == second.url == "/d/IN-canal-1/"
    flow = Flow.objects.get(movement__verb=Verb.COUNT)
    assert (flow.weight_g, flow.to_account.reason) == (19_500, "loss")
    assert "19,5" in text(browser().get(first.url))


def test_grams_are_spread_between_categories_at_no_net_mass(world, browser, stocked):
    browser().post(
        "/stock/inventaire/?site=canal",
        counted(("MOB", "450"), ("MOB.CHAI", "250"), reason="reclassify"),
    )

    flow = Flow.objects.get(movement__verb=Verb.COUNT)
    assert (flow.from_category.code, flow.to_category.code) == ("MOB", "MOB.CHAI")
    assert flow.weight_g == 50_000


@pytest.mark.parametrize(
    ("weights", "reason", "code"),
    [
        ([("MOB", "480")], "", "required"),
        ([("MOB", "beaucoup")], "loss", "bad_weight"),
        ([("MOB", "")], "loss", "no_lines"),
        ([("MOB", "480"), ("MOB", "470")], "loss", "category_twice"),
        ([("MOB", "480")], "reclassify", "not_balanced"),
    ],
)
def test_a_count_that_says_nothing_sure_is_refused(world, browser, stocked, weights, reason, code):
    response = browser().post("/stock/inventaire/", counted(*weights, reason=reason))

    assert response.status_code == 422
    form, lines = response.context["form"], response.context["lines"]
    found = [e.code for field in form.errors.as_data().values() for e in field]
    found += [e.code for line in lines.errors for f in line.as_data().values() for e in f]
    found += [e.code for e in lines.non_form_errors().as_data()]
    assert found == [code]
    assert not Movement.objects.filter(verb=Verb.COUNT).exists()


def test_a_category_that_is_not_offered_any_more_can_still_be_counted(
    world, browser, entry, stocked
):
    own = Category.objects.create(
        organisation=world.navette,
        parent=category("MOB"),
        code="PALETTE",
        name_fr="Palettes",
        is_active=False,
    )
    services.open_stock(entry=entry(Verb.OPEN), lines=[StockLine(own, 9_000)])

    assert "Palettes" in text(browser().get("/stock/inventaire/?site=canal"))


def test_the_months_balance_is_shown_before_it_is_booked(world, browser, stocked):
    client, today = browser(world.manager), timezone.localdate().isoformat()
    assert "700,0" in text(client.get(f"/stock/solde/?on={today}"))
    data = counted(("MOB", "450"), on=today)

    preview = client.post("/stock/solde/", {**data, "preview": "1"})

    assert preview.context["gone_g"] == 250_000
    assert "250,0" in text(preview)
    assert not Movement.objects.filter(verb=Verb.SETTLE).exists()

    data |= {"confirm": "1", "seen": preview.context["seen"]}
    first = client.post("/stock/solde/", data)
    second = client.post("/stock/solde/", data)
    assert first.url == second.url == "/d/SO-canal-1/"
    flows = Flow.objects.filter(movement__verb=Verb.SETTLE)
    assert sum(flow.weight_g for flow in flows) == 250_000
    assert {flow.method for flow in flows} == {"by_balance"}


def test_a_balance_that_is_no_longer_what_was_shown_is_shown_again(world, browser, stocked, entry):
    client, today = browser(world.manager), timezone.localdate().isoformat()
    data = counted(("MOB", "450"), on=today)
    seen = client.post("/stock/solde/", {**data, "preview": "1"}).context["seen"]
    shipped(entry, weight_g=50_000)

    response = client.post("/stock/solde/", {**data, "confirm": "1", "seen": seen})

    assert response.context["has_changed"]
    assert response.context["gone_g"] == 200_000
    assert not Movement.objects.filter(verb=Verb.SETTLE).exists()


def test_more_than_the_books_hold_asks_for_a_count(world, browser, stocked):
    today = timezone.localdate().isoformat()

    response = browser().post(
        "/stock/solde/?site=canal", {**counted(("MOB", "701"), on=today), "preview": "1"}
    )

    errors = response.context["form"].non_field_errors().as_data()
    assert [error.code for error in errors] == ["settlement_negative"]


def test_the_balance_proposes_the_end_of_last_month(world, browser):
    response = browser().get("/stock/solde/?on=pas-un-jour")

    assert response.context["on"] == timezone.localdate().replace(day=1) - timedelta(days=1)


@pytest.mark.parametrize("path", ["depart", "inventaire", "solde"])
def test_only_the_office_opens_counts_and_settles(world, browser, path):
    assert browser(world.sorter).get(f"/stock/{path}/").status_code == 403
    assert browser(world.auditor).post(f"/stock/{path}/", {}).status_code == 403
    assert browser(world.manager).get(f"/stock/{path}/?site=gare").status_code == 403
    assert browser(world.manager).get(f"/stock/{path}/").status_code == 200


# Labelled objects


@pytest.fixture
def chairs(stocked, entry):
    drafts = [Draft(category("MOB.CHAI"), 4_000 + n) for n in range(3)]
    return services.label(entry=entry(Verb.LABEL), place=None, drafts=drafts)


def ticked(*items, **fields):
    """The count's form with these objects ticked, of those that were listed."""
    data = counted(reason="loss", counts_items="on", **fields)
    return data | {f"found_{item.pk}": "on" for item in items}


def lost_g() -> int:
    return sum(
        flow.weight_g
        for flow in Flow.objects.filter(movement__verb=Verb.COUNT, to_account__kind="adjustment")
    )


def test_objects_without_a_tick_are_missing(browser, chairs):
    client = browser()
    listed = client.get("/stock/inventaire/?site=canal").context["form"]["listed"].value()
    found, *missing = chairs
    response = client.post("/stock/inventaire/?site=canal", ticked(found, listed=listed))
    assert response.url == "/d/IN-canal-1/"
    assert lost_g() == 8_003
    assert [Item.objects.get(pk=item.pk).state for item in missing] == [Item.State.LOST] * 2


def test_an_object_labelled_while_others_were_counted_is_not_missing(browser, chairs):
    shown, late, gone = chairs
    data = ticked(shown, listed=f"found_{shown.pk} found_{gone.pk}")
    browser().post("/stock/inventaire/?site=canal", data)
    assert Item.objects.get(pk=late.pk).state == Item.State.IN_STOCK
    assert lost_g() == 4_002


def test_objects_that_nobody_counted_stay(browser, chairs):
    data = counted(("MOB", "490"), reason="loss")
    assert browser().post("/stock/inventaire/?site=canal", data).status_code == 302
    assert lost_g() == 10_000


def test_more_objects_than_a_page_holds_are_not_counted_on_it(browser, chairs, monkeypatch):
    monkeypatch.setattr(counts, "MOST_ITEMS", 2)
    client = browser()
    assert "counts_items" not in client.get("/stock/inventaire/?site=canal").context["form"].fields
    assert client.post("/stock/inventaire/?site=canal", ticked()).status_code == 422
    assert lost_g() == 0
