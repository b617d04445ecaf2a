"""The whole ledger, handed out: complete, checked by a stranger's program, never kept in memory."""

import csv
import io
import json
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema_rs
import pytest

from config.scale import seed_scale
from inventory.ledger import Leg, post
from inventory.models import Account, Category, Flow, Method, Movement, Verb
from organisation.models import Site, User
from reporting.opendata import FILES, SCHEMA, Ledger, streamed
from reporting.opendata.recalculer import hundredths
from reporting.periods import Period
from reporting.scopes import Scope
from sales.models import Payment, SaleLine
from tests.conftest import codes
from tests.independent import recomputed
from tests.reporting.raw import ALWAYS, exported, narrowed, told

DOCS = Path(__file__).parents[2] / "docs"
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
ODD = Period(date(2025, 11, 3), date(2026, 4, 10))


def rows(content: bytes) -> list[dict]:
    return [json.loads(line) for line in content.decode().splitlines()]


def kinds(content: bytes, kind: str) -> list[dict]:
    return [row for row in rows(content) if row["record"] == kind]


@pytest.fixture
def busy(world, books, two_years, give_back, sell):
    """Two years, and the rarer acts: a transfer, a gap, something cancelled, something refunded."""
    there = books.at(world.canal)
    road = Account.transit(world.canal, world.gare)
    books.book(there.opening, there.bulk, "LIV", 20_011, "2025-01-02")
    books.book(there.bulk, road, "LIV", 5_003, "2026-03-02")
    books.book(road, books.at(world.gare).bulk, "LIV", 4_001, "2026-03-04", site=world.gare)
    books.book(there.bulk, there.adjustment, "LIV", 77, "2026-03-05")
    slip = books.book(there.drop_off, there.disposal, "DIV", 90_000, "2026-03-06", units=9)
    books.undo(slip, "2026-03-06")
    give_back(sell(world.canal, (2_000, 3_000), (500, None), on="2026-03-07"), "2026-03-09")
    return world


@pytest.mark.database
@pytest.mark.parametrize("period", [ALWAYS, YEAR, ODD], ids=["always", "year", "odd"])
def test_a_stranger_finds_the_same_figures_to_the_gram_and_the_cent(busy, tmp_path, period):
    for sites in ([busy.canal, busy.gare], [busy.canal], [busy.gare]):
        wanted = told(sites, period)
        named = [site.code for site in sites]

        of_these = recomputed(exported(sites, period), tmp_path)
        of_all = recomputed(
            exported([busy.canal, busy.gare]),
            tmp_path,
            sites=named,
            start=period.start,
            end=period.end,
        )

        assert narrowed(of_these, wanted) == wanted
        assert narrowed(of_all, wanted) == wanted
        assert sum(of_these["shop"]["by_method"].values()) == wanted["shop"]["taken_cents"]


def test_a_stranger_sees_when_a_gram_or_a_cent_is_missing(busy, tmp_path):
    kept = exported([busy.canal, busy.gare], form="ndjson").splitlines(keepends=True)
    no_line = [line for line in kept if b'"record":"ticket_line"' not in line]

    with pytest.raises(AssertionError, match="lines"):
        recomputed(b"".join(no_line), tmp_path)


def test_every_line_is_as_the_schema_says(busy):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    told_of = schema["$defs"]
    check = {
        kind: jsonschema_rs.validator_for({**rule, "$schema": schema["$schema"]}).validate
        for kind, rule in told_of.items()
    }

    lines = rows(exported([busy.canal, busy.gare], YEAR, "ndjson"))
    for line in lines:
        check[line["record"]](line)
    assert {line["record"] for line in lines} == set(told_of) - {"takings"}
    jsonschema_rs.validator_for(schema).validate(lines[-1])


def test_the_documentation_holds_the_same_schema():
    assert (DOCS / "open-data.schema.json").read_bytes() == SCHEMA.read_bytes()


def test_the_choices_of_the_schema_are_those_of_the_books():
    told_of = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]

    def choices(record, name):
        return told_of[record]["properties"][name]["enum"]

    def of(model, field):
        return [value for value, _word in model._meta.get_field(field).choices]

    assert sorted(choices("movement", "verb")) == sorted(of(Movement, "verb"))
    assert sorted(choices("flow", "method")) == sorted(of(Flow, "method"))
    assert sorted(choices("payment", "method")) == sorted(of(Payment, "method"))
    for name in ("nature", "price_mode", "weight_source"):
        assert sorted(choices("ticket_line", name)) == sorted(of(SaleLine, name))


def test_each_table_holds_all_that_there_is(busy):
    content = exported([busy.canal, busy.gare], form="ndjson")
    ours = {"movement__site__organisation": busy.navette}

    flows = kinds(content, "flow")
    assert len(flows) == Flow.objects.filter(**ours).count()
    assert sum(flow["weight_g"] for flow in flows) == sum(
        Flow.objects.filter(**ours).values_list("weight_g", flat=True)
    )
    assert {row["number"] for row in kinds(content, "movement")} == set(
        Movement.objects.filter(site__organisation=busy.navette).values_list("number", flat=True)
    )
    assert len(kinds(content, "ticket_line")) == SaleLine.objects.count()
    assert not kinds(content, "balance")
    assert [row["line"] for row in flows if row["movement"] == flows[0]["movement"]] == [1]


def test_the_csv_has_a_row_for_each_flow_in_french_style(busy):
    content = exported([busy.canal, busy.gare], form="csv")
    heads, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")

    weight = heads.index("poids (kg)")
    assert len(lines) == Flow.objects.filter(movement__site__organisation=busy.navette).count()
    grams = [int(line[weight].replace(",", "")) for line in lines]
    assert sum(grams) == sum(Flow.objects.values_list("weight_g", flat=True))


def test_nobody_is_named(busy, books):
    User.objects.filter(pk=busy.anna.pk).update(first_name="Zénobie", last_name="Lefèvre")
    there = books.at(busy.canal)
    entry = books.entry(busy.canal, Verb.COLLECT, "2026-05-05")
    told_ = {"author": busy.anna, "note": "apporté par Mme Lefèvre"}
    move(entry, there, told_)

    for form in ("ndjson", "csv"):
        text = exported([busy.canal, busy.gare], form=form).decode()
        assert not [word for word in ("Lefèvre", "Zénobie", "anna") if word in text]
    authors = [row["author"] for row in kinds(exported([busy.canal], form="ndjson"), "movement")]
    assert set(authors) == {None, 1}


def move(entry, there, told_):
    kind = Category.objects.get(code="TEX", organisation=None)
    legs = [Leg(there.drop_off, there.bulk, kind, 1_000, Method.WEIGHED)]
    post(entry=replace(entry, **told_), legs=legs)


def test_a_structure_sees_nothing_of_another(busy, books):
    quai = books.at(busy.quai)
    books.book(quai.drop_off, quai.bulk, "TEX", 123_457, "2026-05-05")

    text = exported([busy.canal, busy.gare], form="ndjson").decode()
    assert "123457" not in text
    assert "quai" not in text


def test_the_zip_holds_all_that_a_reader_needs(busy):
    with zipfile.ZipFile(io.BytesIO(exported([busy.canal]))) as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == {
            "LISEZMOI.txt", "recalculer.py", "schema.json", "registre.ndjson", "flux.csv",
        }  # fmt: skip
        assert archive.read("schema.json") == SCHEMA.read_bytes()


def test_the_page_offers_the_files_and_says_what_is_wrong(busy, reader):
    client = reader(busy.auditor)
    page = client.get("/bilan/donnees/")
    assert page.status_code == 200
    assert "Grammes, toujours au-dessus de zéro." in page.content.decode()

    file = client.get("/bilan/donnees/registre.ndjson?from=2026-01-01&to=2026-12-31&site=canal")
    assert file["Content-Type"] == "application/x-ndjson"
    assert file["Content-Disposition"].endswith('"donnees-navette-2026-01-01-2026-12-31.ndjson"')
    assert rows(b"".join(file.streaming_content))[0]["sites"] == ["canal"]
    for wrong in ("from=2026-02-01&to=2026-01-01", "site=quai", "from=hier"):
        assert client.get(f"/bilan/donnees/donnees.zip?{wrong}").status_code == 422


def test_the_api_hands_out_the_same(busy, api):
    asked = {"from": "2026-01-01", "to": "2026-12-31", "site": ["canal", "gare"]}
    answer = api(busy.anna).get("reporting/ledger.ndjson", **asked)

    head, *lines = rows(b"".join(answer.streaming_content))
    assert (head["from"], head["sites"]) == ("2026-01-01", ["canal", "gare"])
    assert lines == rows(exported([busy.canal, busy.gare], YEAR, "ndjson"))[1:]
    refused = api(busy.anna).get("reporting/ledger.csv", **{**asked, "to": "2025-01-01"})
    assert codes(refused) == ["period_reversed"]
    assert api(busy.cashier).get("reporting/ledger.zip").status_code == 403


def test_anyone_reads_the_schema(client):
    assert client.get("/bilan/donnees/schema.json").content == SCHEMA.read_bytes()


@pytest.mark.parametrize(
    ("parts", "wanted"), [([1, 1, 1], [34, 33, 33]), ([0, 0, 5], [0, 0, 100]), ([0, 0, 0], None)]
)
def test_hundredths_make_a_hundred(parts, wanted):
    assert hundredths(parts) == wanted


def test_a_hundred_thousand_rows_take_no_more_memory_than_ten_thousand(scale):
    few_months = Period(date(2022, 1, 1), date(2022, 5, 31))
    for form in FILES:
        (few, low), (many, high) = (peak_of(scale, period, form) for period in (few_months, ALWAYS))
        assert many > 8 * few
        assert high < 1.25 * low, form


@pytest.fixture
def scale(db):
    owner = seed_scale(movements=55_000)
    return list(Site.objects.filter(organisation=owner).select_related("organisation"))


def peak_of(sites, period, form):
    """Rows of a file, and the most memory that they took at once."""
    scope = Scope.of_sites(sites)
    count = Flow.objects.filter(movement__business_date__range=(period.start, period.end)).count()
    tracemalloc.start()
    try:
        for _block in streamed(Ledger(sites[0].organisation, scope, period), form):
            pass
        return count, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
