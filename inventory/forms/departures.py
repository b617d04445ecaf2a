"""The shape of a departure, of the partner's own weights, and of the list's filters."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from inventory.forms import KgField
from inventory.forms.choices import one_of
from inventory.forms.codes import CodesField
from inventory.forms.entries import ActForm, LineForm, day_input, lines_of
from inventory.models import EXITS, Category, Kind, TreatmentCode, WasteCode
from inventory.services import Departure, Packed, StockLine
from organisation.models import Site

FATES = [(kind.value, capfirst(kind.label)) for kind in EXITS]


class ShipLineForm(LineForm):
    """A line of a departure: a weight, or a number of full containers."""

    bins = forms.IntegerField(label=_("How many"), required=False, min_value=1, max_value=1_000)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["bins"].widget.attrs |= {"class": "n"}
        self.fields["container"] = one_of(self.offer.containers, _("Containers"))

    def says_how_much(self, cleaned: Mapping[str, Any]) -> bool:
        counted = {cleaned.get("bins") is not None, cleaned.get("container") is not None}
        return counted == {cleaned.get("weight") is None}

    def line(self) -> StockLine:
        """Raises ValidationError ``container_average_unknown``."""
        said = self.cleaned_data
        if not said["bins"]:
            return super().line()
        packed = Packed(said["container"], said["bins"])
        place = said.get("place")
        return StockLine(said["category"], packed.load_g, 0, True, place, packed=packed)


ShipLines = lines_of(ShipLineForm)


class ShipForm(ActForm):
    """What leaves: its fate, who takes it, under which papers."""

    fate = forms.ChoiceField(
        label=_("What becomes of it?"), choices=FATES, widget=forms.RadioSelect
    )
    carrier = forms.CharField(label=_("Carrier"), max_length=120, required=False)
    bsd = forms.CharField(label=_("Waste tracking slip"), max_length=60, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        wastes = {row.code: row for row in WasteCode.objects.all()}  # type: ignore[attr-defined]
        treatments = {row.code: row for row in TreatmentCode.objects.all()}  # type: ignore[attr-defined]
        self.fields["items"] = CodesField(site=self.site, label=_("Labelled objects"))
        self.fields["partner"] = one_of(
            self.offer.partners, _("Who takes it?"), empty=_("The public, nobody in particular")
        )
        self.fields["waste_code"] = one_of(wastes, _("Waste code"))
        self.fields["treatment_code"] = one_of(treatments, _("Treatment code"))
        self.fields["eco_organisme"] = one_of(
            self.offer.eco_organismes, _("Collected for the éco-organisme"), empty=_("as usual")
        )

    def departure(self) -> Departure:
        said = self.cleaned_data
        return Departure(
            fate=Kind(said["fate"]),
            partner=said["partner"],
            waste_code=said["waste_code"],
            treatment_code=said["treatment_code"],
            carrier=said["carrier"],
            bsd=said["bsd"],
            eco_organisme=said["eco_organisme"],
        )


class WeightsForm(ActForm):
    """The partner's own weights: one field per category that left in bulk."""

    def __init__(self, *args: Any, sent_g: Mapping[Category, int], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.pop("day", None)
        self.sent_g = sent_g
        self.sent = {f"weight_{category.pk}": category for category in sent_g}
        for name, category in self.sent.items():
            self.fields[name] = KgField(label=category.name, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.weights:
            self.add_error(None, _("Write at least one weight."))
        return cleaned

    @property
    def weights(self) -> dict[Category, int]:
        found = {category: self.cleaned_data.get(name) for name, category in self.sent.items()}
        return {category: grams for category, grams in found.items() if grams is not None}

    @property
    def rows(self) -> list[tuple[forms.BoundField, int]]:
        return [(self[name], self.sent_g[category]) for name, category in self.sent.items()]


class Filters(forms.Form):
    """Which departures: of a site, a fate, between two days, before one already seen."""

    fate = forms.ChoiceField(label=_("Fate"), required=False, choices=[("", _("All")), *FATES])
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def __init__(self, *args: Any, sites: Iterable[Site], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["site"] = one_of({site.code: site for site in sites}, _("Site"), empty=_("All"))
        for name, label in (("from", _("First day")), ("to", _("Last day"))):
            self.fields[name] = forms.DateField(label=label, required=False, widget=day_input())
