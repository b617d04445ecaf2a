"""The shape of an evening sheet: three sets of lines, a day, a comment."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collection.services import Arrival, Line
from inventory.forms import EuroField
from inventory.forms.choices import Offer, one_of
from inventory.forms.entries import ActForm, LineForm, lines_of
from inventory.models import EXITS, CollectionMode, Origin
from inventory.services import Departure, StockLine
from organisation.models import Organisation, Site, User
from reporting.evening.recording import Sheet
from sales.models import Method

MOST_CENTS = 10_000_000
SECTIONS = ("arrivals", "departures")


class SheetOffer(Offer):
    """What the lines of a sheet let one choose, beside categories."""

    @cached_property
    def modes(self) -> dict[str, CollectionMode]:
        return self._owned(CollectionMode)

    @cached_property
    def origins(self) -> dict[str, Origin]:
        return self._owned(Origin)

    @cached_property
    def ways(self) -> dict[str, Departure]:
        """Where things leave to: each fate alone, and each partner with its usual fate or all."""
        found = {f"{fate.value}/": Departure(fate) for fate in EXITS}
        for partner in self.partners.values():
            fates = [fate for fate in EXITS if partner.default_fate in ("", fate.value)]
            found |= {f"{fate.value}/{partner.code}": Departure(fate, partner) for fate in fates}
        return found

    @cached_property
    def ways_grouped(self) -> list[tuple[str, list[tuple[str, str]]]]:
        groups: dict[Any, list[tuple[str, str]]] = {fate: [] for fate in EXITS}
        for code, way in self.ways.items():
            word = str(capfirst(way.fate.label))
            groups[way.fate].append((code, f"{word} · {way.partner}" if way.partner else word))
        return [(capfirst(fate.label), ways) for fate, ways in groups.items()]


class ArrivalForm(LineForm):
    """What came in: a category, its grams, and how and whence where somebody asked."""

    offer: SheetOffer

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.pop("place", None)
        modes = self.offer.modes
        self.fields["mode"] = one_of(modes, _("Mode"), empty=None, initial=next(iter(modes), None))
        self.fields["origin"] = one_of(
            self.offer.origins, _("Origin"), empty=None, initial=Origin.NOT_ASKED
        )

    def has_changed(self) -> bool:
        return bool(set(self.changed_data) - {"mode", "origin"})

    def said(self) -> tuple[Arrival, Line]:
        said = self.cleaned_data
        line = Line(said["category"], said["weight"], is_estimated=said["estimated"])
        return Arrival(said["mode"], said["origin"]), line


class DepartureForm(LineForm):
    """What left: a category, its grams, and to whom or what for."""

    offer: SheetOffer

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["way"] = one_of(
            self.offer.ways, _("Where to"), choices=self.offer.ways_grouped, empty=_("Choose…")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and self.has_changed() and not cleaned.get("way"):
            self.add_error("way", _("Choose where it goes."))
        return cleaned

    def said(self) -> tuple[Departure, StockLine]:
        return self.cleaned_data["way"], self.line()


Arrivals = lines_of(ArrivalForm, extra=4)
Departures = lines_of(DepartureForm, extra=2)


class SheetForm(ActForm):
    """Whose day it is, and what it brought in money where the shop keeps no till."""

    customers = forms.IntegerField(
        label=gettext_lazy("Customers, if counted"),
        required=False,
        min_value=0,
        max_value=100_000,
    )

    def __init__(self, *args: Any, offer: Offer, user: User, **options: Any) -> None:
        super().__init__(*args, offer=offer, user=user, **options)
        taken = [method for method in Method if method != Method.ACCOUNT]  # that waits for a till
        self.methods = {method.value: method for method in taken}
        for name, method in self.methods.items():
            self.fields[name] = EuroField(
                label=capfirst(method.label), required=False, most_cents=MOST_CENTS
            )
        self.fields["customers"].widget.attrs |= {"class": "n"}
        self.takes_money = _takes_money(self.site, user)
        if not self.takes_money:
            for name in (*self.methods, "customers"):
                del self.fields[name]
        if "day" in self.fields:
            self.fields["day"].help_text = ""
            self.initial.setdefault("day", self.today)

    @property
    def payments(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in self.methods if self.takes_money)

    def sheet(self, arrivals: Any, departures: Any) -> Sheet:
        """What a valid sheet says."""
        said = self.cleaned_data
        return Sheet(
            arrivals=[line.said() for line in arrivals.filled()],
            departures=[line.said() for line in departures.filled()],
            cents={method: said.get(name) or 0 for name, method in self.methods.items()},
            customers=said.get("customers"),
        )


def _takes_money(site: Site, user: User) -> bool:
    """A structure with a till has its tickets: its takings are never noted twice."""
    is_simple = site.organisation.profile == Organisation.Profile.SIMPLE
    return is_simple and user.may("sell", site)
