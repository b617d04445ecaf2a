"""The shape of clearing the shop: which unsold goods go where, all in one act."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.forms.choices import Offer
from inventory.forms.entries import ActForm, LineForm, lines_of
from inventory.models import Item, Kind
from inventory.services import Departure, StockLine

FREE_SHELF, BIN = "reuse", "disposal"
KEPT = "kept"


def takers(offer: Offer) -> dict[str, tuple[Any, Departure]]:
    """Who takes unsold goods, by a word: the free shelf, partners by their usual fate, the bin."""
    found: dict[str, tuple[Any, Departure]] = {
        FREE_SHELF: (_("Free shelf: anyone may take it"), Departure(Kind.REUSE))
    }
    for code, partner in offer.partners.items():
        if partner.default_fate:
            fate = Kind(partner.default_fate)
            found[f"{fate.value}/{code}"] = (
                f"{partner.name} ({fate.label})",
                Departure(fate, partner),
            )
    return found | {BIN: (_("Bin"), Departure(Kind.DISPOSAL))}


class ClearLineForm(LineForm):
    """Bulk that goes: what, how much, and to whom."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.pop("place", None)
        choices = [(key, label) for key, (label, _to) in takers(self.offer).items()]
        self.fields["taker"] = forms.ChoiceField(
            label=_("Goes to"), choices=[("", "—"), *choices], required=False
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and self.has_changed() and not cleaned.get("taker"):
            self.add_error("taker", _("Say who takes it."))
        return cleaned


ClearLines = lines_of(ClearLineForm, extra=3)


class ClearForm(ActForm):
    """Which labelled objects go where: one select each, and one for all the others."""

    def __init__(self, *args: Any, items: Sequence[Item], **options: Any) -> None:
        super().__init__(*args, **options)
        self.takers = takers(self.offer)
        choices = [(key, label) for key, (label, _to) in self.takers.items()]
        self.fields["others"] = forms.ChoiceField(
            label=_("All the others of this list"),
            choices=[(KEPT, _("stay on the shelf")), *choices],
            required=False,
            initial=KEPT,
        )
        self.items = {f"item_{item.pk}": item for item in items}
        for name, item in self.items.items():
            self.fields[name] = forms.ChoiceField(
                label=str(item),
                choices=[("", _("as the others")), (KEPT, _("stays on the shelf")), *choices],
                required=False,
            )

    def heaps(self, lines: Any, place: Any) -> list[tuple[Departure, list[StockLine]]]:
        """Each taker with what goes there. Raises ValidationError ``no_lines``."""
        heaps: dict[str, list[StockLine]] = {}
        for name, item in self.items.items():
            others = self.cleaned_data["others"] if name in self.data else KEPT  # not shown: kept
            to = self.cleaned_data[name] or others or KEPT
            heaps.setdefault(to, []).append(StockLine(item=item))
        for line in lines.filled():
            said = line.cleaned_data
            stock = StockLine(said["category"], said["weight"], 0, said["estimated"], place)
            heaps.setdefault(said["taker"], []).append(stock)
        heaps.pop(KEPT, None)
        if not heaps:
            raise ValidationError(_("There is no line to record."), code="no_lines")
        return [(self.takers[to][1], stock) for to, stock in heaps.items()]

    @property
    def rows(self) -> list[tuple[forms.BoundField, Item]]:
        return [(self[name], item) for name, item in self.items.items()]
