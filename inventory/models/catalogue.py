"""What things are: reference categories shared by all, each structure's own below them."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organisation.models import Organisation, Site, code_validator
from organisation.permissions import CallerRequest

UNSORTED = "DIV.VRAC"  # what nobody has looked through yet


class Bilingual(models.Model):
    """A name in French and in English; people see their own language."""

    name_fr = models.CharField(_("French name"), max_length=255)
    name_en = models.CharField(_("English name"), max_length=255, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        is_english = (get_language() or "fr").startswith("en")
        return (is_english and self.name_en) or self.name_fr


class CodedQuerySet(models.QuerySet[models.Model]):
    """Reference rows that everyone shares."""

    def within(self, request: CallerRequest) -> "CodedQuerySet":
        return self

    def named(self, code: str) -> "CodedQuerySet":
        return self.filter(code=code)


class EprStreamQuerySet(models.QuerySet["EprStream"]):
    """Streams, which everyone shares."""

    def within(self, request: CallerRequest) -> "EprStreamQuerySet":
        return self

    def named(self, code: str) -> "EprStreamQuerySet":
        return self.filter(code=code)


class EprStream(Bilingual):
    """A French extended-producer-responsibility stream (filière REP). Reference data."""

    code = models.CharField(_("code"), max_length=16, unique=True)

    objects = EprStreamQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("EPR stream")
        verbose_name_plural = _("EPR streams")


class WasteCode(Bilingual):
    """A code of the European list of waste (Decision 2000/532/EC). Reference data."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    is_hazardous = models.BooleanField(_("hazardous"), default=False)

    objects = CodedQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("waste code")
        verbose_name_plural = _("waste codes")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class TreatmentCode(Bilingual):
    """A recovery (R) or disposal (D) operation of Directive 2008/98/EC. Reference data."""

    code = models.CharField(_("code"), max_length=8, unique=True)

    objects = CodedQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("treatment code")
        verbose_name_plural = _("treatment codes")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class CategoryQuerySet(models.QuerySet["Category"]):
    def of(self, organisation_id: int | None) -> "CategoryQuerySet":
        """Reference categories and the structure's own."""
        return self.filter(Q(organisation=None) | Q(organisation=organisation_id))

    def within(self, request: CallerRequest) -> "CategoryQuerySet":
        return self.of(request.user.organisation_id)

    def named(self, code: str) -> "CategoryQuerySet":
        return self.filter(code=code)

    def tops(self) -> "CategoryQuerySet":
        return self.filter(parent=None)

    def under(self, category: "Category") -> "CategoryQuerySet":
        """``category`` and everything below it."""
        return self.filter(
            Q(pk=category.pk) | Q(parent=category.pk) | Q(parent__parent=category.pk)
        )


class Category(Bilingual):
    """A kind of object or material: a top (``MOB``), a leaf (``MOB.CHAI``) or a structure's own.

    Its EPR stream and waste code are frozen once used: a change is a new category.
    """

    class Measure(models.TextChoices):
        UNIT = "unit", _("by the piece")
        KG = "kg", _("by the kilogram")
        METRE = "metre", _("by the metre")
        LITRE = "litre", _("by the litre")

    FROZEN_ONCE_USED = ("code", "parent_id", "epr_stream_id", "waste_code_id")

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="categories"
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("under"),
    )
    top = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="descendants"
    )
    code = models.CharField(_("code"), max_length=32, validators=[code_validator])
    epr_stream = models.ForeignKey(
        EprStream, models.PROTECT, null=True, blank=True, verbose_name=_("EPR stream")
    )
    waste_code = models.ForeignKey(
        WasteCode, models.PROTECT, null=True, blank=True, verbose_name=_("waste code")
    )
    unit_weight_g = models.PositiveIntegerField(
        _("weight of one unit (g)"),
        null=True,
        blank=True,
        help_text=_("Used when there is no scale; empty: an estimate is asked for."),
    )
    plausible_max_g = models.PositiveIntegerField(
        _("ask above (g)"), null=True, blank=True, help_text=_("A heavier weighing is asked once.")
    )
    measure = models.CharField(_("sold"), max_length=8, choices=Measure, default=Measure.UNIT)
    measure_weight_g = models.PositiveIntegerField(
        _("weight of one metre or litre (g)"), null=True, blank=True
    )
    icon = models.CharField(_("icon"), max_length=40, blank=True)
    colour = models.CharField(_("colour"), max_length=8, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)
    history = HistoricalRecords()

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="category_code_once"),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(organisation=None),
                name="category_reference_code_once",
            ),
        ]

    def save(self, *args: object, **kwargs: object) -> None:
        self.top = self.parent and (self.parent.top or self.parent)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> None:
        """Raises ValidationError ``category_frozen``, ``bad_parent`` or ``code_taken``."""
        if self.pk and self.is_used:
            before = Category.objects.get(pk=self.pk)
            if any(getattr(before, f) != getattr(self, f) for f in self.FROZEN_ONCE_USED):
                raise ValidationError(
                    _("This category is already in use: create another one instead."),
                    code="category_frozen",
                )
        if self.organisation_id is None:
            return
        if self.parent is None or self.parent.organisation_id is not None:
            raise ValidationError(
                _("A category of your own goes under a reference category."), code="bad_parent"
            )
        if Category.objects.filter(organisation=None, code=self.code).exists():
            raise ValidationError(
                _("This code is one of the reference categories."), code="code_taken"
            )

    def has_changed(self) -> bool:
        """Whether saving would write anything: history keeps changes, not reloads."""
        if self.pk is None:
            return True
        names = [f.attname for f in self._meta.concrete_fields]
        stored = Category.objects.filter(pk=self.pk).values(*names).get()
        return any(getattr(self, name) != stored[name] for name in names)

    @property
    def is_used(self) -> bool:
        from inventory.models.ledger import Flow

        return Flow.objects.filter(
            Q(from_category__in=Category.objects.under(self))
            | Q(to_category__in=Category.objects.under(self))
        ).exists()

    @property
    def stream(self) -> EprStream | None:
        """Its own EPR stream, or that of the category above."""
        return self.epr_stream or (self.parent.stream if self.parent else None)

    @property
    def lineage(self) -> "list[Category]":
        """The category, and those above it."""
        return [self, *(self.parent.lineage if self.parent else [])]

    @property
    def look(self) -> tuple[str, str]:
        """``(icon, colour)``, inherited from the category above where it has none."""
        above = self.parent.look if self.parent else ("package", "div")
        return self.icon or above[0], self.colour or above[1]


class UnitWeightQuerySet(models.QuerySet["UnitWeight"]):
    def averages(self, site: Site, categories: Iterable[Category]) -> dict[int, int]:
        """Category key → grams of one unit: the site's own once it has seen enough, else the
        catalogue's. A category with neither is left out: a weight is never invented.
        """
        known = {c.pk: c.unit_weight_g for c in categories}
        found = {pk: weight_g for pk, weight_g in known.items() if weight_g}
        for row in self.filter(site=site, category__in=known):
            if row.units >= UnitWeight.ENOUGH_UNITS or (
                row.units > 0 and row.category_id not in found
            ):
                found[row.category_id] = max(row.weight_g // row.units, 1)
        return found


class UnitWeight(models.Model):
    """What one unit of a category has weighed at a site so far: Σ grams ÷ Σ units."""

    ENOUGH_UNITS = 5

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    weight_g = models.BigIntegerField()
    units = models.BigIntegerField()

    objects = UnitWeightQuerySet.as_manager()

    class Meta:
        verbose_name = _("average unit weight")
        verbose_name_plural = _("average unit weights")
        constraints = [
            models.UniqueConstraint(fields=["site", "category"], name="unit_weight_once")
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.category}"


class TileQuerySet(models.QuerySet["Tile"]):
    def ranks(self, site: Site) -> dict[int, int]:
        """Category key → its rank among those the site shows first; empty: it has not chosen."""
        return dict(self.filter(site=site).values_list("category", "rank"))


class Tile(models.Model):
    """A top category that a site shows first on its screens; the rest lies behind "Others"."""

    MOST = 11  # beside the tile that opens the others

    site = models.ForeignKey(Site, models.CASCADE, related_name="tiles")
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="+", verbose_name=_("category")
    )
    rank = models.PositiveSmallIntegerField(_("order"))
    history = HistoricalRecords()

    objects = TileQuerySet.as_manager()

    class Meta:
        ordering = ["site", "rank"]
        verbose_name = _("tile")
        verbose_name_plural = _("tiles")
        constraints = [models.UniqueConstraint(fields=["site", "category"], name="tile_once")]

    def __str__(self) -> str:
        return f"{self.site} {self.rank} {self.category}"
