"""VAT: the regime of a structure and its rates, each from a day on; one only follows another."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models import Organisation, Site, User
from organisation.prepared import Prepared
from sales.models.journal import JournalEntry


class Regime(models.TextChoices):
    """What VAT law makes of a shop's sales."""

    EXEMPT = "exempt", _("not liable to VAT")
    FRANCHISE = "franchise", _("franchise (art. 293 B)")
    MARGIN = "margin", _("VAT on the margin")
    NORMAL = "normal", _("VAT, normal regime")

    @property
    def charges(self) -> bool:
        """Whether VAT is due on what is sold."""
        return self in (Regime.MARGIN, Regime.NORMAL)


class VatTermsQuerySet(models.QuerySet["VatTerms"]):
    def on(self, organisation: Organisation | int, day: date) -> "VatTerms | None":
        """Those that hold on ``day``: the last that were said of those that had begun."""
        owner = organisation if isinstance(organisation, int) else organisation.pk
        begun = [terms for terms in _TERMS.rows(owner) if terms.since <= day]
        return max(begun, key=lambda terms: (terms.since, terms.event_id), default=None)

    def of(self, organisation: Organisation | int) -> Self:
        """All that were ever said, newest first, once each."""
        first = Site.objects.filter(organisation=organisation).order_by("pk")[:1]
        return self.filter(site__in=list(first)).order_by("-event")


class VatTerms(models.Model):
    """The regime of a structure from a day on, and its rates: one row, one event, per site.

    ``rates``: code of a category (``""``: all others) → rate in hundredths of a percent.
    """

    event = models.OneToOneField(JournalEntry, models.PROTECT, related_name="vat_terms")
    site = models.ForeignKey(Site, models.PROTECT, related_name="vat_terms")
    since = models.DateField(_("from"))
    regime = models.CharField(_("VAT regime"), max_length=12, choices=Regime)
    rates = models.JSONField(default=dict)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = VatTermsQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("VAT terms")
        verbose_name_plural = _("VAT terms")
        indexes = [models.Index(fields=["site", "-since", "-event"], name="vat_terms_since")]

    def __str__(self) -> str:
        return f"{self.get_regime_display()} {self.since}"

    def rate_bp(self, category: Any = None) -> int | None:
        """The rate of what is sold; none where no VAT is due. The nearest category above says."""
        if not Regime(self.regime).charges:
            return None
        above = [each.code for each in category.lineage] if category else []
        return next((int(self.rates[code]) for code in (*above, "") if code in self.rates), 0)


_TERMS = Prepared(lambda owner: VatTerms.objects.filter(site__organisation=owner), -1)
