"""The sections of the Bilan and its two periods side by side: what is printed adds up."""

import re
from datetime import date
from html import unescape
from html.parser import HTMLParser

import pytest
import time_machine

from inventory.models import Account, Verb
from reporting.breakdown import side_by_side
from reporting.indicators import diversion
from reporting.periods import Period
from reporting.scopes import Scope
from reporting.shops import channels, shops
from reporting.tables import tables

Y2026 = Period(date(2026, 1, 1), date(2026, 12, 31))
Y2025 = Period(date(2025, 1, 1), date(2025, 12, 31))
MARCH_2026 = Period(date(2026, 3, 1), date(2026, 3, 31))
MARCH_2025 = MARCH_2026.year_earlier
YEAR = "from=2026-01-01&to=2026-12-31"
NUMBER = re.compile(r"[+−]?[\d\u00a0,]+(\.\d+)?")


class Tables(HTMLParser):
    """The tables of a page: caption → rows of the texts of their cells."""

    def __init__(self, html):
        super().__init__()
        self.found, self.rows, self.cell, self.caption = {}, [], None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.rows, self.caption = [], None
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th", "caption"):
            self.cell = ""

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.rows[-1].append(self.cell.strip())
        elif tag == "caption":
            self.caption = self.cell.partition(",")[0]
        elif tag == "table":
            self.found[self.caption] = self.rows

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data


def steps(text):
    """A printed number in its smallest steps: ``−1.25`` → −125; None where it is none."""
    found = NUMBER.search(text.replace("≈", ""))
    if text in ("–", ""):
        return 0
    if found is None or "%" in text:
        return None
    return int(re.sub(r"[\u00a0.,+]", "", found[0]).replace("−", "-"))


def page(english, query=YEAR):
    answer = english.get(f"/bilan/?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


FATES = ["Reuse", "Recycling", "Other recovery", "Energy", "Disposal"]
SECTIONS = {
    "indicators",
    "balance",
    "channels",
    "shops",
    "months",
    "categories",
    "stream",
    "mode",
    "origin",
    "partner",
    "flow",
    "ages",
    "quality",
}


def sections(html):
    return set(re.findall(r'<h2 id="(\w+)"', html)) - {"rests"}


@pytest.mark.parametrize(
    "more", ["", "&compare=year", "&compare=before&site=canal", "&base=collected"]
)
def test_every_table_adds_up_as_printed(english, two_years, more):
    html = page(english, YEAR + more)

    assert sections(html) == SECTIONS
    found = Tables(html).found
    checked = 0
    for caption, (heads, *rows, total) in found.items():
        if caption == "Mass balance":
            continue
        for column, head in enumerate(heads[1:], start=1):
            sums = [steps(row[column]) for row in rows]
            if None in sums or "basket" in head or "per kg" in head:
                continue
            assert sum(sums) == steps(total[column]), (caption, head)
            checked += 1
        fates = [heads.index(head) for head in FATES if head in heads]
        out = [n for n, head in enumerate(heads) if head == "Gone out"]
        for row in (*rows, total) if fates and out else ():
            assert sum(steps(row[n]) for n in fates) == steps(row[out[0]]), (caption, row[0])
    assert checked > 40


def test_the_same_total_is_printed_the_same_everywhere(english, two_years):
    found = Tables(page(english, f"{YEAR}&compare=year")).found
    balance = {row[0].lstrip("+−=± "): row[1] for row in found["Mass balance"][1:]}
    for caption, (heads, *_rows, total) in found.items():
        for head, cell in zip(heads, total, strict=True):
            if head in {"Gone out", "Collected", *FATES[1:]}:
                assert cell in (balance[head], "–"), (caption, head)


def test_the_balance_of_both_periods_and_of_the_difference_closes(english, two_years):
    rows = Tables(page(english, f"{YEAR}&compare=year")).found["Mass balance"]
    heads, rows = rows[0], rows[1:]
    assert heads[1:3] == ["2026, kg", "2025"]
    for column in (1, 2, 3):
        told = {row[0]: steps(row[column]) for row in rows}
        signs = {label: -1 if label[0] == "−" else 1 for label in told}
        names = list(told)
        out = next(n for n, label in enumerate(names) if label[0] == "−" and "Gone out" in label)
        fates, closing = names[out + 1 : out + 6], names[out + 6]
        assert sum(signs[name] * told[name] for name in names[: out + 1]) == told[closing]
        assert sum(told[name] for name in fates) == told[names[out]]
    for row in rows:
        assert steps(row[1]) - steps(row[2]) == steps(row[3])


def test_what_was_shared_out_is_marked_and_what_is_known_is_not(english, two_years):
    found = Tables(page(english)).found
    for dimension in ("By mode of arrival", "By origin"):
        heads, *rows, total = found[dimension]
        collected = heads.index("Collected")
        assert not any("≈" in row[collected] for row in rows)
        assert any("≈" in cell for row in rows for cell in row)
        assert not any("≈" in cell for cell in total)
    for caption in found.keys() - {"By mode of arrival", "By origin"}:
        assert not any("≈" in cell for row in found[caption] for cell in row), caption
    html = page(english)
    # both tables, the unweighed lines, and stock below zero, which has no age
    assert html.count('class="small muted about-note"') == 2 + 1 + 1


def test_what_left_straight_from_the_gate_is_exact_by_mode(english, world, books):
    canal = books.at(world.canal)
    books.book(canal.drop_off, canal.disposal, "DIV", 700, "2026-02-01")
    html = page(english)
    assert "mode" in sections(html)
    assert "≈" not in html


def test_a_period_with_nothing_prints_no_data_and_says_so(english, two_years):
    html = page(english, f"{YEAR}&compare=dates&compare_from=2003-01-01&compare_to=2003-12-31")
    found = Tables(html).found

    assert 'data-type="nothing_compared"' in html
    for row in found["Mass balance"][1:]:
        assert row[2:] == ["n/a", "n/a"]
    heads, *_rows, total = found["By category"]
    assert {
        cell for n, head in enumerate(heads) if head == "2003" for cell in total[n : n + 2]
    } == {"n/a"}
    shares = html[html.index('class="shares-was"') :][:400]
    assert "n/a" in shares
    assert "0 %" not in shares


def test_months_stand_beside_the_same_months(world, english, two_years):
    found = Tables(page(english, f"{YEAR}&compare=year&site=canal")).found["Month by month"]
    heads, *rows, _total = found
    assert heads[2] == "2025"
    assert [row[0] for row in rows][:2] == ["January 2026", "February 2026"]
    march = next(row for row in rows if row[0] == "March 2026")
    for n, period in ((1, MARCH_2026), (2, MARCH_2025)):
        told = diversion(scope=Scope.of_sites([world.canal]), period=period)
        assert abs(100 * steps(march[n]) - told["collected_g"]) < 100
    assert steps(march[1]) - steps(march[2]) == steps(march[3])


def test_shops_tell_tickets_euros_and_what_a_kilogram_brought(english, two_years):
    html = page(english)
    heads, canal, _gare, total = Tables(html).found["By shop"]
    cells = dict(zip(heads, canal, strict=True))
    assert cells["tickets"] == "11"
    assert cells["taken, €"] == "181.39"  # 11 × 16.49
    assert cells["basket, €"] == "16.49"
    assert dict(zip(heads, total, strict=True))["tickets"] == "17"
    assert "17 lines were sold without a weight" in html


def test_a_category_alone_tells_no_takings(english, two_years):
    heads = Tables(page(english, f"{YEAR}&category=MOB")).found["By shop"][0]
    assert "tickets" not in heads
    assert "Given" in heads


def test_sections_with_nothing_to_tell_are_not_shown(english, world, books):
    canal = books.at(world.canal)
    books.book(canal.opening, canal.bulk, "DIV", 5_000, "2026-01-05")
    books.book(canal.bulk, canal.reuse, "DIV", 500, "2026-02-05")
    html = page(english)
    told = {"balance", "channels", "categories", "stream", "flow", "ages", "quality", "indicators"}
    assert sections(html) == told
    empty = page(english, "from=2001-01-01&to=2001-12-31")
    assert sections(empty) == {"balance"}
    assert set(re.findall(r'href="#(\w+)"', html)) >= sections(html)


def test_contents_lead_to_every_section(english, two_years):
    html = page(english, f"{YEAR}&compare=year")
    contents = html[html.index('class="contents') :]
    contents = contents[: contents.index("</nav>")]
    assert set(re.findall(r'href="#(\w+)"', contents)) == SECTIONS


@pytest.mark.parametrize(
    ("query", "offered", "current"),
    [
        (YEAR, ["nothing", "2025"], "nothing"),
        (f"{YEAR}&compare=before", ["nothing", "2025"], "2025"),
        (
            "from=2026-03-01&to=2026-03-31&compare=before",
            ["nothing", "March 2025", "February 2026"],
            "February 2026",
        ),
        (
            f"{YEAR}&compare=dates&compare_from=2024-01-01&compare_to=2024-12-31",
            ["nothing", "2025", "2024"],
            "2024",
        ),
        ("from=2000-01-01&to=2000-12-31", ["nothing"], "nothing"),
    ],
)
def test_comparisons_are_offered_by_name_and_each_once(english, world, query, offered, current):
    choices = english.get(f"/bilan/?{query}").context["comparisons"]
    assert [str(choice["label"]) for choice in choices] == offered
    assert [str(choice["label"]) for choice in choices if choice["is_current"]] == [current]


def test_a_comparison_is_kept_by_the_chips_and_by_the_way_back(english, two_years):
    html = page(english, f"{YEAR}&compare=year&site=canal")
    for address in re.findall(r'class="chip" href="([^"]+)"[^>]*>', html):
        assert "compare" in address or "site=canal" in address
    link = unescape(re.search(r'href="(/bilan/lignes/[^"]*figure=collected_g[^"]*)"', html)[1])
    assert "compare=year" in link
    back = english.get(link).content.decode()
    assert "compare=year" in back


def test_two_days_alone_mean_to_compare_with_them(english, two_years):
    answer = english.get(f"/bilan/?{YEAR}&compare_from=2025-01-01&compare_to=2025-12-31")
    assert answer.context["asked"].compared == Y2025


def test_a_period_that_is_not_over_offers_a_fairer_comparison(english, two_years):
    with time_machine.travel("2026-05-20 12:00 +0000"):
        address = english.get(f"/bilan/?{YEAR}&compare=year").context["until_today"]
        assert address == "?from=2026-01-01&to=2026-05-20&compare=year"
        assert english.get(f"/bilan/?{YEAR}").context["until_today"] == ""
        fair = english.get(f"/bilan/{address}")
        assert fair.context["until_today"] == ""
        assert fair.context["asked"].compared == Period(date(2025, 1, 1), date(2025, 5, 20))


@pytest.mark.parametrize(
    ("asked", "compared"),
    [
        ("from=2026-05-01&to=2026-05-31&compare=before", ("2026-04-01", "2026-04-20")),
        ("from=2026-01-01&to=2026-06-30&compare=before", ("2025-07-01", "2025-11-17")),
        (f"{YEAR}&compare=before", ("2025-01-01", "2025-05-20")),
        (
            f"{YEAR}&compare=dates&compare_from=2024-01-01&compare_to=2024-12-31",
            ("2024-01-01", "2024-05-19"),  # as many days: that year had a 29 February
        ),
        (
            f"{YEAR}&compare=dates&compare_from=2025-01-01&compare_to=2025-02-28",
            ("2025-01-01", "2025-02-28"),  # shorter: there is nothing to cut
        ),
        (
            "from=2000-01-01&to=2026-12-31&compare=dates&compare_from=2001-01-01"
            "&compare_to=2001-12-31",
            ("2001-01-01", "2001-12-31"),
        ),
    ],
)
def test_what_is_compared_is_cut_as_well(english, world, asked, compared):
    with time_machine.travel("2026-05-20 12:00 +0000"):
        address = english.get(f"/bilan/?{asked}").context["until_today"]
        fair = english.get(f"/bilan/{address}").context["asked"]
    assert fair.period.end == date(2026, 5, 20)
    assert fair.compared == Period(*map(date.fromisoformat, compared))


def test_a_period_beside_itself_has_two_columns_with_two_names(english, two_years):
    html = page(english, f"{YEAR}&compare=dates&compare_from=2026-01-01&compare_to=2026-12-31")
    heads = Tables(html).found["Mass balance"][0]
    assert heads == ["Mass balance", "this period, kg", "compared", "difference"]


def test_a_period_with_takings_alone_is_not_blank(world, english, sell, give_back):
    sold = sell(world.canal, (500, None), (0, None), on="2025-03-10")
    asked = f"{YEAR}&compare=year"
    html = page(english, asked)
    assert 'data-type="nothing_compared"' not in html
    shop = dict(zip(*Tables(html).found["By shop"][:2], strict=True))
    assert (shop["taken, €"], shop["2025"], shop["difference"]) == ("–", "5.00", "−5.00")
    assert give_back(sold, "2026-01-07").total_cents == 500
    html = page(english, "from=2027-01-01&to=2027-12-31&compare=year")
    assert 'data-type="nothing_compared"' not in html
    assert "−5.00" in Tables(html).found["By shop"][1]


def test_tables_and_channels_add_up_to_the_gram(world, two_years):
    scope = Scope.of_sites([world.canal, world.gare])
    sides = side_by_side(scope=scope, period=Y2026, compared=Y2025)
    now, was = sides.now, sides.was

    for table in tables(sides, world.navette.pk):
        for figure in ("collected_g", "reuse_g", "disposal_g", "outgoing_g"):
            if figure != "collected_g" or table.has_collected:
                assert sum(row.now[figure] for row in table.rows) == now.figures[figure]
                assert sum(row.was[figure] for row in table.rows) == was.figures[figure]
    gone = channels(sides)
    assert sum(each.now.weight_g for each in gone) == now.figures["outgoing_g"]
    assert sum(each.share for each in gone) == 100
    reused = [each.share for each in gone if each.channel != "shipped"]
    assert sum(reused) == now.figures["shares"]["reuse"]
    at = shops(sides, scope)
    assert [shop.code for shop in at] == ["canal", "gare"]
    told_g = sum(left.weight_g for shop in at for left in shop.now.values())
    assert told_g == now.figures["reuse_g"]


def test_both_sides_use_the_categories_of_today(world, books, english):
    canal = books.at(world.canal)
    for year in (2025, 2026):
        books.book(canal.drop_off, canal.bulk, "MOB.CHAI", 1_000, f"{year}-03-01")
    found = Tables(page(english, f"{YEAR}&compare=year")).found["By category"]
    assert [row[:4] for row in found[1:]] == [
        ["Furniture", "1.0", "1.0", "–"],
        ["Together", "1.0", "1.0", "–"],
    ]


def test_a_negative_channel_prints_no_share(world, books, english):
    canal = books.at(world.canal)
    shop = Account.sale(world.canal)
    books.book(canal.drop_off, canal.bulk, "TEX", 9_000, "2026-01-03")
    books.book(canal.bulk, shop, "TEX", 2_000, "2026-01-03", verb=Verb.SELL)
    books.book(shop, canal.bulk, "TEX", 2_000, "2026-02-03", verb=Verb.RETURN)
    books.book(canal.bulk, canal.reuse, "TEX", 3_000, "2026-02-03", verb=Verb.GIVE)
    found = Tables(page(english, "from=2026-02-01&to=2026-02-28")).found
    rows = {row[0]: row for row in found["How what left did leave"]}
    assert rows["Sold"][1:] == ["−2.0", "n/a"]
    assert rows["Gone out"][1] == "1.0"
