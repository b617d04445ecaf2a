"""Shapes of the in-door's forms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from collection.models import Refusal
from collection.services import Arrival
from inventory.forms import EuroField, KgField
from inventory.forms.choices import one_of
from inventory.forms.entries import ActForm
from inventory.forms.items import CONDITIONS
from inventory.models import Category, CollectionMode, Item, Origin
from inventory.services import Draft
from organisation.models import Site, User


class GivenBackForm(ActForm):
    """How an object that had left comes back, and what is known of it now."""

    weight = KgField(label=_("Weight, kg"), least_g=1, most_g=Site.SCALE_LIMIT_MAX_G)
    title = forms.CharField(label=_("What it is"), max_length=120, required=False)
    price = EuroField(label=_("Price, €"), required=False)
    condition = forms.ChoiceField(label=_("Condition"), choices=CONDITIONS, required=False)

    def __init__(self, *args: Any, item: Item, **options: Any) -> None:
        super().__init__(*args, **options)
        self.item = item
        self.initial.setdefault("weight", item.weight_g)
        self.initial.setdefault("title", item.title)
        owner = self.site.organisation_id
        if item.account and item.account.organisation_id == owner:
            self.initial.setdefault("price", item.price_cents)
        modes = {
            row.code: row for row in CollectionMode.objects.filter(organisation=owner).offered()
        }
        origins = {row.code: row for row in Origin.objects.filter(organisation=owner).offered()}
        self.fields["mode"] = one_of(modes, _("Arrived by"), required=True, empty=None)
        self.fields["origin"] = one_of(origins, _("Coming from"), empty=_("not asked"))
        self.order_fields(["mode", "origin", "weight", "title", "price", "condition"])

    def arrival(self) -> Arrival:
        said = self.cleaned_data
        origin = said["origin"] or Origin.objects.not_asked(self.site.organisation_id)
        return Arrival(mode=said["mode"], origin=origin)

    def draft(self) -> Draft:
        said = self.cleaned_data
        return Draft(
            category=self.item.category,
            weight_g=said["weight"],
            title=said["title"],
            price_cents=said["price"],
            condition=said["condition"],
            former=self.item,
        )


class RefusalForm(forms.ModelForm):  # type: ignore[type-arg]
    """What was turned away at the gate: how many objects and why."""

    class Meta:
        model = Refusal
        fields = ("site", "category", "reason", "count", "comment")
        labels = {"category": _("Category")}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = Site.objects.permitted(user, "collect")
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]
        self.fields["site"].initial = sites.first()
        kinds = Category.objects.of(user.organisation_id).tops().filter(is_active=True)
        self.fields["category"].queryset = kinds  # type: ignore[attr-defined]
        self.fields["category"].required = False
        self.fields["category"].empty_label = _("Anything")  # type: ignore[attr-defined]
        self.fields["count"].widget.attrs |= {"min": 1, "inputmode": "numeric"}
