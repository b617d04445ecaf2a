"""Papers that go with a movement: departures, and the weights a partner gives later."""

from django.db import models
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from inventory.models.catalogue import TreatmentCode, WasteCode
from inventory.models.ledger import EXITS, Flow, Movement
from inventory.models.places import Partner


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    def listed(self) -> "ShipmentQuerySet":
        """With all that a list shows, and ``weight_g``: the partner's weights where known."""
        rows = self.select_related(
            "movement__site",
            "movement__reversed_by",
            "partner",
            "waste_code",
            "weights__movement__reversed_by",
        )
        weight_g = Coalesce(_grams("weights__movement"), _grams("movement"), 0)
        return rows.annotate(weight_g=weight_g)


def _grams(movement: str) -> Subquery:
    flows = Flow.objects.filter(movement=OuterRef(movement)).values("movement")
    return Subquery(flows.annotate(total_g=Sum("weight_g")).values("total_g"))


class Shipment(models.Model):
    """A departure: who took it, towards which fate, under which waste and treatment codes."""

    class State(models.TextChoices):
        RECORDED = "recorded", _("recorded")
        CONFIRMED = "confirmed", _("weighed by the partner")
        CANCELLED = "cancelled", _("cancelled")

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

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("departure")
        verbose_name_plural = _("departures")

    def __str__(self) -> str:
        return self.movement.number

    @property
    def state(self) -> State:
        """Recorded, then confirmed by the partner's weights; or cancelled, before or after."""
        confirmed = getattr(self, "weights", None)
        last = confirmed.movement if confirmed else self.movement
        if getattr(last, "reversed_by", None):
            return self.State.CANCELLED
        return self.State.CONFIRMED if confirmed else self.State.RECORDED


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
