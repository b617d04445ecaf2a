"""Tills and the price grid: what each shop keeps for itself."""

from collections.abc import Iterable
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from inventory.models import Category, Place
from inventory.models.catalogue import Bilingual
from inventory.models.places import Owned, OwnedQuerySet
from organisation.models import Site


class Nature(models.TextChoices):
    """What a line of a ticket is, and so how it is booked. Only goods have a category and weigh."""

    GOODS = "goods", _("object")
    MEMBERSHIP = "membership", _("membership")
    VOUCHER = "voucher", _("gift voucher")
    DELIVERY = "delivery", _("delivery")
    GIFT = "gift", _("donation")
    DEPOSIT = "deposit", _("deposit")


class PriceMode(models.TextChoices):
    """How the price of a line came about."""

    FIXED = "fixed", _("fixed price")
    TYPED = "typed", _("typed at the till")
    FREE = "free", _("pay what you want")
    PER_KG = "per_kg", _("per kilogram")


ICONS = {
    Nature.MEMBERSHIP: "id-card",
    Nature.VOUCHER: "ticket",
    Nature.DELIVERY: "truck",
    Nature.GIFT: "hand-heart",
    Nature.DEPOSIT: "bookmark",
}


class AtSiteQuerySet(OwnedQuerySet[Any]):
    """Rows of a list that each site keeps for itself."""

    def named(self, code: str) -> Self:
        return super().named(code).select_related("site__organisation")

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
    is_lent = False  # to a tablet: told of those that a page is about to sell at

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
        if not self.site.tracks_places:
            return Place.objects.main(self.site)
        if self.place and self.place.is_active:
            return self.place
        shops = Place.objects.filter(site=self.site, use=Place.Use.SHOP, is_active=True)
        return shops.first() or Place.objects.main(self.site)


class PriceKeyQuerySet(AtSiteQuerySet):
    def named(self, code: str) -> Self:
        return super().named(code).select_related("category")


class PriceKey(Bilingual, Owned):
    """A line of a site's price grid: what it is, and its price, or none where one is typed."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="price_keys")
    nature = models.CharField(_("what it is"), max_length=12, choices=Nature, default=Nature.GOODS)
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
    )
    price_cents = models.PositiveIntegerField(_("price (cents)"), null=True, blank=True)
    member_price_cents = models.PositiveIntegerField(
        _("price for members (cents)"), null=True, blank=True
    )
    is_free = models.BooleanField(_("pay what you want"), default=False)
    is_per_kg = models.BooleanField(_("price per kilogram"), default=False)
    history = HistoricalRecords()

    objects = PriceKeyQuerySet.as_manager()  # type: ignore[misc]  # narrower than Owned's

    class Meta(Owned.Meta):
        verbose_name = _("price")
        verbose_name_plural = _("price grid")
        constraints = [
            *Owned.Meta.constraints,
            models.CheckConstraint(
                name="key_goods_have_category",
                condition=Q(nature=Nature.GOODS, category__isnull=False)
                | ~Q(nature=Nature.GOODS) & Q(category=None, is_per_kg=False),
            ),
            models.CheckConstraint(
                name="key_is_priced_one_way",
                condition=Q(is_free=True, is_per_kg=False, price_cents=None)
                | Q(is_free=False, is_per_kg=False)
                | Q(is_free=False, is_per_kg=True, price_cents__isnull=False),
            ),
            models.CheckConstraint(
                name="key_members_pay_no_more",
                condition=Q(member_price_cents=None)
                | Q(price_cents__isnull=False, member_price_cents__lte=F("price_cents")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def guarded_by(self) -> Site:
        return self.site

    def price_for(self, *, is_member: bool) -> int | None:
        """What one costs; none where the price is typed."""
        is_less = is_member and self.member_price_cents is not None
        return self.member_price_cents if is_less else self.price_cents

    @property
    def mode(self) -> PriceMode:
        """How what it sells is priced."""
        if self.is_free:
            return PriceMode.FREE
        if self.is_per_kg:
            return PriceMode.PER_KG
        return PriceMode.TYPED if self.price_cents is None else PriceMode.FIXED

    @property
    def look(self) -> tuple[str, str]:
        """Icon and colour of its category, or of what it is."""
        return self.category.look if self.category else (ICONS[Nature(self.nature)], "div")
