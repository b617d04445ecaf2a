"""The national register's file: each rule of its columns, and a thousand departures."""

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from openpyxl import load_workbook

from inventory.models import Kind, Partner, WasteCode
from organisation.models import Organisation
from reporting.models import Declaration
from reporting.periods import Period
from reporting.registers import declaring, validator
from reporting.registers.declaring import situation
from reporting.registers.lines import Outgoing
from reporting.registers.tables import csv_lines, xlsx
from reporting.registers.trackdechets import cells_of, table, tonnes
from reporting.registers.validator import check_file, check_row, columns, headers
from reporting.scopes import Scope
from tests.reporting.declared import SIRETS, Lorries, furnish_papers, refused, submission_of
from tests.written_once import hold

TODAY = date(2026, 11, 27)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
COMPANY = {
    "Type": "ETABLISSEMENT_FR",
    "OrgId": SIRETS[2],
    "Name": "Gebetex",
    "Address": "3 rue du Port",
    "PostalCode": "75012",
    "City": "Paris",
    "CountryCode": "FR",
}


def company(who, **changes):
    return {f"{who}{part}": said for part, said in {**COMPANY, **changes}.items()}


GOOD = {
    "publicId": "DE-canal-1.200110",
    "reportForCompanySiret": SIRETS[0],
    "wasteDescription": "Textiles",
    "wasteCode": "20 01 10",
    "wastePop": "NON",
    "wasteIsDangerous": "NON",
    "dispatchDate": "2026-11-02",
    "weightValue": "0,352",
    "weightIsEstimate": "REEL",
    **company("destinationCompany"),
    "operationCode": "R 3",
    "operationMode": "RECYCLAGE",
    "isDirectSupply": "NON",
    "transporter1TransportMode": "ROUTE",
    **company("transporter1Company"),
    "transporter1RecepisseNumber": "75-2026-12",
}
EMITTER = company("initialEmitterCompany", Type="ENTREPRISE_HORS_UE", OrgId="CH-1")


def wrong(**changes):
    """What the validator says of the good row with other cells; None takes one away."""
    row = {key: said for key, said in {**GOOD, **changes}.items() if said is not None}
    return {(problem.key, problem.code) for problem in check_row(row, TODAY)}


def test_a_good_row_passes():
    assert wrong() == set()


def test_the_file_has_the_hundred_headers_of_the_register_to_the_sign():
    found = headers()

    assert len(found) == len(set(found)) == 100
    assert found[42] == "Raison sociale de l\u2019éco-organisme\u00a0"
    assert found[41] == "SIRET de l'éco-organisme"
    assert found[0] == "Motif"
    assert found[99] == "Numéro de récépissé du transporteur n°5"


REQUIRED = [column.key for column in columns().values() if column.is_required]


def test_what_is_always_required_is_known():
    assert len(REQUIRED) == 16


@pytest.mark.parametrize("key", REQUIRED)
def test_a_required_cell_may_not_be_empty(key):
    assert (key, "missing") in wrong(**{key: None})


@pytest.mark.parametrize(
    "key", [c.key for c in columns().values() if c.most and c.kind in ("text", "id")]
)
def test_a_cell_is_as_long_as_it_may_be_and_no_longer(key):
    most = columns()[key].most

    assert (key, "too_long") not in wrong(**{key: "x" * most})
    assert (key, "too_long") in wrong(**{key: "x" * (most + 1)})


@pytest.mark.parametrize("key", [c.key for c in columns().values() if c.values])
def test_a_cell_with_a_list_takes_nothing_else(key):
    assert (key, "not_listed") in wrong(**{key: "AUTRE"})
    for value in columns()[key].values:
        assert (key, "not_listed") not in wrong(**{key: value})


@pytest.mark.parametrize("key", [c.key for c in columns().values() if c.kind == "siret"])
@pytest.mark.parametrize("said", ["73282932000075", "732 829 320 00074", "7328293200007", "abc"])
def test_a_siret_has_fourteen_digits_that_fit(key, said):
    assert (key, "bad_siret") in wrong(**{key: said})
    assert (key, "bad_siret") not in wrong(**{key: SIRETS[0]})


@pytest.mark.parametrize("key", [c.key for c in columns().values() if c.kind == "country"])
def test_a_country_is_two_capital_letters(key):
    assert (key, "bad_country") in wrong(**{key: "fr"})
    assert (key, "bad_country") in wrong(**{key: "FRA"})
    assert (key, "bad_country") not in wrong(**{key: "BE"})


@pytest.mark.parametrize("key", [c.key for c in columns().values() if c.kind == "postal"])
def test_a_french_postal_code_has_five_digits(key):
    country = key.replace("PostalCode", "CountryCode")

    assert (key, "bad_postal_code") in wrong(**{key: "7501", country: "FR"})
    assert (key, "bad_postal_code") not in wrong(**{key: "75012", country: "FR"})


@pytest.mark.parametrize("said", ["a b", "é1", "DE#1", "=1"])
def test_an_identifier_is_of_plain_signs(said):
    assert ("publicId", "bad_id") in wrong(publicId=said)


def test_the_name_of_a_waste_has_two_signs_at_least():
    assert wrong(wasteDescription="x") == {("wasteDescription", "too_short")}


@pytest.mark.parametrize("said", ["20 01 10", "200110", "20 01 36"])
def test_a_waste_code_may_have_spaces_or_none(said):
    assert wrong(wasteCode=said) == set()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("2001", "bad_code"),
        ("20-01-10", "bad_code"),
        ("99 99 99", "unknown_code"),
        ("17 05 04", "soil"),
        ("17 05 03*", "soil"),
        ("20 02 02", "soil"),
    ],
)
def test_a_waste_code_is_of_the_list_and_no_soil(said, code):
    assert ("wasteCode", code) in wrong(wasteCode=said)


@pytest.mark.parametrize("said", ["A1010", "B3010"])
def test_a_basel_code_is_a_letter_and_four_digits(said):
    assert wrong(wasteCodeBale=said) == set()
    assert wrong(wasteCodeBale=said[1:]) == {("wasteCodeBale", "bad_code")}


def test_dangerous_waste_says_so():
    assert ("wasteIsDangerous", "is_dangerous") in wrong(wasteCode="20 01 35*")
    assert ("wasteIsDangerous", "is_dangerous") in wrong(wastePop="OUI")
    assert wrong(wasteCode="20 01 35*", wasteIsDangerous="OUI") == set()


@pytest.mark.parametrize("said", ["05/06/2026", "2026-6-5", "20260605", "2026-02-30", "hier"])
def test_a_day_is_written_year_first(said):
    assert wrong(dispatchDate=said) == {("dispatchDate", "bad_date")}


@pytest.mark.parametrize(
    ("said", "problems"),
    [
        ("2026-11-27", set()),
        ("2026-11-28", {("dispatchDate", "in_the_future")}),
        ("2025-05-27", set()),
        ("2025-05-26", {("dispatchDate", "too_old")}),
    ],
)
def test_a_day_is_neither_to_come_nor_older_than_eighteen_months(said, problems):
    assert wrong(dispatchDate=said) == problems


@pytest.mark.parametrize("key", ["weightValue", "volume"])
@pytest.mark.parametrize("said", ["0,352", "0.352", "12", "10000", "0,001"])
def test_a_quantity_has_three_decimals_at_most(key, said):
    assert wrong(**{key: said}) == set()


@pytest.mark.parametrize("key", ["weightValue", "volume"])
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("0", "out_of_range"),
        ("10000,001", "out_of_range"),
        ("0,0004", "bad_decimal"),
        ("-1", "bad_decimal"),
        ("1 000", "bad_decimal"),
        ("1e3", "bad_decimal"),
    ],
)
def test_a_quantity_out_of_bounds_is_refused(key, said, code):
    assert wrong(**{key: said}) == {(key, code)}


@pytest.mark.parametrize("code", ["R 1", "D 5", "D 10"])
def test_some_treatments_want_a_real_weight(code):
    mode = "VALORISATION_ENERGETIQUE" if code == "R 1" else "ELIMINATION"

    assert wrong(operationCode=code, operationMode=mode) == set()
    assert wrong(operationCode=code, operationMode=mode, weightIsEstimate="ESTIME") == {
        ("weightIsEstimate", "real_weight_only")
    }
    assert wrong(weightIsEstimate="ESTIME") == set()


@pytest.mark.parametrize(("said", "code"), [("R 0", "undocumented_code"), ("R 99", "unknown_code")])
def test_a_treatment_is_a_documented_one(said, code):
    assert ("operationCode", code) in wrong(operationCode=said, operationMode=None)


@pytest.mark.parametrize("code", sorted(validator.treatments()))
def test_a_mode_is_one_that_the_treatment_allows(code):
    known = validator.treatments()[code]
    allowed = set(filter(None, known["allowed_modes"].split("|")))

    for mode in columns()["operationMode"].values:
        found = ("operationMode", "mode_not_allowed") in wrong(
            operationCode=code, operationMode=mode
        )
        assert found == (mode not in allowed), mode
    missing = ("operationMode", "missing") in wrong(operationCode=code, operationMode=None)
    assert missing == bool(allowed)


def test_an_association_is_known_by_its_number():
    assert (
        wrong(destinationCompanyType="ASSOCIATION", destinationCompanyOrgId="W751234567") == set()
    )
    assert wrong(destinationCompanyType="ASSOCIATION") == {("destinationCompanyOrgId", "bad_rna")}


def test_a_company_of_the_union_is_known_by_its_vat_number():
    european = {"destinationCompanyType": "ENTREPRISE_UE", "destinationCompanyCountryCode": "BE"}

    assert wrong(**european, destinationCompanyOrgId="BE0428759497") == set()
    assert wrong(**european) == {("destinationCompanyOrgId", "bad_vat")}


@pytest.mark.parametrize("part", ["OrgId", "Name", "Address", "PostalCode", "City", "CountryCode"])
@pytest.mark.parametrize(
    "who", ["initialEmitterCompany", "transporter1Company", "transporter3Company"]
)
def test_a_party_that_is_named_is_named_whole(who, part):
    whole = company(who)
    if who.startswith("transporter"):
        stem = who.removesuffix("Company")
        whole |= {f"{stem}TransportMode": "ROUTE", f"{stem}RecepisseNumber": "75-1"}

    assert wrong(**whole) == set()
    assert wrong(**{**whole, f"{who}{part}": None}) == {(f"{who}{part}", "missing")}


def test_communes_are_told_by_their_insee_codes():
    key = "initialEmitterMunicipalitiesInseeCodes"

    assert wrong(initialEmitterCompanyType="COMMUNES", **{key: "75111,2A004"}) == set()
    assert wrong(initialEmitterCompanyType="COMMUNES") == {(key, "missing")}
    assert wrong(initialEmitterCompanyType="COMMUNES", **{key: "75111;75112"}) == {
        (key, "bad_insee")
    }


def test_an_eco_organisme_comes_with_its_name():
    assert wrong(ecoOrganismeSiret=SIRETS[3], ecoOrganismeName="Refashion") == set()
    assert wrong(ecoOrganismeSiret=SIRETS[3]) == {("ecoOrganismeName", "missing")}


@pytest.mark.parametrize("who", ["broker", "trader"])
def test_a_broker_or_dealer_comes_with_name_and_receipt(who):
    assert wrong(**{f"{who}CompanySiret": SIRETS[3]}) == {
        (f"{who}CompanyName", "missing"),
        (f"{who}RecepisseNumber", "missing"),
    }


def test_a_first_carrier_is_needed_unless_it_comes_by_pipe():
    without = {key: None for key in GOOD if key.startswith("transporter1")}

    assert ("transporter1CompanyType", "missing") in wrong(**without)
    assert ("transporter1TransportMode", "missing") in wrong(**without)
    assert wrong(**without, isDirectSupply="OUI") == set()


def test_a_french_carrier_has_a_receipt_or_needs_none():
    assert wrong(transporter1RecepisseNumber=None) == {("transporter1RecepisseNumber", "missing")}
    assert wrong(transporter1RecepisseNumber=None, transporter1RecepisseIsExempted="OUI") == set()


def test_a_cell_has_no_blank_around():
    assert wrong(destinationCompanyName=" Gebetex") == {("destinationCompanyName", "blank_around")}


# The whole file


def whole(*rows):
    return [headers(), *([row.get(key, "") for key in columns()] for row in rows)]


def test_a_file_begins_with_the_headers_as_they_are():
    straight = [head.replace("\u2019", "'") for head in headers()]

    assert check_file(whole(GOOD), TODAY) == []
    assert [problem.code for _n, problem in check_file([straight], TODAY)] == ["bad_headers"]
    assert [problem.code for _n, problem in check_file([headers()[:99]], TODAY)] == ["bad_headers"]
    assert [problem.code for _n, problem in check_file([], TODAY)] == ["bad_headers"]


def test_an_identifier_comes_once_in_a_file():
    assert [p.code for _n, p in check_file(whole(GOOD, GOOD), TODAY)] == ["repeated"]


# What the departures become


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
    assert len(found.to_send) + len(found.blocked) == len(lines)
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
            "no_departure", "followed_by_slip", "no_partner", "no_carrier", "carrier_unknown",
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
        ({"waste": "20 01 35*", "bsd": "BSD-20"}, ["followed_by_slip"]),
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
