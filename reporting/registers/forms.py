"""What people fill in to claim, and to give a claim up."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from inventory.models import EXITS, EcoOrganisme, EprStream, Kind
from organisation.models import User
from reporting.registers.claims import Claim
from reporting.registers.quarters import Quarter

QUARTERS_BACK = 12
FATES = [(kind.value, capfirst(kind.label)) for kind in EXITS]


class QuarterForm(forms.Form):
    """Which quarter is looked at: the last that is over, where none is said."""

    quarter = forms.ChoiceField(label=_("Quarter"))

    def __init__(self, asked: Any, today: date) -> None:
        last = Quarter.of_day(today).before
        completed = asked.copy()
        completed.setdefault("quarter", last.code)
        super().__init__(completed)
        listed = [Quarter.of_day(today)]
        while len(listed) < QUARTERS_BACK:
            listed.append(listed[-1].before)
        said = asked.get("quarter", "")
        choices = [(quarter.code, str(quarter)) for quarter in listed]
        if said not in dict(choices) and (older := _read(said)):
            choices.append((older.code, str(older)))
        self.fields["quarter"].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Quarter:
        return Quarter.read(self.cleaned_data["quarter"])


def _read(code: str) -> Quarter | None:
    try:
        return Quarter.read(code)
    except ValidationError:
        return None


class ClaimForm(forms.Form):
    """A claim: of which éco-organisme, which stream, and what became of it."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    quarter = forms.CharField(max_length=7, widget=forms.HiddenInput)
    eco_organisme = forms.ModelChoiceField(
        EcoOrganisme.objects.none(),
        to_field_name="code",
        label=_("Éco-organisme"),
        empty_label=_("Choose…"),
    )
    stream = forms.ModelChoiceField(
        EprStream.objects.none(), to_field_name="code", label=_("Stream"), empty_label=_("Choose…")
    )
    fates = forms.MultipleChoiceField(
        label=_("What became of it"), choices=FATES, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = EcoOrganisme.objects.filter(organisation=user.organisation_id, is_active=True)
        self.fields["eco_organisme"].queryset = rows  # type: ignore[attr-defined]
        streams = EprStream.objects.filter(pk__in=rows.values("streams"))
        self.fields["stream"].queryset = streams  # type: ignore[attr-defined]

    def clean_quarter(self) -> Quarter:
        return Quarter.read(self.cleaned_data["quarter"])

    @property
    def claim(self) -> Claim:
        said = self.cleaned_data
        fates = tuple(kind for kind in EXITS if kind.value in said["fates"])
        return Claim(said["eco_organisme"], said["stream"], said["quarter"], fates)


class ReleaseForm(forms.Form):
    """Why a claim is given up."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why"), max_length=200)


def fate_words(fates: list[str]) -> str:
    """What became of what is claimed, in words."""
    return ", ".join(str(Kind(fate).label) for fate in fates)
