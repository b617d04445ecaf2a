"""Invoices and credit notes of tickets, and to whom: names are kept as long as the law asks."""

import hashlib
import json
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from organisation.models import Organisation, Site, Submission, User
from organisation.permissions import CallerRequest
from sales.models.buyers import Buyer
from sales.models.journal import JournalEntry
from sales.models.refunds import Refund
from sales.models.tickets import Method, Payment, Sale

KEPT_YEARS = 10  # C. com. art. L123-22
INVOICE, CREDIT_NOTE = "F", "A"


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def within(self, request: CallerRequest) -> Self:
        return self.filter(organisation=request.user.organisation_id)

    def called(self, number: str) -> Self:
        """The one of this number, such as ``F-2026-0001``, in a structure."""
        series, _dash, rest = number.partition("-")
        year, _dash, serial = rest.partition("-")
        is_one = all(part.isascii() and part.isdecimal() for part in (year, serial))
        if not is_one or len(rest) > 12 or series not in (INVOICE, CREDIT_NOTE):
            return self.none()
        rows = self.filter(year=int(year), serial=int(serial))
        return rows.filter(refund__isnull=series == INVOICE)

    def of_series(self, organisation: Organisation, *, credits: bool) -> Self:
        return self.filter(organisation=organisation, refund__isnull=not credits)

    def next_serial(self, organisation: Organisation, year: int, *, credits: bool) -> int:
        """The next number of a year, without a gap; the structure is held meanwhile."""
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        rows = self.of_series(organisation, credits=credits).filter(year=year)
        return (rows.aggregate(last=Max("serial"))["last"] or 0) + 1

    def with_owed(self) -> Self:
        """With ``owed_cents``, what was left for later and not refunded so, and ``is_settled``."""
        account = {"sale": OuterRef("sale"), "method": Method.ACCOUNT}
        later = Payment.objects.filter(**account).order_by().values("sale")
        back = Refund.objects.filter(**account).order_by().values("sale")
        left = Subquery(later.annotate(sum=Sum("amount_cents")).values("sum"))
        credited = Subquery(back.annotate(sum=Sum("total_cents")).values("sum"))
        standing = InvoicePayment.objects.standing().filter(invoice=OuterRef("pk"))
        return self.annotate(
            owed_cents=Coalesce(left, 0) - Coalesce(credited, 0),
            is_settled=Exists(standing),
        )

    def unpaid(self) -> Self:
        """Invoices of which something is still to be paid."""
        rows = self.with_owed().filter(refund=None, due_on__isnull=False)
        return rows.filter(owed_cents__gt=0, is_settled=False)

    def whole(self) -> Self:
        """With all that one says."""
        return self.select_related(
            "organisation",
            "event",
            "buyer",
            "party",
            "refund__movement",
            "sale__movement__site__organisation",
            "sale__till",
        )


class Invoice(models.Model):
    """A ticket as an invoice, or one of its refunds as a credit note. Its lines are theirs."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    event = models.OneToOneField(JournalEntry, models.PROTECT, related_name="invoice")
    sale = models.ForeignKey(Sale, models.PROTECT, related_name="invoices")
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, related_name="credit_note")
    buyer = models.ForeignKey(Buyer, models.PROTECT, related_name="invoices")
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    issued_on = models.DateField(_("issued on"))
    due_on = models.DateField(_("to be paid by"), null=True)  # none: paid already
    total_cents = models.PositiveBigIntegerField(_("total (cents)"))
    seller = models.TextField()  # as the structure was called then
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    owed_cents: int  # of those read ``with_owed``
    is_settled: bool

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year", "serial"],
                condition=Q(refund=None),
                name="invoice_number_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "year", "serial"],
                condition=Q(refund__isnull=False),
                name="credit_note_number_once",
            ),
            models.UniqueConstraint(
                fields=["sale"], condition=Q(refund=None), name="invoice_of_sale_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As it is called: ``F-2026-0001``, or ``A-2026-0001`` for a credit note."""
        series = CREDIT_NOTE if self.refund_id else INVOICE
        return f"{series}-{self.year}-{self.serial:04d}"

    @property
    def guarded_by(self) -> Site:
        return self.sale.movement.site


class InvoicePaymentQuerySet(models.QuerySet["InvoicePayment"]):
    def standing(self) -> Self:
        """Those that were not cancelled since."""
        return self.filter(reverses=None, reversed_by=None)


class InvoicePayment(models.Model):
    """An invoice that was paid, as the treasurer saw it. A mistake is cancelled by a counter row.

    The ticket said "later": this is no money of a till, and no part of the journal.
    """

    class Means(models.TextChoices):
        TRANSFER = "transfer", _("bank transfer")
        CHEQUE = "cheque", _("cheque")
        CARD = "card", _("card")
        CASH = "cash", _("cash")
        OTHER = "other", _("other means")

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    paid_on = models.DateField(_("paid on"))
    means = models.CharField(_("means"), max_length=12, choices=Means)
    amount_cents = models.BigIntegerField(_("amount (cents)"))
    recorded_at = models.DateTimeField(_("recorded at"))
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("cancels")
    )

    objects = InvoicePaymentQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("payment of an invoice")
        verbose_name_plural = _("payments of invoices")
        constraints = [
            models.CheckConstraint(
                name="invoice_payment_counts",
                condition=Q(reverses=None, amount_cents__gt=0)
                | Q(reverses__isnull=False, amount_cents__lt=0),
            )
        ]

    def __str__(self) -> str:
        return f"{self.invoice} {self.paid_on}"

    @property
    def guarded_by(self) -> Site:
        return self.invoice.guarded_by


class InvoiceParty(models.Model):
    """To whom an invoice is: apart, for it can be erased once the law no longer asks for it.

    The event keeps a digest of it; without its ``salt`` nobody can try names against that.
    """

    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="party")
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=300)
    siret = models.CharField(max_length=14, blank=True)
    salt = models.CharField(max_length=32)
    keep_until = models.DateField()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("recipient of an invoice")
        verbose_name_plural = _("recipients of invoices")

    def __str__(self) -> str:
        return self.name

    @property
    def digest(self) -> str:
        """What the event says of it."""
        said = [self.salt, self.name, self.address, self.siret, self.keep_until.isoformat()]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()

    @classmethod
    def keeps(cls, day: date) -> date:
        """How long one of ``day`` is kept: ten years from the end of its year."""
        return date(day.year + KEPT_YEARS, 12, 31)
