"""Structures, their sites, and the networks they form."""

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from stdnum.fr import siret as siret_number

from organisation.permissions import CallerRequest

if TYPE_CHECKING:
    from datetime import date, datetime

    from organisation.models.people import User

code_validator = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z", _("Use letters, digits, dots and hyphens only."), "bad_code"
)


# 13 signs: 2 first, the check digit last, the grams together between them.
WEIGHT_CODE_LAYOUT = "2RIIIIIWWWWWC"
weight_code_validator = RegexValidator(
    r"^(?=.{13}\Z)2[0-9RIV]*W{4,6}[0-9RIV]*C\Z",
    _("Write 13 signs: 2, then digits, R, I, V and 4 to 6 W in a row, and C at the end."),
    "bad_weight_code_layout",
)


def validate_siret(value: str) -> None:
    """Refuse a number that is not a SIRET (14 digits, Luhn). Raises ValidationError bad_siret."""
    if not siret_number.is_valid(value):
        raise ValidationError(_("This is not a valid SIRET number."), code="bad_siret")


postal_code_validator = RegexValidator(
    r"^[0-9]{5}\Z", _("A French postal code has five digits."), "bad_postal_code"
)


class Addressed(models.Model):
    """Somebody with a SIRET and a postal address, as papers of waste ask for them."""

    siret = models.CharField(_("SIRET"), max_length=14, blank=True, validators=[validate_siret])
    address = models.CharField(_("address"), max_length=240, blank=True)
    postal_code = models.CharField(
        _("postal code"), max_length=5, blank=True, validators=[postal_code_validator]
    )
    city = models.CharField(_("town"), max_length=45, blank=True)

    class Meta:
        abstract = True

    @property
    def whole_address(self) -> str:
        """Street, postal code and town, as far as they are known."""
        town = f"{self.postal_code} {self.city}".strip()
        return ", ".join(part for part in (self.address, town) if part)


def validate_timezone(value: str) -> None:
    """Refuse a name that no clock knows. Raises ValidationError unknown_timezone."""
    if value not in available_timezones():
        raise ValidationError(_("This time zone does not exist."), code="unknown_timezone")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def within(self, request: CallerRequest) -> "OrganisationQuerySet":
        """The caller's own structure."""
        return self.filter(pk=request.user.organisation_id or 0)

    def named(self, code: str) -> "OrganisationQuerySet":
        return self.filter(code=code)


class Organisation(models.Model):
    """A structure (association, SCIC, régie) that runs one or more reuse centres."""

    class Profile(models.TextChoices):
        SIMPLE = "simple", _("Simple")
        GIVING = "giving", _("Giving, no till")
        COMPLETE = "complete", _("Complete")

    code = models.CharField(_("code"), max_length=32, unique=True, validators=[code_validator])
    name = models.CharField(_("name"), max_length=120)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True, validators=[validate_siret])
    profile = models.CharField(
        _("profile"), max_length=16, choices=Profile, default=Profile.COMPLETE
    )
    lists_objects = models.BooleanField(_("keeps a register of objects"), default=False)
    history = HistoricalRecords()

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("structure")
        verbose_name_plural = _("structures")

    def __str__(self) -> str:
        return self.name


class SiteQuerySet(models.QuerySet["Site"]):
    def within(self, request: CallerRequest) -> "SiteQuerySet":
        """Sites of the caller's structure."""
        return self.filter(organisation=request.user.organisation_id)

    def named(self, code: str) -> "SiteQuerySet":
        return self.filter(code=code)

    def reached_from(self, organisation_id: int | None) -> "SiteQuerySet":
        """Sites that a structure may send to: its own, and those of networks it belongs to."""
        peers = Organisation.objects.filter(networks__members=organisation_id or 0)
        return self.filter(Q(organisation=organisation_id) | Q(organisation__in=peers))

    def permitted(self, user: "User", act: str) -> "SiteQuerySet":
        """Sites where ``user`` may do ``act``."""
        own = self.filter(organisation=user.organisation_id)
        sites = user.sites_allowing(act)
        return own if None in sites else own.filter(pk__in=[pk for pk in sites if pk])


class Site(Addressed):
    """A place with a scale and a door: figures are kept, and months closed, per site."""

    class LabelDots(models.IntegerChoices):
        COARSE = 203, "203"
        FINE = 300, "300"

    class LabelOutput(models.TextChoices):
        PAGE = "page", _("from the browser, one label to a page")
        ROLL = "roll", _("a PDF for the roll")
        SHEET = "sheet", _("A4 sheets of labels")
        ZPL = "zpl", _("a ZPL file for a Zebra printer")

    SCALE_LIMIT_MAX_G = 100_000_000

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="sites")
    code = models.CharField(_("code"), max_length=32, unique=True, validators=[code_validator])
    name = models.CharField(_("name"), max_length=120)
    timezone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Paris", validators=[validate_timezone]
    )
    scale_limit_g = models.PositiveIntegerField(
        _("largest weight of one weighing (g)"),
        default=2_000_000,
        validators=[MinValueValidator(1), MaxValueValidator(SCALE_LIMIT_MAX_G)],
    )
    weight_code_layout = models.CharField(
        _("layout of barcodes that hold a weight"),
        max_length=13,
        blank=True,
        default=WEIGHT_CODE_LAYOUT,
        validators=[weight_code_validator],
    )
    tracks_places = models.BooleanField(_("keeps several places"), default=False)
    sorting_tolerance_bp = models.PositiveIntegerField(
        _("tolerated sorting gap (basis points)"),
        default=200,
        validators=[MaxValueValidator(10_000)],
    )
    lock_after_min = models.PositiveSmallIntegerField(
        _("minutes before a tablet locks"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
    )
    label_width_mm = models.PositiveSmallIntegerField(
        _("width of a label (mm)"),
        default=57,
        validators=[MinValueValidator(25), MaxValueValidator(110)],
    )
    label_height_mm = models.PositiveSmallIntegerField(
        _("height of a label (mm)"),
        default=32,
        validators=[MinValueValidator(15), MaxValueValidator(110)],
    )
    label_dpi = models.PositiveSmallIntegerField(
        _("dots per inch of the label printer"), choices=LabelDots, default=LabelDots.COARSE
    )
    label_output = models.CharField(
        _("how labels are printed"), max_length=8, choices=LabelOutput, default=LabelOutput.PAGE
    )
    daily_word = models.CharField(_("word of the day"), max_length=140, blank=True)
    books_closed_through = models.PositiveIntegerField(
        _("last closed month (YYYYMM)"), null=True, blank=True, editable=False
    )
    history = HistoricalRecords(excluded_fields=["books_closed_through"])

    objects = SiteQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]  # the first site opened comes first
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [
            models.CheckConstraint(
                name="site_scale_limit_is_plausible",
                condition=Q(scale_limit_g__gt=0, scale_limit_g__lte=100_000_000),
            ),
            models.CheckConstraint(
                name="site_label_is_plausible",
                condition=Q(label_width_mm__range=(25, 110), label_height_mm__range=(15, 110)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def guarded_by(self) -> "Site":
        return self

    @property
    def own_siret(self) -> str:
        """The establishment's SIRET; the structure's where the site has none of its own."""
        return self.siret or self.organisation.siret

    def business_date(self, at: "datetime") -> "date":
        """The day of ``at`` on this site's clock: it decides the period."""
        return at.astimezone(ZoneInfo(self.timezone)).date()


class NetworkQuerySet(models.QuerySet["Network"]):
    def within(self, request: CallerRequest) -> "NetworkQuerySet":
        """Networks whose totals the caller may read."""
        return self.filter(readers=request.user.pk)

    def read_by(self, user: "User") -> "NetworkQuerySet":
        """The same, by name."""
        return self.filter(readers=user.pk).order_by("name")

    def named(self, code: str) -> "NetworkQuerySet":
        return self.filter(code=code)


class Network(models.Model):
    """Structures that exchange goods and add up their figures without counting twice."""

    code = models.CharField(_("code"), max_length=32, unique=True, validators=[code_validator])
    name = models.CharField(_("name"), max_length=120)
    members = models.ManyToManyField(Organisation, related_name="networks", blank=True)
    readers: "models.ManyToManyField[User, Any]" = models.ManyToManyField(
        "User", related_name="networks_read", blank=True
    )
    history = HistoricalRecords(m2m_fields=[members, readers])

    objects = NetworkQuerySet.as_manager()

    class Meta:
        verbose_name = _("network")
        verbose_name_plural = _("networks")

    def __str__(self) -> str:
        return self.name
