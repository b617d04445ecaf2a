"""Technical events: what happens around tickets, chained like them."""

import json
from dataclasses import replace

import pytest

from inventory.models import Verb
from sales import journal
from sales.journal import technical
from sales.journal.technical import Code
from sales.journal.verify import findings
from sales.models import Chain, Copy, JournalEntry, Kind
from sales.services import Count, close_session, hand_out
from tests.sales.conftest import mob

pytestmark = pytest.mark.database


def faults():
    return [
        (each.wrong, each.seq, each.why)
        for each in findings(chains=Chain.objects.all(), anchors={}, using="default")
        if "trigger" not in each.why
    ]


def said(kind=Kind.JET):
    """What the events of a kind say, in their order."""
    events = JournalEntry.objects.filter(kind=kind).order_by("pk")
    return [json.loads(event.body)["data"] for event in events]


def test_another_person_at_the_till_is_noted_before_what_they_sell(sold, counter, entry, world):
    first = sold(mob())
    by_cashier = replace(entry(Verb.SELL), author=world.cashier)
    close_session(entry=by_cashier, till=counter.till, count=Count({}))
    [told] = said()
    assert told == {
        "code": 80,
        "what": "person",
        "by": world.cashier.pk,
        "before": world.anna.pk,
    }
    event = JournalEntry.objects.get(kind=Kind.JET)
    assert (event.chain_id, event.seq) == ("navette/canal/C1", first.event.seq + 1)
    assert faults() == []


def test_the_same_person_is_not_noted_again(sold):
    sold(mob())
    sold(mob())
    assert said() == []


def test_another_version_of_the_program_is_noted_at_the_next_event(sold, monkeypatch):
    sold(mob())
    monkeypatch.setattr(journal, "SOFTWARE", "tracerie/9.9")
    sold(mob())
    assert said() == [{"code": 250, "what": "version", "before": "tracerie/1.0"}]
    assert faults() == []


def test_the_journal_of_a_site_says_where_it_begins(counter, world, entry):
    technical.note(entry=entry(Verb.SELL), code=Code.EXPORT, facts={"of": "fec"})
    technical.note(entry=entry(Verb.SELL), code=Code.EXPORT, facts={"of": "fec"})
    assert [told["code"] for told in said()] == [260, 110, 110]
    assert Chain.objects.get(till=None).name == "navette/canal/SITE"
    assert faults() == []


def test_between_two_sessions_a_till_notes_what_happens(sold, counter, entry):
    sale = sold(mob())
    close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))
    hand_out(entry=entry(Verb.SELL), sale=sale, way=Copy.Way.PDF)
    sold(mob())
    assert faults() == []


def test_what_is_handed_out_while_somebody_counts_does_not_make_them_count_again(
    sold, counter, entry
):
    sale = sold(mob())
    seen = Chain.objects.get().last_seq
    hand_out(entry=entry(Verb.SELL), sale=sale, way=Copy.Way.PRINT)
    closing = close_session(
        entry=entry(Verb.SELL), till=counter.till, count=Count({}), last_seq=seen
    )
    assert closing.figures["last_seq"] == seen + 1
    assert faults() == []


# Tickets handed out


def test_the_first_is_the_original_and_the_others_are_duplicates(sold, entry):
    sale = sold(mob())
    for way in Copy.Way:
        hand_out(entry=entry(Verb.SELL), sale=sale, way=way)
    assert said(Kind.REPRINT) == [
        {"of": sale.movement.number, "n": 0, "way": "print"},
        {"of": sale.movement.number, "n": 1, "way": "pdf"},
        {"of": sale.movement.number, "n": 2, "way": "mail"},
    ]
    assert faults() == []


def test_each_ticket_has_its_own_original(sold, entry):
    for sale in (sold(mob()), sold(mob())):
        assert hand_out(entry=entry(Verb.SELL), sale=sale, way=Copy.Way.PRINT).number == 0
