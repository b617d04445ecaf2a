"""Tablets of a site, and the wrong PINs typed on them."""

import hashlib
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organisation.models.people import User
from organisation.models.structures import Site
from organisation.permissions import CallerRequest
from organisation.prepared import Prepared

if TYPE_CHECKING:
    from datetime import datetime


def digest_of(secret: str) -> str:
    """What is kept of a secret that is shown once: random enough for a plain SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


class StationQuerySet(models.QuerySet["Station"]):
    def within(self, request: CallerRequest) -> "StationQuerySet":
        """Tablets of the caller's structure."""
        return self.filter(site__organisation=request.user.organisation_id)

    def paired_with(self, secret: str) -> "Station | None":
        """The tablet that holds this secret, revoked or not."""
        return _PAIRED.row(digest_of(secret))


class Station(models.Model):
    """A tablet or a computer of the floor or the shop, paired once to a site.

    ``digest`` is of the secret that the device keeps; ``pairing`` of the code that a manager
    reads out, good once and until ``pairing_until``.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="stations")
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    pairing = models.CharField(max_length=64, blank=True, editable=False)
    pairing_until = models.DateTimeField(null=True, editable=False)
    paired_at = models.DateTimeField(_("paired"), null=True, editable=False)
    seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)
    queue_length = models.PositiveIntegerField(_("waiting"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    history = HistoricalRecords(
        excluded_fields=["digest", "pairing", "pairing_until", "seen_at", "queue_length"]
    )

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = _("tablet")
        verbose_name_plural = _("tablets")
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="station_name_once_a_site"),
            models.UniqueConstraint(
                fields=["digest"], condition=~Q(digest=""), name="station_digest_once"
            ),
            models.UniqueConstraint(
                fields=["pairing"], condition=~Q(pairing=""), name="station_pairing_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def guarded_by(self) -> Site:
        return self.site

    def is_waiting(self, now: "datetime | None" = None) -> bool:
        """Whether a code can still be typed to pair it."""
        return self.pairing_until is not None and self.pairing_until > (now or timezone.now())


_PAIRED = Prepared(lambda digest: Station.objects.filter(digest=digest), "?")


class PinFailures(models.Model):
    """Wrong PINs in a row: of a person at a tablet, and (without person) of the tablet alone."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["station", "user"], name="pin_failures_once"),
            models.UniqueConstraint(
                fields=["station"], condition=Q(user=None), name="pin_failures_once_a_station"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station}, {self.user or '*'}: {self.count}"
