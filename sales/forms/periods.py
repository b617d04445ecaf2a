"""Which closings are listed; and the button that closes the months of a site's tills."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from inventory.forms.choices import one_of
from inventory.months import first_day, last_day
from organisation.models import Site
from sales.forms.drawer import DrawerForm
from sales.models import Till

DAYS, MONTHS, YEARS = "days", "months", "years"
SPANS = {DAYS: _("Days"), MONTHS: _("Months"), YEARS: _("Years")}


class ClosingFilters(forms.Form):
    """Which closings: of days, months or years; of a site, a till, a month; before one seen."""

    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def __init__(
        self, *args: Any, tills: Sequence[Till], months: Sequence[int], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.every = tills
        self.sites = {till.site.code: till.site for till in tills}
        spans = {name: name for name in SPANS}
        self.fields["of"] = one_of(spans, "", empty=None, choices=list(SPANS.items()))
        self.fields["site"] = one_of(self.sites, _("Site"), empty=_("All"))
        self.fields["till"] = one_of({t.code: t for t in tills}, _("Till"), empty=_("All tills"))
        named = [(str(month), date_format(first_day(month), "F Y")) for month in months]
        known = {str(month): month for month in months}
        self.fields["month"] = one_of(known, _("Month"), empty=_("All months"), choices=named)

    @property
    def span(self) -> str:
        return self.cleaned_data.get("of") or DAYS

    @property
    def tills(self) -> list[Till]:
        """The tills that are asked for."""
        site, till = (self.cleaned_data.get(name) for name in ("site", "till"))
        return [row for row in self.every if site in (None, row.site) and till in (None, row)]

    @property
    def between(self) -> tuple[date, date] | None:
        """The days of the month that is asked for."""
        month = self.cleaned_data.get("month")
        return (first_day(month), last_day(month)) if month else None


class CloseMonthsForm(DrawerForm):
    """The site whose tills' months are closed."""

    comment = None  # type: ignore[assignment]

    def __init__(self, *args: Any, sites: Mapping[str, Site], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(code, site.name) for code, site in sites.items()]
        self.fields["of"] = forms.ChoiceField(choices=choices, widget=forms.HiddenInput)
