"""What people fill in about their sites and the places in them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.catalogue import require_one_place
from inventory.forms import KgField
from inventory.forms.catalogue import HEAVIEST_G, RowForm
from inventory.models import Place
from organisation.forms import SiretField
from organisation.models import Site

CLOCKS = (
    ("Europe/Paris", "Paris"),
    ("America/Guadeloupe", "Guadeloupe"),
    ("America/Martinique", "Martinique"),
    ("America/Cayenne", "Guyane"),
    ("America/Miquelon", "Saint-Pierre-et-Miquelon"),
    ("Indian/Reunion", "La Réunion"),
    ("Indian/Mayotte", "Mayotte"),
    ("Pacific/Noumea", "Nouméa"),
    ("Pacific/Tahiti", "Tahiti"),
    ("Pacific/Wallis", "Wallis"),
    ("Europe/Brussels", "Bruxelles"),
    ("Europe/Luxembourg", "Luxembourg"),
    ("Europe/Zurich", "Genève"),
)


class PercentField(forms.DecimalField):
    """A percentage as people type it, basis points as the program holds it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=100, decimal_places=2, localize=True, **options)
        self.widget.attrs["class"] = "n"

    def clean(self, value: Any) -> Any:
        percent = super().clean(value)
        return None if percent is None else int(percent * 100)

    def prepare_value(self, value: Any) -> Any:
        return f"{Decimal(value) / 100:n}" if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(Decimal(initial or 0) / 100, data)


class SiteForm(RowForm):
    siret = SiretField(
        label=_("SIRET"), required=False, help_text=_("Empty: that of the structure.")
    )
    timezone = forms.ChoiceField(
        label=_("Clock"),
        choices=CLOCKS,
        help_text=_("It decides the day, and so the month, of what is recorded."),
    )
    scale_limit_g = KgField(
        label=_("Largest weight of one weighing (kg)"), least_g=1, most_g=HEAVIEST_G
    )
    sorting_tolerance_bp = PercentField(
        label=_("Tolerated sorting gap (%)"),
        help_text=_("Share of what was taken that sorting may leave unexplained."),
    )

    class Meta:
        model = Site
        fields = (
            "name",
            "code",
            "siret",
            "address",
            "postal_code",
            "city",
            "timezone",
            "scale_limit_g",
            "weight_code_layout",
            "sorting_tolerance_bp",
            "daily_word",
            "tracks_places",
        )
        help_texts = {
            "address": _("From where waste leaves, as the register says it."),
            "daily_word": _(
                "On the wall screen until you change it. Empty: a sentence from the day's figures."
            ),
            "tracks_places": _("Otherwise everything lies in one place."),
            "weight_code_layout": _(
                "One sign per digit: 2, R any digit, I article, W grams, V ignored, C check digit."
                " Empty: such barcodes are not read."
            ),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        clock = self.instance.timezone
        if clock not in dict(CLOCKS):
            self.fields["timezone"].choices = [*CLOCKS, (clock, clock)]  # type: ignore[attr-defined]

    def clean_tracks_places(self) -> bool:
        """Raises ValidationError ``places_in_use``."""
        tracks: bool = self.cleaned_data["tracks_places"]
        if self.instance.pk and not tracks:
            require_one_place(self.instance)
        return tracks

    def siblings(self) -> models.QuerySet[Any]:
        """Site codes are unique in the whole installation."""
        return Site.objects.exclude(pk=self.instance.pk)


class PlaceForm(RowForm):
    class Meta:
        model = Place
        fields = ("name", "code", "use", "position")

    def siblings(self) -> models.QuerySet[Any]:
        return Place.objects.filter(site=self.instance.site).exclude(pk=self.instance.pk)
