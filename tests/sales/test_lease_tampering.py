"""What a tablet wrote is proven: every changed column of an envelope or a lease is found."""

import io

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from inventory.models import Verb
from sales.models import Envelope, JournalEntry, TillLease
from sales.services import Count, close_session
from tests.sales.device import Device, mob
from tests.sales.test_tampering import _other, faults, tamper
from tests.written_once import hold, refused

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("in_english")]


@pytest.fixture(autouse=True)
def _undone(db):
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def device(counter, entry, world):
    """A tablet's day, closed, and its till given up with a hole."""
    close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))
    device = Device(world.canal, world.cashier).hold("C1")
    device.open()
    _path, sale = device.sale(mob(1_000, weight_g=500), total=1_000)
    device.refund(sale["id"], 1, 1_000)
    device.close({"5000": 2})
    device.send()
    return device


@pytest.fixture
def over(device, api, world):
    """The same, its till given up with a hole."""
    path = "sales/tills/C1/retirement"
    answer = api(world.anna).post(path, last_seq=9, reason="volée")
    assert answer.status_code == 201
    return device


# A key that nothing else names says nothing; a reason may name somebody.
SAYS_NOTHING = {("sales_envelope", "id"), ("sales_tilllease", "reason")}
COLUMNS = [
    (model._meta.db_table, field.column, field.get_internal_type())
    for model in (Envelope, TillLease)
    for field in model._meta.concrete_fields
    if (model._meta.db_table, field.column) not in SAYS_NOTHING
]


def test_a_right_lease_has_no_fault(over):
    assert faults() == []


@pytest.mark.parametrize(("table", "column", "kind"), COLUMNS)
@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_every_changed_column_is_found(over, table, column, kind, order):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {column} FROM {table} ORDER BY id {order} LIMIT 1")
        row, value = cursor.fetchone()
    other = _other(column, kind, value)
    quoted = f"'{other}'" if isinstance(other, str) else str(other).upper()
    tamper(f"UPDATE {table} SET {column} = {quoted} WHERE id = {row}")
    assert faults()


@pytest.mark.parametrize("seq", [1, 2, 3, 4])
def test_a_removed_envelope_is_found(over, seq):
    tamper(f"DELETE FROM sales_envelope WHERE seq = {seq}")
    assert "the envelope of the event" in [why for _wrong, _seq, why in faults()]


def test_two_envelopes_that_changed_places_are_found(over):
    tamper(
        "UPDATE sales_envelope SET seq = 99 WHERE seq = 2",
        "UPDATE sales_envelope SET seq = 2 WHERE seq = 3",
        "UPDATE sales_envelope SET seq = 3 WHERE seq = 99",
    )
    assert {wrong for wrong, _seq, _why in faults()} == {"altered"}


def test_a_lease_that_is_gone_is_found(over):
    tamper("DELETE FROM sales_envelope", "DELETE FROM sales_tilllease")
    assert ("missing", JournalEntry.objects.filter(kind="lease").first().seq) in [
        (wrong, seq) for wrong, seq, _why in faults()
    ]


def test_an_envelope_added_behind_the_journal_is_found(over):
    tamper("UPDATE sales_envelope SET event_id = 987654 WHERE seq = 2")
    whys = [why for _wrong, _seq, why in faults()]
    assert any(why.startswith("the event of envelope") for why in whys)


def test_a_ticket_on_paper_tells_of_a_tail_that_was_never_sent(device):
    """What the tablet printed, and wiped from its queue."""
    device.open()
    device.send()
    device.sale(mob(1_000), total=1_000)
    printed = device.prev
    kept = Envelope.objects.get(number="C1-000001").hash
    anchors = [f"navette/canal/C1:C1-000001:{kept[:8]}", f"navette/canal/C1:C1-000003:{printed}"]
    said = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("caisse_verify", anchor=anchors, database="default", stdout=said)
    assert "ticket C1-000003, which is on paper" in said.getvalue()
    assert "C1-000001" not in said.getvalue()
    other = "navette/canal/C1:C1-000001:00000000"
    with pytest.raises(SystemExit):
        call_command("caisse_verify", anchor=[other], database="default", stdout=said)
    assert "ticket C1-000001 has another hash on paper" in said.getvalue()


# What the database refuses by itself


def test_an_envelope_stays_as_it_was_written(device):
    connection.check_constraints()  # as a commit does: else PostgreSQL truncates nothing anyway
    hold("sales_envelope", "body = ''", match="ledger")


def _next(**other):
    last, lease = Envelope.objects.latest("seq"), TillLease.objects.get()
    fields = {
        "event": JournalEntry.objects.filter(kind="lease").first(),
        "lease": lease,
        "till": lease.till,
        "seq": last.seq + 1,
        "body": "{}",
        "hash": "0" * 64,
    }
    return Envelope(**{**fields, **other})


@pytest.mark.parametrize("seq", [4, 6, 0])
def test_only_the_next_envelope_of_a_till_is_taken(device, seq):
    refused(lambda: _next(seq=seq).save(force_insert=True), "ledger")


def test_postgresql_reckons_the_hash_of_an_envelope_itself(device):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no SHA-256: caisse_verify tells")
    refused(lambda: _next().save(force_insert=True), "not that of the envelope")


@pytest.mark.parametrize(
    "change", ["first_seq = 2", "station_id = station_id + 1", "ended_id = NULL", "last_seq = 3"]
)
def test_a_lease_that_ended_stays_so(over, change):
    refused(f"UPDATE sales_tilllease SET {change}", "ledger")


@pytest.mark.parametrize("change", ["first_seq = 2", "prev_hash = 'x'", "public_key = 'x'"])
def test_a_lease_only_ends(device, change):
    refused(f"UPDATE sales_tilllease SET {change}", "ledger")


def test_a_lease_is_not_removed(device):
    refused("DELETE FROM sales_tilllease", "written once")
