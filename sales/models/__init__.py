"""Tills, prices, tickets: what was sold, for how much, and what of it was given back.

Tickets, refunds and the takings of a day are written once: triggers refuse any change, a refund and
a cancellation are rows of their own.
"""

from sales.models.counter import ParkedTicket, Visitors
from sales.models.days import DayPayment, DayTakings
from sales.models.journal import AT_TILL, TECHNICAL, Chain, JournalEntry, Kind
from sales.models.leases import Envelope, TillLease
from sales.models.reductions import Reduction
from sales.models.refunds import Refund, RefundLine, taken_cents
from sales.models.sessions import CashMove, Closing, TillSession
from sales.models.settings import ShopSettings
from sales.models.shop import Nature, PriceKey, PriceMode, Till
from sales.models.tickets import Flag, Method, Payment, Sale, SaleLine, WeightSource
from sales.models.vat import Regime, VatTerms
from sales.models.vouchers import Voucher

WRITTEN_ONCE = {  # table → the row that a new one would replace
    "sales_sale": "id = NEW.id OR movement_id = NEW.movement_id OR event_id = NEW.event_id",
    "sales_saleline": "id = NEW.id OR flow_id = NEW.flow_id"
    " OR (sale_id = NEW.sale_id AND position = NEW.position)",
    "sales_payment": "id = NEW.id",
    "sales_refund": "id = NEW.id OR movement_id = NEW.movement_id OR event_id = NEW.event_id",
    "sales_refundline": "id = NEW.id OR (refund_id = NEW.refund_id AND line_id = NEW.line_id)",
    "sales_tillsession": "id = NEW.id OR event_id = NEW.event_id"
    " OR (till_id = NEW.till_id AND number = NEW.number)",
    "sales_cashmove": "id = NEW.id OR event_id = NEW.event_id",
    "sales_closing": "id = NEW.id OR event_id = NEW.event_id OR session_id = NEW.session_id",
    "sales_voucher": "id = NEW.id OR code = NEW.code",
    "sales_envelope": "id = NEW.id OR event_id = NEW.event_id"
    " OR (till_id = NEW.till_id AND (seq = NEW.seq OR number = NEW.number))",
    "sales_vatterms": "id = NEW.id OR event_id = NEW.event_id",
    "sales_daytakings": "id = NEW.id OR submission_id = NEW.submission_id"
    " OR reverses_id = NEW.reverses_id",
    "sales_daypayment": "id = NEW.id OR (takings_id = NEW.takings_id AND method = NEW.method)",
}

__all__ = [
    "AT_TILL",
    "TECHNICAL",
    "WRITTEN_ONCE",
    "CashMove",
    "Chain",
    "Closing",
    "DayPayment",
    "DayTakings",
    "Envelope",
    "Flag",
    "JournalEntry",
    "Kind",
    "Method",
    "Nature",
    "ParkedTicket",
    "Payment",
    "PriceKey",
    "PriceMode",
    "Reduction",
    "Refund",
    "RefundLine",
    "Regime",
    "Sale",
    "SaleLine",
    "ShopSettings",
    "Till",
    "TillLease",
    "TillSession",
    "VatTerms",
    "Visitors",
    "Voucher",
    "WeightSource",
    "taken_cents",
]
