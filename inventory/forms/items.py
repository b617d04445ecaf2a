"""The shape of what is done with objects: labelled, described, taken apart, listed."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.forms import EuroField, KgField
from inventory.forms.choices import Offer, one_of, place_of
from inventory.forms.codes import CodeField
from inventory.forms.entries import ActForm, BaseLines, LineForm, lines_of
from inventory.models import Flow, Item, Place
from inventory.services import Draft, Part
from organisation.models import Site

CONDITIONS = [("", "—"), *Item.Condition.choices]


class LabelForm(ActForm):
    """An object to be labelled: what it is, its weight, and what its label says."""

    weight = KgField(label=_("Weight, kg"), least_g=1, most_g=Site.SCALE_LIMIT_MAX_G)
    title = forms.CharField(
        label=_("What it is"),
        max_length=120,
        required=False,
        help_text=_("Printed on the label; empty: its category."),
    )
    price = EuroField(label=_("Price, €"), required=False)
    condition = forms.ChoiceField(label=_("Condition"), choices=CONDITIONS, required=False)
    code = CodeField(
        label=_("Code of a label that is stuck on already"),
        required=False,
        help_text=_("Empty: a new code is drawn."),
    )
    estimated = forms.BooleanField(label=_("by eye"), required=False)
    line = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)
    former = CodeField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"] = one_of(
            self.offer.categories, _("Category"), choices=self.offer.grouped, required=True
        )
        if self.offer.places:
            self.fields["place"] = place_of(self.offer, _("It lies at"))
        self.order_fields(["category", "weight", "title", "price", "condition", "place"])

    def clean_line(self) -> Flow | None:
        """The line of an arrival it came with. Raises ValidationError ``unknown_flow``."""
        owner = self.site.organisation_id
        found: Flow | None = self._known(
            "line", Flow.objects.filter(movement__site__organisation=owner)
        )
        return found

    def clean_former(self) -> Item | None:
        """The object it was in an earlier life. Raises ValidationError ``unknown_item``."""
        owner = self.site.organisation_id
        found: Item | None = self._known("former", Item.objects.known_to(owner))
        return found

    def _known(self, name: str, rows: Any) -> Any:
        said = self.cleaned_data[name]
        found = rows.named(said).first() if said and said.isprintable() else None
        if said and found is None:
            raise ValidationError(_("What this object came from is not known."), code="unknown")
        return found

    def draft(self) -> Draft:
        said = self.cleaned_data
        return Draft(
            category=said["category"],
            weight_g=said["weight"],
            code=said["code"],
            title=said["title"],
            price_cents=said["price"],
            condition=said["condition"],
            arrival=said["line"],
            former=said["former"],
            is_estimated=said["estimated"],
        )


class DescribeForm(forms.ModelForm):  # type: ignore[type-arg]
    """What may change of an object: its title, its price, its condition."""

    price_cents = EuroField(label=_("Price, €"), required=False)

    class Meta:
        model = Item
        fields = ("title", "price_cents", "condition")
        labels = {"title": _("What it is"), "condition": _("Condition")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["condition"].choices = CONDITIONS  # type: ignore[attr-defined]


class PartForm(LineForm):
    """A part, a material or what is left of an object taken apart."""

    title = forms.CharField(label=_("What it is"), max_length=120, required=False)
    labelled = forms.BooleanField(label=_("label it"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["estimated"]
        self.fields.pop("place", None)
        self.order_fields(["category", "title", "weight", "labelled"])

    def part(self) -> Part:
        said = self.cleaned_data
        return Part(
            category=said["category"],
            weight_g=said["weight"],
            title=said["title"],
            is_labelled=said["labelled"],
        )


class BaseParts(BaseLines):
    """What an object is taken apart into."""

    def parts(self) -> list[Part]:
        return [form.part() for form in self.filled()]


Parts = lines_of(PartForm, BaseParts, extra=4)


class FoundForm(ActForm):
    """Where an object that was missing is put back."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.pop("day", None)
        if self.offer.places:
            self.fields["place"] = place_of(self.offer, _("Put at"))
        self.order_fields(["place", "comment"])

    @property
    def place(self) -> Place:
        return self.cleaned_data.get("place") or Place.objects.main(self.site)


class ItemFilters(forms.Form):
    """Which labelled objects: at a site, in a place, of a category, by words, in an order."""

    AGES = (("", _("All")), ("4", _("4 weeks")), ("8", _("8 weeks")), ("26", _("6 months")))

    q = forms.CharField(label=_("Words or code"), max_length=120, required=False)
    older = forms.ChoiceField(label=_("Here for more than"), choices=AGES, required=False)
    order = forms.ChoiceField(
        label=_("Order"),
        choices=(("", _("newest first")), ("oldest", _("oldest first"))),
        required=False,
    )
    seen = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def __init__(self, *args: Any, offer: Offer, sites: Iterable[Site], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["site"] = one_of({s.code: s for s in sites}, _("Site"), empty=_("All"))
        if offer.places:
            self.fields["place"] = one_of(offer.places, _("Place"), empty=_("All"))
        tops = [(top.code, top.name) for top in offer.tops]
        asked = offer.categories.get(self.data.get("category", ""))
        below = [(asked.code, asked.name)] if asked and asked.parent_id else []
        self.fields["category"] = one_of(
            offer.categories, _("Category"), choices=[*below, *tops], empty=_("All")
        )
