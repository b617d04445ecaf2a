"""The shop's acts: a ticket that moves what it sells to reuse, and what is given back of it.

A shop without tickets notes what its day brought.
"""

from sales.reductions import Discount
from sales.services.around import Opening, abandon, open_drawer
from sales.services.asking import Paid, Wanted, Whole
from sales.services.buyers import add_buyer, change_buyer, erase_buyer
from sales.services.handing import hand_out
from sales.services.invoicing import issue_invoice
from sales.services.members import for_buyer
from sales.services.noting import cancel_takings, note_takings
from sales.services.refunding import refund_sale, share, share_back
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
from sales.services.training import rehearse_sale

__all__ = [
    "MOST_CENTS",
    "MOST_PIECES",
    "PIECES",
    "Count",
    "Discount",
    "Opening",
    "Paid",
    "Wanted",
    "Whole",
    "abandon",
    "add_buyer",
    "cancel_takings",
    "change_buyer",
    "close_session",
    "erase_buyer",
    "for_buyer",
    "hand_out",
    "issue_invoice",
    "move_cash",
    "note_takings",
    "open_drawer",
    "open_session",
    "priced",
    "record_sale",
    "refund_sale",
    "rehearse_sale",
    "set_vat",
    "share",
    "share_back",
    "spread",
    "weigh",
]
