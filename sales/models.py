"""Tills, prices, tickets: what was sold, for how much, and what of it was given back.

Tickets and refunds are written once: triggers refuse any change, a refund is a row of its own.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from inventory.models import Category, Flow, Item, Movement, Place
from inventory.models.catalogue import Bilingual
from inventory.models.places import Owned, OwnedQuerySet
from organisation.models import Organisation, Site
from organisation.permissions import CallerRequest

if TYPE_CHECKING:
    from uuid import UUID

WRITTEN_ONCE = {  # table → the row that a new one would replace
    "sales_sale": "id = NEW.id OR movement_id = NEW.movement_id",
    "sales_saleline": "id = NEW.id OR flow_id = NEW.flow_id"
    " OR (sale_id = NEW.sale_id AND position = NEW.position)",
    "sales_payment": "id = NEW.id",
    "sales_refund": "id = NEW.id OR movement_id = NEW.movement_id",
    "sales_refundline": "id = NEW.id OR (refund_id = NEW.refund_id AND line_id = NEW.line_id)",
}


class AtSiteQuerySet(OwnedQuerySet[Any]):
    """Rows of a list that each site keeps for itself."""

    def at(self, sites: Iterable[Site]) -> Self:
        """Those still offered at these sites, in their order."""
        return self.offered().filter(site__in=sites).select_related("site")


class Till(Owned):
    """Where the shop takes money. ``place`` is the shelf that unlabelled goods are sold from."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="tills")
    name = models.CharField(_("name"), max_length=120)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sells from")
    )
    history = HistoricalRecords()

    objects = AtSiteQuerySet.as_manager()  # type: ignore[misc]  # narrower than Owned's

    class Meta(Owned.Meta):
        verbose_name = _("till")
        verbose_name_plural = _("tills")

    def __str__(self) -> str:
        return self.name

    @property
    def guarded_by(self) -> Site:
        return self.site

    def clean(self) -> None:
        """Raises ValidationError ``place_elsewhere``."""
        if self.place and self.place.site_id != self.site_id:
            raise ValidationError(
                {
                    "place": ValidationError(
                        _("This place is at another site."), code="place_elsewhere"
                    )
                }
            )

    @property
    def shelf(self) -> Place:
        """Where unlabelled goods are sold from: its place, the site's shop, or its main place."""
        shops = Place.objects.filter(site=self.site, use=Place.Use.SHOP, is_active=True)
        return self.place or shops.first() or Place.objects.main(self.site)


class PriceKey(Bilingual, Owned):
    """A line of a site's price grid: what it is, and its price, or none where it is free."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="price_keys")
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="+", verbose_name=_("category")
    )
    price_cents = models.PositiveIntegerField(_("price (cents)"), null=True, blank=True)
    history = HistoricalRecords()

    objects = AtSiteQuerySet.as_manager()  # type: ignore[misc]  # narrower than Owned's

    class Meta(Owned.Meta):
        verbose_name = _("price")
        verbose_name_plural = _("price grid")

    def __str__(self) -> str:
        return self.name

    @property
    def guarded_by(self) -> Site:
        return self.site


class Method(models.TextChoices):
    """How money changes hands."""

    CASH = "cash", _("cash")
    CARD = "card", _("card")
    CHEQUE = "cheque", _("cheque")
    VOUCHER = "voucher", _("voucher")
    LOCAL_CURRENCY = "local_currency", _("local currency")
    OTHER = "other", _("other means")


class SaleQuerySet(models.QuerySet["Sale"]):
    def within(self, request: CallerRequest) -> Self:
        return self.filter(movement__site__organisation=request.user.organisation_id)

    def submitted_as(self, uuid: "UUID") -> Self:
        """The ticket that a client's request made."""
        return self.filter(movement__submission__uuid=uuid)

    def shown(self) -> Self:
        """With all that a ticket says."""
        return self.select_related(
            "movement__site__organisation", "movement__submission", "movement__author", "till"
        ).prefetch_related(
            "payments",
            "lines__category",
            "lines__key",
            "lines__item__codes",
            "lines__refunds",
            "refunds__movement",
        )

    def listed(self) -> Self:
        """With what a list of tickets says."""
        rows = self.select_related("movement__site", "till")
        return rows.prefetch_related("payments", "refunds")

    def newest(self, tills: Iterable[Till], before: int | None, count: int) -> Self:
        """The newest of these tills: each till's by its index, then merged."""
        keys: list[int] = []
        for till in tills:
            rows = self.filter(till=till, **({"pk__lt": before} if before else {}))
            keys += rows.order_by("-pk").values_list("pk", flat=True)[:count]
        return self.filter(pk__in=sorted(keys)[-count:]).order_by("-pk")

    def called(self, numbers: Iterable[str]) -> Self:
        """Tickets of these numbers, or of refunds that have them."""
        listed = list(numbers)  # two look-ups by index, where one OR would read every ticket
        sold = self.filter(movement__number__in=listed).values_list("pk", flat=True)
        back = Refund.objects.filter(movement__number__in=listed).values_list("sale", flat=True)
        return self.filter(pk__in={*sold, *back})

    def latest_at(self, till: Till) -> "Sale | None":
        """The last ticket of a till."""
        return self.filter(till=till).select_related("movement").order_by("-pk").first()

    def between(self, sites: Iterable[Site], start: date, end: date) -> Self:
        """Tickets of these sites on these business days."""
        return self.filter(movement__site__in=sites, movement__business_date__range=(start, end))


class Sale(models.Model):
    """A ticket. Its grams are the flows of its movement, its number the movement's."""

    movement = models.OneToOneField(Movement, models.PROTECT, related_name="sale")
    till = models.ForeignKey(Till, models.PROTECT, related_name="sales")
    total_cents = models.PositiveBigIntegerField(_("total (cents)"))
    change_cents = models.PositiveBigIntegerField(_("change (cents)"))

    objects = SaleQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        indexes = [models.Index(fields=["till", "-id"], name="sale_till_newest")]

    def __str__(self) -> str:
        return self.movement.number

    @property
    def guarded_by(self) -> Site:
        return self.movement.site

    @property
    def refunded_cents(self) -> int:
        return sum(refund.total_cents for refund in self.refunds.all())


class WeightSource(models.TextChoices):
    """How the grams of a ticket's line are known."""

    LABEL = "label", _("on the label")
    WEIGHED = "weighed", _("weighed at the till")
    AVERAGE = "average", _("average weight")
    UNKNOWN = "unknown", _("unknown weight")


class SaleLineQuerySet(models.QuerySet["SaleLine"]):
    NEWEST = 1_000  # prices are judged by the latest sales: older ones no longer tell

    def unit_prices(self, organisation: Organisation, category: Category) -> list[int]:
        """What each unit of a category, or of those below it, was sold for lately, in cents.

        Lots and lines that were refunded say nothing of a price.
        """
        rows = self.filter(
            organisation=organisation,
            category__in=Category.objects.under(category),
            is_lot=False,
            refunds=None,
        )
        newest = rows.order_by("-pk").values_list("total_cents", "quantity")[: self.NEWEST]
        return sorted((2 * total + quantity) // (2 * quantity) for total, quantity in newest)


class SaleLine(models.Model):
    """A line of a ticket: an item, or so many of a category, and the grams they weigh."""

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="lines")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="sale_lines")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    key = models.ForeignKey(PriceKey, models.PROTECT, null=True, related_name="+")
    label = models.CharField(max_length=255)
    quantity = models.PositiveIntegerField()
    price_cents = models.PositiveBigIntegerField()
    is_lot = models.BooleanField(default=False)
    discount_cents = models.PositiveBigIntegerField(default=0)
    discount_reason = models.CharField(max_length=120, blank=True)
    total_cents = models.PositiveBigIntegerField()
    weight_g = models.BigIntegerField(null=True)
    weight_source = models.CharField(max_length=8, choices=WeightSource)
    flow = models.OneToOneField(Flow, models.PROTECT, null=True, related_name="sale_line")

    objects = SaleLineQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("line of a ticket")
        verbose_name_plural = _("lines of tickets")
        indexes = [
            # the latest prices of a category in a structure
            models.Index(F("organisation"), F("category"), F("id").desc(), name="line_prices")
        ]
        constraints = [
            models.UniqueConstraint(fields=["sale", "position"], name="line_position_once"),
            models.CheckConstraint(name="line_counts", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="line_adds_up",
                condition=Q(is_lot=True, total_cents=F("price_cents") - F("discount_cents"))
                | Q(
                    is_lot=False,
                    total_cents=F("price_cents") * F("quantity") - F("discount_cents"),
                ),
            ),
            models.CheckConstraint(
                name="line_weight_and_flow",
                condition=Q(weight_g=None, flow=None, weight_source=WeightSource.UNKNOWN)
                | (Q(weight_g__gt=0, flow__isnull=False) & ~Q(weight_source=WeightSource.UNKNOWN)),
            ),
            models.CheckConstraint(
                name="line_item_is_one", condition=Q(item=None) | Q(quantity=1, is_lot=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.label}"

    @property
    def refunded(self) -> int:
        """How many of it were given back."""
        return sum(refund.quantity for refund in self.refunds.all())


class Payment(models.Model):
    """Money taken for a ticket; what is above its total was given back as change."""

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="payments")
    method = models.CharField(_("method"), max_length=16, choices=Method)
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(name="payment_counts", condition=Q(amount_cents__gt=0))
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.amount_cents}"


class RefundQuerySet(models.QuerySet["Refund"]):
    def between(self, sites: Iterable[Site], start: date, end: date) -> Self:
        """Refunds of these sites on these business days."""
        return self.filter(movement__site__in=sites, movement__business_date__range=(start, end))


class Refund(models.Model):
    """Part of a ticket given back: what returns to stock, and the money for it."""

    movement = models.OneToOneField(Movement, models.PROTECT, related_name="refund")
    sale = models.ForeignKey(Sale, models.PROTECT, related_name="refunds")
    till = models.ForeignKey(Till, models.PROTECT, related_name="refunds")
    method = models.CharField(_("method"), max_length=16, choices=Method)
    total_cents = models.PositiveBigIntegerField(_("total (cents)"))

    objects = RefundQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")

    def __str__(self) -> str:
        return self.movement.number


class RefundLineQuerySet(models.QuerySet["RefundLine"]):
    def quantities(self, lines: Iterable[SaleLine]) -> dict[int, int]:
        """Line of a ticket → how many of it were given back."""
        rows = self.filter(line__in=[line.pk for line in lines]).order_by()
        return dict(rows.values_list("line").annotate(Sum("quantity")))


class RefundLine(models.Model):
    """So many of a line of a ticket, given back."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="lines")
    line = models.ForeignKey(SaleLine, models.PROTECT, related_name="refunds")
    quantity = models.PositiveIntegerField()
    amount_cents = models.PositiveBigIntegerField()
    weight_g = models.BigIntegerField(null=True)

    objects = RefundLineQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("refunded line")
        verbose_name_plural = _("refunded lines")
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="refund_line_once"),
            models.CheckConstraint(name="refund_counts", condition=Q(quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line}"


def taken_cents(sites: Iterable[Site], start: date, end: date) -> int:
    """What these sites took between two days, refunds taken off."""
    sold = Sale.objects.between(sites, start, end).aggregate(sum=Sum("total_cents"))["sum"] or 0
    back = Refund.objects.between(sites, start, end).aggregate(sum=Sum("total_cents"))["sum"] or 0
    return int(sold) - int(back)
