"""What people fill in at a till's drawer: the float, cash in and out, the evening's count."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from inventory.forms import EuroField
from inventory.forms.entries import ActForm
from inventory.units import format_euros
from sales.models import CashMove, Method
from sales.services import MOST_CENTS, MOST_PIECES, PIECES, Count, Opening

NOTES = tuple(piece for piece in reversed(PIECES) if 500 <= piece <= 10_000)
COINS = tuple(piece for piece in reversed(PIECES) if piece < 500)
COUNTED = (Method.CARD, Method.CHEQUE, Method.VOUCHER, Method.LOCAL_CURRENCY, Method.OTHER)


class DrawerForm(ActForm):
    """An act at the drawer happens now."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.pop("day", None)


class PieceField(forms.IntegerField):
    """How many of a note or coin; empty is none."""

    def __init__(self, piece: int) -> None:
        widget = forms.NumberInput(
            attrs={"inputmode": "numeric", "class": "n", "autocomplete": "off", "data-piece": piece}
        )
        label = format_euros(piece)
        super().__init__(
            label=label, required=False, min_value=0, max_value=MOST_PIECES, widget=widget
        )


class Counted(DrawerForm):
    """A drawer counted note by note and coin by coin."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for piece in (*NOTES, *COINS):
            self.fields[f"p{piece}"] = PieceField(piece)

    @property
    def notes(self) -> list[Any]:
        return [self[f"p{piece}"] for piece in NOTES]

    @property
    def coins(self) -> list[Any]:
        return [self[f"p{piece}"] for piece in COINS]

    @property
    def pieces(self) -> dict[int, int]:
        """Cents of a note or coin → how many."""
        return {piece: self.cleaned_data.get(f"p{piece}") or 0 for piece in (*NOTES, *COINS)}

    @property
    def cash_cents(self) -> int:
        return sum(piece * number for piece, number in self.pieces.items())


class OpenForm(Counted):
    """The float: its sum, or its pieces, which make the sum."""

    float = EuroField(label=_("Float in the drawer"), required=False, most_cents=MOST_CENTS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        counted_cents, said_cents = self.cash_cents, cleaned.get("float")
        if counted_cents and said_cents not in (None, counted_cents):
            raise ValidationError(
                _("The pieces make %(pieces)s, and the float says %(said)s: which is right?"),
                code="float_differs",
                params={"pieces": format_euros(counted_cents), "said": format_euros(said_cents)},
            )
        if said_cents is None and not counted_cents:
            raise ValidationError(
                _("Count what is in the drawer; type 0 where it is empty."), code="float_missing"
            )
        cleaned["float"] = counted_cents or said_cents
        return cleaned


class CashForm(DrawerForm):
    """Cash in or out, and what for."""

    way = forms.ChoiceField(
        label=_("Which way"),
        choices=(("out", _("Take out")), ("in", _("Put in"))),
        widget=forms.RadioSelect,
        initial="out",
    )
    kind = forms.ChoiceField(
        label=_("What is it for?"), choices=CashMove.Kind, widget=forms.RadioSelect, initial="bank"
    )
    amount = EuroField(label=_("Amount"), most_cents=MOST_CENTS)

    def clean_amount(self) -> int:
        """Raises ValidationError ``no_amount``."""
        cents: int | None = self.cleaned_data["amount"]
        if not cents:
            raise ValidationError(_("Type an amount, such as 20 or 12,50."), code="no_amount")
        return cents

    @property
    def amount_cents(self) -> int:
        cents: int = self.cleaned_data["amount"]
        return cents if self.cleaned_data["way"] == "in" else -cents


class ReasonForm(DrawerForm):
    """Why the drawer is opened without a sale."""

    comment = None  # type: ignore[assignment]
    reason = forms.ChoiceField(
        label=_("Why?"), choices=Opening, widget=forms.RadioSelect, initial="change"
    )


class CloseForm(Counted):
    """The evening's count. ``seen`` is the last event that was shown to whoever counts."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for method in COUNTED:
            self.fields[f"m_{method.value}"] = EuroField(
                label=capfirst(method.label), required=False, most_cents=100 * MOST_CENTS
            )

    @property
    def others(self) -> list[Any]:
        return [self[f"m_{method.value}"] for method in COUNTED]

    @property
    def count(self) -> Count:
        said = {method: self.cleaned_data.get(f"m_{method.value}") for method in COUNTED}
        others = {method: cents for method, cents in said.items() if cents is not None}
        return Count(self.pieces, others)
