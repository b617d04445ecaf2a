"""What people fill in about carriers and éco-organismes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inventory import reference
from inventory.forms.catalogue import RowForm
from inventory.models import Carrier, EcoOrganisme, EprStream
from organisation.forms import SiretField


class CarrierForm(RowForm):
    siret = SiretField(
        label=_("SIRET"), required=False, help_text=_("14 digits; spaces do not matter.")
    )

    class Meta:
        model = Carrier
        fields = (
            "name",
            "code",
            "siret",
            "address",
            "postal_code",
            "city",
            "receipt",
            "is_exempt",
            "position",
        )
        help_texts = {
            "name": _("As departures write it: that is how a departure's carrier is found."),
            "receipt": _("Of the declaration made to the prefecture to carry waste."),
            "is_exempt": _("Small loads, or another exemption that you have checked."),
        }


class ChipsSelect(forms.CheckboxSelectMultiple):
    """Several of a list, each a chip to tick."""

    look = "chips"


class EcoOrganismeForm(RowForm):
    siret = SiretField(
        label=_("SIRET"), required=False, help_text=_("14 digits; spaces do not matter.")
    )
    streams = forms.ModelMultipleChoiceField(
        EprStream.objects.all(),
        label=_("Streams under contract"),
        required=False,
        widget=ChipsSelect,
        help_text=_("Those that your contract names: only they can be claimed."),
    )

    class Meta:
        model = EcoOrganisme
        fields = ("name", "code", "siret", "streams", "position")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = reference.eco_organismes()
        self.fields["streams"].label_from_instance = lambda stream: (  # type: ignore[attr-defined]
            f"{stream.name} ({', '.join(known[stream.code])})"
            if known.get(stream.code)
            else stream.name
        )
