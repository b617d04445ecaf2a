"""What people fill in to say which dot each week sticks, and what its age takes off."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from inventory.dots import LOOKS, MOST_COLOURS, MOST_STEPS, MOST_WEEKS, Step
from inventory.models import DotCalendar
from inventory.units import NO_BREAK
from organisation.shapes import FIRST_DAY, LAST_DAY

COLOURS = ("blue", "yellow", "red", "green", "orange", "pink")
STEPS = (Step(3, 0), Step(1, 25), Step(1, 50))


class Told(forms.Field):
    """A list that other fields make up, as its history tells it."""

    def __init__(self, label: Any, tell: Callable[[Any], str]) -> None:
        super().__init__(label=label, required=False, disabled=True, widget=forms.HiddenInput)
        self.tell = tell

    def prepare_value(self, value: Any) -> Any:
        return self.tell(value or [])


def _colours(colours: list[str]) -> str:
    return ", ".join(str(LOOKS[name].name) for name in colours)


def _steps(steps: list[tuple[int, int]]) -> str:
    return ", ".join(
        ngettext("%(n)s week at %(off)s", "%(n)s weeks at %(off)s", weeks)
        % {"n": weeks, "off": f"−{percent}{NO_BREAK}%"}
        for weeks, percent in steps
    )


class DotForm(forms.ModelForm):  # type: ignore[type-arg]
    """Colours in their order, and a few steps: so many weeks at so much off."""

    first_day = forms.DateField(
        label=_("First day of the first week"),
        help_text=_(
            "Weeks begin on this day of the week: a Monday, or the day the shop is tidied."
        ),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    class Meta:
        model = DotCalendar
        fields = ("first_day", "ending")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        colours, steps = self.instance.colours or COLOURS, self.instance.steps or STEPS
        self.fields["colours"] = Told(_("Colours, in their order"), _colours)
        self.fields["steps"] = Told(_("Discounts"), _steps)
        for n in range(MOST_COLOURS):
            self.fields[f"colour_{n}"] = _colour_field(n)
            self.initial[f"colour_{n}"] = colours[n] if n < len(colours) else ""
        for n in range(MOST_STEPS):
            self.fields[f"weeks_{n}"], self.fields[f"percent_{n}"] = _step_fields(n)
            weeks, percent = steps[n] if n < len(steps) else (None, None)
            self.initial[f"weeks_{n}"], self.initial[f"percent_{n}"] = weeks, percent

    @property
    def colour_fields(self) -> list[BoundField]:
        return [self[f"colour_{n}"] for n in range(MOST_COLOURS)]

    @property
    def step_fields(self) -> list[tuple[BoundField, BoundField]]:
        return [(self[f"weeks_{n}"], self[f"percent_{n}"]) for n in range(MOST_STEPS)]

    def clean_first_day(self) -> Any:
        """Raises ValidationError ``date_out_of_range``."""
        day = self.cleaned_data["first_day"]
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError(_("Choose a day of this century."), code="date_out_of_range")
        return day

    def clean(self) -> dict[str, Any]:
        """Hand colours and steps to the model, which judges them."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        self.instance.colours = [
            said[name] for n in range(MOST_COLOURS) if said.get(name := f"colour_{n}")
        ]
        self.instance.steps = [step for n in range(MOST_STEPS) if (step := self._step(n, said))]
        return said

    def _step(self, n: int, said: dict[str, Any]) -> Step | None:
        """A step, if it was filled in. Adds an error ``step_incomplete`` where half of it was."""
        weeks, percent = said.get(f"weeks_{n}"), said.get(f"percent_{n}")
        if weeks is None and percent is None:
            return None
        if weeks is None or percent is None:
            missing = f"weeks_{n}" if weeks is None else f"percent_{n}"
            if missing not in self.errors:
                text = _("Say how many weeks, and how much is off.")
                self.add_error(missing, ValidationError(text, code="step_incomplete"))
            return None
        return Step(weeks, percent)


def _colour_field(n: int) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Week %(n)s") % {"n": n + 1},
        choices=[("", "–"), *((name, look.name) for name, look in LOOKS.items())],
        required=False,
    )


def _step_fields(n: int) -> tuple[forms.IntegerField, forms.IntegerField]:
    number = {"class": "n"}
    return (
        forms.IntegerField(
            label=_("Step %(n)s: weeks") % {"n": n + 1},
            min_value=1,
            max_value=MOST_WEEKS,
            required=False,
            widget=forms.NumberInput(attrs=number),
        ),
        forms.IntegerField(
            label=_("Step %(n)s: off, %%") % {"n": n + 1},
            min_value=0,
            max_value=99,
            required=False,
            widget=forms.NumberInput(attrs=number),
        ),
    )
