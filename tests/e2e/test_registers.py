"""The registers in a browser: read, declared, claimed and released; axe finds nothing."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from inventory.ledger import Entry
from inventory.models import Category, EcoOrganisme, EprStream, Kind, Verb, WasteCode
from inventory.services import Departure, StockLine, ship
from organisation.models import Organisation
from reporting.models import ClaimRelease, Declaration
from reporting.registers.quarters import Quarter
from tests.e2e.looks import faults
from tests.reporting.declared import furnish_papers, submission_of

pytestmark = pytest.mark.browser


@pytest.fixture
def gone(own_database):
    """Textiles that left for a recycler, and a gift of furniture."""
    world = furnish_papers(own_database)
    for verb, code, to in (
        (Verb.SHIP, "TEX", Departure(Kind.RECYCLING, world.gebetex, _waste("20 01 10"))),
        (Verb.SHIP, "TEX", Departure(Kind.DISPOSAL, world.gebetex, _waste("20 01 11"))),
        (Verb.GIVE, "TEX", Departure(Kind.REUSE)),
    ):
        submission = submission_of(world.navette)
        entry = Entry(world.canal, verb, submission, world.anna, timezone.now())
        lines = [StockLine(Category.objects.get(code=code, organisation=None), 12_345)]
        ship(entry=entry, departure=to, lines=lines)
    EcoOrganisme.objects.get(code="refashion").streams.set(EprStream.objects.filter(code="TLC"))
    Organisation.objects.filter(pk=world.navette.pk).update(lists_objects=True)
    return world


def _waste(code):
    return WasteCode.objects.get(code=code)


def test_registers_fit_and_axe_finds_nothing(visit, gone, violations):
    with visit("/bilan/registres/", login="anna") as page:
        assert faults(page, violations) == []
        for address in ("dechets", "objets", "trackdechets", "eco-organismes"):
            page.goto(f"/bilan/registres/{address}/")
            assert faults(page, violations) == [], address


def test_a_file_is_made_and_taken_back(visit, gone, violations):
    with visit("/bilan/registres/trackdechets/", login="anna") as page:
        page.get_by_role("button", name="Préparer le fichier").click()
        expect(page.locator("#files")).to_be_visible()
        assert Declaration.objects.standing().count() == 1
        assert faults(page, violations) == []
        page.get_by_role("button", name="Il n’a pas été envoyé").click()
        expect(page.get_by_text("1 ligne à envoyer")).to_be_visible()
        assert Declaration.objects.standing().count() == 0


def test_a_claim_is_made_and_released(visit, gone, violations):
    quarter = Quarter.of_day(timezone.localdate()).code
    with visit(f"/bilan/registres/eco-organismes/?quarter={quarter}", login="anna") as page:
        page.select_option("#id_eco_organisme", "refashion")
        page.select_option("#id_stream", "TLC")
        page.get_by_role("button", name="Réclamer").click()
        expect(page.locator("#made")).to_be_visible()
        assert faults(page, violations) == []
        page.get_by_text("Libérer", exact=True).click()
        page.get_by_label("Pourquoi").fill("Convention échue")
        page.get_by_role("button", name="Libérer cette réclamation").click()
        expect(page.get_by_text("Convention échue")).to_be_visible()
        assert ClaimRelease.objects.count() == 1
