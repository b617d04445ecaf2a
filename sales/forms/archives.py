"""Which site and days an archive is of."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.forms.entries import FIRST_DAY, day_input
from organisation.models import Site
from sales.forms.drawer import DrawerForm


class ArchiveForm(DrawerForm):
    """The site, and the first and last business day."""

    comment = None  # type: ignore[assignment]
    start = forms.DateField(label=_("First day"), widget=day_input())
    end = forms.DateField(label=_("Last day"), widget=day_input())

    def __init__(self, *args: Any, sites: Mapping[str, Site], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(code, site.name) for code, site in sites.items()]
        self.fields["of"] = forms.ChoiceField(label=_("Site"), choices=choices)

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError ``bad_period``."""
        cleaned = super().clean() or self.cleaned_data
        start: date | None = cleaned.get("start")
        end: date | None = cleaned.get("end")
        if start and end and not FIRST_DAY <= start <= end:
            raise ValidationError(_("The first day is after the last."), code="bad_period")
        return cleaned
