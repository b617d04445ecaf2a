"""The wall page: today's kilograms and the word of the day, and nobody's name."""

import pytest
from django.utils import timezone, translation

from organisation.models import Site
from reporting.wall import wall
from tests.inventory.pages import text

TODAY = "/mur/canal/jour.json"


@pytest.fixture
def day(world, books):
    """Today at Canal: 316,8 kg in, three bikes and 20 kg gone again; something else last year."""
    at, today = books.at(world.canal), world.canal.business_date(timezone.now())
    books.book(at.drop_off, at.bulk, "TEX", 316_800, on=today)
    books.book(at.bulk, at.reuse, "SPO", 42_000, on=today, units=3)
    books.book(at.bulk, at.recycling, "TEX", 20_000, on=today)
    books.book(at.drop_off, at.bulk, "TEX", 999_000, on="2025-03-10")
    return world


def test_the_day_is_told_in_grams_and_fates(day):
    told = wall(day.canal)

    assert (told.collected_g, told.outgoing_g, told.reused_units) == (316_800, 62_000, 3)
    assert {fate: grams for fate, grams in told.gone_g.items() if grams} == {
        "reuse": 42_000,
        "recycling": 20_000,
    }


def test_without_a_word_a_sentence_is_made_from_the_figures(day):
    with translation.override("en"):
        said = wall(day.canal).word.replace("\u00a0", " ")
        assert said == "316.8 kg collected, 3 objects gone again"
        assert wall(day.gare).word == "The day begins: nothing on the scale yet."


def test_the_word_that_a_manager_wrote_stands_and_its_history_is_kept(day, reader):
    form = {
        "name": "Canal",
        "code": "canal",
        "timezone": "Europe/Paris",
        "scale_limit_g": "2000",
        "sorting_tolerance_bp": "2",
        "daily_word": "Samedi, braderie de livres !",
    }
    assert reader(day.manager).post("/reglages/sites/canal/", form).status_code == 302

    assert reader(day.sorter).get(TODAY).json()["word"] == "Samedi, braderie de livres !"
    assert [row.daily_word for row in Site.history.filter(code="canal")][:2] == [
        "Samedi, braderie de livres !",
        "",
    ]
    long = reader(day.manager).post("/reglages/sites/canal/", {**form, "daily_word": "x" * 141})
    assert "daily_word" in long.context["form"].errors


def test_the_figures_are_served_for_the_script_and_kept_by_nobody(day, reader):
    answer = reader(day.auditor).get(TODAY)

    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json()
    assert set(told) == {
        "site",
        "day",
        "today",
        "word",
        "arrivals",
        "collected_g",
        "outgoing_g",
        "gone_g",
    }
    assert (told["collected_g"], told["outgoing_g"]) == (316_800, 62_000)


def test_the_page_says_the_same_without_a_script(day, reader):
    page = text(reader(day.cashier).get("/mur/canal/"))

    assert '<b data-kg="collected_g">316,8</b>' in page
    assert "Cashier" not in page
    assert "Sorter" not in page


def test_the_only_site_is_opened_at_once_and_several_are_offered(world, reader):
    assert reader(world.sorter).get("/mur/").url == "/mur/canal/"
    assert "/mur/gare/" in text(reader(world.anna).get("/mur/"))
