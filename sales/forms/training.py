"""What comes back of a ticket that was sold to learn."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from inventory.forms.entries import ActForm
from sales.models import JournalEntry, Method
from sales.receipt import Receipt
from sales.services.training import back_so_far, ways_back


class LessonRefundForm(ActForm):
    """So many of each line, and the money's way."""

    def __init__(self, *args: Any, sale: JournalEntry, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("day", "comment"):
            self.fields.pop(name, None)
        told, back = Receipt(sale).told, back_so_far(sale)
        left = [(line, line["quantity"] - back[line["n"]]) for line in told["lines"]]
        self.left = {f"line_{line['n']}": (line, count) for line, count in left}
        for name, (line, count) in self.left.items():
            self.fields[name] = forms.IntegerField(
                label=line["label"], required=False, min_value=0, max_value=line["quantity"]
            )
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "class": "n"}
            self.fields[name].help_text = _("%(n)s left") % {"n": count}
        ways = [(way.value, capfirst(way.label)) for way in ways_back(told)]
        self.fields["method"] = forms.ChoiceField(label=_("Given back by"), choices=Method)
        self.fields["method"].widget.choices = ways

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError ``no_lines``."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.quantities:
            said = _("Say how many of which line come back.")
            self.add_error(None, ValidationError(said, code="no_lines"))
        return cleaned

    @property
    def quantities(self) -> dict[int, int]:
        """Number of a line → how many of it."""
        said = {line["n"]: self.cleaned_data.get(name) for name, (line, _n) in self.left.items()}
        return {n: count for n, count in said.items() if count}

    @property
    def rows(self) -> list[forms.BoundField]:
        return [self[name] for name, (_line, count) in self.left.items() if count]
