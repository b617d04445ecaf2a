"""Papers that go with a movement: departures, the partner's later weights, transfers, receipts."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self, TypeAlias

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inventory.models.carriers import EcoOrganisme
from inventory.models.catalogue import TreatmentCode, WasteCode
from inventory.models.ledger import EXITS, Flow, Kind, Method, Movement
from inventory.models.places import Container, Partner
from organisation.models import Site
from organisation.permissions import CallerRequest

if TYPE_CHECKING:
    from uuid import UUID


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

    def standing(self) -> "ShipmentQuerySet":
        """Those that nobody cancelled, their weight still as it left."""
        return self.filter(movement__reversed_by=None, weights=None)

    def waiting(self, sites: Iterable[Site]) -> "ShipmentQuerySet":
        """Departures with an estimate whose partner has yet to weigh, the oldest first."""
        guessed = Flow.objects.filter(
            movement=OuterRef("movement"), item=None, method=Method.ESTIMATED
        )
        rows = self.standing().filter(movement__site__in=sites, partner__isnull=False)
        rows = rows.filter(Exists(guessed)).order_by("movement__business_date", "pk")
        return rows.select_related("movement__site__organisation", "partner", "waste_code")

    def crates_out(self, site: Site) -> "ShipmentQuerySet":
        """Crates of the free shelf whose rest was not weighed back yet, the oldest first."""
        back = ShelfRest.objects.filter(shipment=OuterRef("pk"), movement__reversed_by=None)
        rows = self.standing().filter(movement__site=site, is_crate=True).filter(~Exists(back))
        return rows.select_related("movement__submission").order_by("pk")


def _grams(movement: str) -> Subquery:
    flows = Flow.objects.filter(movement=OuterRef(movement)).values("movement")
    return Subquery(flows.annotate(total_g=Sum("weight_g")).values("total_g"))


class ShipmentState(models.TextChoices):
    RECORDED = "recorded", pgettext_lazy("departure", "recorded")
    CONFIRMED = "confirmed", pgettext_lazy("departure", "weighed by the partner")
    CANCELLED = "cancelled", pgettext_lazy("departure", "cancelled")


class Shipment(models.Model):
    """A departure: who took it, towards which fate, under which waste and treatment codes."""

    State: TypeAlias = ShipmentState  # named apart: each is a schema of the API's description
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
    eco_organisme = models.ForeignKey(
        EcoOrganisme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("éco-organisme"),
    )
    is_crate = models.BooleanField(_("crate of the free shelf"), default=False)

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("departure")
        verbose_name_plural = _("departures")

    def __str__(self) -> str:
        return self.movement.number

    @property
    def state(self) -> ShipmentState:
        """Recorded, then confirmed by the partner's weights; or cancelled, before or after."""
        confirmed = getattr(self, "weights", None)
        last = confirmed.movement if confirmed else self.movement
        if getattr(last, "reversed_by", None):
            return self.State.CANCELLED
        return self.State.CONFIRMED if confirmed else self.State.RECORDED


class Packing(models.Model):
    """How a line of a departure was packed: so many of a container, weighed with it or full."""

    flow = models.OneToOneField(Flow, models.PROTECT, related_name="packing")
    container = models.ForeignKey(Container, models.PROTECT, related_name="+")
    bins = models.PositiveSmallIntegerField(_("number of containers"), default=1)
    gross_g = models.BigIntegerField(_("gross weight (g)"), null=True)

    class Meta:
        verbose_name = _("packing")
        verbose_name_plural = _("packings")

    def __str__(self) -> str:
        return f"{self.bins} × {self.container}"


class ShelfRest(models.Model):
    """What nobody took of a crate of the free shelf, weighed back. Cancelled, it is out again."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="rests")
    movement = models.OneToOneField(Movement, models.PROTECT, related_name="shelf_rest")

    class Meta:
        verbose_name = _("rest of a crate")
        verbose_name_plural = _("rests of crates")

    def __str__(self) -> str:
        return self.movement.number


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


class TransferQuerySet(models.QuerySet["Transfer"]):
    def within(self, request: CallerRequest) -> Self:
        """Transfers that leave from the caller's structure, or come to it."""
        owner = request.user.organisation_id
        return self.filter(
            Q(movement__site__organisation=owner) | Q(to_site__organisation=owner)
        ).select_related("movement__site__organisation", "to_site__organisation")

    def submitted_as(self, uuid: "UUID") -> Self:
        """The transfer that its sender's request made."""
        return self.filter(movement__submission__uuid=uuid)

    def coming(self, sites: Iterable[Site]) -> Self:
        """Those on their way to these sites, oldest first; ``left_g`` is what has not arrived."""
        is_closed = Receipt.objects.filter(
            transfer=OuterRef("pk"), is_final=True, movement__reversed_by=None
        )
        rows = self.listed().filter(to_site__in=sites, movement__reversed_by=None)
        received = Flow.objects.filter(
            movement__receipt__transfer=OuterRef("pk"),
            movement__reversed_by=None,
            from_account__kind=Kind.TRANSIT,
        ).order_by()
        taken_g = received.values("movement__receipt__transfer").annotate(sum_g=Sum("weight_g"))
        left_g = F("weight_g") - Coalesce(Subquery(taken_g.values("sum_g")), 0)
        return rows.filter(~Exists(is_closed)).annotate(left_g=left_g).order_by("pk")

    def listed(self) -> Self:
        """With all that a list shows, ``weight_g`` sent among it."""
        rows = self.select_related(
            "movement__site",
            "movement__submission",
            "movement__author",
            "movement__reversed_by",
            "to_site",
        ).prefetch_related("receipts__movement__reversed_by")
        return rows.annotate(weight_g=Coalesce(_grams("movement"), 0))


class TransferState(models.TextChoices):
    ON_THE_ROAD = "on_the_road", pgettext_lazy("transfer", "on the road")
    IN_PART = "in_part", pgettext_lazy("transfer", "received in part")
    RECEIVED = "received", pgettext_lazy("transfer", "received")
    CANCELLED = "cancelled", pgettext_lazy("transfer", "cancelled")


class Transfer(models.Model):
    """What a site sends to another one, of the same structure or of a network it shares."""

    State: TypeAlias = TransferState  # named apart: each is a schema of the API's description
    movement = models.OneToOneField(Movement, models.PROTECT, related_name="transfer")
    to_site = models.ForeignKey(Site, models.PROTECT, related_name="incoming")

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")

    def __str__(self) -> str:
        return self.movement.number

    @property
    def standing_receipts(self) -> "list[Receipt]":
        """Its receipts that were not cancelled, oldest first."""
        receipts = sorted(self.receipts.all(), key=lambda receipt: receipt.pk)
        return [r for r in receipts if not getattr(r.movement, "reversed_by", None)]

    @property
    def state(self) -> TransferState:
        if getattr(self.movement, "reversed_by", None):
            return self.State.CANCELLED
        receipts = self.standing_receipts
        if any(receipt.is_final for receipt in receipts):
            return self.State.RECEIVED
        return self.State.IN_PART if receipts else self.State.ON_THE_ROAD


class Receipt(models.Model):
    """What arrived of a transfer. The final one closes it: what is still missing is a gap.

    ``missing`` books the items that never came, once they are written off the road.
    """

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="receipts")
    movement = models.OneToOneField(Movement, models.PROTECT, related_name="receipt")
    missing = models.OneToOneField(
        Movement, models.PROTECT, null=True, related_name="missing_at_receipt"
    )
    is_final = models.BooleanField(_("final"), default=False)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")

    def __str__(self) -> str:
        return self.movement.number
