"""How a ticket is handed out."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sales.forms.drawer import DrawerForm
from sales.models import Copy


class HandForm(DrawerForm):
    """The way, and an address where it is by e-mail: it is used once, and not kept."""

    unsaid = ("address",)
    comment = None  # type: ignore[assignment]
    way = forms.ChoiceField(choices=Copy.Way)
    address = forms.EmailField(label=_("E-mail of the customer"), required=False)

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError ``address_missing``."""
        cleaned = super().clean() or self.cleaned_data
        lacks = not cleaned.get("address") and "address" not in self.errors
        if cleaned.get("way") == Copy.Way.MAIL and lacks:
            missing = ValidationError(_("Type an e-mail address."), code="address_missing")
            self.add_error("address", missing)
        return cleaned
