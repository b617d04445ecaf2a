"""The shop's acts: a ticket that moves what it sells to reuse, and what is given back of it.

A shop without tickets notes what its day brought.
"""

from sales.reductions import Discount
from sales.services.around import Opening, abandon, open_drawer
from sales.services.asking import Paid, Wanted, Whole
from sales.services.handing import hand_out
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
from sales.services.slips import Drawn, cancel_slip, erase_drawers, remit_cash, remit_cheques
from sales.services.terms import set_vat
from sales.services.training import rehearse_sale

__all__ = [
    "MOST_CENTS",
    "MOST_PIECES",
    "PIECES",
    "Count",
    "Discount",
    "Drawn",
    "Opening",
    "Paid",
    "Wanted",
    "Whole",
    "abandon",
    "cancel_slip",
    "cancel_takings",
    "close_session",
    "erase_drawers",
    "hand_out",
    "move_cash",
    "note_takings",
    "open_drawer",
    "open_session",
    "priced",
    "record_sale",
    "refund_sale",
    "rehearse_sale",
    "remit_cash",
    "remit_cheques",
    "set_vat",
    "share",
    "share_back",
    "spread",
    "weigh",
]
