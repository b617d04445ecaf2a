"""How what left had come: known where it is known, shared out where bulk forgot, never lost."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.models import Account, Flow, Item, Method, Origin, Verb
from inventory.months import add_months
from organisation.models import Network
from reporting.attribution import DIMENSIONS, flows
from reporting.indicators import diversion
from reporting.intakes import Intakes
from reporting.periods import Period
from reporting.scopes import CHANNELS, FATES, Scope
from tests.conftest import codes

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def rows(*sites, by, period=YEAR, category=None, direction="out"):
    found = flows(scope=Scope.of_sites(sites), period=period, by=by, category=category)
    return [
        tuple(row[name] for name in (*by, "weight_g", "basis"))
        for row in found
        if row["direction"] == direction
    ]


@pytest.fixture
def canal(world, books):
    return books.at(world.canal)


def test_without_a_question_of_whence_everything_is_exact(world, books, canal):
    books.book(canal.drop_off, canal.bulk, "MOB.CHAI", 9_000, "2026-02-03", units=3)
    books.book(canal.bulk, canal.reuse, "MOB.CHAI", 4_000, "2026-03-03", units=1)
    books.book(canal.bulk, canal.recycling, "MOB", 1_000, "2026-03-04")

    found = flows(
        scope=Scope.of_sites([world.canal]), period=YEAR, by=("month", "category", "fate")
    )

    assert found == [
        {
            "direction": "in",
            "month": "2026-02",
            "category": "MOB",
            "fate": None,
            "weight_g": 9_000,
            "units": 3,
            "basis": "exact",
        },
        {
            "direction": "out",
            "month": "2026-03",
            "category": "MOB",
            "fate": "recycling",
            "weight_g": 1_000,
            "units": 0,
            "basis": "exact",
        },
        {
            "direction": "out",
            "month": "2026-03",
            "category": "MOB",
            "fate": "reuse",
            "weight_g": 4_000,
            "units": 1,
            "basis": "exact",
        },
    ]
    assert rows(world.canal, by=("partner",)) == [
        (None, 4_000, "exact"),
        ("gebetex", 1_000, "exact"),
    ]


def test_bulk_is_shared_out_over_the_year_s_intakes_of_its_family(world, books, canal):
    books.book(canal.drop_off, canal.bulk, "TEX", 2_000, "2025-06-03")
    books.book(canal.home_pickup, canal.bulk, "TEX", 1_000, "2026-01-03")
    books.book(canal.home_pickup, canal.bulk, "MOB", 50_000, "2026-01-03")
    books.book(canal.bulk, canal.reuse, "TEX", 1_000, "2026-05-03")
    books.book(canal.bulk, canal.reuse, "TEX", 100, "2026-06-03")

    assert rows(world.canal, by=("month", "mode")) == [
        ("2026-05", "drop_off", 667, "attributed"),
        ("2026-05", "home_pickup", 333, "attributed"),
        ("2026-06", "home_pickup", 100, "attributed"),  # June 2025 is a year ago: too old
    ]


def test_what_left_straight_from_the_gate_keeps_its_mode_and_origin(world, books, canal):
    paris = Origin.objects.get(code="75112")
    books.book(canal.drop_off, canal.disposal, "DIV", 500, "2026-02-03", origin=paris)
    books.book(canal.home_pickup, canal.disposal, "DIV", 300, "2026-02-03")
    wrong = books.book(canal.drop_off, canal.disposal, "DIV", 70, "2026-02-03", origin=paris)
    books.undo(wrong, "2026-02-04")

    assert rows(world.canal, by=("mode", "origin")) == [
        ("drop_off", "75112", 500, "exact"),
        ("home_pickup", None, 300, "exact"),
    ]


def test_an_item_remembers_its_arrival(world, books, canal):
    paris = Origin.objects.get(code="75112")
    books.book(canal.drop_off, canal.bulk, "MOB", 9_000, "2026-02-03")
    arrival = books.book(canal.home_pickup, canal.bulk, "MOB", 4_000, "2026-02-03", origin=paris)
    chair = Item.objects.create(
        category=books.category("MOB"),
        weight_g=4_000,
        since=arrival.business_date,
        arrival=Flow.objects.get(movement=arrival),
    )
    books.book(canal.bulk, canal.items, "MOB", 4_000, "2026-02-03", verb=Verb.LABEL, item=chair)
    books.book(canal.items, canal.reuse, "MOB", 4_000, "2026-03-03", verb=Verb.SELL, item=chair)
    books.book(canal.bulk, canal.reuse, "MOB", 1_300, "2026-03-03")

    assert rows(world.canal, by=("mode", "origin")) == [
        ("drop_off", None, 900, "attributed"),
        ("home_pickup", "75112", 400, "attributed"),
        ("home_pickup", "75112", 4_000, "exact"),
    ]
    books.book(canal.reuse, canal.items, "MOB", 4_000, "2026-03-04", verb=Verb.RETURN, item=chair)
    assert rows(world.canal, by=("mode",)) == [
        ("drop_off", 900, "attributed"),
        ("home_pickup", 400, "attributed"),
    ]


def test_unsorted_bulk_follows_the_whole_site_and_nothing_at_all_is_unknown(world, books, canal):
    books.book(canal.drop_off, canal.bulk, "TEX", 3_000, "2026-01-03")
    books.book(canal.home_pickup, canal.bulk, "DIV", 1_000, "2026-01-03")
    books.book(canal.bulk, canal.reuse, "DIV.VRAC", 400, "2026-02-03")
    books.book(canal.bulk, canal.reuse, "MOB", 40, "2026-02-03")
    gare = books.at(world.gare)
    books.book(gare.opening, gare.bulk, "TEX", 100, "2026-01-03")
    books.book(gare.bulk, gare.reuse, "TEX", 60, "2026-02-03")

    assert rows(world.canal, world.gare, by=("category", "mode")) == [
        ("DIV", "drop_off", 300, "attributed"),
        ("DIV", "home_pickup", 100, "attributed"),
        ("MOB", "drop_off", 30, "attributed"),
        ("MOB", "home_pickup", 10, "attributed"),
        ("TEX", "unknown", 60, "attributed"),
    ]


def test_arrivals_tell_their_origin_also_on_the_days_around_months(world, books, canal):
    paris = Origin.objects.get(code="75112")
    for day in ("2026-01-20", "2026-02-20", "2026-03-20"):
        books.book(canal.drop_off, canal.bulk, "TEX", 100, day, origin=paris)
        books.book(canal.drop_off, canal.bulk, "TEX", 30, day)
    wrong = books.book(canal.drop_off, canal.bulk, "TEX", 7, "2026-03-20", origin=paris)
    books.undo(wrong, "2026-03-20")
    period = Period(date(2026, 1, 20), date(2026, 3, 20))

    assert rows(world.canal, by=("origin",), period=period, direction="in") == [
        (None, 90, "exact"),
        ("75112", 300, "exact"),
    ]


def test_a_stream_is_the_category_s_own_or_its_family_s(world, books, canal):
    leaf = books.category("TEX").children.filter(epr_stream=None).first() or books.category("TEX")
    books.book(canal.drop_off, canal.bulk, leaf.code, 100, "2026-01-20")
    [(stream, grams, _basis)] = rows(world.canal, by=("stream",), direction="in")
    assert (stream, grams) == (leaf.stream.code, 100)


@pytest.mark.parametrize("name", ["partner", "origin", "site"])
def test_a_network_does_not_tell_what_its_members_keep(world, name):
    network = Network.objects.create(code="idf", name="Île-de-France")
    network.members.set([world.navette, world.port])
    with pytest.raises(ValidationError) as refusal:
        flows(scope=Scope.of_network(network), period=YEAR, by=("fate", name))
    assert refusal.value.code == "not_for_networks"


def test_a_network_tells_how_its_goods_left_all_together(world, books, canal):
    network = Network.objects.create(code="idf", name="Île-de-France")
    network.members.set([world.navette, world.port])
    quai = books.at(world.quai)
    books.book(canal.bulk, Account.sale(world.canal), "TEX", 300, verb=Verb.SELL)
    books.book(quai.bulk, Account.sale(world.quai), "TEX", 40, verb=Verb.SELL)

    [row] = flows(scope=Scope.of_network(network), period=YEAR, by=("channel",))

    assert (row["channel"], row["weight_g"]) == ("sold", 340)


def test_a_channel_tells_how_what_left_did_leave(world, books, canal):
    shop, gare = Account.sale(world.canal), books.at(world.gare)
    books.book(canal.drop_off, canal.bulk, "TEX", 9_000, "2026-02-01")
    books.book(canal.bulk, shop, "TEX", 500, "2026-02-03", verb=Verb.SELL, units=2)
    books.book(shop, canal.bulk, "TEX", 100, "2026-03-03", verb=Verb.RETURN, units=1)
    books.book(canal.bulk, canal.reuse, "TEX", 70, "2026-02-03", verb=Verb.GIVE)
    books.book(
        canal.bulk,
        canal.reuse,
        "TEX",
        900,
        "2026-02-28",
        verb=Verb.SETTLE,
        method=Method.BY_BALANCE,
    )
    books.book(canal.bulk, canal.recycling, "TEX", 300, "2026-02-04")
    books.book(canal.drop_off, canal.disposal, "DIV", 20, "2026-02-04")
    books.book(gare.bulk, gare.reuse, "TEX", 5, "2026-02-04", verb=Verb.GIVE)

    both = (world.canal, world.gare)
    assert rows(*both, by=("site", "channel")) == [
        ("canal", "balance", 900, "exact"),
        ("canal", "given", 70, "exact"),
        ("canal", "shipped", 320, "exact"),
        ("canal", "sold", 400, "exact"),
        ("gare", "given", 5, "exact"),
    ]
    assert rows(*both, by=("site", "channel"), direction="in") == [("canal", None, 9_020, "exact")]
    assert rows(*both, by=("channel", "mode")) == [
        ("balance", "drop_off", 900, "attributed"),
        ("given", "drop_off", 70, "attributed"),
        ("given", "unknown", 5, "attributed"),
        ("shipped", "drop_off", 300, "attributed"),
        ("shipped", "drop_off", 20, "exact"),
        ("sold", "drop_off", 400, "attributed"),
    ]


def test_a_cancelled_balance_is_taken_off_the_balance(world, books, canal):
    settled = books.book(
        canal.bulk,
        canal.reuse,
        "TEX",
        900,
        "2026-02-28",
        verb=Verb.SETTLE,
        method=Method.BY_BALANCE,
    )
    books.book(canal.bulk, canal.reuse, "TEX", 70, "2026-02-28", verb=Verb.GIVE)
    books.undo(settled, "2026-03-02")

    assert rows(world.canal, by=("channel",)) == [("given", 70, "exact")]


days = st.integers(0, 500).map(lambda n: date(2025, 1, 1) + timedelta(n))
bookings = st.tuples(
    st.sampled_from(
        ("in", "in", "out", "out", "straight", "back", "undo", "send", "sell", "settle")
    ),
    st.sampled_from(("drop_off", "home_pickup")),
    st.booleans(),  # with an origin
    st.sampled_from(("reuse", "recycling", "disposal")),
    st.sampled_from(("MOB.CHAI", "TEX", "DIV.VRAC")),
    st.integers(1, 999),
    st.integers(0, 3),  # units
    days,
)


def play(world, books, history):
    """Book what the history says, at canal; what is sent leaves from gare."""
    canal, paris = books.at(world.canal), Origin.objects.get(code="75112")
    gare, road = books.at(world.gare), Account.transit(world.canal, world.gare)
    shop, last = Account.sale(world.canal), None
    for act, mode, has_origin, fate, code, grams, units, day in history:
        source, end, more = getattr(canal, mode), getattr(canal, fate), {"units": units}
        if act == "undo":
            last = last and books.undo(last, day) and None
        elif act == "send":
            books.book(canal.bulk, road, code, grams, day)
            books.book(road, gare.bulk, code, grams, day)
            books.book(gare.bulk, gare.reuse, code, grams, day, **more)
        elif act == "sell":
            books.book(canal.bulk, shop, code, grams, day, verb=Verb.SELL, **more)
        elif act == "settle":
            more["method"] = Method.BY_BALANCE
            last = books.book(canal.bulk, canal.reuse, code, grams, day, verb=Verb.SETTLE, **more)
        elif act == "back":
            end = shop if fate == "reuse" and mode == "drop_off" else end
            books.book(end, canal.bulk, code, grams, day, verb=Verb.RETURN, **more)
        elif act == "out":
            last = books.book(canal.bulk, end, code, grams, day, **more)
        else:
            to = canal.bulk if act == "in" else end
            origin = paris if has_origin else None
            last = books.book(source, to, code, grams, day, origin=origin, **more)


BYS = [
    (),
    ("fate",),
    ("fate", "origin", "month"),
    *(("fate", name) for name in DIMENSIONS if name != "fate"),
    DIMENSIONS,
]


def summed(found, name, value):
    return sum(row["weight_g"] for row in found if row[name] == value)


@pytest.mark.database
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    history=st.lists(bookings, min_size=3, max_size=12),
    period=st.tuples(days, days).map(lambda pair: Period(*sorted(pair))),
)
def test_whatever_is_asked_rows_add_up_to_the_year_s_figures(world, books, history, period):
    with transaction.atomic():
        play(world, books, history)
        scope = Scope.of_sites([world.canal, world.gare])
        for code in (None, "TEX"):
            category = code and books.category(code)
            told = diversion(scope=scope, period=period, category=category)
            units = set()
            for by in BYS:
                found = flows(scope=scope, period=period, by=by, category=category)
                assert summed(found, "direction", "in") == told["collected_g"]
                assert summed(found, "direction", "out") == told["outgoing_g"]
                for fate in FATES if by else ():
                    assert summed(found, "fate", fate.removesuffix("_g")) == told[fate]
                if "channel" in by:
                    reused = (summed(found, "channel", name) for name in CHANNELS[:-1])
                    assert sum(reused) == told["reuse_g"]
                    assert summed(found, "channel", None) == told["collected_g"]
            for site in scope.sites:
                alone = diversion(scope=Scope.of_sites([site]), period=period)
                through_g = alone["collected_g"] + alone["outgoing_g"]
                by_site = flows(scope=scope, period=period, by=("site", "channel"))
                assert summed(by_site, "site", site.code) == through_g
                units.add(sum(row["units"] for row in found))
            assert len(units) == 1
        transaction.set_rollback(True)


def test_flows_over_http(world, books, canal, api):
    books.book(canal.drop_off, canal.bulk, "TEX", 900, "2026-02-03")
    books.book(canal.bulk, canal.reuse, "TEX", 300, "2026-02-04")
    year = {"from": "2026-01-01", "to": "2026-12-31"}

    answer = api(world.anna).get("reporting/flows", by="month,fate", **year)

    assert answer.status_code == 200
    assert answer.json() == {
        "period": year,
        "scope": {"organisation": "navette", "sites": ["canal", "gare"]},
        "by": ["month", "fate"],
        "items": [
            {
                "direction": "in",
                "month": "2026-02",
                "fate": None,
                "weight_g": 900,
                "units": 0,
                "basis": "exact",
            },
            {
                "direction": "out",
                "month": "2026-02",
                "fate": "reuse",
                "weight_g": 300,
                "units": 0,
                "basis": "exact",
            },
        ],
        "next": None,
    }
    same = api(world.anna).get("reporting/flows", by=["month", "fate"], **year)
    assert same.json() == answer.json()
    assert codes(api(world.anna).get("reporting/flows", by="colour", **year)) == ["literal_error"]
    assert len(api(world.anna).get("reporting/flows", **year).json()["items"]) == 2


spots = st.tuples(
    st.integers(0, 30),  # month
    st.sampled_from((1, 2)),  # top category
    st.sampled_from(("drop_off", "company")),
    st.integers(-50, 900),
)


@given(
    taken=st.lists(spots, max_size=40), asked=st.lists(st.integers(11, 30), min_size=1, max_size=8)
)
def test_twelve_months_are_twelve_months_in_whatever_order_they_are_asked(taken, asked):
    intakes = Intakes(None, {}, {})
    for n, top, mode, grams in taken:
        tops = intakes._tops.setdefault((7, add_months(202401, n)), {})
        tops.setdefault(top, Counter())[mode, None] += grams
    for n in asked:
        for top, is_unsorted in ((1, False), (2, False), (1, True)):
            expected = Counter()
            for when, other, mode, grams in taken:
                if n - 11 <= when <= n and (is_unsorted or other == top):
                    expected[mode, None] += grams
            found = intakes._taken(7, add_months(202401, n), None if is_unsorted else top)
            told = {way: grams for way, grams in expected.items() if grams > 0}
            assert dict(zip(found.ways, found.weights, strict=True)) == told
