"""What people fill in about their structure and themselves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from stdnum.fr import siret as siret_number

from organisation.models import Organisation


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
