"""The shop's acts: a ticket that moves what it sells to reuse, and what is given back of it.

A shop without tickets notes what its day brought.
"""

from sales.services.noting import cancel_takings, note_takings
from sales.services.refunding import refund_sale, share, share_back
from sales.services.selling import Discount, Paid, Wanted, priced, record_sale, weigh

__all__ = [
    "Discount",
    "Paid",
    "Wanted",
    "cancel_takings",
    "note_takings",
    "priced",
    "record_sale",
    "refund_sale",
    "share",
    "share_back",
    "weigh",
]
