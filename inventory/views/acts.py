"""What the pages of acts share: at which site, recorded once, shown as a document."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from inventory import services
from inventory.forms.choices import Offer
from inventory.forms.entries import ActForm
from inventory.ledger import Entry
from inventory.models import Movement, Verb
from organisation.doors import require
from organisation.models import Site, Submission
from organisation.permissions import CallerRequest
from organisation.shapes import MAX_LINES
from organisation.submissions import form_content, submit

MORE_LINES = 5
SITE = "site"  # in the session: where this person last worked


@dataclass(frozen=True, slots=True)
class LinesPage:
    """A page of an act with lines: its forms, its template, and the service it calls."""

    form: type[ActForm]
    lines: Any
    template: str
    verb: Verb
    act: Callable[[Entry, Any, Any], Movement]

    def answer(self, request: CallerRequest, offer: Offer, **context: Any) -> HttpResponse:
        """Show the form; or record it and go to its document."""
        user: Any = request.user
        is_sent = request.method == "POST" and "more" not in request.POST
        data = request.POST if is_sent else None
        form = self.form(data, initial=request.POST.dict(), offer=offer, user=user)
        lines = self.lines(_with_more(request), prefix="lines", form_kwargs={"offer": offer})
        if is_sent and form.is_valid() & lines.is_valid():
            response = recorded(
                request, form, self.verb, lambda entry: self.act(entry, form, lines)
            )
            if response:
                return response
        context |= {"form": form, "lines": lines, "is_sent": is_sent, "offer": offer}
        return render(request, self.template, {**context, "site": offer.site})


def _with_more(request: CallerRequest) -> Any:
    """The posted lines, a few more of them where the button without script asked for it."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    total = data.get("lines-TOTAL_FORMS", "")
    if "more" in data and total.isdecimal() and len(total) <= len(str(MAX_LINES)):
        data["lines-TOTAL_FORMS"] = str(int(total) + MORE_LINES)
    return data


def sites_of(request: CallerRequest) -> list[Site]:
    """Sites where the caller may do the page's act."""
    rows = Site.objects.permitted(request.user, request.act)
    return list(rows.select_related("organisation"))


def chosen_site(request: CallerRequest) -> Site:
    """The site of ``?site=``, else the last one chosen, else the first one permitted.

    Raises Http404, PermissionDenied.
    """
    if code := request.GET.get("site", ""):
        site = Site.objects.within(request).named(code).first() if code.isprintable() else None
        if site is None:
            raise Http404
        require(request, site)
        request.session[SITE] = site.pk
        return site
    sites = {site.pk: site for site in sites_of(request)}
    if not sites:
        raise Http404
    return sites.get(request.session.get(SITE) or 0) or next(iter(sites.values()))


def entry_of(request: CallerRequest, form: ActForm, verb: Verb, submission: Submission) -> Entry:
    """Who, where and when, from a valid form. Raises PermissionDenied."""
    entry = Entry(
        site=form.site,
        verb=verb,
        submission=submission,
        author=request.user,
        occurred_at=form.occurred_at,
        note=form.cleaned_data.get("comment", ""),
    )
    services.require_may_date(entry)
    return entry


def recorded(
    request: CallerRequest, form: ActForm, verb: Verb, act: Callable[[Entry], Movement]
) -> HttpResponse | None:
    """Record what the form says, once, and go to its document; or put the refusal on the form."""
    number = recorded_number(request, form, verb, act)
    return None if number is None else redirect("document", number=number)


def recorded_number(
    request: CallerRequest, form: ActForm, verb: Verb, act: Callable[[Entry], Movement]
) -> str | None:
    """Record what the form says, once; return its document's number, or refuse on the form."""

    def record(submission: Submission) -> str:
        return act(entry_of(request, form, verb, submission)).number

    content: dict[str, Any] = {**form_content(request.POST), "site": form.site.code}
    try:
        _is_new, number = submit(
            organisation=form.site.organisation,
            uuid=form.cleaned_data["id"],
            endpoint=request.path,
            content=content,
            record=record,
        )
    except ValidationError as refusal:
        form.refuse(refusal)
        return None
    return number
