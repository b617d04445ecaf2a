"""Closings of months and of accounting years: what a site's tills took, on the site's own chain.

A row repeats what its event says, for lists and joins; the event is the record.
"""

import json
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.months import month_of
from organisation.models import Site, User
from organisation.permissions import CallerRequest
from sales.models.journal import JournalEntry, Kind


class PeriodClosingQuerySet(models.QuerySet["PeriodClosing"]):
    def within(self, request: CallerRequest) -> Self:
        rows = self.filter(site__organisation=request.user.organisation_id)
        return rows.select_related("event", "author", "site__organisation")

    def months(self) -> Self:
        return self.filter(kind=Kind.CLOSE_MONTH).order_by("last_day")

    def years(self) -> Self:
        return self.filter(kind=Kind.CLOSE_YEAR).order_by("last_day")

    def before(self, closing: "PeriodClosing") -> "PeriodClosing | None":
        """The one of the same kind that it follows."""
        rows = self.filter(site=closing.site_id, kind=closing.kind)
        rows = rows.filter(last_day__lt=closing.last_day).order_by("-last_day")
        return rows.select_related("event").defer("event__body").first()

    def closed_through(self, site: Site) -> int:
        """The last month that the tills of a site closed (YYYYMM); 0 where there is none."""
        last = self.filter(site=site, kind=Kind.CLOSE_MONTH).order_by("-last_day").first()
        return month_of(last.last_day) if last else 0


class PeriodClosing(models.Model):
    """The end of a month of a site's tills, or of an accounting year."""

    event = models.OneToOneField(JournalEntry, models.PROTECT, related_name="period")
    site = models.ForeignKey(Site, models.PROTECT, related_name="period_closings", db_index=False)
    kind = models.CharField(
        max_length=16, choices=[each for each in Kind.choices if each[0].startswith("close_")]
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    closed_at = models.DateTimeField(_("closed at"))
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    total_cents = models.BigIntegerField(_("total (cents)"))

    objects = PeriodClosingQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("closing of a period")
        verbose_name_plural = _("closings of periods")
        constraints = [
            models.UniqueConstraint(fields=["site", "kind", "first_day"], name="period_once")
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_year(self) -> bool:
        return self.kind == Kind.CLOSE_YEAR

    @property
    def number(self) -> str:
        """As a closing is called: ``M-canal-2026-11`` of a month, ``A-canal-2026-12`` of a year."""
        return f"{'A' if self.is_year else 'M'}-{self.site.code}-{self.last_day:%Y-%m}"

    @property
    def guarded_by(self) -> Site:
        return self.site

    @property
    def figures(self) -> dict[str, Any]:
        """All that the event says, as it was hashed."""
        told: dict[str, Any] = json.loads(self.event.body)
        return {**told["data"], "seq": told["seq"]}
