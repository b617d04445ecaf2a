"""Reports for funders: written from a template, published for good, checked by anybody."""

import json
from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pikepdf
import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import translation

from inventory.models import Verb
from reporting.models import PartnerOutlet, Report, TemplateVersion
from reporting.periods import Period
from reporting.reports import files, publishing, services, shipped
from reporting.reports.drafting import Subject, draft
from reporting.reports.layout import Layout, read
from reporting.reports.publishing import Chosen, check, prepare, publish
from reporting.scopes import Scope

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
SIX = ("collected", "reused", "recycled", "energy", "disposed", "reuse_rate")
ANNUAL = shipped.layouts()["rapport-annuel"]


@pytest.fixture
def year(world, books):
    """2025: 10 kg reused. 2026: 57 / 34 / 9 of 10 kg that left, of 12 that came."""
    canal = books.at(world.canal)
    books.book(canal.drop_off, canal.bulk, "MOB", 10_000, "2025-05-10")
    books.book(canal.bulk, canal.reuse, "MOB", 10_000, "2025-06-10")
    books.book(canal.drop_off, canal.bulk, "MOB.CHAI", 8_000)
    books.book(canal.home_pickup, canal.bulk, "VAI", 4_000, "2026-04-02")
    books.book(canal.bulk, canal.reuse, "MOB.CHAI", 5_700)
    books.book(canal.bulk, canal.recycling, "VAI", 3_400, "2026-04-10")
    books.book(canal.bulk, canal.disposal, "MOB", 900, "2026-05-10")
    return world


def subject(world, period=YEAR):
    return Subject(world.navette, Scope.of_sites([world.canal]), period, period.year_earlier)


def written(world, **layout):
    return draft(layout=read({"title": "Essai"} | layout), subject=subject(world))


def published(world, submission, layout=ANNUAL, notes=()):
    found = prepare(
        chosen=Chosen("rapport-annuel", 1, layout), subject=subject(world), notes=list(notes)
    )
    return publish(found=found, submission=submission(), author=world.anna)


def table(document, title):
    [block] = [block for block in document["blocks"] if block["title"] == title]
    return block


def one_table(*indicators, by=(), **more):
    return {"parts": [{"kind": "table", "title": "T", "indicators": [*indicators], "by": [*by],
                       **more}]}  # fmt: skip


def test_every_shipped_template_is_written_and_printed(year):
    for code, layout in shipped.layouts().items():
        document = draft(layout=layout, subject=subject(year))
        assert document["blocks"], code
        assert files.pdf(document)[:5] == b"%PDF-"
        assert files.lines(document).count("\r\n") > 3


def test_a_table_stands_beside_the_previous_period_under_the_same_names(year):
    block = table(written(year, **one_table("collected", "reused", by=["category"])), "T")

    assert [(row["key"], row["label"]) for row in block["rows"]] == [
        (["MOB"], "Mobilier"),
        (["VAI"], "Vaisselle et cuisine"),
    ]
    assert block["rows"][0]["cells"] == [
        {"now": 8_000, "was": 10_000},
        {"now": 5_700, "was": 10_000},
    ]
    assert block["total"] == [{"now": 12_000, "was": 10_000}, {"now": 5_700, "was": 10_000}]


def test_months_stand_beside_the_same_months_of_the_other_year(year):
    block = table(written(year, **one_table("collected", by=["month"])), "T")
    told = {row["key"][0]: row["cells"][0] for row in block["rows"]}
    assert told["2026-05"] == {"now": 0, "was": 10_000}
    assert told["2026-03"] == {"now": 8_000, "was": 0}
    assert "2025-05" not in told


def test_the_funder_s_own_names_add_up_what_they_join(year):
    layout = one_table("collected", "reuse_rate", by=["category"])
    layout["names"] = {"category": {"MOB": "Équipement", "VAI": "Équipement"}}
    block = table(written(year, **layout), "T")

    assert [
        (row["label"], row["cells"][0]["now"], row["cells"][1]["now"]) for row in block["rows"]
    ] == [("Équipement", 12_000, "57.0")]


def test_two_dimensions_make_rows_and_columns_that_add_up(year):
    block = table(written(year, **one_table("collected", by=["category", "mode"])), "T")

    assert [head["name"] for head in block["columns"]][-1] == "Ensemble"
    for row in block["rows"]:
        assert sum(cell["now"] for cell in row["cells"][:-1]) == row["cells"][-1]["now"]
    assert (
        sum(row["cells"][-1]["now"] for row in block["rows"]) == block["total"][-1]["now"] == 12_000
    )


def test_texts_are_filled(year):
    document = written(
        year, intro="{structure}, {year} : {collected}, {reuse_share}, {recovery_rate}"
    )
    assert document["intro"] == "La Navette, 2026 : 12,0\u00a0kg, 57\u00a0%, 91,0\u00a0%"


def test_what_is_not_known_ends_a_sentence_with_one_point(world):
    document = written(world, intro="Valorisé : {recovery_rate}. Collecté : {collected}.")
    assert document["intro"] == "Valorisé : n.\u00a0d. Collecté : 0,0\u00a0kg."


@pytest.mark.parametrize(
    ("layout", "code"),
    [
        ({"intro": "{nothing}"}, "unknown_placeholder"),
        (one_table(), "table_without_indicator"),
        (one_table("stock", by=["partner"]), "unknown_dimension"),
        (one_table("collected", "reused", by=["category", "month"]), "one_indicator_across"),
        (one_table(*SIX, by=["category"]),
         "too_many_columns"),
        ({"parts": [{"kind": "poem"}]}, "bad_layout"),
        ({"extra": 1}, "bad_layout"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_told_is_refused(layout, code):
    with pytest.raises(ValidationError) as refusal:
        read({"title": "Essai"} | layout)
    assert refusal.value.code == code


def test_a_template_is_versioned_and_the_same_again_is_the_same_version(world):
    def save(title):
        return services.save_template(
            organisation=world.navette, code="ademe", layout=Layout(title=title), author=world.anna
        ).number

    assert [save("Un"), save("Un"), save("Deux")] == [2, 2, 3]
    with pytest.raises(DatabaseError), transaction.atomic():
        TemplateVersion.objects.filter(number=2).update(number=9)


def test_a_partner_s_outlet_is_shown_as_sent_and_as_declared(year, books):
    partner = books.at(year.canal).recycling.partner
    PartnerOutlet.objects.create(
        partner=partner, since=date(2026, 1, 1), source="Rapport 2025", reuse_bp=6_000,
        recycling_bp=3_333, disposal_bp=667,
    )  # fmt: skip
    [block] = written(year, parts=[{"kind": "outlets"}])["blocks"]

    [row] = block["rows"]
    assert row["sent"]["recycling"] == 3_400
    assert row["declared"] == {
        "reuse": 2_040, "recycling": 1_133, "other_recovery": 0, "energy": 0, "disposal": 227,
    }  # fmt: skip
    assert (block["sent"]["recovery_rate"], block["declared"]["recovery_rate"]) == ("91.0", "88.7")
    assert sum(block["declared"]["masses"].values()) == 10_000


def test_a_key_that_is_no_whole_is_refused_by_the_database(world, books):
    partner = books.at(world.canal).recycling.partner
    with pytest.raises(DatabaseError), transaction.atomic():
        PartnerOutlet.objects.create(
            partner=partner, since=date(2026, 1, 1), source="x", reuse_bp=9_999
        )


def test_what_is_published_is_never_changed(year, submission):
    report = published(year, submission)
    for change in ({"title": "Autre"}, {"document": "{}"}, {"head": 0}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Report.objects.filter(pk=report.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM reporting_report_sites")


def test_the_same_document_gives_the_same_bytes(year, submission):
    report = published(year, submission)
    document, at = files.read(report), report.published_at
    facts = {"x": "y"}
    assert files.pdf(document, at=at) == files.pdf(document, at=at)
    assert files.workbook(document, facts, at) == files.workbook(document, facts, at)
    assert publishing.hash_of(report.document.encode()) == report.fingerprint
    assert publishing.hash_of(bytes(report.pdf)) == report.pdf_hash
    assert json.loads(report.document)["head"]["flows_hash"] == report.flows_hash


def test_the_pdf_is_tagged_and_says_its_title_language_and_standard(year, submission):
    report = published(year, submission)
    with pikepdf.open(BytesIO(bytes(report.pdf))) as pdf:
        root = pdf.Root
        assert str(root.Lang) == "fr"
        assert bool(root.MarkInfo.Marked)
        assert root.StructTreeRoot is not None
        kinds = set(_kinds(root.StructTreeRoot))
        assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure", "/P"} <= kinds
        with pdf.open_metadata() as meta:
            assert meta["dc:title"] == "Rapport annuel"
            assert meta["pdfuaid:part"] == "1"


def _kinds(node):
    if isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node["/S"])
        yield from _kinds(node.get("/K", []))
    elif isinstance(node, pikepdf.Array):
        for child in node:
            yield from _kinds(child)


def test_the_workbook_has_typed_numbers_a_sheet_per_table_and_its_sources(year, submission):
    report = published(year, submission)
    book = openpyxl.load_workbook(BytesIO(bytes(report.xlsx)))
    assert "Sources" in book.sheetnames
    sheet = book["Par famille d’objets"]
    rows = list(sheet.values)
    assert rows[1][:3] == ("Mobilier", 8.0, 10.0)
    assert rows[-1][0] == "Total"
    assert report.fingerprint in {cell for row in book["Sources"].values for cell in row}


END = date(2026, 12, 31)
SECTIONS = {"parts": [{"kind": "months", "title": "Mois"}, {"kind": "ages", "title": "Âges"}]}


def in_sections(world, today=END, period=YEAR):
    asked = Subject(
        world.navette, Scope.of_sites([world.canal]), period, period.year_earlier, today
    )
    return draft(layout=read({"title": "Essai"} | SECTIONS), subject=asked)


def test_months_by_fate_stand_beside_the_other_year_and_make_the_balance(year):
    document = in_sections(year)
    block = table(document, "Mois")
    [balance] = written(year, parts=[{"kind": "balance"}])["blocks"]

    for side in ("now", "was"):
        whole = {row["name"]: row[side] for row in balance["rows"]}
        for name, grams in block["total"][side].items():
            assert grams == sum(row[side][name] for row in block["rows"]) == whole[name]
    assert [row["key"][0] for row in block["rows"]] == ["2026-03", "2026-04", "2026-05", "2026-06"]
    assert block["rows"][-1]["was"]["reuse_g"] == 10_000
    one = in_sections(year, period=Period(date(2026, 3, 1), date(2026, 3, 31)))
    assert [block["kind"] for block in one["blocks"]] == ["ages"]


def test_ages_and_what_has_none_make_the_stock_of_a_report(year, books):
    canal = books.at(year.canal)
    books.book(canal.bulk, canal.disposal, "TEX", 250, "2026-06-01")
    block = table(in_sections(year), "Âges")

    assert block["total"]["now"] == [0, 0, 2_000, 0]
    assert {row["label"]: row["now"] for row in block["rows"]} == {
        "Mobilier": [0, 0, 1_400, 0],  # what came in March, less what left since
        "Vaisselle et cuisine": [0, 0, 600, 0],
    }
    assert (block["below"]["now"], block["day"]) == (-250, "2026-12-31")
    early = table(in_sections(year, today=date(2026, 6, 1)), "Âges")
    assert early["total"]["now"] == [2_000, 0, 0, 0]
    assert early["days"]["now"] < block["days"]["now"]


def test_a_report_is_checked_by_the_day_of_its_publishing(year, submission):
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False):
        report = published(year, submission, read({"title": "Essai"} | SECTIONS))
    with time_machine.travel(datetime(2026, 12, 1, 12, tzinfo=UTC), tick=False):
        assert check(report).differences == []


def test_months_and_ages_are_the_same_in_every_file(year):
    document = in_sections(year)
    book = openpyxl.load_workbook(BytesIO(files.workbook(document, {})))
    months, ages = ([*book[name].values] for name in ("Mois", "Âges"))
    csv = files.lines(document)

    now, was = (months[0].index(f"Réemploi (kg), {months_of}") for months_of in ("2026", "2025"))
    assert [row[now] for row in months[1:]] == [5.7, 0, 0, 0, 5.7]
    assert [row[was] for row in months[1:]] == [0, 0, 0, 10, 10]
    assert months[-1][0] == ages[-1][0] == "Total"
    assert sum(cell for cell in ages[-1][1:] if isinstance(cell, (int, float))) == 2.0
    assert "Mois;Total;Réemploi;2026;5,700;kg" in csv
    assert "Âges;Total;de 6 à 12 mois;2026;2,000;kg" in csv


def test_every_figure_of_the_pdf_says_what_it_shows(year):
    pdf = files.pdf(in_sections(year))
    assert pdf == files.pdf(in_sections(year))
    with pikepdf.open(BytesIO(pdf)) as found:
        told = [str(node.get("/Alt", "")) for node in _nodes(found.Root.StructTreeRoot, "/Figure")]
    assert "Réemploi mois par mois\u00a0: 5,7\u00a0kg" in told
    assert any(text.startswith("2026, jusqu’à 3 mois") for text in told)
    assert all(told)


def _nodes(node, kind):
    if isinstance(node, pikepdf.Dictionary):
        if node.get("/S") == kind:
            yield node
        yield from _nodes(node.get("/K", []), kind)
    elif isinstance(node, pikepdf.Array):
        for child in node:
            yield from _nodes(child, kind)


@pytest.mark.parametrize(
    ("unit", "amount", "told"),
    [
        ("g", 1_250, ["1,250", "kg"]),
        ("g/inhabitant", 12_345, ["12,345", "kg par habitant"]),
        ("%", "91.1", ["91,1", "%"]),
        ("cents", -1_250, ["-12,50", "€"]),
        ("days", 19, ["19", "jours"]),
        ("minutes", 750, ["750", "minutes"]),
        ("hundredths of FTE", 325, ["3,25", "ETP"]),
        ("g CO2e", 23_584, ["23,584", "kg CO₂e"]),
    ],
)
def test_an_amount_in_a_csv_has_the_unit_that_it_is_written_in(unit, amount, told):
    with translation.override("fr"):
        assert [str(cell) for cell in files._column(amount, unit)] == told


def test_a_correction_after_publishing_changes_no_report_and_is_told(year, books, submission):
    report = published(year, submission)
    before = bytes(report.pdf), report.document
    assert check(report, reads_flows=True) == ([], [], True)

    canal = books.at(year.canal)
    books.book(canal.bulk, canal.reuse, "MOB.CHAI", 300, "2026-03-20")

    found = check(report, reads_flows=True)
    report.refresh_from_db()
    assert (bytes(report.pdf), report.document) == before
    assert found.flows_hold is True
    assert [movement.verb for movement in found.corrections] == [Verb.SHIP]
    told = {(each.section, each.name): (each.then, each.now) for each in found.differences}
    assert told["Bilan matière", "Réemploi"] == ("5,7\u00a0kg", "6,0\u00a0kg")


def test_what_happens_in_another_period_is_no_difference(year, books, submission):
    report = published(year, submission)
    canal = books.at(year.canal)
    books.book(canal.drop_off, canal.bulk, "MOB", 1_000, "2027-01-10")
    assert check(report) == ([], [], None)


def test_another_name_since_is_no_difference(year, books, submission):
    report = published(year, submission)
    partner = books.at(year.canal).recycling.partner
    partner.name = "Autre nom"
    partner.save()
    assert check(report).differences == []


def test_a_section_that_had_nothing_to_tell_yet_moves_no_other(year, books, submission):
    parts = [
        {"kind": "outlets"},
        {"kind": "table", "title": "T", "indicators": ["reused"], "by": ["category"]},
    ]
    report = published(year, submission, read({"title": "Essai", "parts": parts}))
    partner = books.at(year.canal).recycling.partner
    PartnerOutlet.objects.create(
        partner=partner, since=date(2026, 1, 1), source="Plus tard", recycling_bp=10_000
    )
    assert {each.section for each in check(report).differences} == {
        "Débouchés des partenaires\u00a0: tel qu’envoyé, tel que déclaré"
    }


def test_flows_that_were_altered_behind_the_triggers_are_seen(year, submission):
    report = published(year, submission)
    hashes = {report.flows_hash}
    found = publishing.subject_of(report)
    with transaction.atomic(using="report"):
        hashes.add(publishing.proof.flows_hash(found.scope, found.period, report.head))
        hashes.add(publishing.proof.flows_hash(found.scope, found.period, report.head - 1))
    assert len(hashes) == 2  # the same again; another where one movement is missing


def test_publishing_closes_the_months_it_may_and_says_why_it_cannot(year):
    with time_machine.travel(datetime(2027, 1, 10, 12, tzinfo=UTC), tick=False):
        notes = publishing.lock_months(subject=subject(year), author=year.anna)
        year.canal.refresh_from_db()
        assert (notes, year.canal.books_closed_through) == ([], 202612)
    next_year = subject(year, Period(date(2027, 1, 1), date(2027, 12, 31)))
    with time_machine.travel(datetime(2027, 2, 10, 12, tzinfo=UTC), tick=False):
        [note] = publishing.lock_months(subject=next_year, author=year.manager)
    assert note.startswith("Canal")


def sign_in(person):
    client = Client()
    client.force_login(person)
    return client


def test_a_director_publishes_and_anybody_checks(year, books):
    client = sign_in(year.anna)
    asked = {"period": "2026", "site": "canal"}
    assert client.get("/rapports/rapport-annuel/", asked).status_code == 200
    answer = client.post("/rapports/rapport-annuel/publier/", asked)
    code = answer["Location"].split("/")[-2]
    pdf = client.get(f"/rapports/publies/{code}/rapport.pdf").content

    page = Client().get(f"/v/{code}/")
    assert page.status_code == 200
    assert "les mêmes chiffres" in page.content.decode()
    right = Client().post(f"/v/{code}/", {"file": BytesIO(pdf)}).content.decode()
    wrong = Client().post(f"/v/{code}/", {"file": BytesIO(pdf + b" ")}).content.decode()
    assert "à l’octet près" in right
    assert "aucun de ceux" in wrong

    canal = books.at(year.canal)
    books.book(canal.bulk, canal.reuse, "MOB.CHAI", 300, "2026-03-20")
    page = Client().get(f"/v/{code}/").content.decode()
    assert "d’autres chiffres" in page
    assert "5,7\u00a0kg" in page

    client.post(f"/rapports/publies/{code}/page/", {"open": "0"})
    assert Client().get(f"/v/{code}/").status_code == 404
    assert Client().get("/v/AAAAAAAAAAAA/").status_code == 404


def test_posted_twice_it_is_published_once(year):
    client = sign_in(year.anna)
    asked = {"period": "2026", "id": "7a7f9a48-6a55-4bb8-8f0c-1f9f53a8a001"}
    addresses = {client.post("/rapports/ademe/publier/", asked)["Location"] for _n in range(2)}
    assert len(addresses) == Report.objects.count() == 1


def test_a_report_of_sites_that_one_may_not_read_is_refused(year, submission):
    report = published(year, submission)
    assert (
        sign_in(year.people["manager"]).get(f"/rapports/publies/{report.code}/").status_code == 200
    )
    assert (
        sign_in(year.people["sorter"]).get(f"/rapports/publies/{report.code}/").status_code == 403
    )


def test_a_template_is_changed_on_screen(year):
    client = sign_in(year.anna)
    form = {
        "title": "ADEME 2027", "rule": "year", "basis": "outgoing", "deadline": "31/01",
        "intro": "Bonjour {structure}", "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0",
        "form-0-kind": "table", "form-0-title": "Masses", "form-0-position": "2",
        "form-0-indicators": ["collected", "reused"], "form-0-rows": "category",
        "form-1-kind": "shares", "form-1-position": "1", "category-MOB": "Meubles",
    }  # fmt: skip
    assert client.post("/rapports/modeles/ademe/", form).status_code == 302
    version = TemplateVersion.objects.get()
    assert (version.number, version.layout["names"]) == (2, {"category": {"MOB": "Meubles"}})
    assert [part["kind"] for part in version.layout["parts"]] == ["shares", "table"]
    assert "Meubles" in client.get("/rapports/ademe/?period=2026").content.decode()

    refused = client.post("/rapports/modeles/ademe/", form | {"intro": "{rien}"})
    assert refused.status_code == 422
    assert TemplateVersion.objects.count() == 1
    assert (
        client.post("/rapports/modeles/nouveau/", form | {"title": "Logo"})["Location"]
        == "/rapports/logo-2/"
    )


def test_the_longest_template_takes_another_section(year):
    form = sign_in(year.anna).get("/rapports/modeles/rapport-annuel/").context["form"]
    assert len(form.parts.forms) == len(ANNUAL.parts) + 2
    offered = dict(form.parts.forms[-1].fields["kind"].choices)
    assert {"months", "ages"} <= offered.keys()


def test_the_api_tells_published_reports_and_their_files(year, submission):
    report = published(year, submission)
    client = sign_in(year.anna)
    address = f"/api/v1/reporting/reports/{report.submission.uuid}"
    [row] = client.get("/api/v1/reporting/reports").json()["items"]
    assert (row["from"], row["sites"], row["fingerprint"]) == (
        "2026-01-01", ["canal"], report.fingerprint,
    )  # fmt: skip
    assert client.get(address).json()["document"]["title"] == "Rapport annuel"
    for kind, kept in (("pdf", report.pdf), ("xlsx", report.xlsx), ("csv", report.csv.encode())):
        assert client.get(f"{address}.{kind}").content == bytes(kept)
