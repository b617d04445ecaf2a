"""Fields that several forms of the stockroom share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inventory.units import exact_euros, exact_kg, parse_euros, parse_kg
from organisation.shapes import MAX_PRICE_CENTS, MAX_WEIGHT_G


class KgField(forms.CharField):
    """Kilograms as people type them (``11,5``), whole grams as the program holds them.

    An empty field is ``None``. Raises ValidationError ``bad_weight`` or ``weight_out_of_range``.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "n", "autocomplete": "off"})

    def __init__(self, *, least_g: int = 0, most_g: int = MAX_WEIGHT_G, **options: Any) -> None:
        super().__init__(**options)
        self.least_g, self.most_g = least_g, most_g

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return parse_kg(text) if text else None

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not self.least_g <= value <= self.most_g:
            raise forms.ValidationError(
                _("This weight is not possible."), code="weight_out_of_range"
            )

    def prepare_value(self, value: Any) -> Any:
        """Show grams as kilograms to the gram, and what was typed as it was typed."""
        return exact_kg(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except forms.ValidationError:
            return True


class EuroField(forms.CharField):
    """Euros as people type them (``12,50``), whole cents as the program holds them.

    An empty field is ``None``. Raises ValidationError ``bad_price`` or ``price_out_of_range``.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "n", "autocomplete": "off"})

    def __init__(self, *, most_cents: int = MAX_PRICE_CENTS, **options: Any) -> None:
        super().__init__(**options)
        self.most_cents = most_cents

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return parse_euros(text) if text else None

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value > self.most_cents:
            raise forms.ValidationError(_("This price is not possible."), code="price_out_of_range")

    def prepare_value(self, value: Any) -> Any:
        """Show cents as euros, and what was typed as it was typed."""
        return exact_euros(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except forms.ValidationError:
            return True
