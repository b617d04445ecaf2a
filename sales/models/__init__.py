"""Tills, prices, tickets: what was sold, for how much, and what of it was given back.

Tickets, refunds and the takings of a day are written once: triggers refuse any change, a refund and
a cancellation are rows of their own.
"""

from sales.models.accounts import BookAccount
from sales.models.buyers import Buyer, MemberPeriod
from sales.models.copies import Copy
from sales.models.counter import ParkedTicket, Visitors
from sales.models.days import DayPayment, DayTakings
from sales.models.invoices import Invoice, InvoiceParty, InvoicePayment
from sales.models.issuers import VoucherIssuer
from sales.models.journal import AT_TILL, SIGNED, TECHNICAL, Chain, JournalEntry, Kind
from sales.models.leases import Envelope, TillLease
from sales.models.lines import Flag, SaleLine, WeightSource
from sales.models.mails import ClosingMail
from sales.models.periods import PeriodClosing
from sales.models.reductions import Reduction
from sales.models.refunds import Refund, RefundLine, taken_cents
from sales.models.sessions import CashMove, Closing, TillSession
from sales.models.settings import ShopSettings
from sales.models.shop import Nature, PriceKey, PriceMode, Till
from sales.models.slips import BankSlip, BankSlipLine, ChequeDrawer
from sales.models.tickets import Method, Payment, Sale
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
    "sales_periodclosing": "id = NEW.id OR event_id = NEW.event_id"
    " OR (site_id = NEW.site_id AND kind = NEW.kind AND first_day = NEW.first_day)",
    "sales_copy": "id = NEW.id OR event_id = NEW.event_id"
    " OR (sale_id = NEW.sale_id AND number = NEW.number)",
    "sales_bankslip": "id = NEW.id OR submission_id = NEW.submission_id"
    " OR reverses_id = NEW.reverses_id OR (site_id = NEW.site_id AND rank = NEW.rank)"
    " OR (move_id = NEW.move_id AND turn = NEW.turn)",
    "sales_bankslipline": "id = NEW.id OR (payment_id = NEW.payment_id AND turn = NEW.turn)",
    "sales_voucher": "id = NEW.id OR code = NEW.code",
    "sales_envelope": "id = NEW.id OR event_id = NEW.event_id"
    " OR (till_id = NEW.till_id AND (seq = NEW.seq OR number = NEW.number))",
    "sales_vatterms": "id = NEW.id OR event_id = NEW.event_id",
    "sales_invoice": "id = NEW.id OR event_id = NEW.event_id OR refund_id = NEW.refund_id"
    " OR (sale_id = NEW.sale_id AND refund_id IS NULL AND NEW.refund_id IS NULL)"
    " OR (organisation_id = NEW.organisation_id AND year = NEW.year AND serial = NEW.serial"
    " AND (refund_id IS NULL) = (NEW.refund_id IS NULL))",
    "sales_invoicepayment": "id = NEW.id OR submission_id = NEW.submission_id"
    " OR reverses_id = NEW.reverses_id",
    "sales_daytakings": "id = NEW.id OR submission_id = NEW.submission_id"
    " OR reverses_id = NEW.reverses_id",
    "sales_daypayment": "id = NEW.id OR (takings_id = NEW.takings_id AND method = NEW.method)",
}

__all__ = [
    "AT_TILL",
    "SIGNED",
    "TECHNICAL",
    "WRITTEN_ONCE",
    "BankSlip",
    "BankSlipLine",
    "BookAccount",
    "Buyer",
    "CashMove",
    "Chain",
    "ChequeDrawer",
    "Closing",
    "ClosingMail",
    "Copy",
    "DayPayment",
    "DayTakings",
    "Envelope",
    "Flag",
    "Invoice",
    "InvoiceParty",
    "InvoicePayment",
    "JournalEntry",
    "Kind",
    "MemberPeriod",
    "Method",
    "Nature",
    "ParkedTicket",
    "Payment",
    "PeriodClosing",
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
    "VoucherIssuer",
    "WeightSource",
    "taken_cents",
]
