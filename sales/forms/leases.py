"""What a manager fills in about the tablet that holds a till and was lost."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sales.forms.drawer import DrawerForm


class RetireForm(DrawerForm):
    """How much never came of it, as far as anybody knows, and what became of it."""

    lost = forms.IntegerField(
        label=_("Tickets that never came"),
        min_value=0,
        max_value=9_999,
        initial=0,
        help_text=_("By the last number on a printed ticket; 0 where nobody knows."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "n"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        why = self.fields["comment"]
        why.label, why.required = _("What became of the tablet?"), True
