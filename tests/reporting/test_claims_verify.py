"""``verify`` names every claim that somebody has tampered with, and no other."""

import pytest
from django.db import connection

from inventory import triggers
from inventory.models import EcoOrganisme, EprStream, Flow, Kind, Verb
from inventory.verify import differences
from reporting.models import ClaimedFlow, EprClaim
from reporting.registers import claims
from reporting.registers.claims import Claim
from reporting.registers.quarters import Quarter
from tests.reporting.declared import submission_of

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def claimed(world, books):
    """A gift and half of its return claimed by one, released, and claimed again by another."""
    there, codes = books.at(world.canal), ("ecomaison", "valdelia")
    for code in codes:
        row = EcoOrganisme.objects.create(organisation=world.navette, code=code, name=code)
        row.streams.set(EprStream.objects.filter(code="EA"))
    books.book(there.bulk, there.reuse, "MOB", 10_000, "2026-03-10", units=2, verb=Verb.GIVE)
    books.book(there.reuse, there.bulk, "MOB", 4_000, "2026-03-12", units=1, verb=Verb.RETURN)
    books.book(there.bulk, there.reuse, "TEX", 700, "2026-03-13", verb=Verb.GIVE)

    def act(code):
        return claims.claim(
            wanted=Claim(
                EcoOrganisme.objects.get(code=code),
                EprStream.objects.get(code="EA"),
                Quarter(2026, 1),
                (Kind.REUSE,),
            ),
            sites=[world.canal],
            author=world.anna,
            submission=submission_of(world.navette),
        )

    first = act("ecomaison")
    given_up = claims.release(
        claim=first, reason="x", author=world.anna, submission=submission_of(world.navette)
    )
    return {"first": first, "second": act("valdelia"), "release": given_up}


def tamper(*statements):
    triggers.drop(connection)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    triggers.install(connection)


def test_claims_as_they_were_made_are_right(claimed):
    assert claimed["second"].weight_g == 6_000
    assert differences() == []


@pytest.mark.parametrize(("column", "found"), [("weight_g", "9 g, 1 u"), ("units", "6000 g, 9 u")])
def test_a_sum_that_is_not_that_of_its_flows_is_named(claimed, column, found):
    pk = claimed["second"].pk
    tamper(f"UPDATE reporting_eprclaim SET {column} = 9 WHERE id = {pk}")

    [said] = differences()

    assert said == (f"sum of a claim {pk} valdelia EA 20261: 6000 g, 1 u expected, {found} found")


def test_a_flow_that_two_claim_is_named_with_its_grams(claimed):
    flow = Flow.objects.get(weight_g=10_000)
    tamper(
        "DROP INDEX flow_claimed_once",
        f"UPDATE reporting_claimedflow SET release_id = NULL WHERE flow_id = {flow.pk}",
    )

    said = differences()

    double = f"claimed of a flow {flow.movement.number} n° {flow.pk}"
    assert f"{double}: ≤ 10000 g expected, 20000 g found" in said
    assert [line.partition(":")[0] for line in said if "release of a claim" in line] == [
        f"release of a claim {claimed['first'].pk} ecomaison EA 20261 n° {flow.pk}"
    ]
    assert len(said) == 2


def test_a_flow_of_another_stream_is_named_and_so_is_the_sum(claimed):
    textiles = Flow.objects.get(weight_g=700)
    made = claimed["second"]
    tamper(
        f"INSERT INTO reporting_claimedflow (claim_id, flow_id) VALUES ({made.pk}, {textiles.pk})"
    )

    flow, total = sorted(differences())

    assert flow == (
        f"flow of a claim {made.pk} valdelia EA 20261 {textiles.movement.number}:"
        " EA 20261 expected, TLC 20261 found"
    )
    assert total.endswith("6700 g, 1 u expected, 6000 g, 1 u found")


@pytest.mark.parametrize(("field", "value"), [("quarter", "20252"), ("fates", "'[\"recycling\"]'")])
def test_flows_of_another_quarter_or_fate_are_named(claimed, field, value):
    tamper(f"UPDATE reporting_eprclaim SET {field} = {value} WHERE id = {claimed['second'].pk}")

    said = differences()

    assert len(said) == ClaimedFlow.objects.filter(claim=claimed["second"]).count() == 2
    assert all(line.startswith("flow of a claim") for line in said)


def test_a_release_that_frees_no_flow_is_named(claimed):
    again = claims.release(
        claim=claimed["second"],
        reason="x",
        author=None,
        submission=submission_of(claimed["second"].organisation),
    )
    tamper(f"UPDATE reporting_claimedflow SET release_id = NULL WHERE release_id = {again.pk}")

    assert len(differences()) == 2
    assert EprClaim.objects.filter(release__isnull=False).count() == 2
