"""What a link opens, and for how long."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from organisation.models import Site, User
from reporting.forms import DayField
from reporting.periods import Period
from reporting.services import LONGEST_SHARED_DAYS, SHARED_DAYS


class ShareForm(forms.Form):
    """Sites, a period, and the days that a link lives."""

    start = DayField(label=_("First day"))
    end = DayField(label=_("Last day"))
    days = forms.IntegerField(
        label=_("Days until it expires"),
        min_value=1,
        max_value=LONGEST_SHARED_DAYS,
        initial=SHARED_DAYS,
    )
    site = forms.MultipleChoiceField(label=_("Sites"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, user: User, **more: Any) -> None:
        super().__init__(*args, **more)
        self.sites = {site.code: site for site in Site.objects.permitted(user, "govern")}
        self.fields["site"].choices = [(site.code, site.name) for site in self.sites.values()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError ``period_reversed`` or ``period_too_long``."""
        cleaned = super().clean() or {}
        if "start" in cleaned and "end" in cleaned:
            try:
                cleaned["period"] = Period(cleaned["start"], cleaned["end"])
            except ValidationError as refusal:
                self.add_error("end", refusal)
        return cleaned

    @property
    def chosen(self) -> list[Site]:
        return [self.sites[code] for code in self.cleaned_data["site"]]
