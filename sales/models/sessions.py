"""Sessions of a till, what goes in and out of its drawer, and the closing (Z) that ends each.

Rows repeat what an event of the journal says, for lists and joins; the event is the record.
"""

import json
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.months import last_day
from organisation.models import Site, User
from organisation.permissions import CallerRequest
from organisation.prepared import Prepared
from sales.models.journal import JournalEntry
from sales.models.shop import Till


class TillSessionQuerySet(models.QuerySet["TillSession"]):
    def open_at(self, till: Till) -> "TillSession | None":
        """The session under way: the last one, unless it was closed."""
        session = _OPEN.row(till.pk, till.pk)
        if session:
            session.till = till
        return session

    def open_through(self, site: Site, month: int) -> "list[TillSession]":
        """Those of a site under way, of a month (YYYYMM) or of one before it."""
        rows = self.filter(till__site=site, closing=None, business_date__lte=last_day(month))
        return list(rows.select_related("till__site", "event").order_by("till__code", "number"))


class TillSession(models.Model):
    """From the counted float to the Z. All that is sold in it counts to its business day."""

    event = models.OneToOneField(JournalEntry, models.PROTECT, related_name="session")
    till = models.ForeignKey(Till, models.PROTECT, related_name="sessions", db_index=False)
    number = models.PositiveIntegerField()
    business_date = models.DateField(_("business day"))
    opened_at = models.DateTimeField(_("opened at"))
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    float_cents = models.PositiveBigIntegerField(_("float (cents)"))
    is_counted = models.BooleanField(_("counted"))  # or carried over from a day nobody closed

    objects = TillSessionQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("session of a till")
        verbose_name_plural = _("sessions of tills")
        constraints = [
            models.UniqueConstraint(fields=["till", "number"], name="session_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.till.code} n° {self.number}"


def _open(till: int, same: int) -> TillSessionQuerySet:
    last = TillSession.objects.filter(till=same).order_by("-number").values("number")[:1]
    return TillSession.objects.filter(till=till, number=last, closing=None)


_OPEN = Prepared(_open, -1, -1)


class CashMove(models.Model):
    """Cash put into the drawer, or taken out of it below zero, other than by a ticket."""

    class Kind(models.TextChoices):
        CHANGE = "change", _("change brought in")
        BANK = "bank", _("to the bank")
        PURCHASE = "purchase", _("a small purchase")
        MISTAKE = "mistake", _("a mistake put right")
        OTHER = "other", _("other")

    event = models.OneToOneField(JournalEntry, models.PROTECT, related_name="cash_move")
    session = models.ForeignKey(TillSession, models.PROTECT, related_name="cash_moves")
    kind = models.CharField(_("reason"), max_length=16, choices=Kind)
    amount_cents = models.BigIntegerField(_("amount (cents)"))
    note = models.CharField(_("note"), max_length=500, blank=True)  # no part of the event
    recorded_at = models.DateTimeField(auto_now_add=True)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("cash move")
        verbose_name_plural = _("cash moves")
        constraints = [models.CheckConstraint(name="cash_moves", condition=~Q(amount_cents=0))]

    def __str__(self) -> str:
        return f"{self.amount_cents} {self.get_kind_display()}"


class ClosingQuerySet(models.QuerySet["Closing"]):
    def within(self, request: CallerRequest) -> Self:
        rows = self.filter(session__till__organisation=request.user.organisation_id)
        return rows.select_related("event", "author", "session__till__site__organisation")

    def last_of(self, till: Till) -> "Closing | None":
        rows = self.filter(session__till=till).select_related("event", "session")
        return rows.order_by("-session__number").first()


class Closing(models.Model):
    """The end of a session (Z): its figures are those of its event, and never reckoned again."""

    event = models.OneToOneField(JournalEntry, models.PROTECT, related_name="closing")
    session = models.OneToOneField(TillSession, models.PROTECT, related_name="closing")
    closed_at = models.DateTimeField(_("closed at"))
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    total_cents = models.BigIntegerField(_("total (cents)"))
    expected_cents = models.BigIntegerField(_("expected in the drawer (cents)"))
    counted_cents = models.BigIntegerField(_("counted in the drawer (cents)"), null=True)
    note = models.CharField(_("note"), max_length=500, blank=True)  # no part of the event

    objects = ClosingQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("closing of a till")
        verbose_name_plural = _("closings of tills")

    def __str__(self) -> str:
        return f"Z {self.session}"

    @property
    def number(self) -> str:
        """As a Z is called: ``Z-canal-C1-12``."""
        till = self.session.till
        return f"Z-{till.site.code}-{till.code}-{self.session.number}"

    @property
    def guarded_by(self) -> Site:
        return self.session.till.site

    @property
    def gap_cents(self) -> int | None:
        """What was counted above what was expected; none where nobody counted."""
        return None if self.counted_cents is None else self.counted_cents - self.expected_cents

    @property
    def figures(self) -> dict[str, Any]:
        """All that the event says, as it was hashed."""
        told: dict[str, Any] = json.loads(self.event.body)
        return {
            **told["data"],
            "perpetual_cents": told["perpetual_cents"],
            "perpetual_abs_cents": told["perpetual_abs_cents"],
            "seq": told["seq"],
        }
