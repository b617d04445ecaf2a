"""Papers that go with a movement: departures, and the weights a partner gives later."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.models.catalogue import TreatmentCode, WasteCode
from inventory.models.ledger import EXITS, Kind, Movement
from inventory.models.places import Partner


class Shipment(models.Model):
    """A departure: who took it, towards which fate, under which waste and treatment codes."""

    movement = models.OneToOneField(Movement, models.PROTECT, related_name="shipment")
    fate = models.CharField(
        _("fate"), max_length=16, choices=[(kind.value, kind.label) for kind in EXITS]
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, related_name="shipments", verbose_name=_("partner")
    )
    waste_code = models.ForeignKey(WasteCode, models.PROTECT, null=True, blank=True)
    treatment_code = models.ForeignKey(TreatmentCode, models.PROTECT, null=True, blank=True)
    carrier = models.CharField(_("carrier"), max_length=120, blank=True)
    bsd = models.CharField(_("waste tracking slip"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("departure")
        verbose_name_plural = _("departures")

    def __str__(self) -> str:
        return self.movement.number

    def get_kind(self) -> Kind:
        return Kind(self.fate)


class ShipmentWeights(models.Model):
    """The partner's own weights of a departure: the estimate reversed, these posted instead."""

    shipment = models.OneToOneField(Shipment, models.PROTECT, related_name="weights")
    reversal = models.OneToOneField(Movement, models.PROTECT, related_name="+")
    movement = models.OneToOneField(Movement, models.PROTECT, related_name="shipment_weights")

    class Meta:
        verbose_name = _("partner's weights")
        verbose_name_plural = _("partners' weights")

    def __str__(self) -> str:
        return self.movement.number
