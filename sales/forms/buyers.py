"""What is written down of a buyer or a member, and how one is looked for."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from inventory.forms.entries import day_input
from organisation.forms import SiretField
from sales.models import Buyer


class BuyerForm(forms.ModelForm):  # type: ignore[type-arg]
    """Contact data, and until when somebody is a member. A new one is added once, by its ``id``."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    siret = SiretField(
        label=_("SIRET"),
        required=False,
        help_text=_("Of an organisation: its invoices need it."),
    )

    class Meta:
        model = Buyer
        fields = (
            "kind",
            "name",
            "email",
            "phone",
            "siret",
            "member_until",
            "note",
            "address",
            "wants_mail",
        )
        help_texts = {
            "address": _("As it is to stand on an invoice."),
            "member_until": _("By itself where the till sells a membership."),
            "note": _("What helps to serve them; they may ask to read it."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("id", uuid4())
        self.fields["kind"].widget = forms.RadioSelect(choices=Buyer.Kind.choices)
        self.fields["address"].widget = forms.Textarea(attrs={"rows": 3, "maxlength": 300})
        self.fields["member_until"].widget = day_input()
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.fields["phone"].widget.attrs |= {"inputmode": "tel", "autocomplete": "off"}


class BuyerSearch(forms.Form):
    """Whom to look for: part of a name, a number, a card."""

    q = forms.CharField(label=_("Name, number or card"), required=False, max_length=120)
