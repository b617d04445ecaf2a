"""A till's day: opening it, its drawer, closing it, and the Z that closing leaves."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.forms.choices import Offer
from inventory.ledger import Entry
from inventory.models import Verb
from inventory.views.acts import as_pdf, recorded_number, shown
from organisation.doors import page, require
from organisation.permissions import CallerRequest
from sales import services
from sales.forms.drawer import CashForm, CloseForm, OpenForm, ReasonForm
from sales.journal.totals import Totals, totals_of
from sales.mailing import deliver, send, treasurer_of
from sales.models import CashMove, Closing, Method, Till, TillSession
from sales.templatetags.money import euros
from sales.views.checkout import till_of
from sales.zreport import closing_pdf, figures_of

_NOT_SENT = gettext_lazy("%(number)s could not be sent to the treasurer: send it again later.")


@page("sell")
@require_http_methods(["GET", "HEAD", "POST"])
def open_till(request: CallerRequest, till: str) -> HttpResponse:
    """Count the float, and open."""
    found = till_of(request, till)
    is_away = found.is_lent or TillSession.objects.open_at(found)
    if is_away and request.method != "POST":
        return redirect("checkout", till=found.code)
    last = Closing.objects.last_of(found)
    initial = {"float": last.counted_cents} if last else {}
    form = _form(OpenForm, request, found, initial)

    def act(entry: Entry) -> str:
        services.open_session(entry=entry, till=found, float_cents=form.cleaned_data["float"])
        return found.code

    if form.is_valid() and recorded_number(request, form, Verb.SELL, act):
        deliver(found.site)  # another till's day, or this one's, that nobody had closed
        return redirect("checkout", till=found.code)
    return _shown(request, "sales/open.html", found, form, last=last)


@page("sell")
@require_http_methods(["GET", "HEAD", "POST"])
def drawer(request: CallerRequest, till: str) -> HttpResponse:
    """What the day has brought so far (X), and cash in and out."""
    found = till_of(request, till)
    session = TillSession.objects.open_at(found)
    if session is None and request.method != "POST":
        return redirect("open-till", till=found.code)
    form = _form(CashForm, request, found)

    def act(entry: Entry) -> str:
        kind = CashMove.Kind(form.cleaned_data["kind"])
        services.move_cash(entry=entry, till=found, kind=kind, amount_cents=form.amount_cents)
        return found.code

    if form.is_valid() and recorded_number(request, form, Verb.SELL, act):
        said = {"sum": euros(abs(form.amount_cents))}
        is_in = form.amount_cents > 0
        text = _("%(sum)s put into the drawer.") if is_in else _("%(sum)s taken out of the drawer.")
        messages.success(request, text % said)
        return redirect("drawer", till=found.code)
    context = _so_far(session) if session else {}
    context["why"] = ReasonForm(offer=Offer(found.site), user=request.user)
    return _shown(request, "sales/drawer.html", found, form, session=session, **context)


def _so_far(session: TillSession) -> dict[str, Any]:
    totals = totals_of(session)
    return {
        "totals": totals,
        "methods": _named(totals),
        "expected_cents": totals.expected_cents(session.float_cents),
        "moves": session.cash_moves.select_related("author").order_by("-pk"),
    }


def _named(totals: Totals) -> list[tuple[str, int]]:
    return [
        (str(capfirst(method.label)), totals.methods[method])
        for method in Method
        if totals.methods[method]
    ]


@page("sell")
@require_POST
def open_drawer(request: CallerRequest, till: str) -> HttpResponse:
    """Note why the drawer is opened without a sale."""
    found = till_of(request, till)
    form = _form(ReasonForm, request, found)

    def act(entry: Entry) -> str:
        reason = services.Opening(form.cleaned_data["reason"])
        services.open_drawer(entry=entry, till=found, reason=reason)
        return found.code

    if form.is_valid() and recorded_number(request, form, Verb.SELL, act):
        messages.success(request, _("Noted: the drawer may be opened."))
    else:
        messages.error(request, " ".join(str(each) for each in form.errors.values()))
    return redirect("drawer", till=found.code)


@page("sell")
@require_http_methods(["GET", "HEAD", "POST"])
def close_till(request: CallerRequest, till: str) -> HttpResponse:
    """Count the drawer without being told what should be in it, and close (Z)."""
    found = till_of(request, till, or_retired=True)
    session = TillSession.objects.open_at(found)
    if session is None and request.method != "POST":
        return redirect("open-till", till=found.code)
    totals = totals_of(session) if session else Totals()
    form = _form(CloseForm, request, found, {"seen": totals.last_seq})

    def act(entry: Entry) -> str:
        seen = form.cleaned_data["seen"]
        made = services.close_session(entry=entry, till=found, count=form.count, last_seq=seen)
        return str(made.session.number)

    if form.is_valid() and (number := recorded_number(request, form, Verb.SELL, act)):
        for unsent in deliver(found.site):
            messages.error(request, _NOT_SENT % {"number": unsent.number})
        return redirect("closing", till=found.code, number=number)
    used = {method for method in Method if totals.methods[method] and method != Method.CASH}
    context = {
        "session": session,
        "others": [each for each in form.others if each.name.removeprefix("m_") in used],
        "seen": totals.last_seq,
    }
    return _shown(request, "sales/close.html", found, form, **context)


@page("read_sales")
@require_safe
def closing(request: CallerRequest, till: str, number: int) -> HttpResponse:
    """A Z: what the day brought, and the gap in the drawer."""
    found = _closing(request, till, number)
    context = {"closing": found, "z": figures_of(found), "till": found.session.till}
    context["may_sell"] = request.user.may("sell", found.guarded_by)
    context["has_treasurer"] = bool(treasurer_of(found.guarded_by))
    context["mail"] = found.mails.order_by("-pk").first()
    return shown(request, "sales/closing.html", {**context, "is_sent": False})


@page("sell")
@require_POST
def send_closing(request: CallerRequest, till: str, number: int) -> HttpResponse:
    """Send a Z to the treasurer, once more. Raises Http404, PermissionDenied."""
    found = _closing(request, till, number)
    to = treasurer_of(found.guarded_by)
    if not to:
        messages.error(request, _("Mail is not set up, or the treasurer has no address."))
    elif send(found, to):
        messages.success(request, _("%(number)s was sent.") % {"number": found.number})
    else:
        messages.error(request, _NOT_SENT % {"number": found.number})
    return redirect("closing", till=found.session.till.code, number=found.session.number)


@page("read_sales")
@require_safe
def closing_paper(request: CallerRequest, till: str, number: int) -> HttpResponse:
    """The same as a PDF, to be kept outside: it bears the fingerprint of the chain."""
    found = _closing(request, till, number)
    return as_pdf(closing_pdf(found), found.number)


def _closing(request: CallerRequest, till: str, number: int) -> Closing:
    """Raises Http404, PermissionDenied."""
    if not till.isprintable():
        raise Http404
    rows = Closing.objects.within(request)
    found: Closing = get_object_or_404(
        rows, session__till__code=till, session__number=min(number, 2**31 - 1)
    )
    require(request, found.guarded_by)
    return found


def _form(
    form: Any, request: CallerRequest, till: Till, initial: dict[str, Any] | None = None
) -> Any:
    data = request.POST or None
    return form(data, initial=initial or {}, offer=Offer(till.site), user=request.user)


def _shown(
    request: CallerRequest, template: str, till: Till, form: Any, **context: Any
) -> HttpResponse:
    is_sent = request.method == "POST"
    return shown(request, template, {"till": till, "form": form, "is_sent": is_sent, **context})
