"""Sums kept beside the flows, in the same transaction: what is held now, what a month moved."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from inventory.models.catalogue import Category
from inventory.models.ledger import Account, Kind, Method
from inventory.models.places import Origin, Place
from organisation.models import Site


class BalanceQuerySet(models.QuerySet["Balance"]):
    def of(self, account: Account) -> dict[int, int]:
        """Category key → grams that ``account`` holds now."""
        return dict(self.filter(account__key=account.key).values_list("category", "weight_g"))

    def in_stock(self, site: Site, place: Place | None = None) -> "BalanceQuerySet":
        """What lies at ``site``, or in one of its places."""
        rows = self.filter(account__site=site, account__kind=Kind.STOCK).exclude(weight_g=0)
        return rows.filter(account__place=place) if place else rows

    def shown(self, site: Site, place: Place | None = None) -> "BalanceQuerySet":
        """What lies at ``site``, or in one of its places, with all that a table shows."""
        return self.in_stock(site, place).select_related(
            "account", "category__parent__parent", "category__top"
        )

    def heaps(self, site: Site, place: Place | None = None) -> "BalanceQuerySet":
        """Bulk that lies at ``site``, or in one of its places, where the books hold some."""
        rows = self.shown(site, place).filter(account__holds_items=False, weight_g__gt=0)
        return rows.select_related("account__place").order_by("-account__place__is_main", "pk")

    def bulk_in(self, place: Place) -> "BalanceQuerySet":
        """What lies in bulk at a place, by the books, the heaviest first."""
        rows = self.filter(account__key=Account.stock(place).key, weight_g__gt=0)
        return rows.order_by("-weight_g", "pk")

    def held_at(self, places: Iterable[Place], category: Category) -> dict[Place, int]:
        """Place → grams of a category that lie in bulk there, by the books."""
        keys = {Account.stock(place).key: place for place in places}
        rows = self.filter(account__key__in=keys, category=category)
        found = dict(rows.values_list("account__key", "weight_g"))
        return {place: found.get(key, 0) for key, place in keys.items()}

    def per_site(self, sites: Iterable[Site]) -> dict[int, int]:
        """Site key → grams in stock there, in bulk and labelled."""
        rows = self.filter(account__site__in=sites, account__kind=Kind.STOCK)
        return dict(rows.values_list("account__site").annotate(Sum("weight_g")))

    def bulk_with_tops(self, site: Site) -> dict[int, int]:
        """Category key → grams that ``site`` holds in bulk; a top's own and its leaves' too."""
        rows = self.filter(account__site=site, account__kind=Kind.STOCK, account__holds_items=False)
        held: dict[int, int] = {}
        sums = rows.values_list("category", "category__top").annotate(total_g=Sum("weight_g"))
        for category, top, weight_g in sums:
            for key in {category, top or category}:
                held[key] = held.get(key, 0) + weight_g
        return held

    def negative_tops(self, site: Site) -> dict[int, int]:
        """Top category key → grams, where the site's books hold less than nothing in bulk."""
        below = self.negative_tops_of([site])
        return {category: weight_g for (_site, category), weight_g in below.items()}

    def negative_tops_of(self, sites: Iterable[Site]) -> dict[tuple[int, int], int]:
        """``(site, top category)`` → grams, where their books hold less than nothing in bulk."""
        bulk = self.filter(
            account__site__in=sites, account__kind=Kind.STOCK, account__holds_items=False
        )
        top = Coalesce("category__top", "category")
        sums = bulk.values_list("account__site", top).annotate(total_g=Sum("weight_g"))
        return {
            (site, category): total_g
            for site, category, total_g in sums.filter(total_g__lt=0).order_by("account__site")
        }

    def stock_lines(self, site: Site, place: Place | None = None) -> list[dict[str, Any]]:
        """Per place and category: grams of bulk and items, number of items, negative or not."""
        below = self.negative_tops(site)
        rows = self.in_stock(site, place).select_related(
            "account__place", "category__parent__parent"
        )
        lines: dict[tuple[Any, Any], dict[str, Any]] = {}
        for row in rows.order_by("category__position", "category__code", "account__place"):
            category, where = row.category, row.account.place
            assert where is not None  # noqa: S101 (a stock account has a place: a constraint)
            line = lines.setdefault(
                (category.code, where.code),
                {
                    "category": category.code,
                    "name": category.name,
                    "look": category.look,
                    "place": where.code,
                    "place_name": where.name,
                    "weight_g": 0,
                    "items": 0,
                    "negative": (category.top_id or category.pk) in below,
                },
            )
            line["weight_g"] += row.weight_g
            line["items"] += row.units if row.account.holds_items else 0
        return list(lines.values())


class Balance(models.Model):
    """What an account holds of a category now: Σ in − Σ out, kept with every movement."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="balances")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    weight_g = models.BigIntegerField()
    units = models.BigIntegerField()

    objects = BalanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("balance")
        verbose_name_plural = _("balances")
        constraints = [models.UniqueConstraint(fields=["account", "category"], name="balance_once")]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.category_id}: {self.weight_g} g"


class MonthlyFlow(models.Model):
    """A month's grams between two accounts, per category and method: the reports' cube."""

    month = models.PositiveIntegerField()
    from_account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    from_category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    to_account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    to_category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    method = models.CharField(max_length=12, choices=Method)
    weight_g = models.BigIntegerField()
    units = models.BigIntegerField()

    class Meta:
        verbose_name = _("monthly sum")
        verbose_name_plural = _("monthly sums")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "month",
                    "from_account",
                    "to_account",
                    "method",
                    "from_category",
                    "to_category",
                ],
                name="monthly_flow_once",
            )
        ]
        indexes = [
            # a year without categories is summed from this index alone
            models.Index(
                fields=["month", "from_account", "to_account", "method", "weight_g", "units"],
                name="monthly_flow_sums",
            )
        ]

    def __str__(self) -> str:
        return f"{self.month}: {self.weight_g} g"


class MonthlyOrigin(models.Model):
    """A month's arrivals per source, origin and category: grams less what was cancelled."""

    month = models.PositiveIntegerField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    origin = models.ForeignKey(Origin, models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    weight_g = models.BigIntegerField()
    units = models.BigIntegerField()

    class Meta:
        verbose_name = _("monthly arrivals")
        verbose_name_plural = _("monthly arrivals")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "account", "origin", "category"],
                name="monthly_origin_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.month}: {self.weight_g} g"


class NumberSeries(models.Model):
    """The last number given to a kind of movement at a site."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    prefix = models.CharField(max_length=4)
    last = models.PositiveIntegerField()
    skipped = models.PositiveIntegerField(db_default=0)  # given, then taken away by a restore

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [models.UniqueConstraint(fields=["site", "prefix"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.site_id}: {self.last}"
