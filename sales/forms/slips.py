"""Which cheques, and how much cash, go to the bank together."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from sales.forms.drawer import Counted, DrawerForm
from sales.models import CashMove, Payment, Till
from sales.services import Drawn
from sales.templatetags.money import euros

SAFE = "safe"


class ChequeRow(NamedTuple):
    """A cheque as it is chosen: a box to tick, and who drew it where somebody types it."""

    cheque: Payment
    chosen: BoundField
    name: BoundField
    bank: BoundField


class ChequesForm(DrawerForm):
    """Cheques of a site that wait for the bank: those given back are left out at first."""

    comment = None  # type: ignore[assignment]

    def __init__(self, *args: Any, cheques: Sequence[Payment], **options: Any) -> None:
        super().__init__(*args, **options)
        self.cheques = cheques
        for cheque in cheques:
            self.fields[f"cheque_{cheque.pk}"] = forms.BooleanField(
                label=cheque.sale.movement.number,
                required=False,
                initial=not cheque.back_cents,  # type: ignore[attr-defined]
            )
            for name, label in (("name", _("Drawn by")), ("bank", _("Bank"))):
                self.fields[f"{name}_{cheque.pk}"] = forms.CharField(
                    label=label, required=False, max_length=120
                )
                self.fields[f"{name}_{cheque.pk}"].widget.attrs["autocomplete"] = "off"

    @property
    def rows(self) -> list[ChequeRow]:
        return [
            ChequeRow(
                each, self[f"cheque_{each.pk}"], self[f"name_{each.pk}"], self[f"bank_{each.pk}"]
            )
            for each in self.cheques
        ]

    @property
    def chosen(self) -> dict[Payment, Drawn]:
        said = self.cleaned_data
        return {
            each: Drawn(said[f"name_{each.pk}"], said[f"bank_{each.pk}"])
            for each in self.cheques
            if said[f"cheque_{each.pk}"]
        }


class CashSlipForm(Counted):
    """Cash by its notes and coins, and where it comes from."""

    comment = None  # type: ignore[assignment]

    def __init__(
        self, *args: Any, tills: Sequence[Till], moves: Sequence[CashMove], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.tills = {f"till:{till.code}": till for till in tills}
        self.moves = {f"move:{move.pk}": move for move in moves}
        choices = [
            *((key, _taken(move)) for key, move in self.moves.items()),
            *(
                (key, _("Take it out of %(till)s now") % {"till": till})
                for key, till in self.tills.items()
            ),
            (SAFE, _("From elsewhere: a safe, a collection box")),
        ]
        self.fields["source"] = forms.ChoiceField(
            label=_("Where does it come from?"),
            choices=choices,
            widget=forms.RadioSelect,
            initial=choices[0][0],
        )

    @property
    def till(self) -> Till | None:
        return self.tills.get(self.cleaned_data["source"])

    @property
    def move(self) -> CashMove | None:
        return self.moves.get(self.cleaned_data["source"])


def _taken(move: CashMove) -> Any:
    said = {
        "sum": euros(-move.amount_cents),
        "till": move.session.till,
        "day": date_format(move.session.business_date, "j F"),
    }
    return _("%(sum)s taken out of %(till)s on %(day)s") % said
