"""The shop's acts: a ticket that moves what it sells to reuse, and what is given back of it.

A shop without tickets notes what its day brought.
"""

from sales.reductions import Discount
from sales.services.asking import Paid, SoldAs, Wanted, Whole
from sales.services.leasing import Retired, give_back, lease_till, retire_till
from sales.services.noting import cancel_takings, note_takings
from sales.services.refunding import refund_sale, share, share_back
from sales.services.sealing import (
    EnvelopeDiffersError,
    Sent,
    note_difference,
    note_spell,
    open_envelope,
    require_same_envelope,
)
from sales.services.selling import (
    priced,
    record_sale,
    spread,
    weigh,
)
from sales.services.sessions import (
    MOST_CENTS,
    MOST_PIECES,
    PIECES,
    Count,
    close_session,
    move_cash,
    open_session,
)
from sales.services.terms import set_vat

__all__ = [
    "MOST_CENTS",
    "MOST_PIECES",
    "PIECES",
    "Count",
    "Discount",
    "EnvelopeDiffersError",
    "Paid",
    "Retired",
    "Sent",
    "SoldAs",
    "Wanted",
    "Whole",
    "cancel_takings",
    "close_session",
    "give_back",
    "lease_till",
    "move_cash",
    "note_difference",
    "note_spell",
    "note_takings",
    "open_envelope",
    "open_session",
    "priced",
    "record_sale",
    "refund_sale",
    "require_same_envelope",
    "retire_till",
    "set_vat",
    "share",
    "share_back",
    "spread",
    "weigh",
]
