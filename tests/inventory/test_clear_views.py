"""Unsold goods: the shop's weekly clearing, objects and bulk to several takers in one act."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from inventory import services
from inventory.models import EXITS, Balance, Item, Kind, Movement, Partner, Verb
from inventory.services import Draft
from tests.inventory.pages import category, rows, text


@pytest.fixture
def old(stocked, entry, world):
    """Three chairs that have been here for ten weeks, one that came last week."""
    today = world.canal.business_date(timezone.now())
    drafts = [Draft(category("MOB.CHAI"), 4_000 + n, title=f"Chaise {n}") for n in range(4)]
    made = []
    for draft, weeks in zip(drafts, (10, 10, 10, 1), strict=True):
        day = today - timedelta(weeks=weeks)
        made += services.label(entry=entry(Verb.LABEL, day=day), place=None, drafts=[draft])
    return made


@pytest.fixture
def gebetex(world):
    Partner.objects.filter(organisation=world.navette, code="gebetex").update(
        default_fate=Kind.RECYCLING
    )


def clearing(items=(), *lines, others="kept", **fields):
    """What the page posts: a word per object shown."""
    said = {f"item_{item.pk}": word for item, word in items}
    return {"id": str(uuid4()), "others": others, **rows(*lines), **said, **fields}


PATH = "/departs/invendus/?site=canal"


def gone() -> dict[str, int]:
    left = Balance.objects.filter(account__kind__in=EXITS)
    found: dict[str, int] = {}
    for kind, weight_g in left.values_list("account__kind", "weight_g"):
        found[kind] = found.get(kind, 0) + weight_g
    return {kind: weight_g for kind, weight_g in found.items() if weight_g}


def test_what_has_been_there_for_weeks_is_proposed_and_no_more(browser, old):
    page = browser().get(PATH)
    assert [item.pk for _field, item in page.context["form"].rows] == [o.pk for o in old[:3]]
    assert len(browser().get(f"{PATH}&older=26").context["form"].rows) == 0
    assert browser().get(f"{PATH}&older=never").status_code == 200
    assert browser().get(f"{PATH}&place=nowhere").status_code == 404


def test_unsold_goods_go_to_several_takers_in_one_act(browser, old, gebetex):
    shelf, sorter, bin_, _new = old
    bulk = {"category": "MOB", "weight": "25", "taker": "recycling/gebetex"}
    said = [(shelf, "reuse"), (sorter, "recycling/gebetex"), (bin_, "")]
    data = clearing(said, bulk, others="disposal")

    first, again = (browser().post(PATH, data) for _n in "12")

    assert first.url == again.url == "/departs/"
    assert gone() == {"reuse": 4_000, "recycling": 29_001, "disposal": 4_002}
    numbers = Movement.objects.filter(verb__in=[Verb.SHIP, Verb.GIVE]).values_list(
        "number", flat=True
    )
    assert set(numbers) == {"DO-canal-1", "DE-canal-1", "DE-canal-2"}
    assert Item.objects.get(pk=shelf.pk).state == Item.State.GIVEN


def test_an_object_that_was_not_on_the_page_stays_whatever_the_others_do(browser, old):
    shown, *_not_shown = old
    browser().post(PATH, clearing([(shown, "")], others="disposal"))
    assert gone() == {"disposal": 4_000}


def test_a_clearing_of_nothing_or_to_nobody_is_refused(browser, old):
    nothing = browser().post(PATH, clearing([(item, "") for item in old[:3]]))
    nobody = browser().post(PATH, clearing([], {"category": "MOB", "weight": "1", "taker": ""}))
    somewhere = browser().post(PATH, clearing([(old[0], "the moon")]))
    assert [r.status_code for r in (nothing, nobody, somewhere)] == [422, 422, 422]
    assert [e.code for e in nothing.context["form"].non_field_errors().as_data()] == ["no_lines"]
    assert nobody.context["lines"].errors[0]["taker"]
    assert gone() == {}


def test_all_or_nothing_is_cleared(browser, old):
    """The second heap is refused: the first is not recorded either."""
    bulk = {"category": "MOB", "weight": "100000,001", "taker": "disposal"}
    response = browser().post(PATH, clearing([(old[0], "reuse")], bulk))
    assert response.status_code == 422
    assert gone() == {}


def test_the_home_page_says_that_unsold_goods_wait(browser, old):
    assert "invendus" in text(browser().get("/")).lower()


def test_only_who_ships_clears(browser, old, world):
    auditor = browser(world.auditor)
    assert auditor.get(PATH).status_code == 403
    assert auditor.post(PATH, clearing([(old[0], "reuse")])).status_code == 403
    assert gone() == {}
