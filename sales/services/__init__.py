"""The shop's acts: a ticket that moves what it sells to reuse, and what is given back of it.

A shop without tickets notes what its day brought.
"""

from sales.reductions import Discount
from sales.services.around import Opening, abandon, open_drawer
from sales.services.asking import Paid, SoldAs, Wanted, Whole
from sales.services.buyers import add_buyer, change_buyer, erase_buyer
from sales.services.closing import Count
from sales.services.handing import hand_out
from sales.services.invoicing import issue_invoice
from sales.services.leasing import Retired, give_back, lease_till, retire_till
from sales.services.members import for_buyer
from sales.services.noting import cancel_takings, note_takings
from sales.services.periods import close_months, next_month, stands_open
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
    close_session,
    move_cash,
    open_session,
)
from sales.services.settling import cancel_payment, settle_invoice
from sales.services.slips import Drawn, cancel_slip, erase_drawers, remit_cash, remit_cheques
from sales.services.terms import set_vat
from sales.services.training import rehearse_refund, rehearse_sale

__all__ = [
    "MOST_CENTS",
    "MOST_PIECES",
    "PIECES",
    "Count",
    "Discount",
    "Drawn",
    "EnvelopeDiffersError",
    "Opening",
    "Paid",
    "Retired",
    "Sent",
    "SoldAs",
    "Wanted",
    "Whole",
    "abandon",
    "add_buyer",
    "cancel_payment",
    "cancel_slip",
    "cancel_takings",
    "change_buyer",
    "close_months",
    "close_session",
    "erase_buyer",
    "erase_drawers",
    "for_buyer",
    "give_back",
    "hand_out",
    "issue_invoice",
    "lease_till",
    "move_cash",
    "next_month",
    "note_difference",
    "note_spell",
    "note_takings",
    "open_drawer",
    "open_envelope",
    "open_session",
    "priced",
    "record_sale",
    "refund_sale",
    "rehearse_refund",
    "rehearse_sale",
    "remit_cash",
    "remit_cheques",
    "require_same_envelope",
    "retire_till",
    "set_vat",
    "settle_invoice",
    "share",
    "share_back",
    "spread",
    "stands_open",
    "weigh",
]
