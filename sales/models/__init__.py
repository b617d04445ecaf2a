"""Tills, prices, tickets: what was sold, for how much, and what of it was given back.

Tickets and refunds are written once: triggers refuse any change, a refund is a row of its own.
"""

from sales.models.refunds import Refund, RefundLine, taken_cents
from sales.models.shop import PriceKey, Till
from sales.models.tickets import Method, Payment, Sale, SaleLine, WeightSource

WRITTEN_ONCE = {  # table → the row that a new one would replace
    "sales_sale": "id = NEW.id OR movement_id = NEW.movement_id",
    "sales_saleline": "id = NEW.id OR flow_id = NEW.flow_id"
    " OR (sale_id = NEW.sale_id AND position = NEW.position)",
    "sales_payment": "id = NEW.id",
    "sales_refund": "id = NEW.id OR movement_id = NEW.movement_id",
    "sales_refundline": "id = NEW.id OR (refund_id = NEW.refund_id AND line_id = NEW.line_id)",
}

__all__ = [
    "WRITTEN_ONCE",
    "Method",
    "Payment",
    "PriceKey",
    "Refund",
    "RefundLine",
    "Sale",
    "SaleLine",
    "Till",
    "WeightSource",
    "taken_cents",
]
