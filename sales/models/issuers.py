"""Who issues the vouchers that a shop takes, and pays for them month by month."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from inventory.models.places import Owned


class VoucherIssuer(Owned):
    """A town, a CCAS, a charity: its vouchers are money that it owes."""

    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=240, blank=True)
    history = HistoricalRecords()

    class Meta(Owned.Meta):
        verbose_name = _("issuer of vouchers")
        verbose_name_plural = _("issuers of vouchers")

    def __str__(self) -> str:
        return self.name
