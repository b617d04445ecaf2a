"""The checkout: one form that holds the ticket under way, and one act, to sell it."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from inventory.ledger import Entry
from inventory.models import Movement, Verb
from inventory.views.acts import recorded_number
from organisation.doors import page, require
from organisation.models import Site, Submission
from organisation.permissions import CallerRequest
from organisation.submissions import writing
from sales import scanning, services
from sales.forms.checkout import Checkout
from sales.forms.counter import Counter
from sales.forms.slip import Slip
from sales.models import Method, ParkedTicket, Sale, Till, TillLease, Visitors, Voucher
from sales.models.vouchers import is_voucher
from sales.views.held import held

PART = "X-Part"  # the script asks for the ticket and the money alone


@page("sell")
@require_safe
def choose_till(request: CallerRequest) -> HttpResponse:
    """Go straight to the only till, or offer the choice; an object's ``?code=`` goes along."""
    tills = list(Till.objects.at(Site.objects.permitted(request.user, "sell")))
    query = f"?{urlencode({'code': request.GET['code']})}" if "code" in request.GET else ""
    if len(tills) == 1:
        return redirect(reverse("checkout", kwargs={"till": tills[0].code}) + query)
    may_add = request.user.may_anywhere("configure")
    context = {"tills": tills, "to": "checkout", "query": query, "may_add": may_add}
    return render(request, "sales/choose_till.html", context)


@page("sell")
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: CallerRequest, till: str) -> HttpResponse:
    """A till: what its buttons change of the ticket under way, then the sale."""
    found_till = till_of(request, till)
    counter = Counter(found_till)
    if request.method != "POST" and (instead := _instead(request, counter)):
        return instead
    slip = Slip(_fields(request, found_till))
    voucher = _obey(slip, counter, request.POST or request.GET)
    found = Checkout(slip, counter, request.user)
    if voucher:
        _note_voucher(found, voucher)
        found = Checkout(slip, counter, request.user)
    if request.POST.get("do") == "park" and found.lines.forms:
        _park(request, found)
        slip = Slip({})
        found = Checkout(slip, counter, request.user)
    if request.POST.get("do") == "pay" and found.is_sound:
        _note_payment(found)
        found = Checkout(slip, counter, request.user)
    if request.POST.get("do") == "sell" and (number := _sold(request, found)):
        return redirect(f"{reverse('ticket', kwargs={'number': number})}?vente=1")
    context = {
        "checkout": found,
        "till": counter.till,
        "counter": counter,
        "last": Sale.objects.latest_at(counter.till),
        "parked": ParkedTicket.objects.filter(till=found_till).exclude(uuid=slip.kept["id"]),
        "visitors": _visitors(request, counter),
        "may_add": request.user.may("configure", counter.site),
    }
    template = "sales/_work.html" if PART in request.headers else "sales/checkout.html"
    return render(request, template, context, status=422 if found.is_refused else 200)


def _instead(request: CallerRequest, counter: Counter) -> HttpResponse | None:
    """Where nothing can be sold here now: that a tablet holds the till, or the float to count."""
    if lease := TillLease.objects.live_at(counter.till):
        return held(request, lease)
    return None if counter.session else redirect("open-till", till=counter.till.code)


def _fields(request: CallerRequest, till: Till) -> Mapping[str, Any]:
    """What is on the screen: what was posted, a new ticket, or one that waited."""
    if request.POST.get("do") == "new":
        return {}
    waiting = request.POST.get("resume", "")
    if waiting.isascii() and waiting.isdecimal() and len(waiting) < 10:
        row = ParkedTicket.objects.filter(till=till, pk=waiting).first()
        if row:
            return {"csrfmiddlewaretoken": "", **row.fields}
    return request.POST


def _park(request: CallerRequest, found: Checkout) -> None:
    """Let the ticket wait; again, where it waited before."""
    fields = {name: text for name, text in found.slip.posted().items() if name != "received"}
    with writing():
        ParkedTicket.objects.update_or_create(
            uuid=UUID(fields["id"]),
            defaults={
                "till": found.counter.till,
                "fields": fields,
                "count": found.count,
                "total_cents": found.total_cents,
                "author": request.user,
            },
        )


def _visitors(request: CallerRequest, counter: Counter) -> int:
    """How many came in today; one more where its button says up to how many."""
    row = Visitors.objects.filter(till=counter.till, day=counter.today.day).first()
    count = row.count if row else 0
    said = request.POST.get("visitors", "")
    if said == str(count + 1):
        with writing():
            Visitors.objects.update_or_create(
                till=counter.till, day=counter.today.day, defaults={"count": count + 1}
            )
        return count + 1
    return count


def till_of(request: CallerRequest, code: str, *, or_retired: bool = False) -> Till:
    """A till in use where the caller may do this. Raises Http404, PermissionDenied."""
    rows = Till.objects.within(request).select_related("site__organisation", "place")
    rows = rows if or_retired else rows.offered()
    till: Till | None = rows.named(code).first() if code.isprintable() else None
    if till is None:
        raise Http404
    require(request, till.site)
    return till


def _obey(slip: Slip, counter: Counter, data: Mapping[str, Any]) -> Voucher | None:
    """Add what lies in the scan field and do what the pressed button says, or note why not.

    A voucher of the house that was scanned is paid with once the ticket is reckoned.
    """
    voucher = None
    try:
        code = data.get("code", "").strip()
        if is_voucher(code):
            voucher = scanning.read_voucher(counter.till, code)
        elif code := code or slip.stray_code():
            item = scanning.read(counter.till, code)
            slip.add_item(item)
            slip.doubt = scanning.doubt(item)
        for name, order in ORDERS.items():
            if name in data:
                order(slip, counter, data[name])
    except ValidationError as refusal:
        slip.refusal = refusal
    return voucher


def _note_voucher(found: Checkout, voucher: Voucher) -> None:
    """Pay with what is left of a voucher, as far as the ticket asks."""
    used = any(
        pay.cleaned_data.get("voucher") == voucher for pay in found.payments if pay.is_valid()
    )
    try:
        if used:
            said = _("This voucher is already on the ticket.")
            raise ValidationError(said, code="voucher_twice")
        found.slip.pay(Method.CREDIT, min(voucher.left_cents, found.rest_cents), voucher.code)
    except ValidationError as refusal:
        found.slip.refusal = refusal


def _note_payment(found: Checkout) -> None:
    """Note one of several payments, or why it is none."""
    try:
        found.slip.pay(found.form.cleaned_data["method"], found.received_cents)
    except ValidationError as refusal:
        found.slip.refusal = refusal


def _named(rows: Mapping[str, Any], code: str) -> Any:
    if code not in rows:
        raise ValidationError(_("This is no longer for sale here."), code="unknown_line")
    return rows[code]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise ValidationError(
            _("This page is too old: reload it and try again."), code="unknown_order"
        )
    return int(text)


ORDERS: dict[str, Callable[[Slip, Counter, str], None]] = {
    "key": lambda slip, counter, code: slip.add_key(_named(counter.keys, code)),
    "category": lambda slip, counter, code: slip.add_category(_named(counter.categories, code)),
    "remove": lambda slip, _counter, line: slip.remove(_number(line)),
    "more": lambda slip, _counter, line: slip.step(_number(line), 1),
    "less": lambda slip, _counter, line: slip.step(_number(line), -1),
    "round": lambda slip, _counter, cents: slip.round_up(_number(cents)),
    "unpay": lambda slip, _counter, pay: slip.take_back(_number(pay)),
    "cash": lambda slip, _counter, sum_: slip.receive(None if sum_ == "exact" else _number(sum_)),
}


def _sold(request: CallerRequest, found: Checkout) -> str | None:
    """Sell once and return the ticket's number; or put on the form why not."""
    form, site = found.form, found.counter.site
    uuid = form.cleaned_data.get("id")
    if uuid is None:
        return None
    if not Submission.objects.answered(site.organisation, uuid):  # else it is sold already
        try:
            found.require_ready()
        except ValidationError as refusal:
            form.refuse(refusal)
        if not found.is_sound or form.errors:
            return None

    def act(entry: Entry) -> Movement:
        sale = services.record_sale(
            entry=entry,
            till=found.counter.till,
            lines=found.wanted(),
            payments=found.paid(),
            whole=found.whole,
        )
        ParkedTicket.objects.filter(uuid=uuid).delete()
        return sale.movement

    number = recorded_number(request, form, Verb.SELL, act)
    if number is None:
        sold = Sale.objects.within(request).submitted_as(uuid)
        found.taken = sold.select_related("movement").first()
    return number
