"""What éco-organismes are billed for: a gram by one of them at most."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from inventory.models import EcoOrganisme, EprStream, Flow
from organisation.models import Organisation, Site, Submission, User
from organisation.permissions import CallerRequest


class EprClaimQuerySet(models.QuerySet["EprClaim"]):
    def within(self, request: CallerRequest) -> "EprClaimQuerySet":
        """Claims of the caller's structure."""
        return self.filter(organisation=request.user.organisation_id)

    def of(self, sites: Iterable[Site]) -> "EprClaimQuerySet":
        """Those whose every flow is of these sites."""
        flows = ClaimedFlow.objects.filter(claim=OuterRef("pk"))
        return self.filter(~Exists(flows.exclude(flow__movement__site__in=sites)))

    def told(self) -> "EprClaimQuerySet":
        """With all that is shown of them."""
        return self.select_related(
            "submission", "eco_organisme", "stream", "author", "release__author"
        )


class EprClaim(models.Model):
    """What left in a quarter of a stream, claimed from one éco-organisme; released, or standing.

    Its grams and units are those of its flows, what came back taken off.
    """

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="epr_claim")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    eco_organisme = models.ForeignKey(EcoOrganisme, models.PROTECT, related_name="claims")
    stream = models.ForeignKey(EprStream, models.PROTECT, related_name="+")
    quarter = models.PositiveIntegerField(_("quarter (YYYYQ)"))
    fates = models.JSONField(_("fates"))
    weight_g = models.BigIntegerField(_("weight (g)"))
    units = models.BigIntegerField(_("units"))
    claimed_at = models.DateTimeField(_("claimed at"))
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = EprClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    def __str__(self) -> str:
        return f"{self.eco_organisme} {self.stream.code} {self.quarter}"

    @property
    def sites(self) -> QuerySet[Site]:
        """Where its flows are from."""
        flows = self.flows.values("flow__movement__site")
        return Site.objects.filter(pk__in=flows)

    @property
    def is_released(self) -> bool:
        return getattr(self, "release", None) is not None


class ClaimRelease(models.Model):
    """A claim given up: its flows may be claimed again."""

    claim = models.OneToOneField(EprClaim, models.PROTECT, related_name="release")
    submission = models.OneToOneField(Submission, models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    released_at = models.DateTimeField(_("released at"))
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("released claim")
        verbose_name_plural = _("released claims")

    def __str__(self) -> str:
        return str(self.claim)


class ClaimedFlow(models.Model):
    """A flow in a claim. It is in one standing claim at most; a release is written once."""

    claim = models.ForeignKey(EprClaim, models.PROTECT, related_name="flows")
    flow = models.ForeignKey(Flow, models.PROTECT, related_name="claimed")
    release = models.ForeignKey(ClaimRelease, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("claimed flow")
        verbose_name_plural = _("claimed flows")
        constraints = [
            models.UniqueConstraint(
                fields=["flow"], condition=Q(release=None), name="flow_claimed_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.flow)
