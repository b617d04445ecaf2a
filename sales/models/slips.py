"""Slips that go with cheques and cash to the bank. Written once: a counter-slip cancels one."""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from organisation.models import Site, Submission, User
from organisation.permissions import CallerRequest
from sales.models.refunds import Refund
from sales.models.sessions import CashMove
from sales.models.tickets import Method, Payment


class BankSlipQuerySet(models.QuerySet["BankSlip"]):
    def within(self, request: CallerRequest) -> Self:
        rows = self.filter(site__organisation=request.user.organisation_id)
        return rows.select_related("site__organisation", "author", "move", "reverses")

    def standing(self) -> Self:
        """Slips that hold: no counter-slip, and none of those that one cancels."""
        return self.filter(reverses=None, reversed_by=None)

    def cheques_left(self, site: Site) -> "models.QuerySet[Payment]":
        """Cheques of a site on no slip that holds; with what was given back by cheque."""
        held = BankSlipLine.objects.filter(payment=OuterRef("pk"), slip__in=self.standing())
        rows = Payment.objects.filter(method=Method.CHEQUE, sale__movement__site=site)
        rows = rows.filter(~Exists(held)).select_related("sale__movement", "sale__till")
        return rows.annotate(back_cents=Coalesce(Subquery(_given_back()), 0)).order_by("pk")

    def cash_left(self, site: Site) -> "models.QuerySet[CashMove]":
        """Cash taken out of a site's drawers for the bank, on no slip that holds."""
        held = self.standing().filter(move=OuterRef("pk"))
        rows = CashMove.objects.filter(
            kind=CashMove.Kind.BANK, amount_cents__lt=0, session__till__site=site
        )
        return rows.filter(~Exists(held)).select_related("session__till").order_by("pk")


def _given_back() -> Any:
    """What was given back by cheque of a payment's ticket."""
    rows = Refund.objects.filter(sale=OuterRef("sale"), method=Method.CHEQUE).order_by()
    return rows.values("sale").annotate(sum=Sum("total_cents")).values("sum")


class BankSlip(models.Model):
    """What is handed to the bank together: cheques, or cash by its notes and coins.

    ``turn`` counts how often the same cash was on a slip that was cancelled since.
    """

    class Kind(models.TextChoices):
        CHEQUE = "cheque", _("cheques")
        CASH = "cash", _("cash")

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="bank_slip")
    site = models.ForeignKey(Site, models.PROTECT, related_name="bank_slips", db_index=False)
    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    rank = models.PositiveIntegerField()
    business_date = models.DateField(_("day"))
    recorded_at = models.DateTimeField(_("recorded at"))
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    total_cents = models.BigIntegerField(_("total (cents)"))
    pieces = models.JSONField(default=dict)  # cents of a note or coin → how many
    move = models.ForeignKey(CashMove, models.PROTECT, null=True, related_name="bank_slips")
    turn = models.PositiveSmallIntegerField(default=0)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("cancels")
    )

    objects = BankSlipQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("slip for the bank")
        verbose_name_plural = _("slips for the bank")
        constraints = [
            models.UniqueConstraint(fields=["site", "rank"], name="bank_slip_rank_once"),
            models.UniqueConstraint(fields=["move", "turn"], name="bank_slip_cash_once"),
            models.CheckConstraint(
                name="bank_slip_counts",
                condition=Q(reverses=None, total_cents__gt=0)
                | Q(reverses__isnull=False, total_cents__lt=0, move=None),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As a slip is called: ``R-canal-12``."""
        return f"R-{self.site.code}-{self.rank}"

    @property
    def guarded_by(self) -> Site:
        return self.site

    @property
    def is_cancelled(self) -> bool:
        return hasattr(self, "reversed_by")


class BankSlipLine(models.Model):
    """A cheque on a slip. ``turn`` counts the slips it was on that were cancelled since."""

    slip = models.ForeignKey(BankSlip, models.PROTECT, related_name="lines")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="slip_lines", db_index=False)
    turn = models.PositiveSmallIntegerField(default=0)
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("cheque of a slip")
        verbose_name_plural = _("cheques of slips")
        constraints = [
            # a cheque is on one slip at most, but for those that were cancelled
            models.UniqueConstraint(fields=["payment", "turn"], name="bank_slip_cheque_once"),
            models.CheckConstraint(name="bank_slip_line_counts", condition=Q(amount_cents__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents} {self.slip}"


class DrawerQuerySet(models.QuerySet["ChequeDrawer"]):
    def of(self, lines: Iterable[BankSlipLine]) -> dict[int, "ChequeDrawer"]:
        """Payment's key → who drew the cheque, where it was typed and not erased."""
        rows = self.filter(payment__in=[line.payment_id for line in lines])
        return {row.payment_id: row for row in rows}


class ChequeDrawer(models.Model):
    """Who drew a cheque, on which bank: about a person, so kept apart and erased at will."""

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="drawer")
    name = models.CharField(_("drawn by"), max_length=120, blank=True)
    bank = models.CharField(_("bank"), max_length=120, blank=True)

    objects = DrawerQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("drawer of a cheque")
        verbose_name_plural = _("drawers of cheques")

    def __str__(self) -> str:
        return str(self.pk)
