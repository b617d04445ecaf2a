"""The lists a structure keeps: their rows, their words and where they lie."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inventory.forms.carriers import CarrierForm, EcoOrganismeForm
from inventory.forms.catalogue import (
    CategoryForm,
    ContainerForm,
    ModeForm,
    OriginForm,
    PartnerForm,
    RowForm,
)
from inventory.forms.sites import PlaceForm, SiteForm
from inventory.models import Kind
from inventory.units import NO_BREAK, exact_kg
from organisation.models import User


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its head and what it says of a row."""

    head: Promise
    say: Callable[[Any], Any]
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: the form that changes its rows, and its words.

    ``name`` is the name of its URL, ``at`` the path it lies at; ``links`` what its columns
    tell of other rows; ``beside`` tells its template
    more of a row than its form does; ``note`` hears of each change in its transaction: the row,
    what was done, what the changed fields said before, and who did it.
    """

    name: str
    at: str
    form: type[RowForm]
    title: Promise
    add: Promise
    hint: Promise
    columns: tuple[Column, ...] = ()
    links: tuple[str, ...] = ()
    template: str = "inventory/row.html"
    beside: Callable[[Any], dict[str, Any]] | None = None
    note: Callable[[Any, str, dict[str, Any], User], None] | None = None

    @property
    def model(self) -> type[models.Model]:
        return self.form._meta.model

    def url(self, verb: str = "", **row: str) -> str:
        return reverse(f"{self.name}-{verb}" if verb else self.name, kwargs=row)


def _kg(weight_g: int | None) -> str:
    return "–" if weight_g is None else f"{exact_kg(weight_g)}{NO_BREAK}kg"


CONTAINERS = Listing(
    name="containers",
    at="contenants",
    form=ContainerForm,
    title=_("Containers"),
    add=_("Add a container"),
    hint=_("Weighed with its load, a container's tare is taken off by itself."),
    columns=(
        Column(_("Tare"), lambda row: _kg(row.tare_g), is_number=True),
        Column(_("Usual load"), lambda row: _kg(row.average_load_g), is_number=True),
    ),
)
PARTNERS = Listing(
    name="partners",
    at="partenaires",
    form=PartnerForm,
    title=_("Partners"),
    add=_("Add a partner"),
    hint=_("Recyclers, tips, associations: who takes what leaves."),
    columns=(
        Column(_("Usual fate"), lambda row: _fate(row.default_fate)),
        Column(_("SIRET"), lambda row: row.siret or "–"),
    ),
)
CARRIERS = Listing(
    name="carriers",
    at="transporteurs",
    form=CarrierForm,
    title=_("Carriers"),
    add=_("Add a carrier"),
    hint=_("Who drives waste away, and under which receipt: the national register asks for it."),
    columns=(
        Column(_("SIRET"), lambda row: row.siret or "–"),
        Column(_("Receipt"), lambda row: row.receipt or (_("exempt") if row.is_exempt else "–")),
    ),
)
ECO_ORGANISMES = Listing(
    name="eco-organismes",
    at="eco-organismes",
    form=EcoOrganismeForm,
    title=_("Éco-organismes"),
    add=_("Add an éco-organisme"),
    hint=_("Those you have a contract with, and for which streams."),
    columns=(
        Column(_("Streams"), lambda row: ", ".join(s.code for s in row.streams.all()) or "–"),
        Column(_("SIRET"), lambda row: row.siret or "–"),
    ),
)
MODES = Listing(
    name="modes",
    at="modes",
    form=ModeForm,
    title=_("Collection modes"),
    add=_("Add a collection mode"),
    hint=_("How an arrival comes, and whether it is still a product or already waste."),
    columns=(
        Column(_("Status"), lambda row: row.get_waste_status_display()),
        Column(_("Origin kept"), lambda row: _("yes") if row.is_round else _("no")),
    ),
)
ORIGINS = Listing(
    name="origins",
    at="provenances",
    form=OriginForm,
    title=_("Origins"),
    add=_("Add an origin"),
    hint=_("Where donors come from. The first six are large buttons on the scale."),
    columns=(Column(_("INSEE code"), lambda row: row.insee_code or "–"),),
)
SITES = Listing(
    name="sites",
    at="sites",
    form=SiteForm,
    title=_("Sites and places"),
    add=_("Add a site"),
    hint=_("A site has a scale and a door; figures are kept for each."),
    columns=(
        Column(_("Clock"), lambda row: row.timezone.rpartition("/")[2].replace("_", " ")),
        Column(_("Largest weighing"), lambda row: _kg(row.scale_limit_g), is_number=True),
    ),
)
PLACES = Listing(
    name="places",
    at="sites/<str:site>/lieux",
    form=PlaceForm,
    title=_("Places"),
    add=_("Add a place"),
    hint=_("Where stock lies inside the site: sorting floor, workshop, storage, shop."),
    columns=(Column(_("Use"), lambda row: row.get_use_display()),),
)
CATEGORIES = Listing(
    name="categories",
    at="categories",
    form=CategoryForm,
    title=_("Categories"),
    add=_("Add a category"),
    hint=_("Reference categories are shared, so that figures compare; yours go below them."),
)
LISTINGS = (CONTAINERS, PARTNERS, CARRIERS, ECO_ORGANISMES, MODES, ORIGINS, SITES, PLACES)


def _fate(value: str) -> Any:
    return Kind(value).label if value else "–"
