"""Fields that several forms of the stockroom share."""

from typing import Any

from django import forms

from inventory.units import format_kg, parse_kg


class KgField(forms.CharField):
    """Kilograms as people type them (``11,5``), whole grams as the program holds them.

    An empty field is ``None``. Raises ValidationError ``bad_weight``.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "n", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return parse_kg(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        """Show grams as kilograms to the gram, and what was typed as it was typed."""
        if not isinstance(value, int):
            return value
        whole = format_kg(value, 3)
        return whole.rstrip("0").rstrip(",.")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except forms.ValidationError:
            return True
