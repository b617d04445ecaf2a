"""Claims: a gram by one éco-organisme at most, what is left told, and nothing forgotten."""

import csv
import io
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.ledger import Entry, Leg, post
from inventory.models import (
    Account,
    Category,
    EcoOrganisme,
    EprStream,
    Flow,
    Kind,
    Method,
    Place,
    Verb,
)
from organisation.models import Submission
from organisation.submissions import submit
from reporting.models import ClaimedFlow, ClaimRelease, EprClaim
from reporting.registers import claims
from reporting.registers.claims import Claim
from reporting.registers.quarters import Quarter
from tests.conftest import NOON
from tests.databases import at_once
from tests.reporting.declared import refused, submission_of
from tests.written_once import hold
from tests.written_once import refused as refused_by_the_database

Q1 = Quarter(2026, 1)
FURNITURE = "EA"


@pytest.fixture
def contracts(world):
    """Two éco-organismes for furniture."""
    made = {}
    for code in ("ecomaison", "valdelia"):
        row = EcoOrganisme.objects.create(organisation=world.navette, code=code, name=code.title())
        row.streams.set(EprStream.objects.filter(code=FURNITURE))
        made[code] = row
    return made


@pytest.fixture
def claim(world, contracts):
    def made(who="ecomaison", stream=FURNITURE, quarter=Q1, fates=(Kind.REUSE,)):
        return claims.claim(
            wanted=Claim(contracts[who], EprStream.objects.get(code=stream), quarter, tuple(fates)),
            sites=[world.canal, world.gare],
            author=world.anna,
            submission=submission_of(world.navette),
        )

    return made


@pytest.fixture
def release(world):
    def made(claim, reason="refused"):
        return claims.release(
            claim=claim,
            reason=reason,
            author=world.anna,
            submission=submission_of(world.navette),
        )

    return made


@pytest.fixture
def give(world, books):
    """Let furniture be given away."""

    def given(grams, on="2026-03-10", site=None, code="MOB", **more):
        there = books.at(site or world.canal)
        return books.book(there.bulk, there.reuse, code, grams, on, verb=Verb.GIVE, **more)

    return given


def left(world, quarter=Q1):
    rows = claims.in_quarter([world.canal, world.gare], quarter)
    return {(row.stream, row.fate): (row.left_g, row.left_units) for row in rows}


def test_a_claim_takes_all_that_left_of_a_stream_in_the_quarter(world, claim, give):
    give(10_000, "2026-01-01", units=2)
    give(5_000, "2026-03-31", site=world.gare, units=1)
    give(700, "2026-04-01")  # the next quarter
    give(900, code="TEX")  # another stream

    made = claim()

    assert (made.weight_g, made.units) == (15_000, 3)
    assert left(world) == {(FURNITURE, "reuse"): (0, 0), ("TLC", "reuse"): (900, 0)}


def test_what_is_claimed_of_one_is_not_claimed_of_the_other(claim, give):
    give(10_000)
    claim("ecomaison")

    refused("nothing_left_to_claim", lambda: claim("valdelia"))


def test_only_the_fates_that_are_named_are_claimed(world, books, claim, give):
    give(10_000)
    there = books.at(world.canal)
    books.book(there.bulk, there.recycling, "MOB", 4_000)

    made = claim(fates=(Kind.RECYCLING,))

    assert made.weight_g == 4_000
    assert left(world)[FURNITURE, "reuse"] == (10_000, 0)
    assert claim("valdelia").weight_g == 10_000


def test_what_comes_late_is_claimed_afterwards(world, claim, give):
    give(10_000)
    claim()
    give(3_000)

    assert left(world)[FURNITURE, "reuse"] == (3_000, 0)
    assert claim("valdelia").weight_g == 3_000


def test_what_comes_back_takes_its_grams_off_its_own_quarter(world, books, claim, give):
    movement = give(10_000, "2026-03-10")
    assert claim().weight_g == 10_000
    give(2_000, "2026-04-20")
    books.undo(movement, "2026-04-21")

    april = Quarter(2026, 2)

    # a reversal takes the original's day while its month is open
    assert left(world)[FURNITURE, "reuse"] == (-10_000, 0)
    assert claim(quarter=april).weight_g == 2_000
    assert claim().weight_g == -10_000


def test_a_stream_without_a_contract_is_not_claimed(claim, give):
    give(900, code="TEX")

    refused("stream_not_under_contract", lambda: claim(stream="TLC"))


def test_a_quarter_where_nothing_left_has_nothing_to_claim(claim):
    refused("nothing_left_to_claim", claim)


def test_a_released_claim_stays_on_record_and_frees_its_grams(world, claim, release, give):
    give(10_000)
    first = claim("ecomaison")
    release(first, "Convention échue")

    second = claim("valdelia")

    assert second.weight_g == first.weight_g == 10_000
    assert EprClaim.objects.count() == 2
    assert ClaimedFlow.objects.count() == 2
    assert ClaimRelease.objects.get().reason == "Convention échue"
    assert [row.claimed for row in claims.in_quarter([world.canal], Q1)] == [
        {"Valdelia": [10_000, 0]}
    ]


def test_a_claim_is_released_once(claim, release, give):
    give(10_000)
    made = claim()
    release(made)

    refused("already_released", lambda: release(made))


@pytest.mark.parametrize(
    ("code", "key", "start", "end"),
    [
        ("2026-Q1", 20261, date(2026, 1, 1), date(2026, 3, 31)),
        ("2024-Q4", 20244, date(2024, 10, 1), date(2024, 12, 31)),
    ],
)
def test_a_quarter_is_three_months(code, key, start, end):
    quarter = Quarter.read(code)

    assert (quarter.key, Quarter.of_key(key)) == (key, quarter)
    assert (quarter.period.start, quarter.period.end) == (start, end)
    assert Quarter.of_day(start) == Quarter.of_day(end) == quarter
    assert quarter.code == code


@pytest.mark.parametrize("said", ["2026", "2026-Q5", "2026Q1", "1999-Q1", ""])
def test_what_is_no_quarter_is_refused(said):
    refused("bad_quarter", lambda: Quarter.read(said))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("give"), st.integers(1, 50_000)),
        st.tuples(st.just("claim"), st.sampled_from(["ecomaison", "valdelia"])),
        st.tuples(st.just("release"), st.integers(0, 5)),
        st.tuples(st.just("undo"), st.integers(0, 5)),
    ),
    min_size=1,
    max_size=15,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_claimed_and_left_always_add_up_to_what_left(db, steps):
    with transaction.atomic():
        _walk(steps)
        transaction.set_rollback(True)


def _walk(steps):
    """Give, claim, release and undo as told; after each step the sums must agree."""
    from tests.conftest import build_world
    from tests.reporting.conftest import Books

    world = build_world()
    books = Books(world, lambda organisation=None: submission_of(organisation or world.navette))
    there, stream = books.at(world.canal), EprStream.objects.get(code=FURNITURE)
    who = {}
    for code in ("ecomaison", "valdelia"):
        who[code] = EcoOrganisme.objects.create(
            organisation=world.navette, code=code, name=code.title()
        )
        who[code].streams.set([stream])
    gifts, total_g, codes = [], 0, set()
    for act, what in steps:
        standing = list(EprClaim.objects.filter(release=None).order_by("pk"))
        if act == "give":
            gifts.append(books.book(there.bulk, there.reuse, "MOB", what, verb=Verb.GIVE))
            total_g += what
        elif act == "undo" and what < len(gifts):
            gift = gifts.pop(what)
            total_g -= sum(flow.weight_g for flow in gift.flows.all())
            books.undo(gift)
        elif act == "release" and what < len(standing):
            claims.release(
                claim=standing[what],
                reason="x",
                author=world.anna,
                submission=submission_of(world.navette),
            )
        elif act == "claim":
            wanted = Claim(who[what], stream, Q1)
            try:
                with transaction.atomic():
                    claims.claim(
                        wanted=wanted,
                        sites=[world.canal],
                        author=world.anna,
                        submission=submission_of(world.navette),
                    )
            except ValidationError as refusal:
                codes.add(refusal.code)
        assert codes <= {"nothing_left_to_claim"}
        claimed_g = sum(claim.weight_g for claim in EprClaim.objects.filter(release=None))
        rows = claims.in_quarter([world.canal], Q1)
        assert sum(row.weight_g for row in rows) == total_g
        assert sum(row.left_g for row in rows) == total_g - claimed_g


# What the database itself refuses


@pytest.mark.database
def test_the_database_refuses_a_second_claim_of_a_flow(world, claim, contracts, give):
    give(10_000)
    first = claim()
    second = _empty_claim(world, contracts["valdelia"])
    flow = Flow.objects.get(claimed__claim=first)

    refused_by_the_database(
        lambda: ClaimedFlow.objects.create(claim=second, flow=flow), "flow|UNIQUE|written once"
    )


@pytest.mark.database
def test_the_database_refuses_to_change_a_claim(claim, release, give):
    give(10_000)
    made = claim()
    release(made)
    connection.check_constraints()  # as a commit does: else PostgreSQL truncates nothing anyway

    hold("reporting_eprclaim", "weight_g = 1")
    hold("reporting_claimrelease", "reason = 'x'")


@pytest.mark.database
def test_the_database_lets_a_claimed_flow_be_released_once_and_by_its_own_claim(
    world, claim, release, contracts, give
):
    give(10_000)
    made = claim()
    other = _empty_claim(world, contracts["valdelia"])
    foreign = release(other)
    held = ClaimedFlow.objects.get()

    def set_release(value):
        return lambda: ClaimedFlow.objects.filter(pk=held.pk).update(release=value)

    refused_by_the_database(set_release(foreign), "released, once")
    refused_by_the_database(
        lambda: ClaimedFlow.objects.filter(pk=held.pk).update(claim=other), "released, once"
    )
    own = release(made)
    refused_by_the_database(set_release(None), "released, once")
    refused_by_the_database(set_release(own), "released, once")
    refused_by_the_database("DELETE FROM reporting_claimedflow", "written once")


@pytest.mark.database
def test_the_database_refuses_to_claim_what_is_somebody_elses(world, contracts, books):
    there = books.at(world.quai)
    books.book(there.bulk, there.reuse, "MOB", 500, verb=Verb.GIVE)
    theirs = Flow.objects.get(movement__site=world.quai)
    ours = _empty_claim(world, contracts["ecomaison"])

    refused_by_the_database(
        lambda: ClaimedFlow.objects.create(claim=ours, flow=theirs), "its own structure"
    )


def _empty_claim(world, who):
    return EprClaim.objects.create(
        submission=submission_of(world.navette),
        organisation=world.navette,
        eco_organisme=who,
        stream=EprStream.objects.get(code=FURNITURE),
        quarter=Q1.key,
        fates=["reuse"],
        weight_g=0,
        units=0,
        claimed_at=NOON,
        author=world.anna,
    )


@pytest.mark.database
def test_of_two_claims_of_the_same_quarter_at_once_one_wins(own_database):
    world = own_database
    stream = EprStream.objects.get(code=FURNITURE)
    rivals = []
    for code in ("ecomaison", "valdelia"):
        row = EcoOrganisme.objects.create(organisation=world.navette, code=code, name=code)
        row.streams.set([stream])
        rivals.append(row)
    _give_in(world, 10_000)

    def claim_as(who):
        try:
            return submit(
                claim=Submission(
                    organisation=world.navette, uuid=submission_uuid(), endpoint="test/claim"
                ),
                content=who.code,
                record=lambda submission: str(
                    claims.claim(
                        wanted=Claim(who, stream, Q1),
                        sites=[world.canal],
                        author=world.anna,
                        submission=submission,
                    ).pk
                ),
            )
        except ValidationError as refusal:
            return refusal.code

    answers = at_once(*[lambda who=who: claim_as(who) for who in rivals * 3])

    codes = [answer for answer in answers if isinstance(answer, str)]
    assert len(codes) == 5
    assert set(codes) <= {"nothing_left_to_claim", "claimed_meanwhile"}
    assert ClaimedFlow.objects.filter(release=None).count() == 1
    assert EprClaim.objects.get().weight_g == 10_000


def submission_uuid():
    from uuid import uuid4

    return uuid4()


def _give_in(world, grams):
    bulk = Account.stock(Place.objects.main(world.canal))
    reuse = Account.exit(world.canal, Kind.REUSE)
    chairs = Category.objects.get(code="MOB", organisation=None)
    entry = Entry(world.canal, Verb.GIVE, submission_of(world.navette), world.sorter, NOON)
    post(entry=entry, legs=[Leg(bulk, reuse, chairs, grams, Method.WEIGHED)])


# Pages and API


def test_a_director_claims_on_the_page_and_reads_what_is_left(world, contracts, give, reader):
    give(12_345)
    browser = reader(world.anna)
    form = {
        "id": "6f1f0c9e-57a1-4f0e-9c1c-0000000000bb",
        "quarter": "2026-Q1",
        "eco_organisme": "ecomaison",
        "stream": FURNITURE,
        "fates": "reuse",
    }

    for _time in range(2):
        assert browser.post("/bilan/registres/eco-organismes/reclamer/", form).status_code == 302
    shown = browser.get("/bilan/registres/eco-organismes/", {"quarter": "2026-Q1"})
    answer = browser.get("/bilan/registres/eco-organismes/trimestre.csv", {"quarter": "2026-Q1"})

    rows = list(csv.reader(io.StringIO(b"".join(answer).decode()[1:]), delimiter=";"))
    assert EprClaim.objects.get().weight_g == 12_345
    assert "0,012" in shown.content.decode()
    assert [row[4:] for row in rows[1:]] == [
        ["Ecomaison", "12,345", "0"],
        ["non réclamé", "0,000", "0"],
    ]


def test_a_form_that_lacks_a_stream_is_told(world, contracts, reader):
    answer = reader(world.anna).post(
        "/bilan/registres/eco-organismes/reclamer/", {"quarter": "2026-Q1"}
    )

    assert answer.status_code == 422


def test_a_claim_is_released_on_the_page_with_a_reason(world, claim, give, reader):
    give(10_000)
    made = claim()
    browser = reader(world.anna)
    url = f"/bilan/registres/eco-organismes/{made.submission.uuid}/liberer/"

    browser.post(url, {"reason": ""})
    assert not ClaimRelease.objects.exists()
    browser.post(url, {"reason": "Erreur de filière"})

    assert ClaimRelease.objects.get().reason == "Erreur de filière"


def test_claims_over_http(world, contracts, give, api):
    give(12_345, units=3)
    director = api(world.anna)
    asked = {"eco_organisme": "ecomaison", "stream": FURNITURE, "quarter": "2026-Q1"}

    made = director.post("reporting/claims", **asked)
    twice = director.post("reporting/claims", **asked)
    told = director.get("reporting/unclaimed", quarter="2026-Q1").json()

    assert (made.status_code, made.json()["weight_g"], made.json()["units"]) == (201, 12_345, 3)
    assert (twice.status_code, twice.json()["detail"][0]["type"]) == (422, "nothing_left_to_claim")
    assert [(row["weight_g"], row["left_g"]) for row in told["items"]] == [(12_345, 0)]
    released = director.post(f"reporting/claims/{made.json()['id']}/release", reason="refused")
    assert (released.status_code, released.json()["released"]) == (201, True)
    assert director.get("reporting/claims").json()["items"] == [released.json()]


def test_a_manager_may_not_claim(world, contracts, give, api):
    give(1_000)

    answer = api(world.manager).post(
        "reporting/claims", eco_organisme="ecomaison", stream=FURNITURE, quarter="2026-Q1"
    )

    assert answer.status_code == 403
