"""Lines of tickets: what each sells, for how much, and the grams that it weighs."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import connections, models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Category, Flow, Item
from organisation.models import Organisation, Site
from sales.models.shop import Nature, PriceKey, PriceMode
from sales.models.tickets import Sale
from sales.models.vouchers import Voucher


class WeightSource(models.TextChoices):
    """How the grams of a ticket's line are known."""

    LABEL = "label", _("on the label")
    WEIGHED = "weighed", _("weighed at the till")
    SCALE = "scale", _("read from the scale")
    AVERAGE = "average", _("average weight")
    UNKNOWN = "unknown", _("unknown weight")
    NONE = "none", _("no weight")  # what is no object

    @classmethod
    def unweighed(cls) -> list["WeightSource"]:
        return [cls.UNKNOWN, cls.NONE]


OFF = F("discount_cents") + F("shared_cents")


class Flag(models.TextChoices):
    """Why an object could not have been sold here, by the books; a tablet sold it all the same."""

    SOLD = "sold", _("already sold or given")
    ELSEWHERE = "elsewhere", _("not in this site's stock")
    UNKNOWN = "unknown", _("no object has this label")


def _of_one(total_cents: int, quantity: int) -> int:
    return (2 * total_cents + quantity) // (2 * quantity)


class SaleLineQuerySet(models.QuerySet["SaleLine"]):
    NEWEST = 1_000  # prices are judged by the latest sales: older ones no longer tell
    UNITED = 400  # lists in one query: SQLite takes no more than 500

    def unit_prices(self, organisation: Organisation, kinds: Iterable[Category]) -> list[int]:
        """What each unit of these categories was sold for lately, in cents.

        Lots and lines that were refunded say nothing of a price.
        """
        parts = self._newest_of_each(organisation, kinds)
        newest = self._united(parts, f"ORDER BY 1 DESC LIMIT {self.NEWEST}") if parts else []
        return sorted(_of_one(total, quantity) for _pk, _kind, total, quantity in newest)

    def unit_prices_by_kind(
        self, organisation: Organisation, kinds: Iterable[Category]
    ) -> dict[int, list[tuple[int, int]]]:
        """Category key → ``(line, cents)`` of the same sales: each category's own newest."""
        found: dict[int, list[tuple[int, int]]] = {}
        parts = self._newest_of_each(organisation, kinds)
        for start in range(0, len(parts), self.UNITED):
            for line, kind, *sold in self._united(parts[start : start + self.UNITED]):
                found.setdefault(kind, []).append((line, _of_one(*sold)))
        return found

    def _newest_of_each(self, organisation: Organisation, kinds: Iterable[Category]) -> list[Self]:
        rows = self.filter(organisation=organisation, is_lot=False, refunds=None).order_by("-pk")
        return [rows.filter(category=kind)[: self.NEWEST] for kind in kinds]

    def _united(self, parts: Iterable[Self], ending: str = "") -> list[Any]:
        """Several lists in one query, each read by its index.

        Django unites no lists that are cut short, on SQLite.
        """
        columns = ("pk", "category", "total_cents", "quantity")
        each = [part.values_list(*columns).query.sql_with_params() for part in parts]
        united = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS p" for sql, _values in each)  # noqa: S608
        values = [value for _sql, said in each for value in said]
        with connections[self.db].cursor() as cursor:
            cursor.execute(f"{united} {ending}", values)
            return list(cursor.fetchall())

    def unweighed(self, sites: Iterable[Site], start: date, end: date) -> Self:
        """Lines of these sites and days that no flow goes with, for want of a weight."""
        return self.filter(
            flow=None,
            nature=Nature.GOODS,
            sale__movement__site__in=sites,
            sale__movement__business_date__range=(start, end),
        )

    def flagged(self, sites: Iterable[Site], since: date) -> Self:
        """Lines of these sites since a day that a tablet sold against the books."""
        rows = self.exclude(flag="")
        return rows.filter(sale__movement__site__in=sites, sale__movement__business_date__gte=since)


class SaleLine(models.Model):
    """A line of a ticket: an item, or so many of a category, and the grams they weigh."""

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="lines")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    nature = models.CharField(max_length=12, choices=Nature, default=Nature.GOODS)
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="sale_lines")
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    key = models.ForeignKey(PriceKey, models.PROTECT, null=True, related_name="+")
    label = models.CharField(max_length=255)
    quantity = models.PositiveIntegerField()
    price_cents = models.PositiveBigIntegerField()  # of one, of the lot, or of a kilogram
    price_mode = models.CharField(max_length=8, choices=PriceMode, default=PriceMode.FIXED)
    is_lot = models.BooleanField(default=False)
    discount_cents = models.PositiveBigIntegerField(default=0)
    discount_reason = models.CharField(max_length=120, blank=True)
    shared_cents = models.PositiveBigIntegerField(
        default=0
    )  # its part of what the ticket takes off
    total_cents = models.PositiveBigIntegerField()
    vat_bp = models.PositiveIntegerField(null=True)  # none where no VAT is due
    weight_g = models.BigIntegerField(null=True)
    weight_source = models.CharField(max_length=8, choices=WeightSource)
    flow = models.OneToOneField(Flow, models.PROTECT, null=True, related_name="sale_line")
    voucher = models.ForeignKey(  # what it sells
        Voucher, models.PROTECT, null=True, related_name="lines"
    )
    flag = models.CharField(max_length=9, choices=Flag, blank=True)

    objects = SaleLineQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("line of a ticket")
        verbose_name_plural = _("lines of tickets")
        indexes = [
            # the latest prices of a category in a structure
            models.Index(F("organisation"), F("category"), F("id").desc(), name="line_prices"),
            # what reports warn of: few lines among many
            models.Index(
                fields=["sale"],
                condition=Q(flow=None, nature="goods"),
                name="line_unweighed",
            ),
            models.Index(fields=["sale"], condition=~Q(flag=""), name="line_flagged"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["sale", "position"], name="line_position_once"),
            models.CheckConstraint(name="line_counts", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="line_adds_up",
                condition=Q(is_lot=True, total_cents=F("price_cents") - OFF)
                | Q(is_lot=False, total_cents=F("price_cents") * F("quantity") - OFF)
                & ~Q(price_mode=PriceMode.PER_KG)
                | Q(is_lot=False, quantity=1, price_mode=PriceMode.PER_KG)
                & Q(total_cents=(F("price_cents") * F("weight_g") + 500) / 1000 - OFF),
            ),
            models.CheckConstraint(
                name="line_weight_and_flow",
                condition=Q(weight_g=None, flow=None, weight_source__in=WeightSource.unweighed())
                | (
                    Q(weight_g__gt=0, flow__isnull=False)
                    & ~Q(weight_source__in=WeightSource.unweighed())
                ),
            ),
            models.CheckConstraint(
                name="line_goods_have_category",
                condition=Q(nature=Nature.GOODS, category__isnull=False)
                & ~Q(weight_source=WeightSource.NONE)
                | ~Q(nature=Nature.GOODS)
                & Q(category=None, item=None, weight_source=WeightSource.NONE),
            ),
            models.CheckConstraint(
                name="line_item_is_one", condition=Q(item=None) | Q(quantity=1, is_lot=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.label}"

    @property
    def listed_cents(self) -> int:
        """What it costs before its part of what the ticket takes off."""
        return self.total_cents + self.shared_cents

    @property
    def refunded(self) -> int:
        """How many of it were given back."""
        return sum(refund.quantity for refund in self.refunds.all())
