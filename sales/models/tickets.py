"""Tickets: what was sold, for how much, and how it was paid."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Movement
from organisation.models import Site
from organisation.permissions import CallerRequest
from sales.models.buyers import Buyer
from sales.models.issuers import VoucherIssuer
from sales.models.journal import JournalEntry
from sales.models.shop import Till
from sales.models.vat import Regime
from sales.models.vouchers import Voucher

if TYPE_CHECKING:
    from uuid import UUID

    from sales.models.lines import SaleLine


class Method(models.TextChoices):
    """How money changes hands."""

    CASH = "cash", _("cash")
    CARD = "card", _("card")
    CHEQUE = "cheque", _("cheque")
    VOUCHER = "voucher", _("voucher")
    LOCAL_CURRENCY = "local_currency", _("local currency")
    OTHER = "other", _("other means")
    CREDIT = "credit", _("voucher of the house")
    ACCOUNT = "account", _("later, on invoice")


# Never turned into money.
AS_PAID = (Method.VOUCHER, Method.LOCAL_CURRENCY, Method.CREDIT, Method.ACCOUNT)
LATE = timedelta(hours=24)


def public_number(movement: Movement, site: Site) -> str:
    """What is printed of a ticket's or a refund's number: a tablet's own is all of it."""
    _kind, _dash, rest = movement.number.partition("-")
    own = rest.removeprefix(f"{site.code}-")
    return movement.number if own.isdecimal() else own


class SaleQuerySet(models.QuerySet["Sale"]):
    def within(self, request: CallerRequest) -> Self:
        return self.filter(movement__site__organisation=request.user.organisation_id)

    def submitted_as(self, uuid: "UUID") -> Self:
        """The ticket that a client's request made."""
        return self.filter(movement__submission__uuid=uuid)

    def shown(self) -> Self:
        """With all that a ticket says."""
        return self.select_related(
            "movement__site__organisation",
            "movement__submission",
            "movement__author",
            "till",
            "event__envelope",
            "event__chain__site__organisation",
            "buyer",
            "event",
        ).prefetch_related(
            "payments__issuer",
            "lines__category",
            "lines__key",
            "lines__voucher",
            "payments__voucher",
            "lines__item__codes",
            "lines__refunds",
            "refunds__movement",
            "copies",
            "invoices__party",
            "invoices__refund",
        )

    def listed(self) -> Self:
        """With what a list of tickets says."""
        rows = self.select_related("movement__site", "till")
        return rows.prefetch_related("payments", "refunds")

    def newest(self, tills: Iterable[Till], before: int | None, count: int) -> Self:
        """The newest of these tills: each till's by its index, then merged."""
        keys: list[int] = []
        for till in tills:
            rows = self.filter(till=till, **({"pk__lt": before} if before else {}))
            keys += rows.order_by("-pk").values_list("pk", flat=True)[:count]
        return self.filter(pk__in=sorted(keys)[-count:]).order_by("-pk")

    def called(self, numbers: Iterable[str]) -> Self:
        """Tickets of these numbers, or of refunds that have them."""
        listed = list(numbers)
        found = self._numbered("movement__number", listed)
        return self.filter(pk__in=found or self._numbered("event__envelope__number", listed))

    def _numbered(self, path: str, numbers: list[str]) -> set[int]:
        """Keys by the number of a ticket or of a refund: each by its index."""
        sold = self.filter(**{f"{path}__in": numbers}).values_list("pk", flat=True)
        back = self.filter(**{f"refunds__{path}__in": numbers}).values_list("pk", flat=True)
        return {*sold, *back}

    def latest_at(self, till: Till) -> "Sale | None":
        """The last ticket of a till."""
        return self.filter(till=till).select_related("movement__site").order_by("-pk").first()

    def between(self, sites: Iterable[Site], start: date, end: date) -> Self:
        """Tickets of these sites on these business days."""
        return self.filter(movement__site__in=sites, movement__business_date__range=(start, end))


class Sale(models.Model):
    """A ticket. Its grams are the flows of its movement, its number the movement's."""

    movement = models.OneToOneField(Movement, models.PROTECT, related_name="sale")
    event = models.OneToOneField(JournalEntry, models.PROTECT, related_name="sale")
    till = models.ForeignKey(Till, models.PROTECT, related_name="sales")
    buyer = models.ForeignKey(Buyer, models.PROTECT, null=True, related_name="sales")
    total_cents = models.PositiveBigIntegerField(_("total (cents)"))
    change_cents = models.PositiveBigIntegerField(_("change (cents)"))
    discount_cents = models.PositiveBigIntegerField(_("taken off the ticket (cents)"), default=0)
    discount_reason = models.CharField(max_length=120, blank=True)
    regime = models.CharField(max_length=12, choices=Regime, default=Regime.EXEMPT)
    vat = models.JSONField(default=list)  # [[rate in hundredths of a percent, cents, VAT cents]]

    objects = SaleQuerySet.as_manager()
    if TYPE_CHECKING:
        rows: Sequence[SaleLine]  # what was just written with it, so that nobody reads it again
        money: Sequence["Payment"]

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        indexes = [models.Index(fields=["till", "-id"], name="sale_till_newest")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As people see it: ``VE-canal-12``, or ``C1-000123`` where a tablet numbered it."""
        return public_number(self.movement, self.movement.site)

    @property
    def is_late(self) -> bool:
        """Whether it came longer after than a tablet may go on without a network."""
        return self.movement.recorded_at - self.movement.occurred_at > LATE

    @property
    def guarded_by(self) -> Site:
        return self.movement.site

    @property
    def refunded_cents(self) -> int:
        return sum(refund.total_cents for refund in self.refunds.all())

    @property
    def paid_as(self) -> list[Method]:
        """Means it was paid with that are given back as what they were."""
        paid = {payment.method for payment in self.payments.all()}
        return [method for method in AS_PAID if method in paid]

    @property
    def money_cents(self) -> int:
        """What was paid by other means than those, change taken off."""
        paid = (each for each in self.payments.all() if each.method not in AS_PAID)
        return sum(each.amount_cents for each in paid) - self.change_cents


class Payment(models.Model):
    """Money taken for a ticket; what is above its total was given back as change.

    A voucher may have an ``issuer``, who pays for it, and a number (``reference``).
    """

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="payments")
    method = models.CharField(_("method"), max_length=16, choices=Method)
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    voucher = models.ForeignKey(Voucher, models.PROTECT, null=True, related_name="payments")
    issuer = models.ForeignKey(
        VoucherIssuer, models.PROTECT, null=True, related_name="payments", db_index=False
    )
    reference = models.CharField(_("number of the voucher"), max_length=60, blank=True)

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            # few among many: those that go to the bank
            models.Index(fields=["sale"], condition=Q(method="cheque"), name="payment_cheques"),
            models.Index(
                fields=["issuer", "sale"], condition=Q(issuer__isnull=False), name="payment_issued"
            ),
        ]
        constraints = [
            models.CheckConstraint(name="payment_counts", condition=Q(amount_cents__gt=0)),
            models.CheckConstraint(
                name="payment_issued_is_a_voucher",
                condition=Q(issuer=None, reference="")
                | Q(issuer__isnull=False, method=Method.VOUCHER),
            ),
            models.CheckConstraint(
                name="payment_by_a_voucher",
                condition=Q(method=Method.CREDIT, voucher__isnull=False)
                | ~Q(method=Method.CREDIT) & Q(voucher=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.amount_cents}"
