"""Who drives waste away, and the éco-organismes on whose behalf it is collected."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from inventory.models.catalogue import EprStream
from inventory.models.places import Owned
from organisation.models import Addressed, validate_siret


class Carrier(Addressed, Owned):
    """Who drives: the partner itself, a haulier, or the structure with its own van."""

    name = models.CharField(_("name"), max_length=120)
    receipt = models.CharField(_("receipt number"), max_length=50, blank=True)
    is_exempt = models.BooleanField(_("exempt from a receipt"), default=False)
    history = HistoricalRecords()

    class Meta(Owned.Meta):
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")

    def __str__(self) -> str:
        return self.name


class EcoOrganisme(Owned):
    """An éco-organisme that the structure has a contract with, and for which streams."""

    name = models.CharField(_("name"), max_length=120)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True, validators=[validate_siret])
    streams = models.ManyToManyField(
        EprStream, related_name="+", blank=True, verbose_name=_("streams under contract")
    )
    history = HistoricalRecords(m2m_fields=[streams])

    class Meta(Owned.Meta):
        verbose_name = _("éco-organisme")
        verbose_name_plural = _("éco-organismes")

    def __str__(self) -> str:
        return self.name
