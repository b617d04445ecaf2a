"""The shape of sorting: bulk shared out by hand, or spread by estimated shares."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.forms import KgField
from inventory.forms.choices import one_of, place_of
from inventory.forms.entries import ActForm, BaseLines, LineForm, lines_of
from inventory.models import UNSORTED, Category
from inventory.services import HUNDRED, StockLine
from organisation.models import Site


class TakenForm(ActForm):
    """What is taken: a category of bulk, and from where."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"] = one_of(
            self.offer.categories,
            _("What is taken"),
            choices=self.offer.grouped,
            required=True,
            initial=UNSORTED,
        )
        if self.offer.places:
            self.fields["place"] = place_of(self.offer, _("From"))


class SortForm(TakenForm):
    """What is taken, as the scale says it."""

    weight = KgField(label=_("Weight, kg"), least_g=1, most_g=Site.SCALE_LIMIT_MAX_G)

    def taken(self) -> StockLine:
        said = self.cleaned_data
        return StockLine(said["category"], said["weight"], place=said.get("place"))


class SortedLineForm(LineForm):
    """What was found in it, and where it is put."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "place" in self.fields:
            self.fields["place"].label = _("To")


SortedLines = lines_of(SortedLineForm)


class SpreadForm(TakenForm):
    """What nobody sorted; without a weight, all that the books hold of it there."""

    weight = KgField(
        label=_("Weight, kg"),
        required=False,
        least_g=1,
        most_g=Site.SCALE_LIMIT_MAX_G,
        help_text=_("Empty: all that the books hold of it there."),
    )


class ShareForm(LineForm):
    """A category and its share, in hundredths."""

    share = forms.IntegerField(label=_("Share, %"), required=False, min_value=1, max_value=HUNDRED)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("estimated", "place", "weight"):
            self.fields.pop(name, None)
        self.fields["share"].widget.attrs |= {"class": "n", "inputmode": "numeric"}

    def clean(self) -> dict[str, Any]:
        cleaned = forms.Form.clean(self) or self.cleaned_data
        if self.errors or not self.has_changed():
            return cleaned
        if not cleaned.get("category"):
            self.add_error("category", _("Choose what it is."))
        if cleaned.get("share") is None:
            self.add_error("share", _("Write a share between 1 and 100."))
        return cleaned


class BaseShares(BaseLines):
    """Shares of what is spread: a category at most once."""

    def shares(self) -> Mapping[Category, int]:
        """Category → hundredths. Raises ValidationError ``category_twice``."""
        said = [form.cleaned_data for form in self.filled()]
        shares = {line["category"]: line["share"] for line in said}
        if len(shares) < len(said):
            raise ValidationError(_("The same category is there twice."), code="category_twice")
        return shares


ShareLines = lines_of(ShareForm, BaseShares, extra=6)
