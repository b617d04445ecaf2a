"""What a structure sets for all its tills: the VAT regime, and the rest."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from inventory.forms.choices import Offer
from inventory.forms.entries import day_input
from organisation.models import User
from sales.forms.drawer import DrawerForm
from sales.models import Regime, ShopSettings

USUAL = (2_000, 1_000, 550, 210)  # of continental France: CGI art. 278 ff.


class ShopForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ShopSettings
        fields = ("year_starts_month", "treasurer_email", "ticket_foot")
        help_texts = {
            "treasurer_email": _("Each Z is sent there, where this computer can send mail."),
            "ticket_foot": _("Such as opening hours, or a word of thanks."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["year_starts_month"] = forms.TypedChoiceField(
            label=self.fields["year_starts_month"].label, choices=[*MONTHS.items()], coerce=int
        )


class RateField(forms.DecimalField):
    """A rate as people type it (``5,5``), hundredths of a percent as the program holds it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "n", "list": "rates"})
        super().__init__(
            max_digits=5, decimal_places=2, min_value=0, max_value=100, widget=widget, **options
        )

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip().removesuffix("%").strip().replace(",", ".")
        return super().to_python(text)

    def clean(self, value: Any) -> Any:
        rate = super().clean(value)
        return int(rate * Decimal(100)) if rate is not None else None


class VatForm(DrawerForm):
    """The regime from a day on: its usual rate, and categories that bear another one."""

    comment = None  # type: ignore[assignment]
    since = forms.DateField(label=_("Holds from"), widget=day_input())
    regime = forms.ChoiceField(label=_("Regime"), choices=Regime, widget=forms.RadioSelect)
    usual = RateField(label=_("Usual rate, %"), required=False)

    def __init__(self, *args: Any, offer: Offer, user: User, **options: Any) -> None:
        super().__init__(*args, offer=offer, user=user, **options)
        self.tops = [row for row in offer.categories.values() if row.parent_id is None]
        for top in self.tops:
            self.fields[f"rate_{top.code}"] = RateField(label=top.name, required=False)

    @property
    def others(self) -> list[Any]:
        return [self[f"rate_{top.code}"] for top in self.tops]

    @property
    def rates(self) -> dict[str, int]:
        said = self.cleaned_data
        named = {"": said.get("usual"), **{t.code: said.get(f"rate_{t.code}") for t in self.tops}}
        return {code: bp for code, bp in named.items() if bp is not None}

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError ``rate_missing``."""
        cleaned = super().clean() or self.cleaned_data
        regime = cleaned.get("regime")
        is_missing = cleaned.get("usual") is None and "usual" not in self.errors
        if regime and Regime(regime).charges and is_missing:
            said = ValidationError(_("Say the usual rate."), code="rate_missing")
            self.add_error("usual", said)
        return cleaned
