"""Pages of bulk shared out: sorted by hand, or spread by estimated shares as a remedy."""

from uuid import uuid4

import pytest

from inventory import services
from inventory.models import UNSORTED, Balance, Flow, Kind, Method, Movement, Verb
from inventory.services import Departure, StockLine
from tests.inventory.pages import category, rows, several_places, text


@pytest.fixture
def unsorted(world, entry):
    """Canal holds 100 kg that nobody sorted."""
    lines = [StockLine(category(UNSORTED), 100_000)]
    return services.open_stock(entry=entry(Verb.OPEN), lines=lines)


def sorted_into(*lines, **fields):
    return {"id": str(uuid4()), "category": UNSORTED, **rows(*lines), **fields}


def shared(*shares, **fields):
    lines = [{"category": code, "share": str(share)} for code, share in shares]
    return {"id": str(uuid4()), "category": UNSORTED, **rows(*lines), **fields}


def held() -> dict[str, int]:
    return {
        code: weight_g
        for code, weight_g in Balance.objects.filter(
            account__kind=Kind.STOCK, account__site__code="canal"
        ).values_list("category__code", "weight_g")
        if weight_g
    }


def test_bulk_is_sorted_into_categories_and_what_is_missing_is_a_gap(world, browser, unsorted):
    data = sorted_into(
        {"category": "MOB", "weight": "6"}, {"category": "TEX", "weight": "3,9"}, weight="10"
    )
    first, again = (browser(world.sorter).post("/stock/tri/?site=canal", data) for _n in "12")

    assert first.url == again.url == "/d/TR-canal-1/"
    assert held() == {UNSORTED: 90_000, "MOB": 6_000, "TEX": 3_900}


def test_bulk_is_sorted_into_places(world, browser, unsorted):
    several_places(world.canal)
    line = {"category": "MOB", "weight": "10", "place": "atelier"}
    response = browser().post("/stock/tri/?site=canal", sorted_into(line, weight="10"))
    assert response.status_code == 302
    assert Flow.objects.get(movement__verb=Verb.SORT).to_account.place.code == "atelier"


@pytest.mark.parametrize(
    ("weight", "lines", "code"),
    [
        ("10", [{"category": "MOB", "weight": "8"}], "sorting_gap_too_large"),
        ("10", [{"category": "MOB", "weight": "10,001"}], "more_than_taken"),
        ("10", [], "sorting_gap_too_large"),
    ],
)
def test_a_sorting_that_does_not_add_up_is_refused_and_kept_on_the_page(
    browser, unsorted, weight, lines, code
):
    response = browser().post("/stock/tri/?site=canal", sorted_into(*lines, weight=weight))
    assert response.status_code == 422
    form, parts = response.context["form"], response.context["lines"]
    found = [*form.non_field_errors().as_data(), *parts.non_form_errors().as_data()]
    assert [error.code for error in found] == [code]
    assert form["weight"].value() == "10"
    assert not Movement.objects.filter(verb=Verb.SORT).exists()


def test_unsorted_bulk_is_spread_by_shares_as_an_estimate(world, browser, unsorted):
    response = browser(world.manager).post(
        "/stock/ventilation/?site=canal", shared(("MOB", 40), ("TEX", 60))
    )
    assert response.url == "/d/TR-canal-1/"
    assert held() == {"MOB": 40_000, "TEX": 60_000}
    assert {flow.method for flow in Flow.objects.filter(movement__verb=Verb.SORT)} == {
        Method.ESTIMATED
    }


@pytest.mark.parametrize(
    ("shares", "code"),
    [
        ([("MOB", 40), ("TEX", 59)], "shares_not_100"),
        ([("MOB", 50), ("MOB", 50)], "category_twice"),
    ],
)
def test_shares_that_do_not_make_a_hundred_are_refused(browser, unsorted, shares, code):
    response = browser().post("/stock/ventilation/?site=canal", shared(*shares))
    assert response.status_code == 422
    assert code in [error.code for error in response.context["form"].non_field_errors().as_data()]
    assert held() == {UNSORTED: 100_000}


@pytest.mark.parametrize("share", ["0", "101", "-1", "moitié", "12,5", ""])
def test_a_share_is_a_whole_number_of_hundredths(browser, unsorted, share):
    response = browser().post("/stock/ventilation/?site=canal", shared(("MOB", share)))
    assert response.status_code == 422
    assert response.context["lines"].errors[0]["share"]


def test_a_category_below_zero_is_brought_back_in_one_tap(world, browser, unsorted, entry):
    """The page comes with the share that it lacks: 12.3 kg of 100 kg are 13 hundredths."""
    gone = Departure(Kind.RECYCLING)
    lines = [StockLine(category("TEX"), 12_300)]
    services.ship(entry=entry(Verb.SHIP), departure=gone, lines=lines)
    client = browser(world.manager)
    page = text(client.get("/stock/?site=canal"))
    assert "/stock/ventilation/?site=canal&amp;for=TEX" in page

    form = client.get("/stock/ventilation/?site=canal&for=TEX")

    known = [line.initial for line in form.context["lines"] if line.initial]
    assert known == [{"category": "TEX", "share": 13}, {"category": UNSORTED, "share": 87}]
    shares = [(line["category"], line["share"]) for line in known]
    assert client.post("/stock/ventilation/?site=canal&for=TEX", shared(*shares)).status_code == 302
    assert held() == {UNSORTED: 87_000, "TEX": 700}


def test_the_remedy_begins_where_the_unsorted_lies(world, browser, unsorted, entry):
    workshop = several_places(world.canal)
    lines = [StockLine(category(UNSORTED), 90_000)]
    services.move(entry=entry(Verb.MOVE), to_place=workshop, lines=lines)
    gone = Departure(Kind.RECYCLING)
    lines = [StockLine(category("TEX"), 9_000)]
    services.ship(entry=entry(Verb.SHIP), departure=gone, lines=lines)
    form = browser(world.manager).get("/stock/ventilation/?site=canal&for=TEX")
    assert form.context["form"]["place"].value() == "atelier"
    assert next(iter(form.context["lines"])).initial == {"category": "TEX", "share": 10}


def test_sorting_is_everybody_s_and_spreading_the_manager_s(world, browser, unsorted):
    sorter = browser(world.sorter)
    assert sorter.get("/stock/tri/").status_code == 200
    assert sorter.get("/stock/ventilation/").status_code == 403
    assert sorter.post("/stock/ventilation/", shared(("MOB", 100))).status_code == 403
    assert browser(world.auditor).get("/stock/tri/").status_code == 403
    assert browser(world.sorter).get("/stock/tri/?site=quai").status_code == 404
