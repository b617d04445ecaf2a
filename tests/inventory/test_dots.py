"""The week's dot: one colour a week, one age per colour, and the discount of that age."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import assume, given
from hypothesis import strategies as st

from inventory.dots import LOOKS, Cycle, Step, require_clear
from inventory.models import DotCalendar
from tests.conftest import codes
from tests.inventory.pages import text

MONDAY = date(2026, 1, 5)
SIX = ["blue", "yellow", "red", "green", "orange", "pink"]
STEPS = [Step(3, 0), Step(1, 25), Step(1, 50)]
AT = "/reglages/pastilles/"


def cycle(**said) -> Cycle:
    usual = {"first_day": MONDAY, "colours": SIX, "steps": STEPS, "ends_free": True}
    return Cycle(**(usual | said))


def weeks(n: int) -> timedelta:
    return timedelta(weeks=n)


def worth(on: Cycle, day: date) -> dict[str, int]:
    return {dot.colour: dot.percent for dot in on.dots_on(day)}


def test_a_colour_lasts_a_week_and_returns_after_all_others():
    on = cycle()
    assert [on.colour_of(MONDAY + weeks(n)) for n in range(7)] == [*SIX, "blue"]
    assert {on.colour_of(MONDAY + timedelta(n)) for n in range(7)} == {"blue"}
    assert on.colour_of(MONDAY + timedelta(7)) == "yellow"


def test_weeks_begin_on_the_weekday_of_the_first():
    saturday = cycle(first_day=date(2026, 1, 3))
    assert saturday.week_of(date(2026, 1, 9)) == date(2026, 1, 3)
    assert saturday.week_of(date(2026, 1, 10)) == date(2026, 1, 10)


def test_nothing_is_stuck_before_the_first_day():
    on = cycle()
    assert on.colour_of(MONDAY - timedelta(1)) is None
    assert on.dots_on(MONDAY - timedelta(1)) == []
    assert worth(on, MONDAY) == {"blue": 0}


def test_each_colour_is_worth_what_its_age_takes_off():
    on = cycle()
    sixth = MONDAY + weeks(5)
    assert worth(on, sixth) == {
        "pink": 0, "orange": 0, "green": 0, "red": 25, "yellow": 50, "blue": 100,
    }  # fmt: skip
    assert [dot.age_weeks for dot in on.dots_on(sixth)] == [0, 1, 2, 3, 4, 5]
    assert not any(dot.is_out for dot in on.dots_on(sixth))


def test_what_is_not_given_away_at_the_end_is_to_take_out():
    [*_others, blue] = cycle(ends_free=False).dots_on(MONDAY + weeks(5))
    assert (blue.colour, blue.percent, blue.is_out) == ("blue", 0, True)


colours = st.lists(st.sampled_from(sorted(LOOKS)), min_size=2, max_size=8, unique=True)
steps = st.lists(st.builds(Step, st.integers(1, 8), st.integers(0, 99)), min_size=1, max_size=4)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def is_clear(names, prices) -> bool:
    try:
        require_clear(names, prices)
    except ValidationError:
        return False
    return True


@given(days, days, colours, steps)
def test_on_any_day_a_colour_in_use_has_exactly_one_age(first, day, names, prices):
    assume(is_clear(names, prices))
    on = cycle(first_day=first, colours=names, steps=prices)
    dots = on.dots_on(day)
    assert len({dot.colour for dot in dots}) == len(dots) <= len(names)
    assert len({dot.age_weeks for dot in dots}) == len(dots)
    for dot in dots:
        assert on.colour_of(dot.since) == dot.colour
        assert on.week_of(day) - dot.since == weeks(dot.age_weeks)


@given(days, colours, steps, st.integers(0, 700))
def test_a_sticker_never_costs_more_as_it_ages_until_its_colour_returns(first, names, prices, n):
    assume(is_clear(names, prices))
    on = cycle(first_day=first, colours=names, steps=prices)
    stuck = first + timedelta(n)
    name = on.colour_of(stuck)
    seen = [worth(on, stuck + weeks(age))[name] for age in range(len(names))]
    assert seen == sorted(seen)
    assert seen[-1] == 100  # a last week is left to take it out
    assert on.colour_of(stuck + weeks(len(names))) == name


@pytest.mark.parametrize(
    ("names", "prices", "code"),
    [
        (["blue"], STEPS[:1], "too_few_colours"),
        ([], STEPS, "too_few_colours"),
        ([*SIX, "blue"], STEPS, "colour_twice"),
        (SIX, [], "no_steps"),
        (SIX, [Step(1, 50), Step(1, 25)], "discount_shrinks"),
        (SIX, [Step(1, 0), Step(1, 0)], "discount_shrinks"),
        (SIX, [Step(4, 0), Step(2, 50)], "dots_outlast_cycle"),
        (SIX[:2], [Step(2, 0)], "dots_outlast_cycle"),
    ],
)
def test_a_calendar_that_could_mean_two_things_is_refused(names, prices, code):
    with pytest.raises(ValidationError) as refusal:
        require_clear(names, prices)
    assert refusal.value.code == code


# On the pages, and over HTTP.


def said(colours=SIX, steps=STEPS, **fields):
    data = {"first_day": "2026-01-05", "ending": "free"}
    data |= {f"colour_{n}": name for n, name in enumerate(colours)}
    for n, (lasting, percent) in enumerate(steps):
        data |= {f"weeks_{n}": lasting, f"percent_{n}": percent}
    return {**data, **fields}


@pytest.fixture
def calendar(world):
    pairs = [list(step) for step in STEPS]
    return DotCalendar.objects.create(
        organisation=world.navette, first_day=MONDAY, colours=SIX, steps=pairs
    )


def test_a_manager_sets_the_calendar_and_all_see_it(browser, world):
    assert browser().post(AT, said()).url == "/pastilles/"
    kept = DotCalendar.objects.get()
    assert (kept.colours, kept.steps) == (SIX, [[3, 0], [1, 25], [1, 50]])
    page = browser(world.sorter).get("/pastilles/")
    assert page.context["now"].sticks.colour == kept.cycle.colour_of(page.context["now"].start)
    assert len(page.context["rows"]) == 9


def test_before_it_is_set_the_page_says_where_to(browser, world):
    assert AT in browser().get("/pastilles/").content.decode()
    assert AT not in browser(world.sorter).get("/pastilles/").content.decode()


def test_a_calendar_that_begins_later_says_when(browser, world, calendar):
    DotCalendar.objects.update(first_day=date(2099, 1, 5))
    assert "2099" in text(browser().get("/pastilles/"))
    assert browser().get("/pastilles/").context["now"].sticks is None


@pytest.mark.parametrize(
    ("fields", "name", "code"),
    [
        ({"colour_5": ""}, "__all__", "dots_outlast_cycle"),
        ({"colour_1": "blue"}, "__all__", "colour_twice"),
        ({"colour_0": "beige"}, "colour_0", "invalid_choice"),
        ({"weeks_0": "0"}, "weeks_0", "min_value"),
        ({"weeks_0": "9"}, "weeks_0", "max_value"),
        ({"weeks_0": "many"}, "weeks_0", "invalid"),
        ({"percent_1": "100"}, "percent_1", "max_value"),
        ({"percent_1": "-1"}, "percent_1", "min_value"),
        ({"percent_1": ""}, "percent_1", "step_incomplete"),
        ({"weeks_1": ""}, "weeks_1", "step_incomplete"),
        ({"percent_2": "10"}, "__all__", "discount_shrinks"),
        ({"first_day": ""}, "first_day", "required"),
        ({"first_day": "2026-02-30"}, "first_day", "invalid"),
        ({"first_day": "1999-12-31"}, "first_day", "date_out_of_range"),
        ({"first_day": "9999-12-31"}, "first_day", "date_out_of_range"),
        ({"ending": "burn"}, "ending", "invalid_choice"),
    ],
)
def test_a_calendar_that_is_not_clear_is_refused_and_says_where(
    browser, calendar, fields, name, code
):
    answer = browser().post(AT, said(**fields))
    assert answer.status_code == 422
    assert answer.context["form"].has_error(name, code), answer.context["form"].errors.as_json()
    calendar.refresh_from_db()
    assert (calendar.colours, calendar.first_day) == (SIX, MONDAY)
    assert calendar.history.count() == 1


def test_who_changed_the_dots_and_how_is_kept(browser, calendar):
    browser().post(AT, said(steps=[Step(2, 0), Step(1, 30)], colours=SIX[:5]))
    [changed, _created] = browser().get(AT).context["changes"]
    assert len(changed.lines) == 2
    assert any("30" in after for _label, _before, after in changed.lines)


def test_the_api_tells_stations_what_each_dot_is_worth(api, calendar, world):
    told = api(world.sorter).get("inventory/dots?site=canal&date=2026-02-10").json()
    assert (told["date"], told["next_week"]) == ("2026-02-10", "2026-02-16")
    assert [(dot["colour"], dot["age_weeks"]) for dot in told["dots"]] == [
        ("pink", 0), ("orange", 1), ("green", 2), ("red", 3), ("yellow", 4), ("blue", 5),
    ]  # fmt: skip
    assert [dot["discount_percent"] for dot in told["dots"]] == [0, 0, 0, 25, 50, 100]
    assert told["dots"][0] | {"name": ""} == {
        "colour": "pink",
        "name": "",
        "icon": "heart",
        "since": "2026-02-09",
        "age_weeks": 0,
        "discount_percent": 0,
        "to_take_out": False,
    }


def test_a_structure_without_dots_is_told_of_none(api, calendar, world):
    told = api(world.paul).get("inventory/dots?date=2026-02-10").json()
    assert told == {"date": "2026-02-10", "next_week": None, "dots": []}
    refused = api(world.paul).get("inventory/dots?site=canal")
    assert (refused.status_code, codes(refused)) == (404, ["unknown_site"])
