"""The Bilan as it is read: figures, links to what is behind them, bases, CSV."""

import csv
import io
import re
from datetime import date
from html import unescape

import pytest
from django.test import Client

from inventory.models import Account, Method, Verb
from organisation.papers.cells import neutral
from reporting.indicators import diversion
from reporting.listing import LABELS, Listing
from reporting.periods import Period
from reporting.scopes import Scope

YEAR = "from=2026-01-01&to=2026-12-31"
NBSP = "\u00a0"


@pytest.fixture
def year(world, books):
    """A small year with every kind of flow, at canal."""
    canal, gare = books.at(world.canal), books.at(world.gare)
    road = Account.transit(world.canal, world.gare)
    books.book(canal.opening, canal.bulk, "DIV.VRAC", 4_000, "2025-11-02")
    books.book(canal.opening, canal.bulk, "TEX", 500, "2026-01-02")
    books.book(canal.drop_off, canal.bulk, "MOB.CHAI", 12_500, "2026-02-03")
    books.book(canal.home_pickup, canal.bulk, "TEX", 7_250, "2026-03-03", method=Method.ESTIMATED)
    wrong = books.book(canal.drop_off, canal.bulk, "TEX", 999, "2026-03-03")
    books.undo(wrong, "2026-03-04")
    books.book(canal.drop_off, canal.disposal, "DIV", 300, "2026-03-05")
    books.book(canal.bulk, canal.bulk, "DIV.VRAC", 1_000, "2026-03-06", to="TEX")
    books.book(canal.bulk, canal.reuse, "MOB.CHAI", 6_000, "2026-04-06", verb=Verb.SELL)
    books.book(canal.reuse, canal.bulk, "MOB.CHAI", 1_000, "2026-05-06", verb=Verb.RETURN)
    books.book(canal.bulk, canal.recycling, "TEX", 3_333, "2026-05-07")
    books.book(canal.bulk, canal.energy, "TEX", 20, "2026-05-07")
    books.book(canal.bulk, canal.adjustment, "TEX", 77, "2026-06-01")
    books.book(canal.bulk, road, "MOB.CHAI", 1_500, "2026-06-02")
    books.book(road, gare.bulk, "MOB.CHAI", 1_000, "2026-06-03")


@pytest.fixture
def reader(world):
    client = Client()
    client.force_login(world.anna)
    return client


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_the_report_shows_shares_balance_and_both_bases(reader, year):
    html = text(reader.get(f"/bilan/?{YEAR}&site=canal"))

    assert 'data-share="058"' in html
    assert f"96,3{NBSP}%" in html  # (5 000 + 3 333) ÷ 8 653
    for shown in ("20,1", "8,7", "14,3"):  # collected, gone out, in stock, in kg
        assert f">{shown}</a>" in html
    assert "style=" not in html
    other = text(reader.get(f"/bilan/?{YEAR}&site=canal&base=collected"))
    assert f"41,5{NBSP}%" in other


def test_printed_rows_add_up_to_the_printed_stock(reader, year):
    html = text(reader.get(f"/bilan/?{YEAR}&site=canal"))
    table = html[html.index('id="balance"') : html.index('id="rests"')]
    rows = re.findall(r'<th scope="row">(.*?)</th><td class="n">(.*?)</td>', table, re.S)
    printed = {
        re.sub(r"<.*?>|&ensp;", "", unescape(label)).strip(): re.sub(r"<.*?>", "", cell)
        for label, cell in rows
    }
    tenths = [int(cell.replace(",", "").replace("−", "-")) for cell in printed.values()]
    signs = [{"−": -1}.get(label[0], 1) for label in printed]
    before, fates = tenths[:-6], tenths[-6:-1]
    assert sum(sign * n for sign, n in zip(signs, before, strict=False)) == tenths[-1]
    assert sum(fates) == before[-1]


def test_what_is_behind_a_figure_is_paged_without_losing_a_flow(world, books):
    canal = books.at(world.canal)
    for day in range(1, 28, 3):
        books.book(canal.drop_off, canal.bulk, "TEX", 100 + day, f"2026-02-{day:02}")
        books.book(canal.drop_off, canal.bulk, "TEX", 200 + day, f"2026-01-{day:02}")
    period = Period(date(2026, 1, 4), date(2026, 2, 25))
    listing = Listing(Scope.of_sites([world.canal]), period, "collected_g")
    seen, cursor = [], ""
    while True:
        rows, cursor = listing.page(4, cursor)
        seen += [(flow.pk, grams) for flow, grams in rows]
        if not cursor:
            break
    assert len(seen) == len(dict(seen)) == 17
    assert sum(grams for _pk, grams in seen) == listing.total_g
    told = diversion(scope=Scope.of_sites([world.canal]), period=period)
    assert listing.total_g == told["collected_g"]


@pytest.mark.parametrize(("more", "most"), [("", 49), ("&compare=year", 86)])
def test_a_large_year_asks_as_many_queries_as_a_small_one(
    world, books, reader, year, django_assert_max_num_queries, more, most
):
    def fill(months, codes):
        for site in (world.canal, world.gare):
            there = books.at(site)
            for day in (f"{y}-{month:02}-15" for y in (2025, 2026) for month in months):
                for code in codes:
                    books.book(there.home_pickup, there.bulk, code, 900, day)
                    books.book(there.bulk, there.recycling, code, 300, day)

    fill([6], ["MOB"])
    reader.get(f"/bilan/?{YEAR}{more}")
    with django_assert_max_num_queries(most) as small:
        reader.get(f"/bilan/?{YEAR}{more}")
    fill(range(1, 13), ["MOB", "LIV", "JOU"])
    with django_assert_max_num_queries(most) as large:
        reader.get(f"/bilan/?{YEAR}{more}")
    assert len(large) == len(small)


def test_an_empty_year_says_what_is_missing(reader, world):
    html = text(reader.get("/bilan/?from=2001-01-01&to=2001-12-31"))
    assert '<rect class="rest"' in html
    assert 'class="fig"' not in html


@pytest.mark.parametrize(
    "page",
    ["/bilan/", "/bilan/bilan.xlsx", "/bilan/lignes/", "/bilan/mouvements/", "/bilan/flux.csv"],
)
@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("from=2026-12-31&to=2026-01-01", "end"),
        ("from=2026-02-30&to=2026-12-31", "start"),
        ("from=2026-02-03", "end"),
        ("from=1999-12-31&to=2000-12-31", "start"),
        ("from=9999-01-01&to=9999-12-31", "end"),
        (f"{YEAR}&site=quai", "site"),
        (f"{YEAR}&site=canal&site=nowhere", "site"),
        (f"{YEAR}&category=NONE", "category"),
        (f"{YEAR}&base=sold", "base"),
        (f"{YEAR}&compare=tomorrow", "compare"),
        (f"{YEAR}&compare=before%00", "compare"),
        ("from=2000-01-01&to=2000-12-31&compare=year", "compare"),
        ("from=2000-01-01&to=2099-12-31&compare=before", "compare"),
        (f"{YEAR}&compare=dates", "other_start"),
        (f"{YEAR}&compare=dates&compare_from=2025-01-01", "other_end"),
        (f"{YEAR}&compare=dates&compare_from=2025-02-30&compare_to=2025-03-01", "other_start"),
        (f"{YEAR}&compare=dates&compare_from=2025-05-01&compare_to=2025-03-01", "other_end"),
        (f"{YEAR}&compare_to=9999-03-01", "other_end"),
        (f"{YEAR}&compare=year&compare_from=x", "other_start"),
    ],
)
def test_a_question_that_is_not_understood_gets_no_other_figures(reader, year, page, wrong, named):
    answer = reader.get(f"{page}?{wrong}&figure=collected_g")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert named in answer.context["asked"].errors
    assert 'role="alert"' in html
    assert 'class="fig"' not in html
    assert "Content-Disposition" not in answer.headers


def test_a_negative_month_prints_no_share(world, books, reader):
    canal = books.at(world.canal)
    books.book(canal.drop_off, canal.bulk, "TEX", 900, "2026-02-03")
    books.book(canal.bulk, canal.reuse, "TEX", 900, "2026-02-03", verb=Verb.SELL)
    books.book(canal.reuse, canal.bulk, "TEX", 900, "2026-03-03", verb=Verb.RETURN)
    html = text(reader.get("/bilan/?from=2026-03-01&to=2026-03-31"))
    assert '<rect class="rest"' in html
    assert "−0,9" in html


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("sorter", "/bilan/", 403),
        ("cashier", "/bilan/flux.csv", 403),
        ("auditor", "/bilan/", 200),
        ("auditor", "/bilan/mois/", 200),
        ("sorter", "/bilan/lignes/?figure=collected_g", 403),
        ("auditor", "/bilan/lignes/?figure=collected_g", 200),
        ("anna", "/bilan/lignes/?figure=collected_g&after=209913.1.1.1.1.x", 200),
        ("anna", "/bilan/lignes/?figure=nothing", 404),
        ("anna", "/bilan/lignes/?figure=collected_g&row=nonsense", 404),
        ("anna", "/bilan/mouvements/?figure=collected_g&row=202613.1.1.1.1.weighed", 404),
        ("anna", "/bilan/mouvements/?figure=collected_g&row=202603.1.1.1.1.weighed", 404),
        ("anna", "/bilan/mouvements/?figure=nothing", 404),
        ("anna", "/bilan/mouvements/", 404),
        ("anna", "/bilan/mouvements/?figure=reuse_g&known=guessed", 404),
        ("anna", "/bilan/mouvements/?figure=collected_g&mode=teleport", 404),
        ("anna", "/bilan/mouvements/?figure=outgoing_g&partner=nobody%00", 404),
        ("anna", "/bilan/mouvements/?figure=outgoing_g&stream=X'--", 404),
        ("anna", "/bilan/mouvements/?figure=outgoing_g&mode=-", 404),
        ("anna", "/bilan/mouvements/?figure=outgoing_g&partner=-", 200),
        ("anna", "/bilan/flux.csv?figure=outgoing_g&partner=nobody", 404),
        ("anna", "/bilan/mouvements/?figure=sold_g&compare=year", 200),
        ("sorter", "/bilan/bilan.xlsx", 403),
        ("auditor", "/bilan/bilan.xlsx", 200),
        ("director", "/bilan/bilan.xlsx?site=gare", 422),
        ("anna", "/bilan/mouvements/?figure=reuse_g&after=x'--", 200),
        ("anna", "/bilan/mouvements/?figure=reuse_g&after=2026-02-30.1", 200),
        ("anna", "/bilan/?site=quai", 422),
        ("director", "/bilan/flux.csv?site=gare", 422),
    ],
)
def test_pages_are_for_those_who_may_read_figures(world, who, path, status):
    client = Client()
    client.force_login(world.people[who])
    assert client.get(path).status_code == status


def test_a_site_of_another_structure_cannot_be_chosen(world, books, reader):
    quai = books.at(world.quai)
    books.book(quai.drop_off, quai.bulk, "TEX", 123_400, "2026-02-03")
    for page in ("/bilan/", "/bilan/bilan.xlsx", "/bilan/lignes/", "/bilan/flux.csv"):
        answer = reader.get(f"{page}?{YEAR}&site=quai&figure=collected_g")
        assert answer.status_code == 422
        assert "123,4" not in answer.content.decode()


def test_the_csv_opens_in_a_french_spreadsheet_and_adds_up(world, books, reader, year):
    canal = books.at(world.canal)
    books.book(canal.bulk, canal.recycling, "TEX", 5, "2026-07-01")
    response = reader.get(f"/bilan/flux.csv?{YEAR}&site=canal")
    content = b"".join(response.streaming_content).decode()
    assert content.startswith("\ufeff")
    assert "attachment" in response["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(content[1:]), delimiter=";"))
    header, lines = rows[0], rows[1:]
    assert len(header) == 14
    sums = {}
    for line in lines:
        grams = int(line[10].replace(",", ""))
        sums[line[4]] = sums.get(line[4], 0) + grams
    told = diversion(
        scope=Scope.of_sites([world.canal]), period=Period(date(2026, 1, 1), date(2026, 12, 31))
    )
    assert sums == {
        str(LABELS[name]): told[name] for name in LABELS if told.get(name) and name != "outgoing_g"
    }


@pytest.mark.parametrize(
    "cell", ["=1+1", "+33 1", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1", "  =1", "\u00a0=1", "\n=1"]
)
def test_no_text_of_ours_runs_as_a_formula(cell):
    assert neutral(cell) == f"'{cell}"


def test_ordinary_text_stays_as_it_is():
    assert neutral("Déchèterie = bof") == "Déchèterie = bof"
    assert neutral("") == ""
    assert neutral(12) == "12"
