"""Tills and the price grid: what each shop keeps for itself."""

from collections.abc import Iterable
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from inventory.models import Category, Place
from inventory.models.catalogue import Bilingual
from inventory.models.places import Owned, OwnedQuerySet
from organisation.models import Site


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
        if not self.site.tracks_places:
            return Place.objects.main(self.site)
        if self.place and self.place.is_active:
            return self.place
        shops = Place.objects.filter(site=self.site, use=Place.Use.SHOP, is_active=True)
        return shops.first() or Place.objects.main(self.site)


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
