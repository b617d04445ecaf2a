"""Structures, their sites and people, and the requests they have sent us."""

import hashlib
import secrets
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from stdnum.fr import siret as siret_number

from organisation.permissions import ACTS, CallerRequest, Role
from organisation.prepared import Prepared

if TYPE_CHECKING:
    from datetime import date, datetime

code_validator = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z", _("Use letters, digits, dots and hyphens only."), "bad_code"
)


def validate_siret(value: str) -> None:
    """Refuse a number that is not a SIRET (14 digits, Luhn). Raises ValidationError bad_siret."""
    if not siret_number.is_valid(value):
        raise ValidationError(_("This is not a valid SIRET number."), code="bad_siret")


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


class Site(models.Model):
    """A place with a scale and a door: figures are kept, and months closed, per site."""

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
    tracks_places = models.BooleanField(_("keeps several places"), default=False)
    sorting_tolerance_bp = models.PositiveIntegerField(
        _("tolerated sorting gap (basis points)"),
        default=200,
        validators=[MaxValueValidator(10_000)],
    )
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
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def guarded_by(self) -> "Site":
        return self

    def business_date(self, at: "datetime") -> "date":
        """The day of ``at`` on this site's clock: it decides the period."""
        return at.astimezone(ZoneInfo(self.timezone)).date()


class NetworkQuerySet(models.QuerySet["Network"]):
    def within(self, request: CallerRequest) -> "NetworkQuerySet":
        """Networks whose totals the caller may read."""
        return self.filter(readers=request.user.pk)

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


class User(AbstractUser):
    """Someone who signs in. Belongs to one structure; roles say what they do, and where."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="people"
    )
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    @cached_property
    def grants(self) -> list[tuple[int | None, str]]:
        """``(site or None for all, role)`` of this person, read once per request."""
        return [(held.site_id, held.role) for held in _MEMBERSHIPS.rows(self.pk)]

    def sites_allowing(self, act: str) -> set[int | None]:
        """Keys of the sites where this person may do ``act``; ``None`` stands for all."""
        return {site for site, role in self.grants if role in ACTS[act]}

    def may(self, act: str, site: Site) -> bool:
        """Whether this person may do ``act`` at ``site``."""
        if site.organisation_id != self.organisation_id:
            return False
        return bool(self.sites_allowing(act) & {None, site.pk})

    def may_anywhere(self, act: str) -> bool:
        """Whether this person may do ``act`` at one site at least."""
        return bool(self.sites_allowing(act))

    def is_known_to(self, reader: "User") -> bool:
        """Whether ``reader`` is told this person's name: colleagues are, auditors are not."""
        roles = {role for _site, role in reader.grants}
        return reader.organisation_id == self.organisation_id and roles != {Role.AUDITOR}

    def role_at(self, site: Site) -> Role | None:
        """The role by which this person works at ``site``, the humblest first."""
        held = {role for where, role in self.grants if where in (None, site.pk)}
        return next((role for role in Role if role in held), None)

    @property
    def initials(self) -> str:
        words = (self.get_full_name() or self.username).split()
        return "".join(word[0] for word in words[:2]).upper()


class Membership(models.Model):
    """A role held at one site, or at every site of the person's structure."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(_("role"), max_length=16, choices=Role)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(fields=["user", "site", "role"], name="membership_once"),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(site=None),
                name="membership_everywhere_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}, {self.site or '*'}"

    def clean(self) -> None:
        if self.site and self.site.organisation_id != self.user.organisation_id:
            raise ValidationError(
                _("This site belongs to another structure."), code="other_structure"
            )


class TokenManager(models.Manager["Token"]):
    def issue(self, user: User, name: str = "") -> tuple["Token", str]:
        """Make a token for ``user``; the secret is returned once and only its hash is kept."""
        secret = secrets.token_urlsafe(32)
        return self.create(user=user, name=name, digest=Token.digest_of(secret)), secret

    def owner(self, secret: str) -> User | None:
        """The active person whose living token this is."""
        user = _OWNER.row(Token.digest_of(secret))
        if user is not None and user.organisation_id is not None:
            user.organisation = _ORGANISATION.row(user.organisation_id)
        return user


class Token(models.Model):
    """A key to the API. 256 random bits, so a plain SHA-256 is enough to keep it safe."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=120, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenManager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return f"{self.user}: {self.name}"

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()


_OWNER = Prepared(
    lambda digest: User.objects.filter(
        tokens__digest=digest, tokens__revoked_at=None, is_active=True
    ),
    "?",
)
_ORGANISATION = Prepared(lambda pk: Organisation.objects.filter(pk=pk), -1)
_MEMBERSHIPS = Prepared(lambda user: Membership.objects.filter(user=user), -1)


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def answered(self, organisation: Organisation, id: Any) -> "Submission | None":
        """The submission already recorded under this structure's ``id``, if any."""
        return self.filter(organisation=organisation, uuid=id).first()


class Submission(models.Model):
    """A request that was recorded: the same one, sent again, gets the same answer."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    uuid = models.UUIDField(editable=False)
    endpoint = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    answer = models.TextField(blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "uuid"], name="submission_once")
        ]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.uuid}"
