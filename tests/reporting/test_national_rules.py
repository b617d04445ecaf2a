"""Each rule of the national register's columns."""

import pytest

from reporting.registers import validator
from reporting.registers.columns import columns, headers
from reporting.registers.validator import check_file, check_row
from tests.reporting.declared import GOOD, SIRETS, TODAY, company


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
