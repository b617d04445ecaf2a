"""The coloured dot of the week: one age for each colour, on any day."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from inventory.models import DotCalendar

MONDAY = date(2026, 11, 23)
COLOURS = DotCalendar.Colour.values


def calendar(**said):
    return DotCalendar(colours=["blue", "yellow", "red", "green", "violet", "orange"], **said)


calendars = st.builds(
    lambda colours, start: DotCalendar(
        colours=colours, starts_on=date(2026, 1, 5) + timedelta(weeks=start)
    ),
    st.lists(st.sampled_from(COLOURS), min_size=2, max_size=8, unique=True),
    st.integers(-200, 200),
)


@given(calendars, st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_on_any_day_each_colour_has_one_age_and_this_week_the_youngest(turning, day):
    dots = turning.dots_on(day)
    assert sorted(dot.colour for dot in dots) == sorted(turning.colours)
    assert [dot.weeks for dot in dots] == list(range(len(turning.colours)))
    assert dots[0].colour == turning.colour_on(day)
    assert all(turning.colour_on(dot.since) == dot.colour for dot in dots)


def test_the_colour_turns_on_monday():
    sunday = MONDAY - timedelta(days=1)
    turning = calendar()
    assert turning.colour_on(sunday) != turning.colour_on(MONDAY)
    assert turning.colour_on(MONDAY) == turning.colour_on(MONDAY + timedelta(days=6))


def test_the_price_falls_and_then_it_is_to_be_taken_out():
    assert [dot.percent for dot in calendar().dots_on(MONDAY)] == [0, 0, 0, 25, 50, None]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"full_weeks": 6}, "too_few_colours"),
        ({"starts_on": date(2026, 1, 6)}, "not_a_monday"),
        ({"colours": ["blue"]}, "bad_colours"),
        ({"colours": ["blue", "blue"]}, "bad_colours"),
        ({"colours": ["blue", "mauve"]}, "bad_colours"),
        ({"colours": "blue"}, "bad_colours"),
    ],
)
def test_a_calendar_that_says_two_things_is_refused(world, said, code):
    turning = calendar()
    turning.organisation = world.navette
    for name, value in said.items():
        setattr(turning, name, value)
    with pytest.raises(ValidationError) as refused:
        turning.full_clean()
    assert code in {fault.code for found in refused.value.error_dict.values() for fault in found}


def test_the_page_shows_this_week_to_all_and_the_manager_changes_it(client, world):
    client.force_login(world.sorter)
    assert "Cette semaine" in client.get("/pastilles/").content.decode()
    assert client.get("/reglages/pastilles/").status_code == 403
    client.force_login(world.manager)
    form = {
        "starts_on": "2026-11-23",
        "colour_0": "white",
        "colour_1": "black",
        "full_weeks": "1",
        "first_weeks": "1",
        "first_percent": "30",
        "second_weeks": "0",
        "second_percent": "50",
    }
    assert client.post("/reglages/pastilles/", form).status_code == 302
    kept = DotCalendar.of(world.navette)
    assert (kept.colours, kept.steps, kept.history.count()) == (["white", "black"], [0, 30], 1)
    refused = client.post("/reglages/pastilles/", form | {"full_weeks": "5"})
    assert refused.status_code == 422
    assert DotCalendar.of(world.navette).full_weeks == 1


def test_a_tablet_learns_the_dots_of_a_day(world, api):
    told = api(world.sorter).get("inventory/dots", site="canal", on="2026-11-25").json()
    assert told["on"] == "2026-11-25"
    assert told["items"][0]["since"] == "2026-11-23"
    assert [dot["percent"] for dot in told["items"]] == [0, 0, 0, 25, 50, None]
