"""The requests that were recorded, with what they were answered."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models.stations import Station
from organisation.models.structures import Organisation


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def answered(self, organisation: Organisation, id: Any) -> "Submission | None":
        """The submission already recorded under this structure's ``id``, if any."""
        return self.filter(organisation=organisation, uuid=id).first()


class Submission(models.Model):
    """A request that was recorded: the same one, sent again, gets the same answer."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    uuid = models.UUIDField(editable=False)
    station = models.ForeignKey(  # the tablet it came from
        Station, models.PROTECT, null=True, related_name="+", db_index=False
    )
    endpoint = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    answer = models.TextField(blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "uuid"], name="submission_once")
        ]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.uuid}"
