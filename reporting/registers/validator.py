"""The rules of the national register's outgoing file, each checked on the cells as they are sent.

Written from the published columns (``columns.csv``) and independent of what makes the rows: a
file that this finds nothing to say about is believed to pass. It may be stricter than the
register where the register's documentation is.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import NamedTuple

from stdnum.eu import vat as vat_number
from stdnum.fr import siret as siret_number

from inventory import reference
from inventory.models.places import INSEE_CODE
from inventory.months import add_months, first_day, last_day, month_of
from reporting.registers.columns import Column, columns, headers

MONTHS_BACK = 18
MOST_TONNES = Decimal(10_000)
SOIL = frozenset({"170503*", "170504", "170505*", "170506", "200202"})
FRENCH = "ETABLISSEMENT_FR"
REAL_WEIGHT_ONLY = frozenset({"R1", "D5", "D10"})
NUMBERED_CARRIERS = range(1, 6)

Row = Mapping[str, str]


class Problem(NamedTuple):
    """What is wrong with a cell: the column's key, and a code."""

    key: str
    code: str


def check_file(table: Sequence[Sequence[str]], today: date) -> list[tuple[int, Problem]]:
    """What is wrong with a whole file, its first row included: row numbers as people count."""
    if not table or list(table[0]) != headers():
        return [(1, Problem("", "bad_headers"))]
    keys, found, seen = list(columns()), [], set()
    for number, cells in enumerate(table[1:], start=2):
        row = dict(zip(keys, cells, strict=False))
        found += [(number, problem) for problem in check_row(row, today)]
        if len(cells) != len(keys):
            found.append((number, Problem("", "bad_width")))
        name = row.get("reportForCompanySiret"), row.get("publicId")
        if name in seen:
            found.append((number, Problem("publicId", "repeated")))
        seen.add(name)
    return found


def check_row(row: Row, today: date) -> list[Problem]:
    """What is wrong with a row, at most one thing about a cell."""
    found: dict[str, Problem] = {}
    for problem in (*_cells(row), *_together(row, today)):
        found.setdefault(problem.key, problem)
    return list(found.values())


def _cells(row: Row) -> Iterator[Problem]:
    """Each cell by itself."""
    for column in columns().values():
        said = row.get(column.key, "")
        if not said:
            if column.is_required:
                yield Problem(column.key, "missing")
        elif code := _wrong(column, said):
            yield Problem(column.key, code)


def _wrong(column: Column, said: str) -> str:
    if said.strip() != said or (column.most and len(said) > column.most):
        return "too_long" if len(said) > column.most > 0 else "blank_around"
    if len(said) < column.least:
        return "too_short"
    if column.values and said not in column.values:
        return "not_listed"
    return _WRONG[column.kind](said) if column.kind in _WRONG else ""


def _matches(pattern: str, code: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)
    return lambda said: "" if compiled.fullmatch(said) else code


def _siret(said: str) -> str:
    is_one = re.fullmatch(r"[0-9]{14}", said) and siret_number.is_valid(said)
    return "" if is_one else "bad_siret"


def _date(said: str) -> str:
    try:
        return "" if date.fromisoformat(said).isoformat() == said else "bad_date"
    except ValueError:
        return "bad_date"


def _decimal(said: str) -> str:
    if not re.fullmatch(r"[0-9]+([.,][0-9]{1,3})?", said):
        return "bad_decimal"
    return "" if 0 < tonnes(said) <= MOST_TONNES else "out_of_range"


def _waste(said: str) -> str:
    if not re.fullmatch(r"[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?\*?", said):
        return "bad_code"
    compact = said.replace(" ", "")
    if compact in SOIL:
        return "soil"
    return "" if compact in waste_codes() else "unknown_code"


def _operation(said: str) -> str:
    known = treatments().get(said.replace(" ", ""))
    if known is None:
        return "unknown_code"
    return "" if known["in_documented_registry_list"] == "1" else "undocumented_code"


def _communes(said: str) -> str:
    return "" if all(INSEE_CODE.fullmatch(code) for code in said.split(",")) else "bad_insee"


_WRONG = {
    "id": _matches(r"[A-Za-z0-9_./-]{1,36}", "bad_id"),
    "siret": _siret,
    "date": _date,
    "decimal": _decimal,
    "waste": _waste,
    "basel": _matches(r"[AB][0-9]{4}", "bad_code"),
    "operation": _operation,
    "communes": _communes,
    "country": _matches(r"[A-Z]{2}", "bad_country"),
}


def _together(row: Row, today: date) -> Iterator[Problem]:
    """What cells must be beside each other."""
    yield from _waste_rules(row)
    yield from _date_rules(row, today)
    yield from _treatment_rules(row)
    yield from _party_rules(row, "initialEmitterCompany")
    yield from _party_rules(row, "destinationCompany")
    yield from _postal_rules(row)
    yield from _other_parties(row)
    for n in NUMBERED_CARRIERS:
        yield from _carrier_rules(row, f"transporter{n}", is_needed=_needs_carrier(row, n))


def _waste_rules(row: Row) -> Iterator[Problem]:
    is_dangerous = row.get("wasteCode", "").endswith("*") or row.get("wastePop") == "OUI"
    if is_dangerous and row.get("wasteIsDangerous") == "NON":
        yield Problem("wasteIsDangerous", "is_dangerous")


def _date_rules(row: Row, today: date) -> Iterator[Problem]:
    said = row.get("dispatchDate", "")
    if not said or _date(said):
        return
    if date.fromisoformat(said) > today:
        yield Problem("dispatchDate", "in_the_future")
    if date.fromisoformat(said) < oldest(today):
        yield Problem("dispatchDate", "too_old")


def _treatment_rules(row: Row) -> Iterator[Problem]:
    code, mode = row.get("operationCode", "").replace(" ", ""), row.get("operationMode", "")
    known = treatments().get(code)
    if known is None:
        return
    allowed = known["allowed_modes"].split("|") if known["allowed_modes"] else []
    if mode and mode not in allowed:
        yield Problem("operationMode", "mode_not_allowed")
    if allowed and not mode:
        yield Problem("operationMode", "missing")
    if code in REAL_WEIGHT_ONLY and row.get("weightIsEstimate") == "ESTIME":
        yield Problem("weightIsEstimate", "real_weight_only")


def _party_rules(row: Row, who: str) -> Iterator[Problem]:
    kind = row.get(f"{who}Type", "")
    if not kind:
        return
    if kind == "COMMUNES":
        if who == "initialEmitterCompany" and not row.get("initialEmitterMunicipalitiesInseeCodes"):
            yield Problem("initialEmitterMunicipalitiesInseeCodes", "missing")
        return
    for part in ("OrgId", "Name", "Address", "PostalCode", "City", "CountryCode"):
        if not row.get(f"{who}{part}"):
            yield Problem(f"{who}{part}", "missing")
    if code := _org_id(kind, row.get(f"{who}OrgId", "")):
        yield Problem(f"{who}OrgId", code)


def _org_id(kind: str, said: str) -> str:
    if not said:
        return ""
    if kind == FRENCH:
        return _siret(said)
    if kind == "ASSOCIATION":
        return "" if re.fullmatch(r"W[0-9]{9}", said) else "bad_rna"
    if kind == "ENTREPRISE_UE":
        return "" if vat_number.is_valid(said) else "bad_vat"
    return ""


def _postal_rules(row: Row) -> Iterator[Problem]:
    """Five digits wherever the address is French."""
    for key in (key for key in columns() if key.endswith("PostalCode")):
        said, stem = row.get(key, ""), key.removesuffix("PostalCode")
        is_french = row.get(f"{stem}Type") == FRENCH or row.get(f"{stem}CountryCode") == "FR"
        if said and is_french and not re.fullmatch(r"[0-9]{5}", said):
            yield Problem(key, "bad_postal_code")


def _other_parties(row: Row) -> Iterator[Problem]:
    """A SIRET never comes without its name, nor a broker's or a dealer's without its receipt."""
    for who, needed in (
        ("ecoOrganisme", ("ecoOrganismeName",)),
        ("brokerCompany", ("brokerCompanyName", "brokerRecepisseNumber")),
        ("traderCompany", ("traderCompanyName", "traderRecepisseNumber")),
    ):
        for key in needed:
            if row.get(f"{who}Siret") and not row.get(key):
                yield Problem(key, "missing")


def _needs_carrier(row: Row, n: int) -> bool:
    said = any(value for key, value in row.items() if key.startswith(f"transporter{n}"))
    return said or (n == 1 and row.get("isDirectSupply") != "OUI")


def _carrier_rules(row: Row, who: str, *, is_needed: bool) -> Iterator[Problem]:
    if not is_needed:
        return
    for part in ("TransportMode", "CompanyType"):
        if not row.get(f"{who}{part}"):
            yield Problem(f"{who}{part}", "missing")
    yield from _party_rules({f"{who}CompanyType": FRENCH, **_filled(row)}, f"{who}Company")
    is_french = row.get(f"{who}CompanyType") == FRENCH
    is_exempt = row.get(f"{who}RecepisseIsExempted") == "OUI"
    if is_french and not is_exempt and not row.get(f"{who}RecepisseNumber"):
        yield Problem(f"{who}RecepisseNumber", "missing")


def _filled(row: Row) -> dict[str, str]:
    return {key: value for key, value in row.items() if value}


def tonnes(said: str) -> Decimal:
    """A weight as it is written, with a point or a comma."""
    try:
        return Decimal(said.replace(",", "."))
    except InvalidOperation:
        return Decimal(0)


def oldest(today: date) -> date:
    """The first day that may still be declared: 18 months back."""
    month = add_months(month_of(today), -MONTHS_BACK)
    return first_day(month).replace(day=min(today.day, last_day(month).day))


@cache
def waste_codes() -> frozenset[str]:
    """The waste codes that we know, without spaces."""
    return frozenset(row["code"].replace(" ", "") for row in reference.rows("waste_codes"))


@cache
def treatments() -> dict[str, dict[str, str]]:
    """Treatment code without spaces → what the shipped list says of it."""
    return {row["code"].replace(" ", ""): row for row in reference.rows("treatment_codes")}
