"""What tablets could not have recorded: seen, then recorded after all or set aside."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organisation.doors import operations_of, page, require
from organisation.models import HeldEntry, Site
from organisation.permissions import CallerRequest
from organisation.services import decide
from organisation.submissions import writing

SHOWN = 100


@page("reverse")
@require_safe
def held(request: CallerRequest) -> HttpResponse:
    """Entries to decide on, the oldest first, and the last ones decided."""
    sites = Site.objects.permitted(request.user, "reverse")
    links = ("site", "station", "person", "decided_by")
    rows = HeldEntry.objects.filter(site__in=sites).select_related(*links)
    context = {
        "waiting": rows.undecided().order_by("pk")[:SHOWN],
        "decided": rows.exclude(decided_at=None).order_by("-decided_at")[:20],
        "sites": sites,
    }
    return render(request, "organisation/held.html", context)


@page("reverse")
@require_POST
def decide_held(request: CallerRequest, pk: int) -> HttpResponse:
    """Record an entry after all, in one's own name, or set it aside with a reason."""
    entry = get_object_or_404(HeldEntry.objects.within(request).select_related("site"), pk=pk)
    require(request, entry.site)
    note = request.POST.get("note", "").strip()[:500]
    is_recorded = request.POST.get("do") == "record"
    try:
        if not is_recorded and not note:
            raise ValidationError(_("Say why it is set aside."), code="note_missing")
        if is_recorded:
            _record(request, entry)
        outcome = HeldEntry.Outcome.RECORDED if is_recorded else HeldEntry.Outcome.DROPPED
        with writing():
            decide(entry=entry, outcome=outcome, by=request.user, note=note)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Decided."))
    return redirect("held")


def _record(request: CallerRequest, entry: HeldEntry) -> None:
    """Send it again as it was kept, in the name of whoever decides.

    Its id stays, so that what was recorded in between is not recorded twice.
    Raises ValidationError with what the API refuses.
    """
    answer = _endpoint(entry)(_again(request, entry))
    if answer.status_code >= 400:
        detail = json.loads(answer.content)["detail"]
        said = " ".join(fault["msg"] for fault in detail)
        raise ValidationError(said, code=detail[0]["type"])


def _endpoint(entry: HeldEntry) -> Any:
    """The operation that it was meant for. Raises Http404 where it is none of the API's."""
    try:
        view = resolve(entry.endpoint).func
    except Resolver404:
        raise Http404 from None
    if not operations_of(view):
        raise Http404
    return view


def _again(request: CallerRequest, entry: HeldEntry) -> Any:
    again: Any = HttpRequest()
    again.method, again.path, again.path_info = "POST", entry.endpoint, entry.endpoint
    again.META = {**request.META, "CONTENT_TYPE": "application/json", "REQUEST_METHOD": "POST"}
    again.META.pop("HTTP_AUTHORIZATION", None)
    again.content_type, again.content_params = "application/json", {}
    again.user, again.session, again.station = request.user, request.session, entry.station
    again._body, again._dont_enforce_csrf_checks = entry.content.encode(), True
    return again
