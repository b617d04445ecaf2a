"""What people fill in about their structure, themselves and each other."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.fr import siret as siret_number

from organisation.models import Organisation, Site, Station, User
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
        fields = ("name", "siret", "profile", "lists_objects")
        help_texts = {
            "lists_objects": _("Every labelled object that came in, with its nature and origin.")
        }


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


class PinOf(forms.Form):
    """A PIN for somebody: theirs to open tablets with; left empty, they open none."""

    pin = forms.CharField(
        label=_("PIN for tablets"),
        required=False,
        max_length=6,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "pattern": "[0-9]{4,6}"}
        ),
        help_text=_("4 to 6 digits. Left empty, this person opens no tablet."),
    )


class StationForm(forms.ModelForm):  # type: ignore[type-arg]
    """A tablet: where it stays, and what people call it."""

    class Meta:
        model = Station
        fields = ("site", "name")
        help_texts = {"name": _("As people call it: “Sorting 1”, “By the scale”.")}

    def __init__(self, *args: Any, sites: list[Site], **options: Any) -> None:
        super().__init__(*args, **options)
        rows = Site.objects.filter(pk__in=[site.pk for site in sites])
        self.fields["site"].queryset = rows  # type: ignore[attr-defined]
        self.fields["site"].empty_label = _("Choose…")  # type: ignore[attr-defined]
        if len(sites) == 1:
            self.initial.setdefault("site", sites[0])
        if self.instance.pk:
            self.fields["site"].disabled = True


class FloorForm(forms.ModelForm):  # type: ignore[type-arg]
    """How the floor of a site works on its tablets."""

    is_team = forms.BooleanField(
        label=_("The floor may work without PIN, as one team"),
        required=False,
        help_text=_("For weighing and sorting. The till and corrections always ask who it is."),
    )

    class Meta:
        model = Site
        fields = ("lock_after_min",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        team = getattr(self.instance, "team", None)
        self.initial["is_team"] = team is not None and team.is_active


class PairForm(forms.Form):
    """The code that a manager has read out."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("Eight signs. A manager finds it under Settings, Tablets."),
    )


class PinForm(forms.Form):
    """Who stands there, and their PIN; a team has none."""

    person = forms.ModelChoiceField(User.objects.none(), to_field_name="username")
    pin = forms.CharField(required=False, max_length=6)

    def __init__(self, *args: Any, people: list[User], **options: Any) -> None:
        super().__init__(*args, **options)
        rows = User.objects.filter(pk__in=[person.pk for person in people])
        self.fields["person"].queryset = rows  # type: ignore[attr-defined]
