"""The workbook: every table to the gram, typed, and text that stays text."""

import io
from collections import Counter
from datetime import date, datetime

import openpyxl
import pytest
from django.utils import translation

from inventory.models import Origin, Partner
from organisation.models import Site
from reporting.indicators import ALL, diversion
from reporting.models import Target
from reporting.periods import Period
from reporting.scopes import Scope
from reporting.workbook.sources import FORMULAS
from reporting.workbook.typed import Sheet

YEAR = "from=2026-01-01&to=2026-12-31"
SHEETS = [
    "Mass balance",
    "Rates",
    "Sold, given, shipped",
    "By shop",
    "Flow by fate and partner",
    "Month by month",
    "Months by fate",
    "By category",
    "By EPR stream",
    "By mode of arrival",
    "By origin",
    "By partner",
    "Indicators",
    "Age of the stock",
    "Data quality",
    "Sources",
]
TABLES = ["Month by month", *SHEETS[7:12]]


def opened(reader, query=YEAR):
    answer = reader.get(f"/bilan/bilan.xlsx?{query}")
    assert answer.status_code == 200
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert answer["Content-Disposition"].startswith("attachment")
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def column(sheet, head):
    [n] = [cell.column for cell in sheet[1] if cell.value == head]
    return [row[n - 1] for row in sheet.iter_rows(min_row=2)]


def grams(cells):
    return [round(cell.value * 1000) for cell in cells]


def told(world, year):
    scope = Scope.of_sites([world.canal, world.gare])
    return diversion(scope=scope, period=Period(date(year, 1, 1), date(year, 12, 31)))


@pytest.mark.parametrize("query", [YEAR, f"{YEAR}&compare=year"])
def test_every_table_of_the_page_has_its_sheet_and_adds_up_to_the_gram(
    world, english, two_years, query
):
    book, year = opened(english, query), told(world, 2026)

    assert book.sheetnames == SHEETS
    for name in TABLES:
        sheet = book[name]
        for head, figure in (
            ("Collected (kg)", "collected_g"),
            ("Reuse (kg)", "reuse_g"),
            ("Disposal (kg)", "disposal_g"),
            ("Gone out (kg)", "outgoing_g"),
        ):
            if name == "By partner" and figure == "collected_g":
                continue
            *rows, total = grams(column(sheet, head))
            assert sum(rows) == total == year[figure], (name, head)
    *reused, together = grams(column(book["By shop"], "Reuse (kg)"))
    assert sum(reused) == together == year["reuse_g"]
    *left, out = grams(column(book["Sold, given, shipped"], "Gone out (kg)"))
    assert sum(left) == out == year["outgoing_g"]


def test_two_periods_stand_beside_each_other_with_their_difference(world, english, two_years):
    sheet = opened(english, f"{YEAR}&compare=year")["By mode of arrival"]
    was = told(world, 2025)

    now, before, change = (
        grams(column(sheet, f"Gone out (kg){more}")) for more in ("", ", 2025", ", difference")
    )

    assert before[-1] == was["outgoing_g"]
    assert [a - b for a, b in zip(now, before, strict=True)] == change
    assert {cell.value for cell in column(sheet, "what went out is")[:-1]} == {"attributed"}


def test_every_gram_that_left_has_its_origin_fate_and_taker(world, english, two_years):
    for query, first in ((YEAR, "Category"), (f"{YEAR}&whence=origin", "Origin")):
        sheet, year = opened(english, query)["Flow by fate and partner"], told(world, 2026)
        *rows, total = grams(column(sheet, "Gone out (kg)"))
        fates = [cell.value for cell in column(sheet, "Fate")[:-1]]

        assert sheet["A1"].value == first
        assert sum(rows) == total == year["outgoing_g"]
        by_fate = Counter()
        for fate, weight_g in zip(fates, rows, strict=True):
            by_fate[fate] += weight_g
        assert by_fate["Recycling"] == year["recycling_g"]
        assert by_fate["Reuse"] == year["reuse_g"]


def test_months_by_fate_stand_beside_the_other_year_and_add_up(world, english, two_years):
    sheet = opened(english, f"{YEAR}&compare=year")["Months by fate"]

    for head, figure in (("Reuse (kg)", "reuse_g"), ("Energy (kg)", "energy_g")):
        for more, year in (("", 2026), (", 2025", 2025)):
            *rows, total = grams(column(sheet, f"{head}{more}"))
            assert sum(rows) == total == told(world, year)[figure]
    assert sheet["A2"].number_format == "mmmm yyyy"


def test_ages_and_what_has_none_make_the_stock(world, books, english, two_years):
    there = books.at(world.canal)
    books.book(there.bulk, there.disposal, "VAI", 1_234, "2026-11-20")
    sheet, year = opened(english)["Age of the stock"], told(world, 2026)

    *rows, total = grams(column(sheet, "in stock (kg)"))
    classes = list(sheet.iter_rows(min_row=2, min_col=3))
    below = [row[0].value for row in sheet.iter_rows(min_row=2)].index("Below zero, without an age")

    assert sum(rows) == total == year["closing_stock_g"]
    assert rows[below] < 0
    assert {cell.value for cell in classes[below]} == {"n/a"}
    assert sum(grams(classes[-1])) == total - rows[below]


def test_the_quality_of_each_category_adds_up_to_all_that_crossed(world, english, two_years):
    sheet, year = opened(english)["Data quality"], told(world, 2026)

    ways = ["Weighed", "Units × average weight", "Estimated", "Deduced from a stock count"]
    by_way = [grams(column(sheet, f"{way} (kg)")) for way in ways]
    whole = grams(column(sheet, "Together (kg)"))

    assert [sum(row) for row in zip(*by_way, strict=True)] == whole
    assert sum(whole[:-1]) == whole[-1] == year["collected_g"] + year["outgoing_g"]
    assert grams(column(sheet, "not weighed (kg)"))[-1] == whole[-1] - by_way[0][-1]
    shares = [column(sheet, f"{way} (share)")[-1].value for way in ways]
    assert [round(share * 100) for share in shares] == list(year["quality"].values())


def test_every_indicator_is_a_number_with_its_unit_formula_and_source(world, english, two_years):
    sheet, year = opened(english, f"{YEAR}&compare=year")["Indicators"], told(world, 2026)
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=2)}

    assert list(rows) == list(ALL)
    collected, recovered, sold = (rows[code] for code in ("collected", "recovery_rate", "sales"))
    assert round(collected[2].value * 1000) == year["collected_g"]
    assert round(collected[3].value * 1000) == told(world, 2025)["collected_g"]
    assert collected[4].value == "kg"
    assert round(recovered[2].value * 1000) == round(float(year["recovery_rate"]) * 10)
    assert recovered[2].number_format == "0.0\\ %"
    assert (sold[2].value, sold[4].value) == (280.33, "€")
    assert rows["collected_per_inhabitant"][2].value == "n/a"
    assert all(row[6].value and row[7].value for row in rows.values())


def test_a_target_stands_beside_its_figure_with_the_gap(world, english, two_years):
    navette = world.navette
    Target.objects.create(organisation=navette, year=2026, indicator="recovery_rate", amount=1_000)
    Target.objects.create(
        organisation=navette, year=2026, indicator="disposed", amount=5_000, is_ceiling=True
    )
    year = told(world, 2026)
    rows = list(opened(english)["Targets"].iter_rows(min_row=2, values_only=True))
    by_unit = {row[5]: row for row in rows}

    assert by_unit["%"][1:4] == ("at least", 1.0, float(year["recovery_rate"]) / 100)
    assert round(by_unit["%"][4] * 1000) == round(float(year["recovery_rate"]) * 10) - 1000
    of_kg = by_unit["kg"]
    assert of_kg[1] == "at most"
    assert round((of_kg[3] - of_kg[2]) * 1000) == round(of_kg[4] * 1000)
    assert opened(english, f"{YEAR}&category=MOB").sheetnames[0] == "Mass balance"


def test_cells_are_typed_and_the_head_stays_in_sight(english, two_years):
    book = opened(english, f"{YEAR}&compare=year")

    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert all(sheet.column_dimensions[cell.column_letter].width >= 12 for cell in sheet[1])
    months = book["Month by month"]
    first = months["A2"]
    assert (first.value.date(), first.number_format) == (date(2026, 1, 1), "mmmm yyyy")
    weight = column(months, "Collected (kg)")[0]
    assert isinstance(weight.value, float)
    shop = book["By shop"]
    euros = column(shop, "taken (€)")
    assert [cell.value for cell in euros] == [181.39, 98.94, 280.33]
    share = column(book["Rates"], "2026")[0]
    assert 0 < share.value < 1
    totals = [cell for cell in months[months.max_row] if isinstance(cell.value, (int, float))]
    assert all(cell.font.bold for cell in totals)
    assert {cell.number_format for cell in totals} == {"#,##0.000", "0\\ %"}


def test_sources_say_what_the_figures_rest_on(world, english, two_years):
    rows = [
        (row[0].value, row[1].value)
        for row in opened(english, f"{YEAR}&compare=year&site=canal")["Sources"].iter_rows(
            min_row=2
        )
    ]
    said = dict(rows)

    assert said["Structure"] == "La Navette"
    assert [value for name, value in rows if name == "Site"] == ["Canal (canal)"]
    assert said["First day"].date() == date(2026, 1, 1)
    assert said["Compared with, last day"].date() == date(2025, 12, 31)
    assert said["Rates are shares of"] == "what went out"
    assert isinstance(said["Workbook made on"], datetime)
    quality = [value for name, value in rows if str(name).startswith("Weights: ")]
    assert round(sum(quality), 2) == 1
    assert any("Not closed yet" in value for name, value in rows if name == "Warning")
    assert len(FORMULAS) == 14
    assert said["Recovery rate"].startswith("(reuse + recycling")


@pytest.mark.parametrize("wild", ["=1+1", "+33 1", "-2", "@SUM(A1)", "=cmd|'/c calc'!A0"])
def test_no_text_of_ours_runs_as_a_formula_or_becomes_a_link(world, books, english, wild):
    Partner.objects.filter(organisation=world.navette, code="gebetex").update(name=wild)
    Origin.objects.filter(organisation=world.navette).update(name="http://example.org/?=1")
    Site.objects.filter(pk=world.canal.pk).update(name=wild)
    canal, gare = books.at(world.canal), books.at(world.gare)
    paris = Origin.objects.get(code="75112")
    for there in (canal, gare):
        books.book(there.drop_off, there.bulk, "TEX", 5_000, "2026-02-03", origin=paris)
        books.book(there.bulk, there.recycling, "TEX", 700, "2026-02-03")
        books.book(there.bulk, there.reuse, "TEX", 70, "2026-02-03")

    book = opened(english)

    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert not any(cell.hyperlink for cell in cells)
    assert wild in {cell.value for cell in cells}
    assert "http://example.org/?=1" in {cell.value for cell in cells}
    assert f"{wild} (canal)" in {cell.value for cell in book["Sources"]["B"]}


def test_a_period_with_nothing_has_no_numbers_beside_it(english, two_years):
    query = f"{YEAR}&compare=dates&compare_from=2003-01-01&compare_to=2003-12-31"
    sheet = opened(english, query)["Mass balance"]
    assert {cell.value for cell in (*sheet["C"][1:], *sheet["D"][1:])} == {"n/a"}


def test_an_empty_year_makes_a_workbook_all_the_same(english, world):
    book = opened(english, "from=2001-01-01&to=2001-12-31")
    assert book.sheetnames == ["Mass balance", "Rates", "Sources"]
    assert {cell.value for cell in book["Rates"]["B"][1:]} == {"n/a"}


def test_sheets_have_names_that_every_spreadsheet_takes(english, two_years):
    long = Sheet("[Par] filière : à responsabilité / élargie", ["a"], [])
    assert len(long.name) <= 31
    assert not set(long.name) & set("[]:*?/\\")
    del english.cookies["django_language"]
    with translation.override("fr"):
        book = opened(english)
    assert len(book.sheetnames) == len(SHEETS)
    assert max(map(len, book.sheetnames)) <= 31


@pytest.mark.parametrize("query", ["from=2026-12-31&to=2026-01-01", f"{YEAR}&compare=never"])
def test_a_question_that_is_not_understood_gets_a_page_and_no_file(english, world, query):
    answer = english.get(f"/bilan/bilan.xlsx?{query}")
    assert answer.status_code == 422
    assert "Content-Disposition" not in answer.headers
