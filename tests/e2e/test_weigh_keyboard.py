"""The weigh station by keyboard alone: every stop is seen, every act is possible."""

import pytest
from playwright.sync_api import expect

from inventory.models import Flow
from tests.e2e.test_objects_hands import press, tab_to
from tests.e2e.test_weigh import WEIGH, Hand, all_sent, saved

pytestmark = pytest.mark.browser


@pytest.fixture
def weigh(visit):
    with visit(WEIGH) as page:
        page.locator("#tiles .tile").first.wait_for()
        all_sent(Hand(page))
        yield Hand(page)


def test_tab_goes_through_the_screen_as_one_reads_it_with_a_visible_focus(weigh):
    for stop in (
        ".home-key",
        "#state",
        ".account summary",
        "#modes .chip",
        "#tares .chip",
        "#pad [data-key='7']",
        "#pad [data-key='estimate']",
        "#tiles .tile",
        "#save",
        ".st-foot [data-refuse]",
        "#day",
    ):
        tab_to(weigh.page, stop)


def test_an_arrival_is_weighed_saved_and_undone_by_keyboard(weigh):
    weigh.page.keyboard.press("8")
    press(weigh.page, "#tiles .tile")
    expect(weigh.page.locator("#lines li")).to_have_count(1)
    press(weigh.page, "#save", key=" ")
    saved(weigh, "8,0 kg enregistrés")
    press(weigh.page, "#saved .btn")
    expect(weigh.page.locator("#saved b")).to_contain_text("annulé")
    all_sent(weigh)
    assert [flow.weight_g for flow in Flow.objects.all()] == [8_000, 8_000]  # there and back


def test_escape_leaves_a_question_and_gives_the_focus_back(weigh):
    press(weigh.page, "#state")
    expect(weigh.page.locator("#picker")).to_be_visible()
    expect(weigh.page.locator("#picker-title")).to_be_focused()
    weigh.page.keyboard.press("Escape")
    expect(weigh.page.locator("#picker")).to_be_hidden()
    expect(weigh.page.locator("#state")).to_be_focused()


def test_escape_empties_what_was_typed(weigh):
    weigh.page.keyboard.press("7")
    expect(weigh.page.locator("#read output span").first).to_have_text("7")
    weigh.page.keyboard.press("Escape")
    expect(weigh.page.locator("#read output span").first).to_have_text("0")
