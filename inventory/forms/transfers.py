"""The shape of what goes from site to site: sent, then received."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.forms import KgField
from inventory.forms.choices import one_of, place_of
from inventory.forms.codes import CodesField
from inventory.forms.entries import ActForm, LineForm, lines_of
from inventory.models import Category, Item
from inventory.services import OnTheRoad, StockLine
from organisation.models import Site

SendLines = lines_of(LineForm, extra=3)


class SendForm(ActForm):
    """Where it goes, and which labelled objects go with it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        sites = _destinations(self.site)
        named = [(code, self._named(row)) for code, row in sites.items()]
        self.fields["to_site"] = one_of(
            sites, _("To which site?"), choices=named, required=True, empty=_("Choose")
        )
        self.fields["items"] = CodesField(site=self.site, label=_("Labelled objects"))

    def _named(self, row: Site) -> str:
        """A site's name, with its structure where that is another."""
        is_near = row.organisation_id == self.site.organisation_id
        return row.name if is_near else f"{row.name} ({row.organisation})"


def _destinations(site: Site) -> dict[str, Site]:
    """Sites within reach by code: the structure's own first, then its networks'."""
    rows = Site.objects.reached_from(site.organisation_id).exclude(pk=site.pk)
    found = list(rows.select_related("organisation").distinct())
    found.sort(key=lambda row: (row.organisation_id != site.organisation_id, row.organisation_id))
    return {row.code: row for row in found}


class ReceiveForm(ActForm):
    """What arrived of a transfer: a weight per category, a tick per object, and is it all?"""

    is_final = forms.BooleanField(
        label=_("Nothing more will come: close the transfer"),
        required=False,
        help_text=_("What is short, or over, is booked as a gap of the road."),
    )

    def __init__(
        self, *args: Any, rest: OnTheRoad, codes: Mapping[int, str], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.rest = rest
        if self.offer.places:
            self.fields["place"] = place_of(self.offer, _("Put at"))
        self.bulk = {f"bulk_{category.pk}": category for category in rest.bulk_g}
        for name, category in self.bulk.items():
            self.fields[name] = KgField(label=category.name, required=False)
        self.items = {f"item_{pk}": item for pk, item in rest.items.items()}
        for name, item in self.items.items():
            label = f"{codes.get(item.pk, '')} {item}".strip()
            self.fields[name] = forms.BooleanField(label=label, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        said = {name for name, value in self.data.items() if value}
        if {n for n in said if n.startswith(("bulk_", "item_"))} - self.fields.keys():
            raise ValidationError(
                _("Part of it was received meanwhile: see what is left, and say it again."),
                code="road_changed",
            )
        if not self.errors and not self.lines() and not cleaned.get("is_final"):
            raise ValidationError(_("Say what has arrived."), code="no_lines")
        return cleaned

    def lines(self) -> list[StockLine]:
        return list(self._lines())

    def _lines(self) -> Iterator[StockLine]:
        said = self.cleaned_data
        for name, category in self.bulk.items():
            if said.get(name):
                yield StockLine(category, said[name], place=said.get("place"))
        for name, item in self.items.items():
            if said.get(name):
                yield StockLine(item=item, place=said.get("place"))

    @property
    def bulk_rows(self) -> list[tuple[forms.BoundField, Category, int]]:
        return [(self[name], c, self.rest.bulk_g[c]) for name, c in self.bulk.items()]

    @property
    def item_rows(self) -> list[tuple[forms.BoundField, Item]]:
        return [(self[name], item) for name, item in self.items.items()]
