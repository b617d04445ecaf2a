"""The evening sheet's pages: where, the sheet itself, what it became, and its cancelling."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from inventory.forms.entries import CancelForm
from inventory.ledger import Entry
from inventory.models import Verb
from inventory.views.acts import MORE_LINES, at_a_site, recorded, shown
from organisation.doors import page
from organisation.models import Site, Submission
from organisation.permissions import CallerRequest
from organisation.shapes import MAX_LINES
from reporting.evening.forms import SECTIONS, Arrivals, Departures, SheetForm, SheetOffer
from reporting.evening.reading import Recorded, endpoint_of, latest, total_g
from reporting.evening.recording import cancel_sheet, record_sheet


@page("collect")
@require_safe
def choose(request: CallerRequest) -> HttpResponse:
    """Go straight to the only site, or offer the choice."""
    return at_a_site(request, "evening", "reporting/choose_evening.html")


@page("collect")
@require_http_methods(["GET", "HEAD", "POST"])
def evening(request: CallerRequest, site: Site) -> HttpResponse:
    """A day's sheet: shown, or recorded once and shown as what it became."""
    user, offer = request.user, SheetOffer(site)
    is_sent = request.method == "POST" and "more" not in request.POST
    typed = request.POST.dict() if request.method == "POST" else {}
    form = SheetForm(request.POST if is_sent else None, initial=typed, offer=offer, user=user)
    arrivals, departures = _lines(request, offer)
    if is_sent and all([form.is_valid(), arrivals.is_valid(), departures.is_valid()]):

        def act(entry: Entry) -> str:
            record_sheet(entry=entry, sheet=form.sheet(arrivals, departures))
            return str(entry.submission.uuid)

        def onward(sheet: str) -> HttpResponse:
            return redirect("evening-sheet", site=site.code, sheet=sheet)

        if response := recorded(request, form, Verb.SHIP, act, onward):
            return response
    context = {"site": site, "form": form, "arrivals": arrivals, "departures": departures}
    context["parts"] = [arrivals, departures]
    context |= {"is_sent": is_sent, "latest": latest(site, form.today).listed}
    return shown(request, "reporting/evening.html", context)


def _lines(request: CallerRequest, offer: SheetOffer) -> list[Any]:
    """Both sets of lines, with a few more where the button without script asked for them."""
    data = request.POST.copy() if request.method == "POST" else None
    total = f"{request.POST.get('more', '')}-TOTAL_FORMS"
    count = data.get(total, "") if data else ""
    if data and count.isdecimal() and len(count) <= len(str(MAX_LINES)):
        data[total] = str(int(count) + MORE_LINES)
    sets = zip(SECTIONS, (Arrivals, Departures), strict=True)
    return [lines(data, prefix=name, form_kwargs={"offer": offer}) for name, lines in sets]


@page("collect")
@require_safe
def sheet(request: CallerRequest, site: Site, sheet: UUID) -> HttpResponse:
    """What a sheet became: its documents, its takings, and how to cancel it."""
    return _shown(request, _recorded(site, sheet))


@page("undo")
@require_http_methods(["POST"])
def cancel(request: CallerRequest, site: Site, sheet: UUID) -> HttpResponse:
    """Cancel a whole sheet, saying why."""
    found = _recorded(site, sheet)
    form = _cancel_form(request, site)

    def act(entry: Entry) -> str:
        cancel_sheet(entry=entry, sheet=found.submission)
        return str(sheet)

    def onward(uuid: str) -> HttpResponse:
        return redirect("evening-sheet", site=site.code, sheet=uuid)

    if form.is_valid() and (response := recorded(request, form, Verb.REVERSE, act, onward)):
        return response
    return _shown(request, _recorded(site, sheet), form)


def _shown(
    request: CallerRequest, found: Recorded, refused: CancelForm | None = None
) -> HttpResponse:
    form = refused
    if form is None and found.may_be_cancelled_by(request.user):
        form = _cancel_form(request, found.site)
    context = {
        "found": found,
        "site": found.site,
        "form": form,
        "is_sent": refused is not None,
        "may_read_money": request.user.may("read_sales", found.site),
        "in_g": total_g(found.arrivals),
        "out_g": total_g(found.departures),
    }
    return shown(request, "reporting/evening_sheet.html", context)


def _recorded(site: Site, uuid: UUID) -> Recorded:
    """Raises Http404 where no sheet of this site has that id."""
    found = Submission.objects.answered(site.organisation, uuid)
    if found is None or found.endpoint != endpoint_of(site):
        raise Http404
    return Recorded(site, found)


def _cancel_form(request: CallerRequest, site: Site) -> CancelForm:
    user: Any = request.user
    return CancelForm(request.POST or None, offer=SheetOffer(site), user=user)
