"""Who buys and who is a member: contact data that can be erased, behind a number that stays.

Nothing here is chained, and no history is kept of it: what is erased is gone. Events of the
journal name a buyer by number alone.
"""

from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Max, Q
from django.utils.translation import gettext_lazy as _

from organisation.models import Organisation, Submission, User, validate_siret
from organisation.names import plain
from organisation.permissions import CallerRequest

MOST_DIGITS = 9  # of a number that may be one
CARD = "ADH-"  # before the number on a member's card


class BuyerQuerySet(models.QuerySet["Buyer"]):
    def within(self, request: CallerRequest) -> Self:
        return self.filter(organisation=request.user.organisation_id)

    def known(self) -> Self:
        """Those that were not erased."""
        return self.filter(erased_at=None)

    def named(self, number: str) -> Self:
        """The buyer of this number, unless erased: nothing more is sold to them."""
        return self.known().filter(number=_number(number))

    def sought(self, text: str) -> Self:
        """Those whose number or whose names, e-mail or telephone hold every word of ``text``."""
        if card := card_number(text):
            return self.named(card)
        words = plain(text).split()
        found = self.known() if words else self.none()
        for word in words:
            wanted = Q(sought_as__contains=word)
            found = found.filter(wanted | Q(number=_number(word)) if _number(word) else wanted)
        return found

    def next_number(self, organisation: Organisation) -> int:
        """The next free number of a structure, which is held until the transaction ends."""
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        rows = self.filter(organisation=organisation)
        return (rows.aggregate(last=Max("number"))["last"] or 0) + 1


def _number(text: str) -> int:
    is_one = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if is_one else 0


def card_number(text: str) -> str:
    """The number on a member's card that ``text`` is; empty where it is none."""
    code = text.strip().upper()
    return code.removeprefix(CARD) if code.startswith(CARD) and _number(code[len(CARD) :]) else ""


class Buyer(models.Model):
    """Somebody, or an organisation, who buys by name, or is a member."""

    class Kind(models.TextChoices):
        PERSON = "person", _("a person")
        ORGANISATION = "organisation", _("an organisation")

    CONTACT = ("name", "email", "phone", "address", "siret", "note", "sought_as")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    submission = models.OneToOneField(Submission, models.PROTECT, null=True, related_name="buyer")
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True, validators=[validate_siret])
    note = models.CharField(_("note"), max_length=500, blank=True)
    wants_mail = models.BooleanField(_("agrees to tickets by e-mail"), default=False)
    sought_as = models.TextField(blank=True, editable=False)
    member_until = models.DateField(_("member until"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, editable=False)
    erased_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = BuyerQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("buyer")
        verbose_name_plural = _("buyers")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="buyer_number_once"),
            models.CheckConstraint(
                name="buyer_named_or_erased", condition=~Q(name="") | Q(erased_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"n° {self.number}"

    def save(self, *args: object, **options: object) -> None:
        """With the words it is found by."""
        said = (self.name, self.email, self.phone, self.phone.replace(" ", ""))
        self.sought_as = plain(" ".join(said))
        super().save(*args, **options)  # type: ignore[arg-type]

    def clean(self) -> None:
        """Raises ValidationError ``siret_of_person`` or ``address_missing``."""
        if self.siret and self.kind == self.Kind.PERSON:
            raise ValidationError(
                {"siret": ValidationError(_("A person has no SIRET."), code="siret_of_person")}
            )
        if self.wants_mail and not self.email:
            raise ValidationError(
                {
                    "email": ValidationError(
                        _("Tickets by e-mail need an address."), code="address_missing"
                    )
                }
            )

    @property
    def card(self) -> str:
        """What a member's card says, for scanners."""
        return f"{CARD}{self.number}"

    @property
    def is_erased(self) -> bool:
        return self.erased_at is not None

    def is_member(self, day: date) -> bool:
        """Whether a membership runs on ``day``."""
        return self.member_until is not None and day <= self.member_until


class MemberPeriod(models.Model):
    """A time during which somebody is a member: by a line of a ticket, or typed in the office."""

    buyer = models.ForeignKey(Buyer, models.PROTECT, related_name="periods")
    line = models.OneToOneField(
        "sales.SaleLine", models.PROTECT, null=True, related_name="member_period"
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("membership of a buyer")
        verbose_name_plural = _("memberships of buyers")
        constraints = [
            models.CheckConstraint(name="member_days", condition=Q(ends_on__gte=F("starts_on")))
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"
