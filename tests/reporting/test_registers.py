"""The register of outgoing waste, and that of objects: whole, in order, and as files."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from inventory import services
from inventory.ledger import Entry
from inventory.models import Kind, Partner, TreatmentCode, Verb
from inventory.services import Draft, StockLine
from organisation.models import Organisation
from reporting.periods import Period
from reporting.registers import register
from reporting.registers.lines import Outgoing
from reporting.registers.tables import csv_lines, xlsx
from reporting.scopes import Scope
from reporting.workbook.typed import text
from tests.reporting.declared import SIRETS, Lorries, furnish_papers

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def lorries(world, books):
    return Lorries(furnish_papers(world), books)


def lines_of(*sites, period=YEAR):
    return list(Outgoing(Scope.of_sites(sites), period).lines())


def test_a_departure_of_waste_is_a_line_with_its_papers(world, lorries):
    lorries.leave(352_400, bsd="BSD-7", eco_organisme=world.eco, treatment="R 3")

    [line] = lines_of(world.canal)

    assert (line.day, line.weight_g, line.waste_code.code) == (
        date(2026, 3, 10),
        352_400,
        "20 01 10",
    )
    assert (line.partner, line.carrier, line.bsd) == (world.gebetex, world.carrier, "BSD-7")
    assert (line.treatment_code.code, line.eco_organisme, line.is_cancelled) == (
        "R 3",
        world.eco,
        False,
    )


@pytest.mark.parametrize("fate", ["recycling", "other_recovery", "energy", "disposal"])
def test_whatever_is_waste_is_in_the_register(fate, world, lorries):
    lorries.leave(1_000, fate=Kind(fate))

    assert [line.fate for line in lines_of(world.canal)] == [fate]


def test_what_is_given_or_sold_is_not_waste(world, lorries, sell):
    lorries.leave(1_000, fate=Kind.REUSE, waste=None)
    sell(world.canal, (500, 900))

    assert lines_of(world.canal) == []


def test_what_the_gate_sends_straight_to_the_bin_is_there_too(world, lorries, books):
    there = books.at(world.canal)
    books.book(there.drop_off, there.disposal, "DIV", 900, "2026-03-09")

    [line] = lines_of(world.canal)

    assert (line.weight_g, line.fate, line.shipment) == (900, Kind.DISPOSAL, None)


def test_the_partners_weight_counts_and_the_estimate_stays_told(world, lorries, books):
    shipment = lorries.leave(10_000, estimated=True)
    entry = books.entry(world.canal, Verb.REVERSE, "2026-03-20")
    services.confirm_weights(entry=entry, shipment=shipment, weights={books.category("TEX"): 9_400})

    [line] = lines_of(world.canal)

    assert (line.sent_g, line.weighed_g, line.weight_g) == (10_000, 9_400, 9_400)
    assert (line.is_estimated, line.is_cancelled) == (False, False)


def test_a_cancelled_departure_stays_and_says_so(world, lorries, books):
    shipment = lorries.leave(10_000)
    books.undo(shipment.movement)

    assert [(line.weight_g, line.is_cancelled) for line in lines_of(world.canal)] == [
        (10_000, True)
    ]


def test_each_waste_code_of_a_departure_is_a_line_of_its_own(world, lorries, books):
    lines = [
        StockLine(books.category(code), grams)
        for code, grams in (("TEX.VETE", 1_000), ("VAI", 500))
    ]
    lorries.leave(lines=lines, waste=None)

    found = lines_of(world.canal)

    assert len({line.waste_code and line.waste_code.code for line in found}) == len(found) == 2
    assert sum(line.weight_g for line in found) == 1_500
    assert len({line.public_id for line in found}) == 2


def test_where_a_departure_says_nothing_its_partner_usually_says(world, lorries):
    Partner.objects.filter(pk=world.gebetex.pk).update(
        eco_organisme=world.eco, treatment_code=TreatmentCode.objects.get(code="R 12")
    )
    lorries.leave()

    [line] = lines_of(world.canal)

    assert (line.treatment_code.code, line.eco_organisme) == ("R 12", world.eco)


@pytest.mark.parametrize("said", ["Transports Martin", "transports MARTIN ", "martin"])
def test_a_carrier_is_found_by_its_name_or_code_however_it_is_written(said, world, lorries):
    lorries.leave(carrier=said)

    assert [line.carrier for line in lines_of(world.canal)] == [world.carrier]


def test_a_carrier_nobody_knows_is_not_taken_for_the_usual_one(world, lorries):
    lorries.leave(carrier="Le cousin")

    [line] = lines_of(world.canal)

    assert (line.carrier, line.carrier_said) == (None, "Le cousin")


def test_the_register_is_in_the_order_of_days_page_after_page(world, lorries):
    lorries.many(250)
    outgoing = Outgoing(Scope.of_sites([world.canal]), Period(date(2025, 1, 1), date(2026, 12, 31)))

    seen, after = [], None
    while True:
        lines, after = outgoing.page(40, after)
        seen += [(line.movement.business_date, line.movement.pk, line.public_id) for line in lines]
        if after is None:
            break

    assert [spot[:2] for spot in seen] == sorted(spot[:2] for spot in seen)
    assert seen == [
        (line.movement.business_date, line.movement.pk, line.public_id) for line in outgoing.lines()
    ]


def test_every_gram_of_waste_of_the_report_is_in_the_register(world, lorries, books):
    from reporting.indicators import diversion

    lorries.leave(12_345)
    lorries.leave(400, fate=Kind.DISPOSAL, site=world.gare)
    books.book(books.at(world.gare).drop_off, books.at(world.gare).disposal, "DIV", 77)
    scope = Scope.of_sites([world.canal, world.gare])

    figures = diversion(scope=scope, period=YEAR)
    waste_g = sum(
        figures[f"{fate}_g"] for fate in ("recycling", "other_recovery", "energy", "disposal")
    )

    assert sum(line.weight_g for line in lines_of(world.canal, world.gare)) == waste_g == 12_822


def test_the_register_reads_in_a_fixed_number_of_queries(
    world, lorries, django_assert_max_num_queries
):
    lorries.many(150)
    outgoing = Outgoing(Scope.of_sites([world.canal]), Period(date(2025, 1, 1), date(2026, 12, 31)))

    with django_assert_max_num_queries(4):
        lines, _after = outgoing.page(100)
        list(register.rows(lines))


# Files


def read_csv(text_):
    return list(csv.reader(io.StringIO(text_.removeprefix("\ufeff")), delimiter=";"))


def read_xlsx(content):
    page = load_workbook(io.BytesIO(content), data_only=False).active
    return [list(row) for row in page.iter_rows()]


STARTERS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
formulas = st.tuples(st.sampled_from(STARTERS), st.text(max_size=20)).map("".join)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(formulas, min_size=1, max_size=6))
def test_no_text_of_a_register_is_a_formula(said):
    rows = [[text(each) for each in said]]
    heads = ["h"] * len(said)

    [_head, *written] = read_csv("".join(csv_lines(heads, rows)))
    cells = read_xlsx(xlsx("Registre", heads, rows))[1] if _is_xml(said) else []

    assert not [
        cell for row in written for cell in row if cell.lstrip(" \xa0").startswith(STARTERS)
    ]
    assert not [cell for cell in cells if cell.data_type == "f"]


def _is_xml(said):
    """What a workbook can hold at all: its XML has no control characters."""
    return all(sign.isprintable() or sign in "\t\n\r " for each in said for sign in each)


def test_a_partner_called_like_a_formula_is_text_in_every_file(world, lorries):
    Partner.objects.filter(pk=world.gebetex.pk).update(name="=1+1", address="@SUM(A1)", city="-2")
    lorries.leave(carrier="+cmd|x", bsd="\tBSD")
    rows = list(register.rows(lines_of(world.canal)))

    cells = [cell for row in read_csv("".join(csv_lines(register.heads(), rows))) for cell in row]
    sheet = read_xlsx(xlsx("Registre", register.heads(), rows))

    assert not [cell for cell in cells if cell.startswith(STARTERS)]
    assert not [cell for row in sheet for cell in row if cell.data_type == "f"]
    assert "=1+1" in {cell.value for cell in sheet[1]}


def test_the_csv_and_the_workbook_hold_the_same_lines_to_the_gram(world, lorries, reader):
    lorries.leave(352_401)
    query = {"from": "2026-01-01", "to": "2026-12-31"}
    browser = reader(world.anna)

    answer = browser.get("/bilan/registres/dechets/registre.csv", query)
    [heads, row] = read_csv(b"".join(answer).decode())
    sheet = read_xlsx(browser.get("/bilan/registres/dechets/registre.xlsx", query).content)

    assert row[heads.index("quantité (kg)")] == "352,401"
    assert [cell.value for cell in sheet[0]] == heads
    assert sheet[1][heads.index("quantité (kg)")].value == 352.401
    assert row[0] == "2026-03-10"


def test_the_register_prints(world, lorries, reader):
    import pypdfium2

    lorries.leave(352_400, bsd="BSD-7")
    answer = reader(world.anna).get(
        "/bilan/registres/dechets/registre.pdf", {"from": "2026-01-01", "to": "2026-12-31"}
    )

    words = pypdfium2.PdfDocument(answer.content)[0].get_textpage().get_text_range()

    assert "352,400" in words
    assert "BSD-7" in words
    assert SIRETS[2] in words


def test_the_page_shows_a_cancelled_line_as_cancelled(world, lorries, books, reader):
    books.undo(lorries.leave().movement)

    page = reader(world.anna).get(
        "/bilan/registres/dechets/", {"from": "2026-01-01", "to": "2026-12-31"}
    )

    assert "annulé" in page.content.decode()


def test_a_period_that_ends_before_it_starts_is_told(world, reader):
    page = reader(world.anna).get(
        "/bilan/registres/dechets/", {"from": "2026-02-01", "to": "2026-01-01"}
    )

    assert page.status_code == 422


# Objects


@pytest.fixture
def chair(world, books):
    books.book(books.at(world.canal).drop_off, books.at(world.canal).bulk, "MOB.CHAI", 9_000)
    entry = Entry(
        world.canal,
        Verb.LABEL,
        books.submission(world.navette),
        world.sorter,
        datetime(2026, 3, 11, 10, tzinfo=UTC),
    )
    chairs = books.category("MOB.CHAI")
    draft = Draft(chairs, 4_000, from_category=chairs, title="Chaise de M. Untel")
    [item] = services.label(entry=entry, place=None, drafts=[draft])
    return item


def test_the_register_of_objects_is_only_for_who_keeps_one(world, chair, reader):
    browser = reader(world.anna)
    query = {"from": "2026-01-01", "to": "2026-12-31"}

    assert browser.get("/bilan/registres/objets/", query).status_code == 404
    Organisation.objects.filter(pk=world.navette.pk).update(lists_objects=True)
    page = browser.get("/bilan/registres/objets/", query)

    assert page.status_code == 200
    assert "vrac" in page.content.decode()


def test_the_register_of_objects_says_nature_and_origin_of_each(world, chair, reader):
    Organisation.objects.filter(pk=world.navette.pk).update(lists_objects=True)
    answer = reader(world.anna).get(
        "/bilan/registres/objets/registre.csv", {"from": "2026-01-01", "to": "2026-12-31"}
    )

    [heads, row] = read_csv(b"".join(answer).decode())

    assert row[heads.index("nature")] == "Chaise"
    assert row[heads.index("poids (kg)")] == "4,000"
