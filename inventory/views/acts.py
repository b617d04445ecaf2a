"""What the pages of acts share: at which site, recorded once, shown as a document."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from inventory import services
from inventory.forms.choices import Offer
from inventory.forms.entries import ActForm
from inventory.ledger import Entry
from inventory.models import Movement, Verb
from inventory.services import StockLine
from organisation.doors import require
from organisation.models import Site, Submission
from organisation.permissions import CallerRequest
from organisation.shapes import MAX_LINES
from organisation.submissions import claim_of, form_content, submit

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

    def answer(
        self,
        request: CallerRequest,
        offer: Offer,
        *,
        initial: dict[str, Any] | None = None,
        line_initial: list[dict[str, Any]] | None = None,
        **context: Any,
    ) -> HttpResponse:
        """Show the form, with what is known already; or record it and go to its document."""
        user: Any = request.user
        is_sent = request.method == "POST" and "more" not in request.POST
        data = request.POST if is_sent else None
        known = {**(initial or {}), **request.POST.dict()}
        form = self.form(data, initial=known, offer=offer, user=user)
        lines = self.lines(
            with_more(request),
            prefix="lines",
            initial=None if request.method == "POST" else line_initial,  # posted: all is said
            form_kwargs={"offer": offer},
        )
        if is_sent and form.is_valid() & lines.is_valid():
            response = recorded(
                request, form, self.verb, lambda entry: self.act(entry, form, lines)
            )
            if response:
                return response
        context |= {"form": form, "lines": lines, "is_sent": is_sent, "offer": offer}
        return shown(request, self.template, {**context, "site": offer.site})


def shown(request: CallerRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page with its form; 422 where the form was sent and refused."""
    return render(request, template, context, status=422 if context["is_sent"] else 200)


def as_pdf(content: bytes, name: str) -> HttpResponse:
    """A paper, shown by the browser and kept under its name."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def older(request: CallerRequest, found: Sequence[Model], page: int) -> str:
    """The query of the next page of a list, where ``found`` has more rows than a page."""
    if len(found) <= page:
        return ""
    query = request.GET.copy()
    query["before"] = str(found[page - 1].pk)
    return query.urlencode()


def with_more(request: CallerRequest) -> Any:
    """The posted lines, a few more of them where the button without script asked for it."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    total = data.get("lines-TOTAL_FORMS", "")
    if "more" in data and total.isdecimal() and len(total) <= len(str(MAX_LINES)):
        data["lines-TOTAL_FORMS"] = str(int(total) + MORE_LINES)
    return data


def asked(request: CallerRequest, *names: str) -> dict[str, str]:
    """What the page that led here says of these fields."""
    return {name: request.GET[name] for name in names if name in request.GET}


def items_of(form: Any) -> list[StockLine]:
    """The objects that a form names, whole."""
    return [StockLine(item=item) for item in form.cleaned_data["items"]]


def sites_of(request: CallerRequest) -> list[Site]:
    """Sites where the caller may do the page's act."""
    rows = Site.objects.permitted(request.user, request.act)
    return list(rows.select_related("organisation"))


def at_a_site(request: CallerRequest, screen: str, template: str) -> HttpResponse:
    """Straight to the screen of the only site where the page's act is permitted, or the choice."""
    sites = sites_of(request)
    if len(sites) == 1:
        return redirect(screen, site=sites[0].code)
    return render(request, template, {"sites": sites, "screen": screen})


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


def to_document(number: str) -> HttpResponse:
    return redirect("document", number=number)


def recorded(
    request: CallerRequest,
    form: ActForm,
    verb: Verb,
    act: Callable[[Entry], Any],
    onward: Callable[[str], HttpResponse] = to_document,
) -> HttpResponse | None:
    """Record what the form says, once, and go on; or put the refusal on the form."""
    answer = recorded_number(request, form, verb, act)
    return None if answer is None else onward(answer)


def recorded_number(
    request: CallerRequest, form: ActForm, verb: Verb, act: Callable[[Entry], Any]
) -> str | None:
    """Record what the form says, once; return its document's number, or refuse on the form.

    ``act`` returns that document, or another text to go on with.
    """

    def record(submission: Submission) -> str:
        made = act(entry_of(request, form, verb, submission))
        return str(getattr(made, "number", made))

    content: dict[str, Any] = {
        **form_content(request.POST, but=form.unsaid),
        "site": form.site.code,
    }
    try:
        _is_new, answer = submit(
            claim=claim_of(request, form.cleaned_data["id"], form.site.organisation),
            content=content,
            record=record,
        )
    except ValidationError as refusal:
        form.refuse(refusal)
        return None
    return answer
