"""The archives of tills: made, listed, handed out."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from inventory.forms.choices import Offer
from inventory.ledger import Entry
from inventory.models import Verb
from inventory.views.acts import recorded_number, shown
from organisation.doors import page, require
from organisation.models import Site
from organisation.permissions import CallerRequest, Role
from organisation.submissions import writing
from sales.archive import Archive, make_archive
from sales.forms.archives import ArchiveForm
from sales.journal import technical
from sales.models import JournalEntry, Kind

MOST = 200


@page("read_figures")
@require_safe
def archives(request: CallerRequest) -> HttpResponse:
    """Archives that were made, and the form of a new one for those who may."""
    return _shown(request, _form(request, None))


@page("close_month")
@require_POST
def make(request: CallerRequest) -> HttpResponse:
    """Freeze what the tills of a site closed between two days. Raises Http404, PermissionDenied."""
    if code := request.POST.get("of"):
        rows = Site.objects.filter(organisation=request.user.organisation_id, code=code)
        require(request, get_object_or_404(rows))
    form = _form(request, request.POST)

    def act(entry: Entry) -> str:
        said = form.cleaned_data
        return str(make_archive(entry=entry, start=said["start"], end=said["end"]).uuid)

    if form and form.is_valid() and recorded_number(request, form, Verb.SELL, act):
        return redirect("archives")
    return _shown(request, form)


@page("read_figures")
@require_safe
def archive(request: CallerRequest, uuid: UUID) -> HttpResponse:
    """The archive itself, as a zip: the same to the byte each time."""
    event = get_object_or_404(_events(request), uuid=uuid)
    require(request, event.chain.site)
    told = json.loads(event.body)["data"]
    _note_reading(request, event, told)
    name = f"caisse-{told['site']}-{told['from']}-{told['to']}.zip"
    response = HttpResponse(Archive.of(event).zipped(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _note_reading(request: CallerRequest, event: JournalEntry, told: Any) -> None:
    """Who took an archive away is part of the journal; an auditor is an inspector."""
    site = event.chain.site
    is_inspector = {role for _site, role in request.user.grants} == {Role.AUDITOR}
    code = technical.Code.AUDIT if is_inspector else technical.Code.ARCHIVE_READ
    facts = {"from": told["from"], "to": told["to"], "archive": event.seq}
    if request.method == "GET":
        with writing():
            technical.note(entry=technical.at(site, request.user), code=code, facts=facts)


def _events(request: CallerRequest) -> Any:
    rows = JournalEntry.objects.filter(
        kind=Kind.ARCHIVE, chain__organisation=request.user.organisation_id
    )
    return rows.select_related("chain__site__organisation")


def _form(request: CallerRequest, data: Any) -> Any:
    """The form of a new archive, for those who may make one somewhere."""
    rows = Site.objects.permitted(request.user, "close_month").select_related("organisation")
    sites = {site.code: site for site in rows}
    if not sites:
        return None
    asked = (data or {}).get("of", "")
    offer = Offer(sites.get(asked) or next(iter(sites.values())))
    today = timezone.localdate()
    initial = {"start": today.replace(month=1, day=1), "end": today}
    return ArchiveForm(data, sites=sites, initial=initial, offer=offer, user=request.user)


def _shown(request: CallerRequest, form: Any) -> HttpResponse:
    readable = Site.objects.permitted(request.user, "read_figures")
    rows = _events(request).filter(chain__site__in=readable).order_by("-pk")[:MOST]
    listed = [(event, json.loads(event.body)["data"]) for event in rows]
    context = {
        "archives": [
            (event, parse_date(told["from"]), parse_date(told["to"]), len(told["chains"]))
            for event, told in listed
        ],
        "form": form,
        "is_sent": request.method == "POST",
    }
    return shown(request, "sales/archives.html", context)
