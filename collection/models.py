"""Arrivals as papers: who brought what, how, and what was refused at the gate."""

from collections.abc import Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from inventory.models import Category, CollectionMode, Flow, Movement, Origin, WasteStatus
from organisation.models import Site, Submission, User


class IntakeQuerySet(models.QuerySet["Intake"]):
    def on(self, days: Mapping[Site, date]) -> "IntakeQuerySet":
        """Arrivals that still stand, of a business day of each site."""
        of_a_site = [
            Q(movement__site=site, movement__business_date=day) for site, day in days.items()
        ]
        return self.filter(reduce(or_, of_a_site, Q(pk=None)), movement__reversed_by=None)

    def latest_first(self) -> "IntakeQuerySet":
        """With all that a list shows."""
        links = ("movement__submission", "movement__author", "movement__site")
        rows = self.select_related(*links).prefetch_related("movement__flows__from_category")
        return rows.order_by("-pk")

    def totals(self) -> dict[str, int]:
        """``{arrivals, weight_g}``"""
        found = self.aggregate(
            arrivals=Count("pk", distinct=True), weight_g=Sum("movement__flows__weight_g")
        )
        return {key: value or 0 for key, value in found.items()}


class Intake(models.Model):
    """An arrival: its mode, origin and status. Its grams are the flows of its movement."""

    movement = models.OneToOneField(Movement, models.PROTECT, related_name="intake")
    mode = models.ForeignKey(CollectionMode, models.PROTECT, related_name="+")
    origin = models.ForeignKey(Origin, models.PROTECT, related_name="+")
    waste_status = models.CharField(_("status"), max_length=8, choices=WasteStatus)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")

    def __str__(self) -> str:
        return self.movement.number

    @property
    def weight_g(self) -> int:
        return sum(flow.weight_g for flow in self.movement.flows.all())


class Weighing(models.Model):
    """One line of an arrival as the scale said it: gross weight, container, net in the flow."""

    intake = models.ForeignKey(Intake, models.PROTECT, related_name="weighings")
    flow = models.OneToOneField(Flow, models.PROTECT, related_name="weighing")
    gross_g = models.BigIntegerField(_("gross weight (g)"), null=True)
    container = models.ForeignKey(
        "inventory.Container", models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("weighing")
        verbose_name_plural = _("weighings")

    def __str__(self) -> str:
        return f"{self.flow_id}"


class Refusal(models.Model):
    """Objects turned away at the gate: how many and why. They never enter the ledger."""

    class Reason(models.TextChoices):
        DIRTY = "dirty", _("dirty or damaged")
        UNSELLABLE = "unsellable", _("finds no taker")
        FULL = "full", _("no room left")
        DANGEROUS = "dangerous", _("dangerous")
        NOT_OURS = "not_ours", _("not our trade")
        OTHER = "other", _("other reason")

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="refusal")
    site = models.ForeignKey(Site, models.PROTECT, related_name="refusals")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    count = models.PositiveIntegerField(_("number of objects"), validators=[MinValueValidator(1)])
    occurred_at = models.DateTimeField(_("happened at"))
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    comment = models.CharField(_("comment"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("refusal")
        verbose_name_plural = _("refusals")
        constraints = [models.CheckConstraint(name="refusal_counts", condition=Q(count__gt=0))]

    def __str__(self) -> str:
        return f"{self.count} × {self.get_reason_display()}"


MAX_POINTS = 4_000


def validate_strokes(value: Any) -> None:
    """Refuse what is no drawing: strokes of x, y, x, y… within 1000 × 400.

    Raises ValidationError ``bad_signature``.
    """
    is_drawn = isinstance(value, list) and all(map(_is_stroke, value))
    if not is_drawn or sum(map(len, value)) > 2 * MAX_POINTS:
        raise ValidationError(_("This is not a signature."), code="bad_signature")


def _is_stroke(stroke: Any) -> bool:
    if not isinstance(stroke, list) or len(stroke) < 2 or len(stroke) % 2:
        return False
    return all(type(each) is int for each in stroke) and all(
        0 <= x <= Donor.WIDTH and 0 <= y <= Donor.HEIGHT
        for x, y in zip(stroke[::2], stroke[1::2], strict=True)
    )


class DonorQuerySet(models.QuerySet["Donor"]):
    def of(self, intake: Intake) -> "Donor | None":
        """Who brought an arrival: what was said last, unless erased."""
        return self.told().filter(intake=intake).order_by("-pk").first()

    def told(self) -> "DonorQuerySet":
        """Those who were not erased: a name is never empty until then."""
        return self.exclude(name="")

    def listed(self) -> "DonorQuerySet":
        """With all that the register shows, newest first."""
        links = ("intake__movement__site", "intake__origin")
        rows = self.told().select_related(*links)
        return rows.prefetch_related("intake__movement__flows__from_category").order_by("-pk")


class Donor(models.Model):
    """Who brought an arrival, where the structure asks: a name, and a signature of strokes."""

    WIDTH, HEIGHT = 1000, 400

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="donor")
    intake = models.ForeignKey(Intake, models.PROTECT, related_name="donors")
    name = models.CharField(_("name"), max_length=120)
    strokes = models.JSONField(default=list, blank=True, validators=[validate_strokes])
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = DonorQuerySet.as_manager()

    class Meta:
        verbose_name = _("donor")
        verbose_name_plural = _("donors")

    def __str__(self) -> str:
        return self.name

    @property
    def drawing(self) -> str:
        """The signature as SVG, made of numbers alone; empty where there is none."""
        if not self.strokes:
            return ""
        paths = "".join(f'<path d="M{_points(stroke)}"/>' for stroke in self.strokes)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.WIDTH} {self.HEIGHT}" '
            f'fill="none" stroke="#221d2b" stroke-width="6" stroke-linecap="round" '
            f'stroke-linejoin="round">{paths}</svg>'
        )


def _points(stroke: list[int]) -> str:
    pairs = list(zip(stroke[::2], stroke[1::2], strict=True))
    pairs = pairs if len(pairs) > 1 else pairs * 2  # a dot is a line to itself
    return " L".join(f"{x} {y}" for x, y in pairs)
