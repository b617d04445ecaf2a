"""The tiles that a site shows first: which, in which order, and what happens without any choice."""

import pytest
from django.core.exceptions import ValidationError

from inventory.catalogue import show_first
from inventory.models import Category, Tile
from inventory.tiles import tiles_of

PAGE = "/reglages/sites/canal/tuiles/"


def tops(*codes: str) -> list[Category]:
    return [Category.objects.get(code=code, organisation=None) for code in codes]


def shown(site) -> list[str]:
    return [tile["code"] for tile in tiles_of(site) if tile["first"]]


def save(browser, *codes: str, **data):
    return browser.post(PAGE, {"csrfmiddlewaretoken": "x", "tile": codes, **data})


def test_without_a_choice_a_site_shows_the_catalogue_in_its_own_order(world):
    laid = tiles_of(world.canal)

    assert [tile["code"] for tile in laid[:3]] == ["TEX", "MOB", "VAI"]
    assert not any(tile["first"] for tile in laid)


def test_chosen_tiles_come_first_and_the_others_follow_in_the_catalogues_order(world):
    show_first(site=world.canal, tops=tops("SPO", "LIV"))

    laid = [tile["code"] for tile in tiles_of(world.canal)]

    assert laid[:4] == ["SPO", "LIV", "TEX", "MOB"]
    assert shown(world.canal) == ["SPO", "LIV"]
    assert shown(world.gare) == []  # each site chooses for itself


def test_history_keeps_what_changed_and_nothing_else(world):
    show_first(site=world.canal, tops=tops("SPO", "LIV", "TEX"))
    show_first(site=world.canal, tops=tops("SPO", "TEX"))
    show_first(site=world.canal, tops=tops("SPO", "TEX"))

    kept = Tile.history.filter(site=world.canal).order_by("history_id")
    assert [(row.category.code, row.history_type, row.rank) for row in kept] == [
        ("SPO", "+", 0),
        ("LIV", "+", 1),
        ("TEX", "+", 2),
        ("LIV", "-", 1),
        ("TEX", "~", 1),
    ]


def test_a_site_cannot_show_more_first_than_the_screen_holds(world):
    many = list(Category.objects.filter(parent=None, organisation=None)[: Tile.MOST + 1])

    with pytest.raises(ValidationError) as refusal:
        show_first(site=world.canal, tops=many)

    assert refusal.value.code == "too_many_tiles"
    show_first(site=world.canal, tops=many[:-1])
    assert len(shown(world.canal)) == Tile.MOST


def test_the_page_saves_the_order_it_was_given(browser, world):
    answer = save(browser(world.manager), "LIV", "TEX", "LIV", "nowhere", "MOB.CHAI", "\x00")

    assert answer.url == "/reglages/sites/canal/"
    assert shown(world.canal) == ["LIV", "TEX"]


@pytest.mark.parametrize(
    ("step", "order"),
    [
        ("up:TEX", ["TEX", "LIV", "MOB"]),
        ("up:LIV", ["LIV", "TEX", "MOB"]),
        ("down:LIV", ["TEX", "LIV", "MOB"]),
        ("down:MOB", ["LIV", "TEX", "MOB"]),
        ("hide:TEX", ["LIV", "MOB"]),
        ("show:JOU", ["LIV", "TEX", "MOB", "JOU"]),
        ("show:TEX", ["LIV", "TEX", "MOB"]),
        ("show:nowhere", ["LIV", "TEX", "MOB"]),
        ("up:JOU", ["LIV", "TEX", "MOB"]),
        ("\x00", ["LIV", "TEX", "MOB"]),
    ],
)
def test_without_script_a_button_moves_a_row_and_saves_nothing_yet(browser, step, order):
    page = save(browser(), "LIV", "TEX", "MOB", do=step)

    assert [top.code for top in page.context["form"].first] == order
    assert Tile.objects.count() == 0


def test_too_many_are_refused_on_the_page_and_the_order_stays_there(browser):
    codes = [top.code for top in Category.objects.filter(parent=None, organisation=None)[:12]]

    page = save(browser(), *codes)

    assert page.status_code == 422
    assert [top.code for top in page.context["form"].first] == codes
    assert "11" in page.context["refused"][0]
    assert Tile.objects.count() == 0


def test_a_category_no_longer_offered_leaves_the_screens(browser, world):
    show_first(site=world.canal, tops=tops("SPO", "LIV"))
    Category.objects.filter(code="SPO").update(is_active=False)

    assert shown(world.canal) == ["LIV"]


def test_only_those_who_set_up_the_site_choose(browser, world):
    assert browser(world.sorter).get(PAGE).status_code == 403
    assert browser(world.paul).get(PAGE).status_code == 404
