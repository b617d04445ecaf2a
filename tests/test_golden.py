"""Two real published years go in and come out as published, to the gram."""

import json
from datetime import date
from pathlib import Path

import pytest

from config.imports import import_flows
from inventory import reference
from organisation.models import Organisation
from reporting.indicators import diversion
from reporting.periods import Period
from reporting.scopes import Scope

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
