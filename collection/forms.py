"""Shapes of the in-door's forms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from collection.models import Refusal
from inventory.models import Category
from organisation.models import Site, User


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
