"""Where things are and go: places, partners, containers; how and whence they come."""

import re
from typing import Self, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pydantic_core import PydanticCustomError
from simple_history.models import HistoricalRecords

from inventory.models.catalogue import Bilingual, TreatmentCode, WasteCode
from organisation.models import Addressed, Organisation, Site, code_validator
from organisation.permissions import CallerRequest
from organisation.prepared import Prepared

Row = TypeVar("Row", bound="Owned")


INSEE_CODE = re.compile(r"[0-9][0-9AB][0-9]{3}")  # digits, or 2A and 2B for Corsica


class OwnedQuerySet(models.QuerySet[Row]):
    """Reference rows of one structure, each known by its code."""

    def within(self, request: CallerRequest) -> Self:
        return self.filter(organisation=request.user.organisation_id)

    def named(self, code: str) -> Self:
        return self.filter(code=code)

    def offered(self) -> Self:
        return self.filter(is_active=True)


class Owned(models.Model):
    """Something a structure keeps a list of. Never deleted once used: set aside instead."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    code = models.CharField(_("code"), max_length=32, validators=[code_validator])
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="%(class)s_code_once")
        ]


class WasteStatus(models.TextChoices):
    """Whether what comes in is still a product, or has become waste (L541-1-1)."""

    PRODUCT = "product", _("product (réemploi)")
    WASTE = "waste", _("waste (réutilisation)")


class CollectionMode(Bilingual, Owned):
    """How an arrival comes: brought, fetched, picked up on a round, from a company…"""

    waste_status = models.CharField(
        _("status"), max_length=8, choices=WasteStatus, default=WasteStatus.PRODUCT
    )
    is_round = models.BooleanField(
        _("keeps the origin from one arrival to the next"), default=False
    )
    icon = models.CharField(_("icon"), max_length=40, blank=True)
    history = HistoricalRecords()

    class Meta(Owned.Meta):
        verbose_name = _("collection mode")
        verbose_name_plural = _("collection modes")

    def __str__(self) -> str:
        return self.name


class OriginQuerySet(OwnedQuerySet["Origin"]):
    def not_asked(self, organisation_id: int) -> "Origin":
        """The origin of arrivals of whom nothing was asked, made when first needed."""
        known = _ORIGIN.row(Origin.NOT_ASKED, organisation_id)
        return (
            known
            or self.get_or_create(
                organisation_id=organisation_id,
                code=Origin.NOT_ASKED,
                defaults={"name": "Non demandé", "position": 999},
            )[0]
        )


class Origin(Owned):
    """Where arrivals come from: a commune (with its INSEE code), a district, "not asked"."""

    NOT_ASKED = "non-demande"

    name = models.CharField(_("name"), max_length=120)
    insee_code = models.CharField(_("INSEE code"), max_length=5, blank=True)
    history = HistoricalRecords()

    objects = OriginQuerySet.as_manager()  # type: ignore[misc]  # narrower than Owned's

    class Meta(Owned.Meta):
        verbose_name = _("origin")
        verbose_name_plural = _("origins")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Write a Corsican code in capitals. Raises ValidationError ``bad_insee_code``."""
        self.insee_code = self.insee_code.upper()
        if self.insee_code and not INSEE_CODE.fullmatch(self.insee_code):
            refusal = ValidationError(
                _("A commune's INSEE code has five characters, such as 75112 or 2A004."),
                code="bad_insee_code",
            )
            raise ValidationError({"insee_code": refusal})


_ORIGIN = Prepared(
    lambda code, organisation: Origin.objects.filter(code=code, organisation=organisation), "?", -1
)


class Container(Owned):
    """Something that is weighed with its load: its tare is taken off."""

    name = models.CharField(_("name"), max_length=120)
    tare_g = models.PositiveIntegerField(_("tare (g)"))
    average_load_g = models.PositiveIntegerField(
        _("usual load (g)"),
        null=True,
        blank=True,
        help_text=_("Net weight of a full one, to estimate departures counted in containers."),
    )
    icon = models.CharField(_("icon"), max_length=40, blank=True)
    history = HistoricalRecords()

    class Meta(Owned.Meta):
        verbose_name = _("container")
        verbose_name_plural = _("containers")

    def __str__(self) -> str:
        return self.name


class Partner(Addressed, Owned):
    """Who takes what leaves: recycler, tip, association, another reuse centre."""

    name = models.CharField(_("name"), max_length=120)
    default_fate = models.CharField(_("usual fate"), max_length=16, blank=True)
    waste_code = models.ForeignKey(
        WasteCode,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("usual waste code"),
    )
    treatment_code = models.ForeignKey(
        TreatmentCode,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("usual treatment code"),
    )
    carrier = models.ForeignKey(
        "Carrier",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("usual carrier"),
    )
    eco_organisme = models.ForeignKey(
        "EcoOrganisme",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("collects for the éco-organisme"),
    )
    takes_pops = models.BooleanField(
        _("what it takes holds persistent organic pollutants (POP)"),
        default=False,
        help_text=_("Padded furniture, some plastics of old devices. It is dangerous waste then."),
    )
    history = HistoricalRecords()

    class Meta(Owned.Meta):
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return self.name


class PlaceQuerySet(models.QuerySet["Place"]):
    def within(self, request: CallerRequest) -> "PlaceQuerySet":
        """Places of the site that the request named first; a code alone names no place."""
        site = getattr(request, "site", None)
        if site is None:
            raise PydanticCustomError("site_first", "")
        return self.filter(site=site)

    def named(self, code: str) -> "PlaceQuerySet":
        return self.filter(code=code).select_related("site")

    def main(self, site: Site) -> "Place":
        """The place a site always has, made when first asked for."""
        place = (
            _MAIN.row(site.pk)
            or self.get_or_create(
                site=site, is_main=True, defaults={"code": "principal", "name": site.name}
            )[0]
        )
        place.site = site  # already at hand: saves a query per account
        return place


class Place(models.Model):
    """A spot of a site where stock lies: sorting floor, workshop, storage, shop."""

    class Use(models.TextChoices):
        SORTING = "sorting", _("sorting")
        WORKSHOP = "workshop", _("workshop")
        STORAGE = "storage", _("storage")
        SHOP = "shop", _("shop")

    site = models.ForeignKey(Site, models.PROTECT, related_name="places")
    code = models.CharField(_("code"), max_length=32, validators=[code_validator])
    name = models.CharField(_("name"), max_length=120)
    use = models.CharField(_("use"), max_length=16, choices=Use, default=Use.SORTING)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_main = models.BooleanField(default=False, editable=False)
    is_active = models.BooleanField(_("offered"), default=True)
    history = HistoricalRecords()

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["-is_main", "position", "code"]
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.UniqueConstraint(fields=["site", "code"], name="place_code_once"),
            models.UniqueConstraint(
                fields=["site"], condition=Q(is_main=True), name="place_one_main_per_site"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def guarded_by(self) -> Site:
        return self.site


_MAIN = Prepared(lambda site: Place.objects.filter(site=site, is_main=True), -1)
