"""The national register's file: a thousand departures, corrections, cancellations."""

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from openpyxl import load_workbook

from inventory.models import Kind, Partner, WasteCode
from organisation.models import Organisation
from reporting.models import Declaration
from reporting.periods import Period
from reporting.registers import declaring
from reporting.registers.columns import headers
from reporting.registers.declaring import situation
from reporting.registers.lines import Outgoing
from reporting.registers.tables import csv_lines, xlsx
from reporting.registers.trackdechets import cells_of, table, tonnes
from reporting.registers.validator import check_file, check_row
from reporting.scopes import Scope
from tests.reporting.declared import (
    GOOD,
    SIRETS,
    TODAY,
    Lorries,
    company,
    furnish_papers,
    refused,
    submission_of,
)
from tests.written_once import hold

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def lorries(world, books):
    with time_machine.travel("2026-11-27T10:00:00+01:00", tick=False):
        yield Lorries(furnish_papers(world), books)


@pytest.fixture
def declare(world):
    def made(period=YEAR):
        outgoing = Outgoing(Scope.of_sites([world.canal]), period)
        return declaring.declare(
            outgoing=outgoing,
            today=TODAY,
            author=world.anna,
            submission=submission_of(world.navette),
        )

    return made


def stands(world, period=YEAR):
    return situation(Outgoing(Scope.of_sites([world.canal]), period), TODAY)


def blocked_codes(found):
    return [[reason.code for reason in each.reasons] for each in found.blocked]


def test_a_departure_with_all_its_papers_can_be_declared(world, lorries):
    shipment = lorries.leave(352_400)

    found = stands(world)

    assert not found.blocked
    [sending] = found.to_send
    assert sending.kind == Declaration.Kind.NEW
    assert sending.row == {
        **GOOD,
        "publicId": f"{shipment.movement.number}.200110",
        "dispatchDate": "2026-03-10",
        **company("transporter1Company", OrgId=SIRETS[1], Name="Transports Martin"),
        "transporter1RecepisseIsExempted": "NON",
        "wasteDescription": sending.row["wasteDescription"],
    }


@pytest.mark.parametrize(
    ("grams", "said"),
    [
        (1, ""),
        (499, ""),
        (500, "0,001"),
        (1_499, "0,001"),
        (1_500, "0,002"),
        (12_345_678, "12,346"),
    ],
)
def test_tonnes_are_to_the_kilogram_half_up(grams, said):
    assert tonnes(grams) == said


def test_a_thousand_departures_make_a_file_the_register_would_take(world, lorries):
    lorries.many(1_000)
    period = Period(TODAY - timedelta(days=800), TODAY)

    found = stands(world, period)
    lines = list(Outgoing(Scope.of_sites([world.canal]), period).lines())
    rows = list(table(sending.row for sending in found.to_send))
    text = "".join(csv_lines(headers(), rows)).removeprefix("\ufeff")
    read = list(csv.reader(io.StringIO(text), delimiter=";"))
    page = load_workbook(io.BytesIO(xlsx("Sortants", headers(), rows))).active
    sheet = [[cell.value or "" for cell in row] for row in page.iter_rows()]

    assert len(lines) >= 1_000
    assert len(found.to_send) + len(found.blocked) + len(found.traced) == len(lines)
    assert found.traced
    assert len(found.to_send) > 400
    assert check_file(read, TODAY) == []
    assert check_file(sheet, TODAY) == []
    assert all(each.reasons for each in found.blocked)
    assert not [cell for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    assert not [c for row in read for c in row if c.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_whatever_is_blocked_would_be_refused_or_is_not_to_declare(world, lorries):
    lorries.many(1_000, seed=8)
    found = stands(world, Period(TODAY - timedelta(days=800), TODAY))

    for each in found.blocked:
        apart = {reason.code for reason in each.reasons} & {
            "no_departure", "no_partner", "no_carrier", "carrier_unknown",
            "slip_missing",
        }  # fmt: skip
        assert apart or check_row(cells_of(each.line), TODAY)


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (lambda w: Organisation.objects.filter(pk=w.navette.pk).update(siret=""), ["missing"]),
        (lambda w: Partner.objects.filter(pk=w.gebetex.pk).update(siret=""), ["missing"]),
        (lambda w: Partner.objects.filter(pk=w.gebetex.pk).update(city=""), ["missing"]),
        (lambda w: Partner.objects.filter(pk=w.gebetex.pk).update(carrier=None), ["no_carrier"]),
        (
            lambda w: Partner.objects.filter(pk=w.gebetex.pk).update(treatment_code=None),
            ["missing"],
        ),
        (lambda w: type(w.carrier).objects.update(receipt=""), ["missing"]),
    ],
)
def test_what_is_missing_is_told_with_where_to_put_it_right(spoil, codes, world, lorries):
    lorries.leave()
    spoil(world)

    [each] = stands(world).blocked

    assert [reason.code for reason in each.reasons] == codes
    assert all(reason.text and reason.href for reason in each.reasons)


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({"grams": 400}, ["missing"]),
        ({"on": "2025-05-01"}, ["too_old"]),
        ({"carrier": "Le cousin"}, ["carrier_unknown"]),
        ({"partner": None}, ["no_partner"]),
        ({"fate": Kind.ENERGY}, ["mode_not_allowed"]),
        ({"treatment": "D 10", "fate": Kind.DISPOSAL, "estimated": True}, ["real_weight_only"]),
    ],
)
def test_what_cannot_be_declared_is_listed_with_its_reason(more, codes, world, lorries):
    lorries.leave(**more)

    found = stands(world, Period(date(2025, 1, 1), date(2026, 12, 31)))

    assert (found.to_send, blocked_codes(found)) == ([], [codes])


def test_what_the_gate_threw_away_is_listed_too(world, lorries, books):
    there = books.at(world.canal)
    books.book(there.drop_off, there.disposal, "DIV", 900)

    assert blocked_codes(stands(world)) == [["no_departure"]]


def test_dangerous_waste_without_a_slip_is_declared_only_for_an_eco_organisme(world, lorries):
    fluorescent = WasteCode.objects.get(code="20 01 21*")
    shipment = lorries.leave()
    shipment.waste_code = fluorescent  # as a category's own code may be: departures ask for a slip
    shipment.save()

    assert blocked_codes(stands(world)) == [["slip_missing"]]
    Partner.objects.filter(pk=world.gebetex.pk).update(eco_organisme=world.eco)
    [sending] = stands(world).to_send

    assert sending.cells["wasteIsDangerous"] == "OUI"
    assert sending.cells["ecoOrganismeName"] == "Refashion"


def test_an_eco_organisme_that_the_file_cannot_name_lets_nothing_dangerous_through(world, lorries):
    Partner.objects.filter(pk=world.gebetex.pk).update(takes_pops=True, eco_organisme=world.eco)
    type(world.eco).objects.update(siret="")
    lorries.leave()

    [each] = stands(world).blocked

    assert [reason.code for reason in each.reasons] == ["missing"]
    assert each.reasons[0].href == "/reglages/eco-organismes/refashion/"


def test_dangerous_waste_with_a_slip_is_listed_as_traced_and_never_sent(world, lorries, declare):
    shipment = lorries.leave(waste="20 01 35*", bsd="BSD-20", partner=None)

    found = stands(world)

    assert (found.to_send, found.blocked) == ([], [])
    [each] = found.traced
    assert (each.line.bsd, each.movement) == ("BSD-20", shipment.movement)
    assert [reason.code for reason in each.reasons] == ["traced_by_slip"]
    refused("nothing_to_declare", declare)


def test_a_slip_of_what_is_not_dangerous_keeps_nothing_from_being_declared(world, lorries):
    lorries.leave(bsd="BSD-21")

    found = stands(world)

    assert (len(found.to_send), found.traced) == (1, [])


def test_what_holds_persistent_pollutants_is_dangerous_whatever_its_code(world, lorries):
    Partner.objects.filter(pk=world.gebetex.pk).update(takes_pops=True)
    lorries.leave()
    traced = lorries.leave(bsd="BSD-22")

    found = stands(world)

    assert blocked_codes(found) == [["slip_missing"]]
    assert [each.movement for each in found.traced] == [traced.movement]
    Partner.objects.filter(pk=world.gebetex.pk).update(eco_organisme=world.eco)
    [sending] = stands(world).to_send
    assert (sending.cells["wastePop"], sending.cells["wasteIsDangerous"]) == ("OUI", "OUI")


def test_what_was_declared_before_its_card_said_that_a_slip_traces_it_is_cancelled(
    world, lorries, declare
):
    lorries.leave(bsd="BSD-23")
    declare()
    Partner.objects.filter(pk=world.gebetex.pk).update(takes_pops=True)

    [sending] = stands(world).to_send
    assert sending.row["reason"] == "ANNULER"
    declare()

    found = stands(world)
    assert (found.to_send, found.blocked, len(found.traced)) == ([], [], 1)


def test_an_intermediate_treatment_has_no_mode(world, lorries):
    lorries.leave(treatment="R 12")

    [sending] = stands(world).to_send

    assert "operationMode" not in sending.cells


def test_an_identifier_is_never_too_long(world, lorries):
    shipment = lorries.leave()
    shipment.movement.number = "DE-" + "x" * 60 + "-12"
    line = next(Outgoing(Scope.of_sites([world.canal]), YEAR).lines())
    line.movement.number = shipment.movement.number

    assert len(line.public_id) <= 36


# What was declared


def test_what_is_declared_is_not_sent_twice(world, lorries, declare):
    lorries.leave()
    declare()

    found = stands(world)

    assert (found.to_send, found.blocked, found.as_sent) == ([], [], 1)


def test_a_file_without_a_line_is_not_made(world, lorries, declare):
    refused("nothing_to_declare", declare)


def test_a_late_weight_is_sent_as_a_correction(world, lorries, declare, books):
    from inventory import services
    from inventory.models import Verb

    shipment = lorries.leave(10_000, estimated=True)
    declare()
    entry = books.entry(world.canal, Verb.REVERSE, "2026-03-20")
    services.confirm_weights(entry=entry, shipment=shipment, weights={books.category("TEX"): 9_400})

    [sending] = stands(world).to_send

    assert (sending.kind, sending.row["reason"]) == (Declaration.Kind.MODIFY, "MODIFIER")
    assert (sending.cells["weightValue"], sending.cells["weightIsEstimate"]) == ("0,009", "REEL")


def test_a_card_put_right_later_is_sent_as_a_correction_under_the_same_identifier(
    world, lorries, declare
):
    lorries.leave()
    before = declare().lines.get()
    Partner.objects.filter(pk=world.gebetex.pk).update(address="4 quai Neuf")

    [sending] = stands(world).to_send

    assert (sending.kind, sending.cells["publicId"]) == (Declaration.Kind.MODIFY, before.public_id)


def test_a_cancelled_departure_is_sent_as_a_cancellation_once(world, lorries, declare, books):
    shipment = lorries.leave()
    declare()
    books.undo(shipment.movement)

    [sending] = stands(world).to_send
    assert sending.row["reason"] == "ANNULER"
    declare()

    found = stands(world)
    assert (found.to_send, found.blocked, found.as_sent) == ([], [], 1)


def test_what_was_cancelled_before_it_was_declared_is_told_and_not_sent(world, lorries, books):
    books.undo(lorries.leave().movement)

    found = stands(world)

    assert (found.to_send, blocked_codes(found)) == ([], [["cancelled"]])


def test_another_waste_code_cancels_the_line_and_makes_a_new_one(world, lorries, declare):
    shipment = lorries.leave()
    declare()
    shipment.waste_code = WasteCode.objects.get(code="20 01 11")
    shipment.save()  # no page does so; a category's code may be filled in, which does the same

    kinds = {each.cells["wasteCode"]: each.kind for each in stands(world).to_send}

    assert kinds == {"20 01 10": Declaration.Kind.CANCEL, "20 01 11": Declaration.Kind.NEW}


def test_a_file_that_was_not_sent_declared_nothing(world, lorries, declare):
    lorries.leave()
    file = declare()
    declaring.withdraw(file=file, author=world.anna, submission=submission_of(world.navette))

    assert [each.kind for each in stands(world).to_send] == [Declaration.Kind.NEW]


def test_a_file_is_withdrawn_once_and_after_those_that_correct_it(world, lorries, declare):
    def withdraw(file):
        declaring.withdraw(file=file, author=world.anna, submission=submission_of(world.navette))

    lorries.leave()
    first = declare()
    Partner.objects.filter(pk=world.gebetex.pk).update(city="Lyon")
    second = declare()

    refused("file_not_last", lambda: withdraw(first))
    withdraw(second)
    refused("already_withdrawn", lambda: withdraw(second))
    withdraw(first)


@pytest.mark.database
def test_what_was_declared_is_written_once(world, lorries, declare):
    lorries.leave()
    file = declare()
    declaring.withdraw(file=file, author=world.anna, submission=submission_of(world.navette))

    connection.check_constraints()  # as a commit does: else PostgreSQL truncates nothing anyway

    hold("reporting_declaration", "digest = 'x'")
    hold("reporting_declarationfile", "made_at = '2020-01-01'")
    hold("reporting_filewithdrawal", "at = '2020-01-01'")


# The pages


QUERY = {"from": "2026-01-01", "to": "2026-12-31"}


def test_a_director_makes_the_file_and_downloads_it_as_it_was_made(world, lorries, reader):
    lorries.leave(352_400)
    browser = reader(world.anna)

    shown = browser.get("/bilan/registres/trackdechets/", QUERY)
    made = browser.post(
        "/bilan/registres/trackdechets/declarer/", {**QUERY, "site": ["canal", "gare"]}
    )
    file = Declaration.objects.get().file
    Partner.objects.filter(pk=world.gebetex.pk).update(name="Autre")
    answer = browser.get(f"/bilan/registres/trackdechets/{file.submission.uuid}.csv")
    rows = list(
        csv.reader(io.StringIO(b"".join(answer).decode().removeprefix("\ufeff")), delimiter=";")
    )
    workbook = browser.get(f"/bilan/registres/trackdechets/{file.submission.uuid}.xlsx")

    assert "1 ligne à envoyer" in shown.content.decode().replace("\xa0", " ")
    assert made.status_code == 302
    assert check_file(rows, TODAY) == []
    assert rows[1][headers().index("Raison sociale du destinataire")] == "Gebetex"
    page = load_workbook(io.BytesIO(workbook.content)).active
    assert [[cell.value or "" for cell in row] for row in page.iter_rows()] == rows


def test_a_form_sent_twice_makes_one_file(world, lorries, reader):
    lorries.leave()
    browser, form = reader(world.anna), {**QUERY, "site": "canal"}
    form["id"] = "6f1f0c9e-57a1-4f0e-9c1c-0000000000aa"

    for _time in range(2):
        browser.post("/bilan/registres/trackdechets/declarer/", form)

    assert Declaration.objects.count() == 1


def test_a_manager_reads_but_does_not_declare(world, lorries, reader):
    lorries.leave()
    browser = reader(world.manager)

    shown = browser.get("/bilan/registres/trackdechets/", QUERY)

    assert shown.status_code == 200
    assert "declarer/" not in shown.content.decode()
    assert browser.post("/bilan/registres/trackdechets/declarer/", QUERY).status_code == 403


def test_what_is_blocked_is_shown_with_links_and_as_a_file(world, lorries, reader):
    Partner.objects.filter(pk=world.gebetex.pk).update(siret="")
    lorries.leave()
    browser = reader(world.anna)

    shown = browser.get("/bilan/registres/trackdechets/", QUERY).content.decode()
    answer = browser.get("/bilan/registres/trackdechets/non-declarables.csv", QUERY)

    assert "/reglages/partenaires/gebetex/" in shown
    assert "SIRET du partenaire" in shown
    assert "SIRET du partenaire" in b"".join(answer).decode()
