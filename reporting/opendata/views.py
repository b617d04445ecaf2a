"""« Données ouvertes »: the whole ledger to take away, and what each of its fields means."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from organisation.doors import anyone, caller, page
from organisation.models import Site, User
from organisation.permissions import CallerRequest
from organisation.shapes import FIRST_DAY, LAST_DAY
from reporting.forms import DayField
from reporting.opendata.dictionary import dictionary
from reporting.opendata.files import SCHEMA, answer
from reporting.opendata.ledger import Ledger
from reporting.periods import Period
from reporting.scopes import Scope

NAMES = {"start": "from", "end": "to"}


class Asked(forms.Form):
    """Which days and sites; all of them where nothing is said."""

    start = DayField(label=_("First day"), required=False)
    end = DayField(label=_("Last day"), required=False)
    site = forms.MultipleChoiceField(
        label=_("Sites"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, asked: Any, user: User) -> None:
        sites = Site.objects.permitted(user, "read_figures").select_related("organisation")
        self.sites = {site.code: site for site in sites}
        self.user = user
        super().__init__(asked)
        self.fields["site"].choices = [(site.code, site.name) for site in sites]  # type: ignore[attr-defined]

    def add_prefix(self, field_name: str) -> str:
        return NAMES.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError ``period_reversed``."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("start") or FIRST_DAY, cleaned.get("end") or LAST_DAY
        try:
            cleaned["period"] = Period(start, end)
        except ValidationError as refusal:
            self.add_error("end", refusal)
        return cleaned

    @property
    def ledger(self) -> Ledger:
        chosen = self.cleaned_data["site"] or self.sites
        scope = Scope.of_sites(self.sites[code] for code in chosen)
        assert self.user.organisation is not None  # noqa: S101 (a page's guard saw to it)
        return Ledger(self.user.organisation, scope, self.cleaned_data["period"])


@page("read_figures")
@require_safe
def page_of(request: CallerRequest) -> HttpResponse:
    """What there is to take away, for which days and sites, and what it means."""
    return _shown(request, Asked(request.GET, caller(request)))


@page("read_figures")
@require_safe
def ndjson(request: CallerRequest) -> Any:
    """Every record of the books, one a line."""
    return _file(request, "ndjson")


@page("read_figures")
@require_safe
def flows_csv(request: CallerRequest) -> Any:
    """Every flow, one a row."""
    return _file(request, "csv")


@page("read_figures")
@require_safe
def zipped(request: CallerRequest) -> Any:
    """Both, with the schema and the program that recomputes the figures."""
    return _file(request, "zip")


@anyone
@require_safe
def schema(request: CallerRequest) -> HttpResponse:
    """What each field means, for programs: it holds nothing of anybody's."""
    return HttpResponse(SCHEMA.read_bytes(), content_type="application/schema+json")


def _file(request: CallerRequest, form: str) -> Any:
    asked = Asked(request.GET, caller(request))
    return answer(asked.ledger, form) if asked.is_valid() else _shown(request, asked)


def _shown(request: CallerRequest, asked: Asked) -> HttpResponse:
    told = json.loads(SCHEMA.read_text(encoding="utf-8"))
    context = {"asked": asked, "dictionary": dictionary(told)}
    status = 200 if asked.is_valid() else 422
    return render(request, "reporting/open_data.html", context, status=status)
