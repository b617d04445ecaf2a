"""The shape that every act's page shares: who, when, and lines of grams."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.forms import KgField
from inventory.forms.choices import Offer, one_of, place_of
from inventory.models import Category
from inventory.services import StockLine
from organisation.models import Site, User
from organisation.shapes import MAX_LINES

FIRST_DAY = date(2000, 1, 1)


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class Once(forms.Form):
    """A form that is recorded once, under the id that was made when the page was shown."""

    id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("id", uuid4())

    def refuse(self, refusal: ValidationError) -> None:
        """Show why nothing was recorded; an id that is used up is replaced."""
        self.add_error(None, refusal)
        if getattr(refusal, "code", None) == "id_reused":
            self.data = {**self.data, "id": str(uuid4())}


class ActForm(Once):
    """What every act says: its day and a comment."""

    unsaid: Collection[str] = ()  # posted, and no part of the act: which panel is open, say
    day = forms.DateField(
        label=_("Day"), required=False, widget=day_input(), help_text=_("Empty: now.")
    )
    comment = forms.CharField(label=_("Comment"), max_length=500, required=False)

    def __init__(self, *args: Any, offer: Offer, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer, self.site = offer, offer.site
        if not user.may("backdate", self.site):
            del self.fields["day"]

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day and not FIRST_DAY <= day <= self.today:
            raise ValidationError(_("This day is still to come, or too long ago."), code="bad_day")
        return day

    @property
    def today(self) -> date:
        return self.site.business_date(timezone.now())

    @property
    def occurred_at(self) -> datetime:
        """Now, or noon of the day that was given."""
        day = self.cleaned_data.get("day")
        if day is None or day == self.today:
            return timezone.now()
        return datetime.combine(day, time(12), ZoneInfo(self.site.timezone))


class LineForm(forms.Form):
    """Grams of a category; an empty line says nothing."""

    most_g = Site.SCALE_LIMIT_MAX_G
    estimated = forms.BooleanField(label=_("estimated"), required=False)

    def __init__(self, *args: Any, offer: Offer, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer = offer
        self.fields["category"] = one_of(offer.categories, _("Category"), choices=offer.grouped)
        self.fields["weight"] = KgField(
            label=_("Weight, kg"), required=False, least_g=1, most_g=self.most_g
        )
        if offer.places:
            self.fields["place"] = place_of(offer, _("From"))

    def has_changed(self) -> bool:
        return bool(set(self.changed_data) - {"place"})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors or not self.has_changed():
            return cleaned
        if not cleaned.get("category"):
            self.add_error("category", _("Choose what it is."))
        elif not self.says_how_much(cleaned):
            self.add_error("weight", _("Write a weight in kilograms, such as 12,5."))
        return cleaned

    def says_how_much(self, cleaned: Mapping[str, Any]) -> bool:
        return cleaned.get("weight") is not None

    def line(self) -> StockLine:
        said = self.cleaned_data
        is_estimated = said.get("estimated", False)
        return StockLine(said["category"], said["weight"], 0, is_estimated, said.get("place"))


class BaseLines(forms.BaseFormSet):  # type: ignore[type-arg]
    """Lines of a document, of which those left empty say nothing."""

    def stock_lines(self) -> list[StockLine]:
        return [form.line() for form in self.filled()]

    def weights(self) -> dict[Category, int]:
        """Category → grams. Raises ValidationError ``category_twice``."""
        said = [form.cleaned_data for form in self.filled()]
        weights = {line["category"]: line["weight"] for line in said}
        if len(weights) < len(said):
            raise ValidationError(_("The same category is there twice."), code="category_twice")
        return weights

    def filled(self) -> Iterator[Any]:
        return (form for form in self.forms if form.has_changed())


def lines_of(form: type[LineForm], base: type[BaseLines] = BaseLines, extra: int = 5) -> Any:
    """A set of such lines: ``extra`` empty ones at first, as many as the API takes at most."""
    return forms.formset_factory(
        form, base, extra=extra, max_num=MAX_LINES, absolute_max=MAX_LINES, validate_max=True
    )


class CancelForm(ActForm):
    """Why a document is cancelled."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.pop("day", None)
        self.fields["comment"].label = _("Why?")
        self.fields["comment"].required = True
