"""People, their roles, and their keys to the API."""

import hashlib
import secrets
from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organisation.models.structures import Organisation, Site
from organisation.permissions import ACTS, WITH_PASSWORD, Role
from organisation.prepared import Prepared


class User(AbstractUser):
    """Someone who signs in. Belongs to one structure; roles say what they do, and where."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="people"
    )
    pin = models.CharField(max_length=128, blank=True, editable=False)  # hashed; for tablets
    team_of = models.OneToOneField(  # the floor of a site, working as one without PIN
        Site, models.PROTECT, null=True, blank=True, editable=False, related_name="team"
    )
    history = HistoricalRecords(excluded_fields=["password", "last_login", "pin"])

    came_by_pin = False  # of this request: see ``WITH_PASSWORD``

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    @cached_property
    def grants(self) -> list[tuple[int | None, str]]:
        """``(site or None for all, role)`` of this person, read once per request."""
        return [(held.site_id, held.role) for held in _MEMBERSHIPS.rows(self.pk)]

    def sites_allowing(self, act: str) -> set[int | None]:
        """Keys of the sites where this person may do ``act``; ``None`` stands for all."""
        if self.came_by_pin and act in WITH_PASSWORD:
            return set()
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
        return _OWNER.row(Token.digest_of(secret))


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
    ).select_related("organisation"),
    "?",
)
_MEMBERSHIPS = Prepared(lambda user: Membership.objects.filter(user=user), -1)
