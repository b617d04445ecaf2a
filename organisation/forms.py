"""What people fill in about their structure, themselves and each other."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.fr import siret as siret_number

from organisation.models import Organisation, Site, User
from organisation.permissions import Role
from organisation.services import Grant


class SiretField(forms.CharField):
    """A SIRET as people type it, with or without spaces; the model judges it."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> str:
        return str(siret_number.compact(super().to_python(value) or ""))


class StructureForm(forms.ModelForm):  # type: ignore[type-arg]
    siret = SiretField(
        label=_("SIRET"), required=False, help_text=_("14 digits; spaces do not matter.")
    )

    class Meta:
        model = Organisation
        fields = ("name", "siret", "profile")


class GrantsSelect(forms.CheckboxSelectMultiple):
    """Roles to tick, site by site."""

    look = "grants"


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """Somebody and their roles, as far as ``by`` may give them."""

    RESERVED = "nouveau"  # the address of the page that adds somebody

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        widget=GrantsSelect,
        help_text=_(
            "Sorter: weighs, moves, ships. Cashier: keeps the till. Manager: also corrects, counts"
            " and edits the lists. Director: also closes months and manages people."
            " Auditor: reads."
        ),
    )

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")
        labels = {"username": _("Login"), "email": _("E-mail (optional)")}
        help_texts = {"username": _("Letters, digits and @ . + - _ only.")}
        error_messages = {"username": {"unique": _("This login is already taken.")}}

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.sites = {site.code: site for site in Site.objects.permitted(by, "manage_people")}
        self.fields["roles"].choices = self._choices(by)  # type: ignore[attr-defined]
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "autocomplete": "off"}
        if self.instance.pk:
            self.fields["username"].disabled = True
            rows = self.instance.memberships.select_related("site")
            self.initial["roles"] = [
                f"{row.role}@{row.site.code if row.site else ''}" for row in rows
            ]

    def _choices(self, by: User) -> list[tuple[str, list[tuple[str, str]]]]:
        places = [(site.name, code) for code, site in self.sites.items()]
        if None in by.sites_allowing("manage_people"):
            places.insert(0, (str(_("Everywhere")), ""))
        return [
            (name, [(f"{role.value}@{code}", str(role.label)) for role in Role])
            for name, code in places
        ]

    def clean_username(self) -> str:
        login: str = self.cleaned_data["username"]
        if login == self.RESERVED:
            raise ValidationError(_("This login is already taken."), code="unique")
        return login

    @property
    def grants(self) -> list[Grant]:
        pairs = (value.split("@", 1) for value in self.cleaned_data["roles"])
        return [(self.sites[code] if code else None, role) for role, code in pairs]


class PasswordForm(forms.Form):
    """A password for somebody else; left empty, one is made up."""

    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text=_("Left empty, one is made up and shown once."),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password)
        return password


class TokenForm(forms.Form):
    """What a key to the API is for."""

    name = forms.CharField(
        label=_("What the key is for"), max_length=120, help_text=_("The program that uses it.")
    )
