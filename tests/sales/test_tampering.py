"""Whoever holds the database may change it; the journal's proof finds what was changed."""

import io
import json
import random
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from inventory import triggers
from inventory.models import Verb
from sales.journal import Event, append, canonical, hash_of, hold
from sales.journal.signatures import signed, unsigned
from sales.journal.verify import findings
from sales.models import (
    CashMove,
    Chain,
    Closing,
    Copy,
    JournalEntry,
    Kind,
    Method,
    Payment,
    PeriodClosing,
    Refund,
    RefundLine,
    Regime,
    Sale,
    SaleLine,
    TillSession,
    VatTerms,
)
from sales.services import (
    Count,
    close_months,
    close_session,
    hand_out,
    move_cash,
    refund_sale,
    set_vat,
)
from tests.sales.conftest import mob
from tests.sales.test_journal import tickets  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("in_english")]


@pytest.fixture(autouse=True)
def _undone(db):
    """What a test broke would not pass the checks of its own end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def faults(**anchors):
    """``[(wrong, number of the event, why)]``, triggers aside."""
    said = {"navette/canal/C1": {int(seq[1:]): start for seq, start in anchors.items()}}
    found = findings(chains=Chain.objects.all(), anchors=said, using="default")
    return [(each.wrong, each.seq, each.why) for each in found if "trigger" not in each.why]


def tamper(*statements):
    """As somebody who may do anything: no trigger, no constraint stands in the way."""
    if connection.vendor == "postgresql" and not triggers.missing(connection):
        connection.check_constraints()  # those that wait for a commit keep their table as it is
    triggers.drop(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            _without_constraints(cursor)
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount, f"nothing was changed by {statement}"
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def _without_constraints(cursor):
    cursor.execute(
        "SELECT conrelid::regclass, conname FROM pg_constraint"
        " WHERE contype IN ('c', 'f') AND conrelid::regclass::text LIKE 'sales_%'"
    )
    for table, name in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def test_a_right_journal_has_no_fault(tickets):  # noqa: F811
    assert faults() == []


# Every column of every chained row, and of every row that tells the same

ROWS = (
    Chain,
    JournalEntry,
    Sale,
    SaleLine,
    Payment,
    Refund,
    RefundLine,
    TillSession,
    CashMove,
    Closing,
    PeriodClosing,
    Copy,
    VatTerms,
)
# A key that nothing else names says nothing: only its row's order does. Notes may name somebody.
SAYS_NOTHING = {
    ("sales_payment", "id"),
    ("sales_refundline", "id"),
    ("sales_cashmove", "id"),
    ("sales_cashmove", "note"),
    ("sales_cashmove", "recorded_at"),
    ("sales_closing", "id"),
    ("sales_closing", "note"),
    ("sales_periodclosing", "id"),
    ("sales_copy", "id"),
    ("sales_vatterms", "id"),
}
COLUMNS = [
    (model._meta.db_table, field.column, field.get_internal_type())
    for model in ROWS
    for field in model._meta.concrete_fields
    if (model._meta.db_table, field.column) not in SAYS_NOTHING
]
TEXTS = {"CharField", "TextField", "UUIDField"}


def _other(column, kind, value):
    """Another value of the column, which its unique constraints would take."""
    if column in ("flow_id", "key_id", "item_id", "till_id") and value is None:
        return 987_654
    if kind == "BooleanField":
        return not value
    if kind == "DateField":
        return "2020-02-29"
    if kind == "DateTimeField":
        return "2020-02-29 12:00:00+00:00"
    if kind == "UUIDField":
        return str(value).translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
    if kind == "JSONField":
        return json.dumps([[2_000, 100, 17]] if column == "vat" else {"": 2_001})
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1:] != "0" else "1") if value else "x"
    return 987_654 if value is None else value + 1_000


@pytest.fixture
def day(tickets, counter, entry):  # noqa: F811
    """The whole day of a till, closed: 5 € taken out for change, 1 € too little at the end."""
    hand_out(entry=entry(Verb.SELL), sale=tickets[0], way=Copy.Way.PRINT)
    terms = entry(Verb.SELL)
    set_vat(entry=terms, since=terms.day, regime=Regime.NORMAL, rates={"": 2_000})
    move_cash(
        entry=entry(Verb.SELL),
        till=counter.till,
        kind=CashMove.Kind.PURCHASE,
        amount_cents=-500,
    )
    count = Count({5_000: 2, 500: 1, 100: 3, 50: 1}, {Method.CARD: 300})
    closing = close_session(entry=entry(Verb.SELL), till=counter.till, count=count)
    close_months(entry=entry(Verb.SELL, at=timezone.now() + timedelta(days=400)))  # a year, too
    return closing


def test_a_right_day_has_no_fault(day):
    assert faults() == []


def test_every_changed_column_is_found(day):
    missed = []
    for table, column, kind in COLUMNS:
        with transaction.atomic():
            changed = _change(table, column, kind)
            if not faults():
                missed.append(changed)
            transaction.set_rollback(True)
    assert missed == []
    assert faults() == []


def _change(table, column, kind):
    with connection.cursor() as cursor:
        key = "name" if table == "sales_chain" else "id"
        cursor.execute(f"SELECT {key}, {column} FROM {table} ORDER BY {key} LIMIT 1")
        row, value = cursor.fetchone()
    other = _other(column, kind, value)
    quoted = f"'{other}'" if isinstance(other, str) else str(other).upper()
    tamper(f"UPDATE {table} SET {column} = {quoted} WHERE {key} = '{row}'")
    return f"{table}.{column}: {value!r} → {other!r}"


# Rows that are gone, or elsewhere


@pytest.mark.parametrize("seq", [1, 2, 3, 4])
def test_a_removed_event_is_found_and_named(tickets, seq):  # noqa: F811
    tamper(f"DELETE FROM sales_journalentry WHERE seq = {seq}")
    assert ("missing", seq, f"events {seq} to {seq}") in faults()


def test_two_events_that_changed_places_are_found(tickets):  # noqa: F811
    tamper(
        "UPDATE sales_journalentry SET seq = 9 WHERE seq = 1",
        "UPDATE sales_journalentry SET seq = 1 WHERE seq = 2",
        "UPDATE sales_journalentry SET seq = 2 WHERE seq = 9",
    )
    wrong = {seq for found, seq, _why in faults() if found == "altered"}
    assert {1, 2, 3} <= wrong


@pytest.mark.parametrize("table", ["sales_saleline", "sales_payment", "sales_refundline"])
def test_a_removed_row_of_a_ticket_is_found(tickets, table):  # noqa: F811
    tamper(f"DELETE FROM {table}")
    assert (
        "altered",
        2 if table != "sales_refundline" else 4,
        "rows that say otherwise than it",
    ) in (faults())


def test_a_ticket_whose_rows_are_all_gone_is_found(tickets):  # noqa: F811
    tamper(
        "DELETE FROM sales_payment WHERE sale_id = (SELECT MAX(id) FROM sales_sale)",
        "DELETE FROM sales_saleline WHERE sale_id = (SELECT MAX(id) FROM sales_sale)",
        "DELETE FROM sales_sale WHERE id = (SELECT MAX(id) FROM sales_sale)",
    )
    assert faults() == [("missing", 3, "the rows of the event")]


def test_a_ticket_added_behind_the_journal_is_found(tickets):  # noqa: F811
    tamper("DELETE FROM sales_journalentry WHERE seq = 4")
    assert ("missing", 0, f"the event of refund {Refund.objects.get().pk}") in faults()


def _cut(seq):
    """The journal and its rows as they were after an event: nobody forgets the head."""
    tamper(
        "DELETE FROM sales_refundline",
        "DELETE FROM sales_refund",
        f"DELETE FROM sales_journalentry WHERE seq > {seq}",
        f"UPDATE sales_chain SET last_seq = {seq}, perpetual_cents = 5200,"
        " perpetual_abs_cents = 5200, last_hash ="
        f" (SELECT hash FROM sales_journalentry WHERE seq = {seq})",
    )


def test_a_tail_that_was_cut_off_is_found_by_what_was_written_down_outside(tickets):  # noqa: F811
    """As where the file of a backup took the place of the database: within, all is right."""
    _first, _second, back = tickets
    told = back.event.hash[:8]
    assert faults(_4=told) == []
    _cut(3)
    assert faults() == []
    assert faults(_4=told) == [("missing", 4, "the event that an anchor names")]


def test_a_journal_written_anew_is_found_by_what_was_written_down_outside(
    tickets,  # noqa: F811
    counter,
    entry,
):
    first, _second, back = tickets
    told = back.event.hash[:8]
    _cut(3)
    triggers.install(connection)
    refund_sale(
        entry=entry(Verb.RETURN),
        till=counter.till,
        sale=first,
        quantities={first.lines.get(position=1): 1},
        method=Method.CASH,
    )
    assert faults() == []
    assert faults(_4=told) == [("altered", 4, "an anchor outside names another hash")]


def test_each_missing_trigger_is_named(tickets):  # noqa: F811
    drop = "DROP TRIGGER tracerie_journal_next_guard"
    with connection.cursor() as cursor:
        cursor.execute(drop + ("" if connection.vendor == "sqlite" else " ON sales_journalentry"))
    [found] = findings(chains=[], anchors={}, using="default")
    assert (found.wrong, found.why) == ("missing", "trigger tracerie_journal_next_guard")


def test_a_trigger_that_was_emptied_is_named(tickets):  # noqa: F811
    name = "tracerie_sales_journalentry_" + (
        "update" if connection.vendor == "sqlite" else "change"
    )
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE ON sales_journalentry BEGIN SELECT 1; END"
            )
        else:
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                " 'BEGIN RETURN NEW; END'"
            )
    assert [each.why for each in findings(chains=[], anchors={}, using="default")] == [
        f"trigger {name}"
    ]


def test_a_recipe_that_is_not_known_is_told_apart(tickets, counter, entry, monkeypatch):  # noqa: F811
    monkeypatch.setattr("sales.journal.RECIPE", 9)
    head = hold(counter.till)
    append(head=head, entry=entry(Verb.SELL), event=Event(Kind.SALE, {}))
    assert ("unverifiable", 5, "recipe 9 is not known") in faults()


# Bits


FLIPS = 1_000


def _flipped(body, rng):
    raw = bytearray(body.encode())
    raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return bytes(raw)


def test_each_of_a_thousand_flipped_bits_is_found(tickets):  # noqa: F811
    """On SQLite as stored bytes, text or not; PostgreSQL refuses to store what is no text."""
    rng, tried = random.Random(2026), 0  # noqa: S311
    triggers.drop(connection)
    bodies = dict(JournalEntry.objects.values_list("seq", "body"))
    while tried < FLIPS:
        flips = {seq: _flipped(body, rng) for seq, body in bodies.items()}
        if connection.vendor == "postgresql":
            flips = {seq: raw for seq, raw in flips.items() if _is_text(raw)}
        with transaction.atomic(), connection.cursor() as cursor:
            for seq, raw in flips.items():
                cursor.execute(*_store(raw, seq))
            found = {at for _wrong, at, _why in faults()}
            transaction.set_rollback(True)
        assert flips.keys() <= found
        tried += len(flips)


def _is_text(raw):
    try:
        return "\0" not in raw.decode()
    except UnicodeDecodeError:
        return False


def _store(raw, seq):
    if connection.vendor == "sqlite":
        hexed = raw.hex()
        return (f"UPDATE sales_journalentry SET body = CAST(x'{hexed}' AS TEXT) WHERE seq = {seq}",)
    return "UPDATE sales_journalentry SET body = %s WHERE seq = %s", [raw.decode(), seq]


# The command


def run(*arguments):
    out = io.StringIO()
    try:
        call_command("caisse_verify", *arguments, database="default", stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_the_command_says_that_all_is_well(tickets):  # noqa: F811
    code, said = run()
    assert (code, said) == (0, "4 events, 1 chains: the journal is whole.\n")


def test_the_command_ends_in_1_with_what_is_wrong(tickets):  # noqa: F811
    tamper("UPDATE sales_sale SET total_cents = 1 WHERE total_cents = 700")
    triggers.install(connection)
    code, said = run("--till", "C1")
    assert code == 1
    assert re.search(r"^altered · navette/canal/C1 n° 3 · rows that say otherwise", said, re.M)


def test_the_command_takes_a_hash_from_a_ticket(tickets):  # noqa: F811
    first, *_rest = tickets
    right = f"navette/canal/C1:2:{first.event.hash[:8]}"
    assert run("--anchor", right)[0] == 0
    assert run("--anchor", "navette/canal/C1:2:00000000")[0] == 1
    assert run("--anchor", "navette/canal/C1:44:00000000")[0] == 1


@pytest.mark.parametrize("said", ["C1", "C1:1:abc", "C9:1:00000000", "C1:x:00000000"])
def test_an_anchor_that_cannot_be_read_is_told(tickets, said):  # noqa: F811
    with pytest.raises(CommandError):
        run("--anchor", said)


def test_a_till_without_a_journal_is_told(tickets):  # noqa: F811
    with pytest.raises(CommandError, match="C9"):
        run("--till", "C9")


def test_a_lot_of_tickets_is_proven_in_batches(sold):
    for _n in range(3):
        sold(mob())
    assert faults() == []


# Closings: their signature, the key, and what a period adds up


CLOSED = ("close_day", "close_month", "close_year")


def _forge(kind, change):
    """Somebody without the key writes the last closing of a kind anew, chained rightly."""
    event = JournalEntry.objects.filter(kind=kind).order_by("-pk").first()
    told = json.loads(event.body)
    change(told)
    body = canonical(told)
    digest = hash_of(event.prev_hash, body.encode())
    triggers.drop(connection)
    JournalEntry.objects.filter(pk=event.pk).update(body=body, hash=digest)
    return event


@pytest.mark.parametrize("kind", CLOSED)
def test_a_closing_written_anew_without_the_key_is_found(day, kind):
    event = _forge(kind, lambda told: told.update(at="2020-02-29T12:00:00Z"))
    assert ("altered", event.seq, "its signature") in faults()


@pytest.mark.parametrize("kind", CLOSED)
@pytest.mark.parametrize("signature", ["", "zz", "00" * 64, None])
def test_a_closing_without_its_signature_is_found(day, kind, signature):
    event = _forge(kind, lambda told: told["data"].update(signature=signature))
    assert ("altered", event.seq, "its signature") in faults()


@pytest.mark.parametrize("kind", CLOSED)
def test_a_closing_signed_by_another_key_is_found(day, kind, tmp_path, settings):
    def sign_again(told):
        settings.DATA_DIR = tmp_path
        forged = signed(event.prev_hash, {**told, "data": unsigned(told["data"])})
        told["data"] = forged["data"]

    event, before = (
        JournalEntry.objects.filter(kind=kind).order_by("-pk").first(),
        settings.DATA_DIR,
    )
    _forge(kind, sign_again)
    settings.DATA_DIR = before
    assert ("altered", event.seq, "signed by an unknown key") in faults()


@pytest.mark.parametrize("kind", ["close_month", "close_year"])
@pytest.mark.parametrize("name", ["total_cents", "year_cents", "perpetual_cents", "tickets"])
def test_a_period_that_does_not_add_up_is_found_even_where_the_key_signed_it(day, kind, name):
    def add_and_sign(told):
        told["data"][name] += 1_000
        told["data"] = signed(event.prev_hash, {**told, "data": unsigned(told["data"])})["data"]

    event = JournalEntry.objects.filter(kind=kind).order_by("-pk").first()
    _forge(kind, add_and_sign)
    assert ("altered", event.seq, "rows that say otherwise than it") in faults()


def test_a_month_whose_day_was_cut_out_is_found(day):
    month = PeriodClosing.objects.months().first()
    tamper("UPDATE sales_journalentry SET kind = 'sale' WHERE kind = 'close_day'")
    assert ("altered", month.event.seq, "rows that say otherwise than it") in faults()


def test_a_month_that_was_removed_is_found(day):
    month = PeriodClosing.objects.months().first()
    tamper(f"DELETE FROM sales_periodclosing WHERE id = {month.pk}")
    assert ("missing", month.event.seq, "the rows of the event") in faults()
