"""Two real published years go in and come out as published, to the gram."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from config.imports import import_flows
from inventory import reference
from organisation.models import Organisation
from reporting.indicators import diversion
from reporting.opendata.recalculer import hundredths
from reporting.periods import Period
from reporting.scopes import Scope
from tests.independent import recomputed
from tests.reporting.raw import exported, narrowed, told

CASES = Path(__file__).parent / "cases"
EXPECTED = json.loads((CASES / "expected.json").read_text(encoding="utf-8"))
SCOPES = [
    (case, code)
    for case, expected in EXPECTED.items()
    for code in (None, *expected.get("sites", ()))
]


@pytest.fixture
def structure(db):
    organisation = Organisation.objects.create(code="essai", name="Essai")
    reference.furnish(organisation)
    return organisation


@pytest.mark.parametrize(("case", "code"), SCOPES)
def test_a_published_year_comes_out_as_published(structure, case, code):
    content = (CASES / f"{case}.csv").read_bytes()
    import_flows(content=content, organisation=structure, create=True)
    expected = EXPECTED[case]
    period = Period(date.fromisoformat(expected["from"]), date.fromisoformat(expected["to"]))
    sites = structure.sites.filter(code=code) if code else structure.sites.all()
    figures = diversion(scope=Scope.of_sites(sites), period=period)
    wanted = expected["sites"][code] if code else expected["all"]
    assert {key: figures[key] for key in wanted} == wanted


@pytest.mark.parametrize(("case", "code"), SCOPES)
def test_a_stranger_finds_a_published_year_in_the_raw_export(structure, tmp_path, case, code):
    content = (CASES / f"{case}.csv").read_bytes()
    import_flows(content=content, organisation=structure, create=True)
    expected = EXPECTED[case]
    days = {"start": expected["from"], "end": expected["to"]}
    everywhere = list(structure.sites.select_related("organisation"))
    sites = [site for site in everywhere if code in (None, site.code)]

    found = recomputed(exported(everywhere), tmp_path, sites=[s.code for s in sites], **days)

    published = expected["sites"][code] if code else expected["all"]
    ours = told(sites, Period(*map(date.fromisoformat, days.values())))
    assert {key: found[key] for key in published} == published
    assert narrowed(found, ours) == ours


with (CASES / "rounding.csv").open(encoding="utf-8") as lines:
    ROUNDED = [{name: int(n) for name, n in row.items()} for row in csv.DictReader(lines)]


@pytest.mark.parametrize("row", ROUNDED)
def test_a_stranger_rounds_as_we_do(row):
    names = ("reuse", "recycling", "disposal")
    assert hundredths([row[f"{name}_g"] for name in names]) == [row[name] for name in names]
