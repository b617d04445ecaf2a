"""The shape of the calendar of dots."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inventory.forms.entries import day_input
from inventory.models import DotCalendar
from inventory.models.dots import MOST, validate_colours


class DotsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Which colours, in which order, and what they are worth as weeks go by."""

    class Meta:
        model = DotCalendar
        fields = (
            "starts_on",
            "full_weeks",
            "first_weeks",
            "first_percent",
            "second_weeks",
            "second_percent",
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["starts_on"].widget = day_input()
        for number in range(MOST):
            self.fields[f"colour_{number}"] = forms.ChoiceField(
                label=_("Colour %(number)s") % {"number": number + 1},
                choices=[("", "—"), *DotCalendar.Colour.choices],
                required=number < 2,
                initial=(self.instance.colours[number:] or [""])[0],
            )
        self.order_fields([f"colour_{number}" for number in range(MOST)])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        wanted = [said.get(f"colour_{number}", "") for number in range(MOST)]
        self.instance.colours = [colour for colour in wanted if colour]
        validate_colours(self.instance.colours)
        return said
