"""The fiscal journal: what is chained, how, and what the database refuses of it."""

import hashlib
import json

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from inventory.models import Verb
from sales import journal
from sales.models import Chain, JournalEntry, Kind, Method
from sales.models.journal import GENESIS
from sales.services import Paid, Wanted, refund_sale
from tests.sales.conftest import mob
from tests.written_once import hold, refused

pytestmark = pytest.mark.database


@pytest.fixture
def tickets(sold, chair, counter, entry):
    """A ticket of 45 €, one of 7 €, and 20 € given back of the first."""
    first = sold(mob(1_000, quantity=3, weight_g=900), Wanted(item=chair))
    second = sold(mob(700, weight_g=500), paid=[Paid(Method.CARD, 300), Paid(Method.CASH, 500)])
    back = refund_sale(
        entry=entry(Verb.RETURN),
        till=counter.till,
        sale=first,
        quantities={first.lines.get(position=1): 2},
        method=Method.CASH,
    )
    return first, second, back


def test_each_event_names_the_hash_of_the_one_before(tickets):
    """Written a second time, as an inspector's program would."""
    before = "0" * 64
    for seq, event in enumerate(JournalEntry.objects.order_by("seq"), start=1):
        text = f"tracerie/journal/1\n{before}\n{event.body}"
        assert (event.seq, event.prev_hash) == (seq, before)
        before = hashlib.sha256(text.encode("utf-8")).hexdigest()
        assert event.hash == before
    chain = Chain.objects.get()
    assert (chain.name, chain.last_seq, chain.last_hash) == ("navette/canal/C1", 4, before)


def test_what_was_ever_sold_runs_through_the_events(tickets):
    bodies = [json.loads(event.body) for event in JournalEntry.objects.order_by("seq")]
    assert [body["perpetual_cents"] for body in bodies] == [0, 4_500, 5_200, 3_200]
    assert [body["perpetual_abs_cents"] for body in bodies] == [0, 4_500, 5_200, 7_200]


def test_a_ticket_is_chained_whole_and_nobody_is_named(tickets, world):
    first, _second, _back = tickets
    body = json.loads(first.event.body)
    data = body.pop("data")
    assert body["kind"] == "sale"
    assert body["operator"] == world.anna.pk
    assert data["number"] == first.movement.number
    assert data["payments"] == [["cash", 10_000]]
    assert data["change_cents"] == 5_500
    assert [line["weight_g"] for line in data["lines"]] == [900, 4_200]
    assert [line["total_cents"] for line in data["lines"]] == [3_000, 1_500]
    assert data["lines"][1]["item"] == first.lines.get(position=2).item.codes.get().code
    assert "anna" not in first.event.body.lower()


def test_a_refund_names_its_ticket_and_its_lines(tickets):
    first, _second, back = tickets
    data = json.loads(back.event.body)["data"]
    assert data["of"] == first.movement.number
    assert data["lines"] == [
        {
            "n": 1,
            "nature": "goods",
            "category": "MOB",
            "quantity": 2,
            "amount_cents": 2_000,
            "weight_g": 600,
        }
    ]


def test_each_till_has_a_chain_of_its_own(sold, counter, world):
    other = type(counter.till).objects.create(
        organisation=world.navette, site=world.canal, code="C2", name="Caisse 2"
    )
    sold(mob())
    sold(mob(), till=other)
    heads = Chain.objects.order_by("name").values_list("name", "last_seq")
    assert list(heads) == [("navette/canal/C1", 2), ("navette/canal/C2", 2)]


def test_a_ticket_that_is_refused_leaves_no_event(sold):
    with pytest.raises(ValidationError, match="couvrent pas"):
        sold(mob(), paid=[Paid(Method.CARD, 1)])
    assert [each.kind for each in JournalEntry.objects.all()] == ["session_open"]


# One way to write a body


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**53) + 1, 2**53 - 1)
        | st.text(st.characters(exclude_categories=["Cs"])),
        lambda each: st.lists(each) | st.dictionaries(st.sampled_from("abcde"), each),
    )
)
def test_a_body_read_back_is_written_the_same(value):
    text = journal.canonical(value)
    assert journal.canonical(json.loads(text)) == text


@pytest.mark.parametrize("value", [1.5, 2**53, "\ud800", {"a": {1.0}}, b"x"])
def test_what_has_no_one_way_to_be_written_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        journal.canonical(value)


def test_text_is_composed_and_keys_are_sorted():
    assert journal.canonical({"b": 1, "a": "e\u0301"}) == '{"a":"\u00e9","b":1}'


# What the database refuses


@pytest.fixture
def written(tickets):
    connection.check_constraints()  # as a commit does: else PostgreSQL truncates nothing anyway


def test_an_event_stays_as_it_was_chained(written):
    hold("sales_journalentry", "body = ''", match="ledger")


def _next(**other):
    """An event that would follow, but for ``other``."""
    head = Chain.objects.get()
    body = '{"v":1}'
    fields = {
        "chain": head,
        "seq": head.last_seq + 1,
        "uuid": "00000000-0000-4000-8000-000000000001",
        "kind": Kind.SALE,
        "body": body,
        "prev_hash": head.last_hash,
        "hash": journal.hash_of(head.last_hash, body.encode()),
    }
    return JournalEntry(**{**fields, **other})


@pytest.mark.parametrize(
    "other",
    [{"seq": 4}, {"seq": 6}, {"seq": 0}, {"prev_hash": GENESIS}, {"chain_id": "navette/canal/C9"}],
)
def test_only_the_next_event_of_a_chain_is_taken(written, other):
    refused(lambda: _next(**other).save(force_insert=True), "ledger")


def test_the_next_event_is_taken(written):
    _next().save(force_insert=True)


def test_postgresql_reckons_the_hash_itself(written):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no SHA-256: caisse_verify tells")
    refused(lambda: _next(hash="0" * 63 + "1").save(force_insert=True), "not that of the body")


@pytest.mark.parametrize(
    "change",
    [
        "last_seq = last_seq - 1",
        "last_seq = last_seq + 1",
        "last_seq = 0, last_hash = '" + GENESIS + "'",
        "last_hash = '" + GENESIS + "'",
        "name = 'navette/canal/C9'",
        "perpetual_cents = 0",
        "till_id = NULL",
    ],
)
def test_the_head_of_a_chain_never_goes_back_or_astray(written, change):
    refused(f"UPDATE sales_chain SET {change}", "ledger")


def test_the_head_is_not_removed_or_replaced(written):
    columns = ", ".join(field.column for field in Chain._meta.concrete_fields)
    refused("DELETE FROM sales_chain", "written once")
    values = columns.replace("last_seq", "0").replace("last_hash", f"'{GENESIS}'")
    values = values.replace("perpetual_cents", "0").replace("perpetual_abs_cents", "0")
    upsert = f"INSERT INTO sales_chain ({columns}) SELECT {values} FROM sales_chain WHERE true"
    refused(f"{upsert} ON CONFLICT (name) DO UPDATE SET last_seq = 0", "ledger")
    if connection.vendor == "sqlite":
        refused(upsert.replace("INSERT", "INSERT OR REPLACE", 1), "ledger")
    else:
        refused("TRUNCATE sales_chain CASCADE", "written once")


def test_a_chain_begins_at_nothing(world, counter):
    chain = Chain(
        name="x", organisation=world.navette, site=world.canal, till=counter.till, last_seq=4
    )
    refused(lambda: chain.save(force_insert=True), "begins at nothing")
