"""The year's figures, to the gram: golden shapes, edges, borders, filters, warnings."""

import re
from datetime import date
from pathlib import Path

from inventory.ledger import close_month
from inventory.models import Account, Method, Verb
from organisation.models import Network
from reporting.indicators import ALL, INDICATORS, daily, diversion
from reporting.periods import Period
from reporting.scopes import Scope
from reporting.takings import TAKINGS

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def figures(*sites, period=YEAR, category=None):
    return diversion(scope=Scope.of_sites(sites), period=period, category=category)


def nonzero(answer):
    masses = {name: answer[name] for name in INDICATORS if name.endswith("_g")}
    return {name: grams for name, grams in masses.items() if grams}


def gap_g(answer):
    """What the balance equation leaves: always 0."""
    into = ("opening_stock", "opened", "collected", "received", "adjusted", "reclassified")
    return sum(answer[f"{name}_g"] for name in into) - sum(
        answer[f"{name}_g"] for name in ("outgoing", "sent", "closing_stock")
    )


def test_every_indicator_has_its_heading_and_every_heading_its_indicator():
    text = Path("docs/indicators.md").read_text()
    named = re.findall(r"^## ([a-z_]+)$", text, re.M)
    assert sorted(named) == sorted({*INDICATORS, *TAKINGS, *ALL})


def test_an_empty_year_has_no_shares_and_no_rate(world):
    answer = figures(world.canal)

    assert nonzero(answer) == {}
    assert answer["shares"] is answer["recovery_rate"] is answer["of_collected"] is None
    assert answer["quality"] is None
    assert answer["warnings"] == []
    assert answer["scope"] == {"organisation": "navette", "sites": ["canal"]}
    assert answer["period"] == {"from": "2026-01-01", "to": "2026-12-31"}


def test_a_year_of_every_kind_of_flow_closes_to_the_gram(world, books):
    canal = books.at(world.canal)
    books.book(canal.opening, canal.bulk, "DIV.VRAC", 3_000, "2025-12-31")
    books.book(canal.drop_off, canal.bulk, "MOB.CHAI", 10_000)
    books.book(canal.drop_off, canal.disposal, "DIV", 700)
    books.book(canal.bulk, canal.reuse, "MOB.CHAI", 5_700)
    books.book(canal.bulk, canal.recycling, "MOB.CHAI", 3_400)
    books.book(canal.bulk, canal.adjustment, "MOB.CHAI", 100)

    answer = figures(world.canal)

    assert nonzero(answer) == {
        "opening_stock_g": 3_000,
        "collected_g": 10_700,
        "adjusted_g": -100,
        "reuse_g": 5_700,
        "recycling_g": 3_400,
        "disposal_g": 700,
        "outgoing_g": 9_800,
        "closing_stock_g": 3_800,
    }
    assert gap_g(answer) == 0
    assert answer["shares"] == {"reuse": 58, "recycling": 35, "disposal": 7}
    assert answer["recovery_rate"] == "92.9"
    assert answer["quality"]["weighed"] == 100


def test_a_return_counts_against_reuse_in_the_period_of_the_return(world, books):
    canal = books.at(world.canal)
    books.book(canal.drop_off, canal.bulk, "MOB", 9_000, "2026-02-10")
    books.book(canal.bulk, canal.reuse, "MOB", 4_000, "2026-02-20", verb=Verb.SELL)
    books.book(canal.reuse, canal.bulk, "MOB", 1_500, "2026-03-05", verb=Verb.RETURN)

    assert figures(world.canal, period=Period(date(2026, 2, 1), date(2026, 2, 28)))["reuse_g"] == (
        4_000
    )
    march = figures(world.canal, period=MARCH)
    assert march["reuse_g"] == -1_500
    assert march["shares"] is None
    assert march["recovery_rate"] is None
    assert gap_g(march) == 0


def test_days_around_whole_months_give_the_same_as_the_months(world, books):
    canal = books.at(world.canal)
    for day in ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01"):
        books.book(canal.drop_off, canal.bulk, "TEX", 1_000, day)
        books.book(canal.bulk, canal.reuse, "TEX", 400, day)

    ragged = figures(world.canal, period=Period(date(2026, 1, 31), date(2026, 4, 1)))
    assert ragged["collected_g"] == 6_000
    assert ragged["closing_stock_g"] == 3_600
    inside = figures(world.canal, period=Period(date(2026, 2, 2), date(2026, 3, 30)))
    assert nonzero(inside) == {
        "opening_stock_g": 1_200,
        "collected_g": 2_000,
        "reuse_g": 800,
        "outgoing_g": 800,
        "closing_stock_g": 2_400,
    }
    days = [
        figures(world.canal, period=Period(date(2026, 3, n), date(2026, 3, n))) for n in (1, 31)
    ]
    assert [day["collected_g"] for day in days] == [1_000, 1_000]
    assert figures(world.canal, period=MARCH)["collected_g"] == 2_000


def test_a_transfer_is_sent_received_or_stock_on_the_road_depending_on_who_asks(world, books):
    canal, quai = books.at(world.canal), books.at(world.quai)
    road = Account.transit(world.canal, world.quai)
    books.book(canal.drop_off, canal.bulk, "MOB", 10_000, "2026-03-01")
    books.book(canal.bulk, road, "MOB", 6_000, "2026-03-02")
    books.book(road, quai.bulk, "MOB", 4_500, "2026-03-20")
    network = Network.objects.create(code="idf", name="Île-de-France")
    network.members.set([world.navette, world.port])

    sender, receiver = figures(world.canal), figures(world.quai)
    both = diversion(scope=Scope.of_network(network), period=YEAR)

    assert (sender["sent_g"], sender["closing_stock_g"]) == (6_000, 4_000)
    assert (receiver["received_g"], receiver["closing_stock_g"]) == (4_500, 4_500)
    assert nonzero(both) == {
        "collected_g": 10_000,
        "closing_stock_g": 10_000,
        "in_transit_g": 1_500,
    }
    assert [gap_g(answer) for answer in (sender, receiver, both)] == [0, 0, 0]
    assert both["scope"] == {
        "organisation": None,
        "network": "idf",
        "sites": ["canal", "gare", "quai"],
    }


def test_a_cancelled_sending_and_a_cancelled_receipt_subtract_where_they_were_counted(world, books):
    canal, gare = books.at(world.canal), books.at(world.gare)
    road = Account.transit(world.canal, world.gare)
    books.book(canal.drop_off, canal.bulk, "MOB", 10_000, "2026-03-01")
    sending = books.book(canal.bulk, road, "MOB", 6_000, "2026-03-02")
    receipt = books.book(road, gare.bulk, "MOB", 6_000, "2026-03-03")
    books.undo(receipt, "2026-03-04")
    books.undo(sending, "2026-03-05")

    assert nonzero(figures(world.canal)) == {"collected_g": 10_000, "closing_stock_g": 10_000}
    assert nonzero(figures(world.gare)) == {}
    assert nonzero(figures(world.canal, world.gare)) == {
        "collected_g": 10_000,
        "closing_stock_g": 10_000,
    }


def test_sorting_reclassifies_only_for_a_category(world, books):
    canal = books.at(world.canal)
    books.book(canal.drop_off, canal.bulk, "DIV.VRAC", 10_000)
    books.book(canal.bulk, canal.bulk, "DIV.VRAC", 4_000, to="MOB.CHAI")
    books.book(canal.bulk, canal.reuse, "MOB.CHAI", 1_000)

    furniture = figures(world.canal, category=books.category("MOB"))
    unsorted = figures(world.canal, category=books.category("DIV"))

    assert figures(world.canal)["reclassified_g"] == 0
    assert nonzero(furniture) == {
        "reclassified_g": 4_000,
        "reuse_g": 1_000,
        "outgoing_g": 1_000,
        "closing_stock_g": 3_000,
    }
    assert nonzero(unsorted) == {
        "collected_g": 10_000,
        "reclassified_g": -4_000,
        "closing_stock_g": 6_000,
    }
    assert gap_g(furniture) == gap_g(unsorted) == 0


def test_quality_tells_weighed_from_averaged_estimated_and_deduced(world, books):
    canal = books.at(world.canal)
    books.book(canal.drop_off, canal.bulk, "TEX", 500, method=Method.NET_OF_TARE)
    books.book(canal.drop_off, canal.bulk, "TEX", 100, method=Method.WEIGHED)
    books.book(canal.drop_off, canal.bulk, "TEX", 100, method=Method.UNIT_AVERAGE)
    books.book(canal.bulk, canal.reuse, "TEX", 250, method=Method.BY_BALANCE)
    books.book(canal.bulk, canal.recycling, "TEX", 50, method=Method.ESTIMATED)

    assert figures(world.canal)["quality"] == {
        "weighed": 60,
        "unit_average": 10,
        "estimated": 5,
        "by_balance": 25,
    }


def test_warnings_name_negative_stock_unsorted_departures_and_open_months(world, books):
    canal = books.at(world.canal)
    books.book(canal.drop_off, canal.bulk, "TEX", 52_008, "2026-01-10")
    books.book(canal.bulk, canal.reuse, "DIV.VRAC", 12_500, "2026-01-20")
    books.book(canal.drop_off, canal.bulk, "DIV", 20_000, "2026-02-02")
    close_month(site=world.canal, month=202601)

    january = figures(world.canal, period=Period(date(2026, 1, 1), date(2026, 1, 31)))
    year = figures(world.canal)

    assert [note["type"] for note in january["warnings"]] == ["negative_stock", "without_category"]
    assert "12,5" in january["warnings"][0]["msg"]
    assert [note["type"] for note in year["warnings"]] == ["without_category", "open_months"]


def test_a_scope_without_movements_of_its_own_sees_nothing_of_its_neighbours(world, books):
    canal = books.at(world.canal)
    books.book(canal.drop_off, canal.bulk, "TEX", 1_000)
    assert nonzero(figures(world.gare)) == {}
    assert nonzero(figures(world.canal, world.gare)) == {
        "collected_g": 1_000,
        "closing_stock_g": 1_000,
    }


def test_a_day_tells_what_came_in_and_left(world, books):
    canal = books.at(world.canal)
    books.book(canal.drop_off, canal.bulk, "TEX", 1_000, "2026-03-09")
    books.book(canal.bulk, canal.reuse, "TEX", 300, "2026-03-10")
    books.book(canal.drop_off, canal.disposal, "TEX", 50, "2026-03-10")

    assert daily([world.canal], date(2026, 3, 9), date(2026, 3, 15)) == {
        date(2026, 3, 9): {"in_g": 1_000, "out_g": 0},
        date(2026, 3, 10): {"in_g": 50, "out_g": 350},
    }
