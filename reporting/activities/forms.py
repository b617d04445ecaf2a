"""What is asked of each kind of activity; who lives where; how figures are reckoned."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.forms import EuroField
from inventory.forms.choices import Offer, one_of
from inventory.forms.entries import Once, day_input
from inventory.models import Origin
from organisation.models import Site, User
from reporting.forms import DayField
from reporting.models import TOLD, Activity, ActivityKind, FigureSettings, Population

Kind = ActivityKind
LABELS = {
    Kind.JOBS: {
        "what": _("Contract"),
        "people": _("People under contract"),
        "minutes": _("Paid hours of the month"),
    },
    Kind.EXITS: {"what": _("Went to"), "people": _("People who left")},
    Kind.VOLUNTEERS: {"people": _("People who helped"), "minutes": _("Hours given")},
    Kind.WORKSHOPS: {
        "what": _("Public"),
        "times": _("Sessions"),
        "people": _("Participants"),
        "minutes": _("Hours of the sessions"),
    },
    Kind.VISITORS: {"people": _("Visitors")},
    Kind.BENEFICIARIES: {"partner": _("Through which partner"), "people": _("People helped")},
    Kind.OTHER: {
        "what": _("Which activity"),
        "times": _("How many"),
        "unit": _("Counted in"),
        "cents": _("Takings, €"),
    },
}
MOST = 1_000_000
MOST_HOURS = 1_000_000
_HOURS = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,2})|\s*[h:]\s*([0-5][0-9])?)?")


class HoursField(forms.CharField):
    """Hours as people type them (``12,5``, ``12 h 30``), whole minutes as the program holds them.

    An empty field is 0. Raises ValidationError ``bad_hours``.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "n", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        text = (super().to_python(value) or "").replace("\u202f", "").replace("\u00a0", "").strip()
        if not text:
            return 0
        found = _HOURS.fullmatch(text)
        if not found or int(found[1]) > MOST_HOURS:
            raise ValidationError(_("Write hours, such as 12,5 or 12 h 30."), code="bad_hours")
        hundredths = int(f"{found[2]:0<2}") if found[2] else 0
        return 60 * int(found[1]) + (60 * hundredths + 50) // 100 + int(found[3] or 0)


class MonthField(forms.DateField):
    """A month as browsers pick it: its first day."""

    widget = forms.DateInput({"type": "month"}, "%Y-%m")

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m", "%m/%Y"], **options)


class NoteForm(Once):
    """One line of activity: what its kind asks, a comment."""

    def __init__(self, *args: Any, site: Site, kind: ActivityKind, **options: Any) -> None:
        super().__init__(*args, **options)
        self.site, self.kind, self.told = site, kind, TOLD[kind]
        today = site.business_date(timezone.now())
        self.fields["day"] = (
            MonthField(label=_("Month")) if self.told.is_monthly else DayField(label=_("Day"))
        )
        self.initial.setdefault("day", today)
        for name, label in LABELS[kind].items():
            self.fields[name] = self._field(name, label)
        self.fields["note"] = forms.CharField(label=_("Comment"), max_length=500, required=False)

    def activity(self) -> Activity:
        """What a valid form says."""
        said = {name: self.cleaned_data[name] for name in LABELS[self.kind]}
        for name in self.told.amounts:
            said[name] = said[name] or 0
        day: date = self.cleaned_data["day"]
        note = self.cleaned_data["note"]
        return Activity(site=self.site, kind=self.kind, day=day, note=note, **said)

    def _field(self, name: str, label: Any) -> forms.Field:
        if name == "what" and self.told.words:
            return forms.ChoiceField(label=label, choices=self.told.words)
        if name in ("what", "unit"):
            hint = "" if name == "what" else _("Such as meals, repairs, trainees.")
            most = {"what": 60, "unit": 60}[name]
            return forms.CharField(
                label=label, max_length=most, required=name == "what", help_text=hint
            )
        if name == "partner":
            return one_of(Offer(self.site).partners, label)
        if name == "minutes":
            return HoursField(label=label, required=False)
        if name == "cents":
            return EuroField(label=label, required=False, most_cents=1_000_000_000)
        widget = forms.NumberInput({"class": "n"})
        return forms.IntegerField(
            label=label, required=False, min_value=0, max_value=MOST, widget=widget
        )


class WhyForm(Once):
    """Why something is cancelled."""

    note = forms.CharField(label=_("Why?"), max_length=120)


class PopulationForm(Once):
    """How many live somewhere, from a day on, and who says so."""

    since = DayField(label=_("Holds from"), widget=day_input())
    people = forms.IntegerField(
        label=_("Inhabitants"),
        min_value=1,
        max_value=10_000_000_000,
        widget=forms.NumberInput({"class": "n"}),
    )
    source = forms.CharField(
        label=_("Source"), max_length=120, help_text=_("Such as INSEE, legal populations 2023.")
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.owner: Any = user.organisation
        rows = Origin.objects.filter(organisation=self.owner, is_active=True)
        origins = {row.code: row for row in rows.exclude(code=Origin.NOT_ASKED)}
        self.fields["origin"] = one_of(origins, _("Where"), empty=_("The whole territory"))
        self.order_fields(["id", "origin", "since", "people", "source"])

    def population(self) -> Population:
        """What a valid form says."""
        names = ("origin", "since", "people", "source")
        said = {name: self.cleaned_data[name] for name in names}
        return Population(organisation=self.owner, **said)


class FiguresForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = FigureSettings
        fields = ("fte_hours", "tells_carbon", "displacement_hundredths")
        help_texts = {
            "fte_hours": _("1,820 in most agreements; a full-time equivalent is so many."),
            "tells_carbon": _("An estimation, printed with its displacement rate and factors."),
            "displacement_hundredths": _(
                "50: half of what is reused replaces a purchase. An assumption, shown everywhere."
            ),
        }
