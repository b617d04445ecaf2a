"""What a tablet could not have recorded, kept for a person to decide on."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.models.people import User
from organisation.models.stations import Station
from organisation.models.structures import Site
from organisation.permissions import CallerRequest


class HeldQuerySet(models.QuerySet["HeldEntry"]):
    def within(self, request: CallerRequest) -> "HeldQuerySet":
        return self.filter(site__organisation=request.user.organisation_id)

    def undecided(self) -> "HeldQuerySet":
        return self.filter(decided_at=None)


class HeldEntry(models.Model):
    """A request as the tablet kept it, why it was refused, and what was decided."""

    class Outcome(models.TextChoices):
        RECORDED = "recorded", _("recorded after all")
        DROPPED = "dropped", _("set aside")

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    uuid = models.UUIDField(editable=False)
    endpoint = models.CharField(max_length=120)
    content = models.TextField()
    summary = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("why"), max_length=500, blank=True)

    objects = HeldQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry to decide on")
        verbose_name_plural = _("entries to decide on")
        constraints = [models.UniqueConstraint(fields=["site", "uuid"], name="held_once")]
        indexes = [
            models.Index(fields=["site", "id"], condition=Q(decided_at=None), name="held_undecided")
        ]

    def __str__(self) -> str:
        return self.summary or str(self.uuid)

    @property
    def guarded_by(self) -> Site:
        return self.site
