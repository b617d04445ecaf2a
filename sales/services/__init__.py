"""The shop's acts: a ticket that moves what it sells to reuse, and what is given back of it."""

from sales.services.refunding import refund_sale, share, share_back
from sales.services.selling import Discount, Paid, Wanted, priced, record_sale, weigh

__all__ = [
    "Discount",
    "Paid",
    "Wanted",
    "priced",
    "record_sale",
    "refund_sale",
    "share",
    "share_back",
    "weigh",
]
