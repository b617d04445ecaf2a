"""The books: what is exported to accountants, and the accounts it goes to."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from inventory.models import Category
from inventory.views.acts import sites_of
from organisation.doors import page
from organisation.history import Change, author
from organisation.models import Organisation, User
from organisation.permissions import CallerRequest
from organisation.submissions import writing
from sales.accounting.books import Books
from sales.accounting.daybook import daybook
from sales.accounting.fec import NO_SIREN
from sales.accounting.plan import USUAL, Plan, choose_accounts
from sales.forms.accounting import AccountsForm, BooksForm
from sales.journal.periods import accounting_year
from sales.models import BookAccount, ShopSettings

MOST = 100  # entries shown: the files hold them all
LATEST = 20


@page("read_figures")
@require_safe
def accounting(request: CallerRequest) -> HttpResponse:
    """The books of some sites and days, by account and by closing; their files."""
    return _shown(request, _form(request))


def _shown(request: CallerRequest, form: BooksForm) -> HttpResponse:
    """The page, whether or not what is asked for makes sense."""
    asked = request.GET.urlencode() or urlencode(form.data)
    owner = _owner(request)
    context: dict[str, Any] = {
        "form": form,
        "asked": asked,
        "presets": _presets(request),
        "may_configure": request.user.may_anywhere("configure"),
        "has_siren": bool(owner.siret),
        "no_siren": NO_SIREN,
    }
    if form.is_valid():
        books = _books(owner, form)
        context |= {"books": books, "shown": books.entries[-MOST:][::-1]}
    return render(request, "sales/accounting.html", context, status=422 if form.errors else 200)


@page("read_figures")
@require_safe
def fec(request: CallerRequest) -> HttpResponse:
    """The file for accountants and for the tax office."""
    return _file(request, "text/plain; charset=iso8859-15", lambda books: books.fec(), _fec_name)


@page("read_figures")
@require_safe
def by_day(request: CallerRequest) -> HttpResponse:
    """Takings by site, till and day."""
    return _file(request, "text/csv; charset=utf-8", lambda books: daybook(books.days), _csv_name)


def _file(
    request: CallerRequest,
    content_type: str,
    write: Callable[[Books], bytes | str],
    name: Callable[[Books], str],
) -> HttpResponse:
    form = _form(request)
    if not form.is_valid():
        return _shown(request, form)
    books = _books(_owner(request), form)
    response = HttpResponse(write(books), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name(books)}"'
    return response


def _fec_name(books: Books) -> str:
    return books.fec_name


def _csv_name(books: Books) -> str:
    return f"caisse-{books.start.isoformat()}-{books.end.isoformat()}.csv"


def _owner(request: CallerRequest) -> Organisation:
    organisation: Organisation = request.user.organisation  # type: ignore[assignment]
    return organisation


def _books(owner: Organisation, form: BooksForm) -> Books:
    said = form.cleaned_data
    return Books(owner, form.sites, said["start"], said["end"])


def _form(request: CallerRequest) -> BooksForm:
    """What is asked for: this month where nothing is."""
    sites = {site.code: site for site in sites_of(request)}
    if any(name in request.GET for name in ("start", "end", "site")):
        return BooksForm(request.GET, sites=sites)
    start, end = _month(timezone.localdate())
    return BooksForm({"start": start.isoformat(), "end": end.isoformat()}, sites=sites)


def _month(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _presets(request: CallerRequest) -> list[tuple[str, str, bool]]:
    """Periods at one tap: their name, their address, and whether it is the one shown."""
    today = timezone.localdate()
    starts = ShopSettings.objects.of(_owner(request)).year_starts_month
    this_month, this_year = _month(today), accounting_year(today, starts)
    periods = (
        (_("this month"), this_month),
        (_("last month"), _month(this_month[0] - timedelta(days=1))),
        (_("this accounting year"), this_year),
        (_("last accounting year"), accounting_year(this_year[0] - timedelta(days=1), starts)),
    )
    sites = [("site", code) for code in request.GET.getlist("site")]
    shown = request.GET.get("start") or this_month[0].isoformat()
    until = request.GET.get("end") or this_month[1].isoformat()
    return [
        (
            name,
            "?" + urlencode([*sites, ("start", start.isoformat()), ("end", end.isoformat())]),
            (start.isoformat(), end.isoformat()) == (shown, until),
        )
        for name, (start, end) in periods
    ]


@page("configure")
@require_http_methods(["GET", "HEAD", "POST"])
def accounts(request: CallerRequest) -> HttpResponse:
    """Which account each purpose goes to."""
    owner = _owner(request)
    tops = Category.objects.tops().of(owner.pk).filter(is_active=True)
    listed = [(top.code, top.name) for top in tops]
    form = AccountsForm(request.POST or None, plan=Plan.of(owner), tops=listed)
    is_sent = request.method == "POST"
    if is_sent and form.is_valid():
        with writing():
            choose_accounts(organisation=owner, chosen=form.accounts)
        messages.success(request, _("Saved."))
        return redirect("book-accounts")
    names = {f"category:{code}": name for code, name in listed}
    context = {"form": form, "changes": _changes(request.user, names)}
    return render(request, "sales/accounts.html", context, status=422 if is_sent else 200)


def _changes(reader: User, names: dict[str, str]) -> list[Change]:
    """The latest accounts that were chosen, whichever they are."""
    rows = BookAccount.history.filter(organisation=reader.organisation_id)
    return [
        Change(
            row.history_date,
            author(row, reader),
            _("Changed"),
            [(_name(row.purpose, names), "", f"{row.number} {row.label}".strip() or "–")],
        )
        for row in rows.select_related("history_user").order_by("-history_date", "-pk")[:LATEST]
    ]


def _name(purpose: str, names: dict[str, str]) -> str:
    usual = USUAL.get(purpose)
    return str(capfirst(usual.name)) if usual else names.get(purpose, purpose)
