"""Which technical events are listed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inventory.forms.choices import one_of
from inventory.forms.entries import day_input
from organisation.models import Site
from sales.journal.technical import Code
from sales.models import Kind

HANDED = "ticket"  # tickets that were handed out have no code of NF525 here


class JournalFilters(forms.Form):
    """Of a site, a day, a code; before one already seen."""

    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    code = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[
            ("", _("Everything")),
            (HANDED, Kind.REPRINT.label),
            *((str(code.value), code.label) for code in Code),
        ],
    )

    def __init__(self, *args: Any, sites: Sequence[Site], **options: Any) -> None:
        super().__init__(*args, **options)
        named = {site.code: site for site in sites}
        self.fields["site"] = one_of(named, _("Site"), empty=_("All"))
        self.fields["day"] = forms.DateField(label=_("Day"), required=False, widget=day_input())
