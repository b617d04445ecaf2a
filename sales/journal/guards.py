"""What the database refuses of the journal by itself: all but the next event of a chain."""

from inventory.triggers import Guard
from sales.journal import DOMAIN
from sales.journal.sealed import DOMAIN as ENVELOPE
from sales.models import WRITTEN_ONCE
from sales.models.journal import GENESIS

_HASHED = f"convert_to('{DOMAIN}' || chr(10) || NEW.prev_hash || chr(10) || NEW.body, 'UTF8')"

WRITTEN = {
    **WRITTEN_ONCE,
    "sales_journalentry": "id = NEW.id OR uuid = NEW.uuid"
    " OR (chain_id = NEW.chain_id AND (seq = NEW.seq OR prev_hash = NEW.prev_hash))",
    "sales_chain": "name = NEW.name",
    "sales_tilllease": "id = NEW.id OR begun_id = NEW.begun_id OR ended_id = NEW.ended_id"
    " OR (till_id = NEW.till_id AND ended_id IS NULL AND NEW.ended_id IS NULL)",
}
GROWING = ("sales_chain", "sales_tilllease")
_OF_LAST = "FROM sales_envelope e WHERE e.till_id = NEW.till_id ORDER BY e.seq DESC LIMIT 1"
_PREV = f"COALESCE((SELECT e.hash {_OF_LAST}), '{GENESIS}')"
_LIVE = (
    "SELECT 1 FROM sales_tilllease l"
    " WHERE l.id = NEW.lease_id AND l.till_id = NEW.till_id AND l.ended_id IS NULL"
)
_NEXT = f"COALESCE((SELECT e.seq {_OF_LAST}), 0) + 1"
_SEALED = f"convert_to('{ENVELOPE}' || chr(10) || {_PREV} || chr(10) || NEW.body, 'UTF8')"
GUARDS = {
    "journal_next": Guard(
        "sales_journalentry",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM sales_chain c WHERE c.name = NEW.chain_id"
        " AND c.last_seq = NEW.seq - 1 AND c.last_hash = NEW.prev_hash)",
        "not the next event of its chain",
    ),
    "journal_hash": Guard(
        "sales_journalentry",
        "INSERT",
        f"NEW.hash <> encode(sha256({_HASHED}), 'hex')",
        "the hash is not that of the body",
        ("postgresql",),  # SQLite knows no SHA-256
    ),
    "chain_start": Guard(
        "sales_chain",
        "INSERT",
        f"NEW.last_seq <> 0 OR NEW.last_hash <> '{GENESIS}'"
        " OR NEW.perpetual_cents <> 0 OR NEW.perpetual_abs_cents <> 0",
        "a chain begins at nothing",
    ),
    "chain_step": Guard(
        "sales_chain",
        "UPDATE",
        "NEW.name <> OLD.name OR NEW.last_seq <> OLD.last_seq + 1"
        " OR NEW.site_id <> OLD.site_id OR NEW.organisation_id <> OLD.organisation_id"
        " OR COALESCE(NEW.till_id, 0) <> COALESCE(OLD.till_id, 0)"
        " OR NOT EXISTS (SELECT 1 FROM sales_journalentry e WHERE e.chain_id = NEW.name"
        " AND e.seq = NEW.last_seq AND e.hash = NEW.last_hash)",
        "the head of a chain moves with an event",
    ),
    "lease_end": Guard(
        "sales_tilllease",
        "UPDATE",
        "OLD.ended_id IS NOT NULL OR NEW.ended_id IS NULL OR NEW.id <> OLD.id"
        " OR NEW.till_id <> OLD.till_id OR NEW.station_id <> OLD.station_id"
        " OR NEW.begun_id <> OLD.begun_id OR NEW.first_seq <> OLD.first_seq"
        " OR NEW.prev_hash <> OLD.prev_hash OR NEW.public_key <> OLD.public_key",
        "a lease only ends, once",
    ),
    "envelope_next": Guard(
        "sales_envelope",
        "INSERT",
        f"NEW.seq <> {_NEXT} OR NOT EXISTS ({_LIVE})",
        "not the next envelope of its till",
    ),
    "envelope_hash": Guard(
        "sales_envelope",
        "INSERT",
        f"NEW.hash <> encode(sha256({_SEALED}), 'hex')",
        "the hash is not that of the envelope",
        ("postgresql",),
    ),
}
