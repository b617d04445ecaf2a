"""A link by which someone outside reads the figures of a scope and period, and what made them."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organisation.models import Organisation, Site, User
from organisation.models.stations import digest_of
from organisation.permissions import CallerRequest
from reporting.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterable


class AuditLinkQuerySet(models.QuerySet["AuditLink"]):
    def within(self, request: CallerRequest) -> "AuditLinkQuerySet":
        """Links of the caller's structure."""
        return self.filter(organisation=request.user.organisation_id)

    def governed_at(self, sites: "Iterable[Site]") -> "AuditLinkQuerySet":
        """Links that open no site but these."""
        others = Site.objects.exclude(pk__in=[site.pk for site in sites])
        return self.exclude(
            pk__in=AuditLink.sites.through.objects.filter(site__in=others).values("auditlink")
        )

    def living(self, now: datetime) -> "AuditLinkQuerySet":
        """Links that open something: neither expired nor revoked."""
        return self.filter(revoked_at=None, expires_at__gt=now)

    def opened_by(self, token: str) -> "AuditLink | None":
        """The living link that this token opens."""
        rows = self.living(timezone.now()).filter(digest=digest_of(token))
        return rows.select_related("organisation").first()

    def used(self, link: "AuditLink") -> None:
        """Count a visit; of the visitor nothing is kept."""
        self.filter(pk=link.pk).update(uses=F("uses") + 1, last_used_at=timezone.now())


class AuditLink(models.Model):
    """What a token opens without a login: some sites of one structure, one period, until a day.

    Of the token itself, 256 random bits shown once, only the digest is kept.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="audit_links")
    sites = models.ManyToManyField(Site, related_name="audit_links", verbose_name=_("sites"))
    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False)
    uses = models.PositiveIntegerField(_("visits"), default=0, editable=False)

    objects = AuditLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit link")
        verbose_name_plural = _("audit links")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="audit_link_has_a_period", condition=Q(end__gte=F("start"))
            ),
            models.CheckConstraint(
                name="audit_link_ends", condition=Q(expires_at__gt=F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start} – {self.end}"

    @property
    def period(self) -> Period:
        return Period(self.start, self.end)

    @property
    def is_living(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()
