"""The pages of *Activité*: what was noted in a year, noting it, cancelling it, the territory."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from inventory.forms.entries import Once
from organisation.doors import caller, page
from organisation.history import changes
from organisation.models import Organisation, Site, Submission
from organisation.permissions import CallerRequest
from organisation.submissions import claim_of, form_content, submit, writing
from reporting.activities.forms import FiguresForm, NoteForm, PopulationForm, WhyForm
from reporting.activities.reading import Line, latest, noted_in, sites_to_note
from reporting.activities.recording import cancel_activity, note_activity, note_population
from reporting.models import Activity, ActivityKind, FigureSettings, Population

SHOWN = 40
EARLIEST, LATEST = 2000, 2099


@page("read_figures")
@require_safe
def activities(request: CallerRequest) -> HttpResponse:
    """What was noted in a year, kind by kind, and where to note more."""
    year = _year(request)
    sites = list(Site.objects.permitted(request.user, "read_figures"))
    context = {
        "year": year,
        "this_year": timezone.localdate().year,
        "kinds": noted_in(year, sites),
        "several": len(sites) > 1,
        "sites": sites_to_note(request.user),
        "populations": _populations(request)[:SHOWN],
        "may_govern": request.user.may_anywhere("govern"),
    }
    return render(request, "reporting/activities.html", context)


@page("configure")
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: CallerRequest, site: Site, kind: str) -> HttpResponse:
    """Note one line of a kind at a site; what was noted lately stands beside."""
    if kind not in ActivityKind.values:
        raise Http404
    asked = ActivityKind(kind)
    form = NoteForm(request.POST or None, site=site, kind=asked)

    def record(submission: Submission) -> Any:
        return note_activity(
            activity=form.activity(), author=caller(request), submission=submission
        )

    if _recorded(request, form, site.organisation, record):
        return redirect("note-activity", site=site.code, kind=kind)
    context = {
        "form": form,
        "site": site,
        "kind": asked,
        "noted": latest(site, asked),
        "sites": sites_to_note(request.user),
    }
    return _shown(request, "reporting/note_activity.html", context)


@page("configure")
@require_http_methods(["GET", "HEAD", "POST"])
def activity(request: CallerRequest, site: Site, activity: UUID) -> HttpResponse:
    """One record, and how to cancel it."""
    rows = Activity.objects.filter(site=site).select_related("partner", "author", "reversed_by")
    found = get_object_or_404(rows, submission__uuid=activity)
    form = WhyForm(request.POST or None)

    def record(submission: Submission) -> Any:
        return cancel_activity(
            activity=found,
            author=caller(request),
            submission=submission,
            note=form.cleaned_data["note"],
        )

    if _recorded(request, form, site.organisation, record):
        return redirect("note-activity", site=site.code, kind=found.kind)
    line, may_cancel = Line(found), not (found.reverses_id or hasattr(found, "reversed_by"))
    context = {"found": found, "line": line, "form": form, "site": site, "may_cancel": may_cancel}
    return _shown(request, "reporting/activity.html", context)


@page("configure")
@require_http_methods(["GET", "HEAD", "POST"])
def territory(request: CallerRequest) -> HttpResponse:
    """Whom the structure serves: populations, and noting one."""
    owner: Any = request.user.organisation
    form = PopulationForm(request.POST or None, user=request.user)

    def record(submission: Submission) -> Any:
        return note_population(
            population=form.population(), author=caller(request), submission=submission
        )

    if _recorded(request, form, owner, record):
        return redirect("territory")
    context = {"form": form, "populations": _populations(request)[:SHOWN]}
    return _shown(request, "reporting/territory.html", context)


@page("govern")
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: CallerRequest) -> HttpResponse:
    """The hours of a full-time year, and the estimation of avoided carbon."""
    owner: Any = request.user.organisation
    row = FigureSettings.objects.of(owner)
    form = FiguresForm(request.POST or None, instance=row)
    if form.is_valid():
        with writing():
            form.save()
        messages.success(request, _("Saved."))
        return redirect("figure-settings")
    said = changes(row, form, request.user) if row.pk else None
    context = {"form": form, "title": _("Figures"), "changes": said, "is_new": said is None}
    return render(request, "organisation/sheet.html", context)


def _recorded(
    request: CallerRequest,
    form: Once,
    owner: Organisation,
    record: Callable[[Submission], Any],
) -> bool:
    """Record what a valid form says, once, and say so; or put the refusal on the form."""
    if not form.is_valid():
        return False
    try:
        submit(
            claim=claim_of(request, form.cleaned_data["id"], owner),
            content=form_content(request.POST),
            record=lambda submission: str(record(submission).pk),
        )
    except ValidationError as refusal:
        form.refuse(refusal)
        return False
    messages.success(request, _("Recorded."))
    return True


def _shown(request: CallerRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    is_refused = request.method == "POST"
    context["is_sent"] = is_refused
    return render(request, template, context, status=422 if is_refused else 200)


def _populations(request: CallerRequest) -> Any:
    rows = Population.objects.within(request).select_related("origin", "author")
    return rows.order_by("-since", "-pk")


def _year(request: CallerRequest) -> int:
    """Raises Http404 where ``?year=`` is none."""
    text = request.GET.get("year", "")
    if not text:
        return timezone.localdate().year
    if not (text.isascii() and text.isdecimal() and EARLIEST <= int(text[:5]) <= LATEST):
        raise Http404
    return int(text)
