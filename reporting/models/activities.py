"""What the ledger cannot know of a site: people, hours, sessions; and whom a structure serves.

Written once, like all that a figure rests on: what was wrong is cancelled by a mirror that names
it, and a population counts until a later one is noted. They name nobody.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Origin, Partner
from organisation.models import Organisation, Site, Submission, User
from organisation.permissions import CallerRequest

AMOUNTS = ("people", "times", "minutes", "cents")


class Contract(models.TextChoices):
    """The contract under which somebody is paid."""

    CDDI = "cddi", _("CDDI (integration)")
    CDI = "cdi", _("CDI")
    CDD = "cdd", _("CDD")
    APPRENTICESHIP = "apprenticeship", _("apprenticeship")
    OTHER = "other", _("other contract")


class Exit(models.TextChoices):
    """What somebody who left an integration job went to; those on top are dynamic."""

    DURABLE = "durable", _("durable job")
    TRANSITION = "transition", _("job of transition")
    POSITIVE = "positive", _("positive exit (training, other)")
    OTHER = "other", _("other exit")


class Public(models.TextChoices):
    """Who came to a workshop."""

    EVERYONE = "everyone", _("everyone")
    SCHOOLS = "schools", _("schools")
    COMPANIES = "companies", _("companies")
    SOCIAL = "social", _("social and care institutions")
    OTHER = "other", _("other public")


class ActivityKind(models.TextChoices):
    """What is counted."""

    JOBS = "jobs", _("Jobs")
    EXITS = "exits", _("Exits from integration")
    VOLUNTEERS = "volunteers", _("Volunteers")
    WORKSHOPS = "workshops", _("Awareness workshops")
    VISITORS = "visitors", _("Visitors not counted at a till")
    BENEFICIARIES = "beneficiaries", _("Beneficiaries of gifts")
    OTHER = "other", _("Other activities")


class Told(NamedTuple):
    """What is said of a kind: its amounts, what it may be about, and whether by the month."""

    amounts: tuple[str, ...]
    words: type[models.TextChoices] | None = None
    is_monthly: bool = True


TOLD = {
    ActivityKind.JOBS: Told(("people", "minutes"), Contract),
    ActivityKind.EXITS: Told(("people",), Exit),
    ActivityKind.VOLUNTEERS: Told(("people", "minutes")),
    ActivityKind.WORKSHOPS: Told(("times", "people", "minutes"), Public, is_monthly=False),
    ActivityKind.VISITORS: Told(("people",), is_monthly=False),
    ActivityKind.BENEFICIARIES: Told(("people",)),
    ActivityKind.OTHER: Told(("times", "cents")),
}


class ActivityQuerySet(models.QuerySet["Activity"]):
    def within(self, request: CallerRequest) -> Self:
        """Those of the caller's structure."""
        return self.filter(site__organisation=request.user.organisation_id)

    def between(self, sites: Iterable[Site], start: date, end: date) -> Self:
        """Those of these sites and days, mirrors among them."""
        return self.filter(site__in=sites, day__range=(start, end))

    def standing(self) -> Self:
        """Neither cancelled nor a cancellation."""
        return self.filter(reverses=None, reversed_by=None)


class Activity(models.Model):
    """People, sessions, hours or euros of a site and month or day; a mirror takes them off."""

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="activity")
    site = models.ForeignKey(Site, models.PROTECT, related_name="activities")
    kind = models.CharField(_("kind"), max_length=16, choices=ActivityKind)
    day = models.DateField(_("day"))  # of what is told by the month, its first
    what = models.CharField(_("what"), max_length=60, blank=True)
    unit = models.CharField(_("counted in"), max_length=60, blank=True)
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("partner")
    )
    people = models.BigIntegerField(_("people"), default=0)
    times = models.BigIntegerField(_("number"), default=0)
    minutes = models.BigIntegerField(_("minutes"), default=0)
    cents = models.BigIntegerField(_("takings (cents)"), default=0)
    note = models.CharField(_("note"), max_length=500, blank=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("cancels")
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ActivityQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [models.Index(fields=["site", "day"], name="activity_site_day")]
        constraints = [
            models.CheckConstraint(
                name="activity_counts",
                condition=Q(reverses=None, people__gte=0, times__gte=0)
                & Q(minutes__gte=0, cents__gte=0)
                | Q(reverses__isnull=False, people__lte=0, times__lte=0)
                & Q(minutes__lte=0, cents__lte=0),
            )
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.day} {self.kind}"

    @property
    def guarded_by(self) -> Site:
        return self.site

    @property
    def told(self) -> Told:
        return TOLD[ActivityKind(self.kind)]

    @property
    def about(self) -> str:
        """What it is about, as people read it."""
        words = self.told.words
        return str(words(self.what).label) if words else self.what

    def clean(self) -> None:
        """Raises ValidationError ``nothing_counted``, ``not_of_this_kind``, ``unknown_what``."""
        told = self.told
        if not any(getattr(self, name) for name in told.amounts):
            raise ValidationError(_("Write at least one number."), code="nothing_counted")
        if any(getattr(self, name) for name in self._foreign):
            raise ValidationError(
                _("This is not counted for this kind of activity."), code="not_of_this_kind"
            )
        named = self.what in told.words.values if told.words else bool(self.what) == self._is_named
        if not named:
            raise ValidationError(_("Say what it is about."), code="unknown_what")

    @property
    def _is_named(self) -> bool:
        return self.kind == ActivityKind.OTHER

    @property
    def _foreign(self) -> list[str]:
        """Fields that say nothing of this kind."""
        names = [name for name in AMOUNTS if name not in self.told.amounts]
        names += [] if self._is_named else ["unit"]
        return names + ([] if self.kind == ActivityKind.BENEFICIARIES else ["partner"])


class PopulationQuerySet(models.QuerySet["Population"]):
    def within(self, request: CallerRequest) -> Self:
        """Those of the caller's structure."""
        return self.filter(organisation=request.user.organisation_id)

    def on(self, organisation: int, day: date) -> dict[str | None, int]:
        """Commune (None: the whole territory) → people, of the figures that hold on ``day``."""
        rows = self.filter(organisation=organisation, since__lte=day).order_by("since", "pk")
        return dict(rows.values_list("origin__code", "people"))


class Population(models.Model):
    """How many live where a structure collects: in all, or in one commune; from a day on."""

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="population")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="populations")
    origin = models.ForeignKey(
        Origin, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("commune")
    )
    since = models.DateField(_("holds from"))
    people = models.PositiveBigIntegerField(_("inhabitants"))
    source = models.CharField(_("source"), max_length=200)
    recorded_at = models.DateTimeField(_("recorded at"))
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = PopulationQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("population served")
        verbose_name_plural = _("populations served")

    def __str__(self) -> str:
        return f"{self.origin or self.organisation} {self.since}: {self.people}"
