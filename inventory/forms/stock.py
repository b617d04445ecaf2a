"""The shape of opening stock, moves, stock counts and the month's balance."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.forms import KgField
from inventory.forms.choices import one_of
from inventory.forms.codes import CodesField
from inventory.forms.entries import FIRST_DAY, ActForm, BaseLines, LineForm, day_input, lines_of
from inventory.models import Item, Reason
from inventory.services import RECLASSIFY
from organisation.shapes import MAX_WEIGHT_G

COUNT_REASONS = [
    (reason.value, reason.label)
    for reason in (
        Reason.WEIGHING_ERROR,
        Reason.LOSS,
        Reason.THEFT,
        Reason.DRYING,
        Reason.FOUND,
    )
] + [(RECLASSIFY, _("wrong category: what one gains, another loses"))]

TOO_MANY = _(
    "Too many labelled objects lie here to be ticked on a page: move some to another place"
    " and count place by place. Only bulk is counted here."
)


class OpeningLineForm(LineForm):
    """What was there on day one, and where."""

    most_g = MAX_WEIGHT_G

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "place" in self.fields:
            self.fields["place"].label = _("Place")


OpeningLines = lines_of(OpeningLineForm)


class MoveLineForm(LineForm):
    """What is carried: weighed, from one of the site's places."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["estimated"]


MoveLines = lines_of(MoveLineForm)


class MoveForm(ActForm):
    """Where it is carried to, and which labelled objects."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["items"] = CodesField(site=self.site, label=_("Labelled objects"))
        self.fields["to_place"] = one_of(self.offer.places, _("To which place?"), required=True)


class CountLineForm(LineForm):
    """What was counted of a category, 0 where nothing is left; empty where nobody counted."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("estimated", "place"):
            self.fields.pop(name, None)
        self.fields["weight"] = KgField(label=_("Counted, kg"), required=False)

    def has_changed(self) -> bool:
        is_given = not self.empty_permitted  # a row of the books, not one that was added
        return bool(self["weight"].data) or (not is_given and super().has_changed())

    @property
    def about(self) -> Any:
        """The category of this line, as far as it is known before validation."""
        return self.offer.categories.get(self["category"].value() or "")


class BaseSettleLines(BaseLines):
    """What was counted: at least one line."""

    def clean(self) -> None:
        if not any(self.filled()):
            raise ValidationError(_("Write at least one weight."), code="no_lines")


class BaseCountLines(BaseSettleLines):
    """What was counted in bulk: at least one line, unless objects alone were counted."""

    def clean(self) -> None:
        if "counts_items" not in self.data:
            super().clean()


CountLines = lines_of(CountLineForm, BaseCountLines, extra=3)
SettleLines = lines_of(CountLineForm, BaseSettleLines, extra=0)


class CountForm(ActForm):
    """Why books and shelves differ, and which labelled objects were found."""

    reason = forms.ChoiceField(
        label=_("Why do books and shelves differ?"), choices=[("", "—"), *COUNT_REASONS]
    )
    counts_items = forms.BooleanField(
        label=_("The labelled objects were counted too: those without a tick are missing"),
        required=False,
    )
    too_many = TOO_MANY
    listed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, items: Sequence[Item] | None, **options: Any) -> None:
        """``items`` are those to tick; None where they are too many for a page."""
        super().__init__(*args, **options)
        self.fields.pop("day", None)
        if items is None:
            del self.fields["counts_items"]
        self.items = {f"found_{item.pk}": item for item in items or ()}
        self.initial["listed"] = " ".join(self.items)
        for name, item in self.items.items():
            self.fields[name] = forms.BooleanField(label=str(item), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "counts_items" in self.data and "counts_items" not in self.fields:
            raise ValidationError(TOO_MANY, code="too_many_items")
        if cleaned.get("counts_items") and cleaned.get("reason") == RECLASSIFY:
            self.add_error(
                "counts_items",
                ValidationError(
                    _("Only bulk is reclassified: leave the items out."), code="reclassify_bulk"
                ),
            )
        return cleaned

    def found(self) -> list[Item] | None:
        """The objects that were found, or None where nobody looked.

        One that came since the page was shown was not looked for: it is not missing.
        """
        if not self.cleaned_data.get("counts_items"):
            return None
        listed = set(self.cleaned_data["listed"].split())
        said = self.cleaned_data
        return [item for name, item in self.items.items() if said[name] or name not in listed]

    @property
    def rows(self) -> list[tuple[forms.BoundField, Item]]:
        return [(self[name], item) for name, item in self.items.items()]


class SettleForm(ActForm):
    """The day at whose end stock was counted, and the deduction that was shown for it."""

    on = forms.DateField(label=_("Counted at the end of"), widget=day_input())
    seen = forms.CharField(required=False, max_length=5_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.pop("day", None)

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if not FIRST_DAY <= on <= self.today:
            raise ValidationError(_("This day is still to come, or too long ago."), code="bad_day")
        return on
