"""The shape of what the workshop says of an object."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inventory.forms.entries import ActForm
from inventory.forms.items import CONDITIONS
from inventory.ledger import Entry
from inventory.models import Item, Repair


class RepairForm(ActForm):
    """What was tried, for how long, with which parts, and what came of it."""

    act = forms.ChoiceField(label=_("What was done"), choices=Repair.Act.choices)
    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=0, max_value=Repair.MAX_MINUTES, initial=15
    )
    parts = forms.CharField(label=_("Parts used"), max_length=120, required=False)
    result = forms.ChoiceField(label=_("Result"), choices=Repair.Result.choices)
    new_condition = forms.ChoiceField(
        label=_("Its condition now"),
        choices=[("", _("as before")), *CONDITIONS[1:]],
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields(["act", "minutes", "parts", "result", "new_condition"])

    @property
    def condition(self) -> str | None:
        """The condition it is in now, or none where it stays."""
        return self.cleaned_data["new_condition"] or None

    def repair(self, entry: Entry, item: Item) -> Repair:
        said = self.cleaned_data
        return Repair(
            submission=entry.submission,
            item=item,
            act=said["act"],
            minutes=said["minutes"],
            parts=said["parts"],
            result=said["result"],
            note=entry.note,
            occurred_at=entry.occurred_at,
            author=entry.author,
        )
