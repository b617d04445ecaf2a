"""From a figure down: rows of the cube, movements, documents; each adds up to the one above."""

import re
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlencode

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.models import Account, Method, MonthlyFlow, Verb
from reporting.bilan.indicators import OPENS
from reporting.indicators import ALL, Reading, Unit
from reporting.listing import LABELS, Listing, Row
from reporting.periods import Period
from reporting.scopes import Scope
from reporting.trail.told import told_g
from sales.models import Method as PaidBy
from sales.services import note_takings

YEAR = "from=2026-01-01&to=2026-12-31"
RAGGED = "from=2026-02-12&to=2026-08-20"
OF_A_DAY = {"stock_g", "in_transit_g"}  # of a day, not of a period: asked since the first day


@pytest.fixture
def busy(world, books, two_years):
    """Two ragged years, and in them what is rare: reversals, transfers, late weights, counts."""
    canal, gare = books.at(world.canal), books.at(world.gare)
    road, back = Account.transit(world.canal, world.gare), Account.transit(world.gare, world.canal)
    books.book(canal.opening, canal.bulk, "DIV.VRAC", 90_000, "2025-01-02")
    wrong = books.book(canal.drop_off, canal.bulk, "TEX", 999, "2026-03-03")
    books.undo(wrong, "2026-04-04")
    gone = books.book(
        canal.bulk, canal.recycling, "TEX", 2_000, "2026-03-05", method=Method.ESTIMATED
    )
    books.undo(gone, "2026-05-01")  # a partner's own weight, later
    books.book(canal.bulk, canal.recycling, "TEX", 2_222, "2026-05-01")
    books.book(canal.bulk, canal.bulk, "DIV.VRAC", 1_000, "2026-03-06", to="TEX")
    books.book(canal.reuse, canal.bulk, "MOB", 300, "2026-06-06", verb=Verb.RETURN)
    books.book(canal.bulk, canal.adjustment, "TEX", 77, "2026-06-01")
    books.book(canal.bulk, road, "MOB.CHAI", 1_500, "2026-06-02")
    books.book(road, gare.bulk, "MOB.CHAI", 1_000, "2026-07-03")
    books.book(gare.bulk, back, "MOB", 700, "2026-06-02")
    books.book(back, canal.bulk, "MOB", 700, "2026-06-12")
    books.book(canal.bulk, canal.other_recovery, "MOB", 60, "2026-07-05", method=Method.NET_OF_TARE)


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def figures_of(html):
    return sorted({unescape(href) for href in re.findall(r'class="fig" href="([^"]+)"', html)})


def total_of(html):
    return int(re.search(r'data-total="(-?\d+)"', html)[1])


def grams_of(html):
    """The grams of the lines of a list, as printed."""
    cells = re.findall(r'<td class="n kg">(.*?)</td>', html)
    plain = [unescape(re.sub(r"<.*?>", "", cell)) for cell in cells]
    return [int(re.sub(r"[\u00a0,.]", "", cell).replace("−", "-")) for cell in plain]


def adds_up(html):
    """Whether what is listed makes the total, where one page holds all of it."""
    if "Nothing is behind this figure" in html:
        return not grams_of(html)
    return "Older" in html or sum(grams_of(html)) == total_of(html)


def agree(html):
    return 'data-equals="yes"' in html and 'data-equals="no"' not in html


@pytest.mark.parametrize(
    "where",
    [
        f"{YEAR}&site=canal",
        f"{YEAR}&site=canal&category=TEX",
        RAGGED,
        f"{RAGGED}&category=MOB&compare=year",
    ],
)
def test_every_figure_opens_down_to_its_movements_and_every_level_agrees(english, busy, where):
    links = figures_of(text(english.get(f"/bilan/?{where}")))
    assert len(links) > 20
    euros = [link for link in links if link.startswith("/bilan/recettes/?")]
    assert all(agree(text(english.get(link))) for link in euros)
    links = [link for link in links if link not in euros]
    for link in links:
        rows = text(english.get(link))
        assert link.startswith("/bilan/lignes/?")
        assert agree(rows), link
        assert adds_up(rows), link
    for link in links[:: max(len(links) // 6, 1)]:
        for row in figures_of(text(english.get(link)))[:12]:
            movements = text(english.get(row))
            assert agree(movements), row
            assert adds_up(movements), row


ONE_DAY, SPRING, WHOLE = (
    Period(date(2026, 6, 2), date(2026, 6, 2)),
    Period(date(2026, 2, 12), date(2026, 6, 11)),
    Period(date(2026, 1, 1), date(2026, 12, 31)),
)


@pytest.mark.parametrize(
    ("sites", "period", "category"),
    [
        (["canal"], WHOLE, None),
        (["gare"], WHOLE, "MOB"),
        (["canal", "gare"], SPRING, None),
        (["canal"], SPRING, "TEX"),
        (["canal", "gare"], ONE_DAY, None),
    ],
)
def test_figure_rows_and_flows_are_one_sum_for_every_figure(
    world, books, busy, sites, period, category
):
    scope = Scope.of_sites([getattr(world, code) for code in sites])
    chosen = books.category(category) if category else None
    for figure in LABELS:
        since_ever = Period(date(2000, 1, 1), period.end)
        asked = since_ever if figure in OF_A_DAY else period
        listing = Listing(scope, asked, figure, chosen)
        rows, flows = listing.rows(10_000), listing.leaf(10_000)
        assert told_g(listing) == rows.total_g == rows.page_g == flows.page_g, figure


@pytest.mark.parametrize("figure", ["outgoing_g", "adjusted_g", "collected_g", "reuse_g"])
def test_the_flows_of_the_rows_are_those_of_the_figure_each_once(world, busy, figure):
    scope = Scope.of_sites([world.canal, world.gare])
    listing = Listing(scope, SPRING, figure)
    seen = []
    for cell, grams in listing.rows(10_000).rows:
        flows = Listing(scope, SPRING, figure, row=Row.of(cell)).leaf(10_000)
        assert flows.page_g == grams
        seen += [flow.pk for flow, _grams in flows.rows]
    assert sorted(seen) == sorted(flow.pk for flow in listing.flows())


@pytest.mark.parametrize("limit", [7, 40])
def test_pages_of_rows_and_of_flows_lose_nothing_and_carry_the_rest(world, busy, limit):
    scope = Scope.of_sites([world.canal, world.gare])
    listing = Listing(scope, Period(date(2026, 2, 12), date(2026, 8, 20)), "outgoing_g")
    for pages in (listing.rows, listing.leaf):
        seen, cursor, newer_g = [], "", 0
        while True:
            leaf = pages(limit, cursor)
            assert leaf.newer_g == newer_g
            assert leaf.total_g == listing.total_g
            seen += [str(row) for row, _grams in leaf.rows]
            newer_g += leaf.page_g
            cursor = leaf.after
            if not cursor:
                break
        assert leaf.older_g == 0
        assert newer_g == listing.total_g
        assert len(seen) == len(pages(10_000).rows)


def test_a_figure_that_disagrees_with_its_rows_is_told_loudly(world, english, busy, monkeypatch):
    monkeypatch.setattr("reporting.trail.views.told_g", lambda _listing: 1)
    html = text(english.get(f"/bilan/lignes/?{YEAR}&figure=collected_g"))
    assert 'data-equals="no"' in html
    assert 'role="alert"' in html
    assert "do not agree" in html


def test_a_cube_that_disagrees_with_the_ledger_is_told_loudly(world, english, busy):
    row = figures_of(text(english.get(f"/bilan/lignes/?{YEAR}&figure=disposal_g")))[0]
    name = Row.named(parse_qs(row.partition("?")[2])["row"][0])
    MonthlyFlow.objects.filter(month=name.month, **name.ends).update(weight_g=1)
    html = text(english.get(row))
    assert 'data-equals="no"' in html


def test_a_row_says_which_document_corrects_which(world, books, english, submission):
    canal = books.at(world.canal)
    wrong = books.book(canal.drop_off, canal.bulk, "TEX", 999, "2026-03-03")
    undone = books.undo(wrong, "2026-04-04")
    html = text(english.get(f"/bilan/mouvements/?{YEAR}&figure=collected_g"))
    assert f'cancelled by <a href="/d/{undone.number}/">' in html
    assert f'cancels <a href="/d/{wrong.number}/">' in html
    assert f'href="/d/{undone.number}/"' in text(english.get(f"/d/{wrong.number}/"))
    assert f'href="/d/{wrong.number}/"' in text(english.get(f"/d/{undone.number}/"))


def test_what_no_report_prints_is_compared_with_nothing(world, busy, english):
    html = text(english.get(f"/bilan/lignes/?{YEAR}&figure=reuse_g&known=weighed"))
    assert "data-equals" not in html
    assert "No report prints this figure" in html


def test_a_row_of_another_figure_or_period_is_none_of_this_one(world, english, busy):
    row = figures_of(text(english.get(f"/bilan/lignes/?{YEAR}&figure=disposal_g")))[0]
    asked = {key: value[0] for key, value in parse_qs(row.partition("?")[2]).items()}
    for wrong in ({"figure": "collected_g", "row": asked["row"][:-7] + "x"}, {"to": "2026-01-01"}):
        answer = english.get(f"/bilan/mouvements/?{urlencode({**asked, **wrong})}")
        assert answer.status_code == 404, wrong


@pytest.mark.parametrize("page", ["lignes", "mouvements"])
def test_more_rows_ask_no_more_queries(world, books, english, page, django_assert_max_num_queries):
    canal = books.at(world.canal)

    def fill(days, codes):
        for day in days:
            for code in codes:
                books.book(canal.drop_off, canal.bulk, code, 100, f"2026-03-{day:02}")
                books.book(canal.bulk, canal.recycling, code, 50, f"2026-03-{day:02}")

    fill([1], ["MOB"])
    [row] = figures_of(text(english.get(f"/bilan/lignes/?{YEAR}&figure=outgoing_g")))
    asked = f"/bilan/lignes/?{YEAR}&figure=outgoing_g" if page == "lignes" else row
    english.get(asked)
    with django_assert_max_num_queries(60) as few:
        english.get(asked)
    fill(range(2, 20), ["MOB", "LIV", "JOU", "TEX"])
    with django_assert_max_num_queries(60) as many:
        english.get(asked)
    assert len(many) == len(few)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["collect", "reuse", "recycle", "lose", "sort", "send", "receive", "undo"]),
        st.integers(1, 5_000),
        st.integers(1, 200),
        st.sampled_from(["TEX", "MOB", "MOB.CHAI"]),
        st.sampled_from([Method.WEIGHED, Method.ESTIMATED, Method.UNIT_AVERAGE]),
    ),
    min_size=1,
    max_size=12,
)
FIGURES = ("collected_g", "outgoing_g", "sent_g", "received_g", "adjusted_g", "given_g")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS, start=st.integers(0, 150), length=st.integers(0, 120))
def test_whatever_happened_every_level_comes_to_the_same(world, books, acts, start, length):
    first = date(2026, 1, 1).toordinal()
    period = Period(date.fromordinal(first + start), date.fromordinal(first + start + length))
    with transaction.atomic():
        happen(world, books, acts)
        for sites in ([world.canal], [world.canal, world.gare]):
            for figure in FIGURES:
                listing = Listing(Scope.of_sites(sites), period, figure)
                rows, flows = listing.rows(10_000), listing.leaf(10_000)
                assert told_g(listing) == rows.page_g == flows.page_g, figure
        transaction.set_rollback(True)


def happen(world, books, acts):
    canal, gare = books.at(world.canal), books.at(world.gare)
    road = Account.transit(world.canal, world.gare)
    ways = {
        "collect": (canal.drop_off, canal.bulk),
        "reuse": (canal.bulk, canal.reuse),
        "recycle": (canal.bulk, canal.recycling),
        "lose": (canal.bulk, canal.adjustment),
        "sort": (canal.bulk, canal.bulk),
        "send": (canal.bulk, road),
        "receive": (road, gare.bulk),
    }
    on_road, done = 0, []
    for kind, grams, day, code, method in acts:
        on = date.fromordinal(date(2026, 1, 1).toordinal() + day)
        if kind == "undo":
            done = [books.undo(done[0], on)] and done[1:] if done else []
            continue
        on_road += {"send": grams, "receive": -grams}.get(kind, 0)
        if on_road < 0:
            on_road += grams  # nothing is there to receive
            continue
        to = {"sort": "LIV"}.get(kind)
        sort = "TEX" if kind in ("send", "receive") else code
        moved = books.book(*ways[kind], sort, grams, on, to=to, method=method)
        done += [moved] if kind not in ("send", "receive") else []


def cents_of(html):
    """What is listed in euros, and the foot of the list."""
    rows = re.findall(r'<td class="n kg">(?:<a[^>]*>)?([^<]*)', html)
    plain = [re.sub(r"[^0-9−]", "", unescape(row)) for row in rows]
    *listed, total = [int(cents.replace("−", "-")) for cents in plain]
    return listed, total


def test_the_euros_of_a_report_open_by_month_by_day_and_paper_by_paper(
    english, world, books, sell, give_back
):
    toys = sell(world.canal, (500, 1_000), (250, None), on="2026-03-10")
    sell(world.canal, (1_000, 2_000), on="2026-03-10")
    sell(world.gare, (300, None), on="2026-03-31")
    give_back(toys, "2026-04-02")
    note_takings(
        entry=books.entry(world.canal, Verb.SELL, "2026-03-11"), cents={PaidBy.CASH: 20_000}
    )
    report = text(english.get(f"/bilan/?{YEAR}"))
    opening = [link for link in figures_of(report) if link.startswith("/bilan/recettes/?")]
    of_canal = next(link for link in opening if "site=canal" in link)
    of_all = next(link for link in opening if "site=" not in link)

    year = text(english.get(of_all))
    assert (cents_of(year), agree(year)) == (([-500, 22_050], 21_550), True)
    assert cents_of(text(english.get(of_canal))) == ([-500, 21_750], 21_250)
    april, march = figures_of(year)[::-1]
    assert cents_of(text(english.get(april))) == ([-500], -500)
    days = text(english.get(march))
    assert (cents_of(days), agree(days)) == (([300, 20_000, 1_750], 22_050), True)
    tenth = text(english.get(figures_of(days)[0]))
    assert (cents_of(tenth), agree(tenth)) == (([750, 1_000], 1_750), True)
    assert toys.movement.number in tenth


def test_a_network_and_a_category_take_no_euros(english, world):
    assert english.get(f"/bilan/recettes/?{YEAR}&category=TEX").status_code == 404
    assert "Nothing was taken" in text(english.get(f"/bilan/recettes/?{YEAR}"))


def test_indicators_open_on_what_they_add_up_to_the_gram(english, world, busy):
    links = figures_of(text(english.get(f"/bilan/indicateurs/?{YEAR}&site=canal&compare=year")))
    listed = {parse_qs(link.partition("?")[2]).get("figure", [""])[0]: link for link in links}
    scope = Scope.of_sites([world.canal])
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    with transaction.atomic(using="report"):
        reading = Reading(scope, period)
        told = {
            figure: ALL[code].values(reading)[0].amount
            for code, figure in OPENS.items()
            if ALL[code].unit == Unit.GRAMS
        }
    opened = {figure for figure, grams in told.items() if grams}
    assert opened >= {"collected_g", "reuse_g", "recycled_g", "recovered_g", "stock_g"}
    assert opened <= listed.keys()
    for figure in opened:
        rows = text(english.get(listed[figure]))
        assert (total_of(rows), agree(rows)) == (told[figure], True), figure
    assert "/bilan/recettes/" in "".join(links)
