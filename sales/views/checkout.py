"""The checkout: one form that holds the ticket under way, and one act, to sell it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4, uuid5

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from inventory.ledger import Entry
from inventory.models import Verb
from inventory.views.acts import recorded_number
from organisation.doors import page, require
from organisation.models import Site, Submission
from organisation.permissions import CallerRequest
from organisation.submissions import claim_of, submit, writing
from sales import scanning, services
from sales.forms.checkout import Checkout
from sales.forms.counter import Counter
from sales.forms.lines import REASONS
from sales.forms.slip import Slip
from sales.models import Buyer, Method, ParkedTicket, Sale, Till, TillLease, Visitors, Voucher
from sales.models.buyers import card_number
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
    counter = Counter(till_of(request, till))
    if request.method != "POST" and (instead := _instead(request, counter)):
        return instead
    return _answer(request, counter, SELLING)


@page("sell")
@require_http_methods(["GET", "HEAD", "POST"])
def training(request: CallerRequest, till: str) -> HttpResponse:
    """The same, to learn on: nothing is sold, and the tickets say so."""
    return _answer(request, Counter(till_of(request, till)), REHEARSING)


@dataclass(frozen=True, slots=True)
class Mode:
    """What a sale is here, and where it goes on from there."""

    sell: Callable[..., Any]  # a service: entry, till, lines, payments…
    onward: Callable[[Till, str], str]
    is_training: bool = False


def _answer(request: CallerRequest, counter: Counter, mode: Mode) -> HttpResponse:
    slip = Slip(_fields(request, counter.till, mode))
    voucher = _obey(slip, counter, request.POST or request.GET)
    found = Checkout(slip, counter, request.user)
    if voucher:
        _note_voucher(found, voucher)
        found = Checkout(slip, counter, request.user)
    if request.POST.get("do") in ASIDE and found.lines.forms:
        if not mode.is_training:
            ASIDE[request.POST["do"]](request, found)
        slip = Slip({})
        found = Checkout(slip, counter, request.user)
    if request.POST.get("do") == "pay" and found.is_sound:
        _note_payment(found)
        found = Checkout(slip, counter, request.user)
    if request.POST.get("do") == "sell" and (number := _sold(request, found, mode)):
        return redirect(mode.onward(counter.till, number))
    context = {
        "checkout": found,
        "till": counter.till,
        "counter": counter,
        "reasons": REASONS,
        "is_training": mode.is_training,
        "is_giving_up": request.POST.get("do") == "give-up",
        **({} if mode.is_training else _around(request, found)),
        "may_add": request.user.may("configure", counter.site),
    }
    template = "sales/_work.html" if PART in request.headers else "sales/checkout.html"
    return render(request, template, context, status=422 if found.is_refused else 200)


def _instead(request: CallerRequest, counter: Counter) -> HttpResponse | None:
    """Where nothing can be sold here now: that a tablet holds the till, or the float to count."""
    lease = TillLease.objects.live_at(counter.till) if counter.till.is_lent else None
    if lease is not None:
        return held(request, lease)
    return None if counter.session else redirect("open-till", till=counter.till.code)


def _around(request: CallerRequest, found: Checkout) -> dict[str, Any]:
    """What a till shows beside the ticket: the last one, those that wait, who came in."""
    till = found.counter.till
    waiting = ParkedTicket.objects.filter(till=till)
    if own := found.form.cleaned_data.get("id"):
        waiting = waiting.exclude(uuid=own)
    return {
        "last": Sale.objects.latest_at(till),
        "parked": waiting,
        "visitors": _visitors(request, found.counter),
    }


def _fields(request: CallerRequest, till: Till, mode: Mode) -> Mapping[str, Any]:
    """What is on the screen: what was posted, a new ticket, or one that waited."""
    if request.POST.get("do") == "new":
        return {}
    waiting = request.POST.get("resume", "")
    if waiting.isascii() and waiting.isdecimal() and len(waiting) < 10 and not mode.is_training:
        row = ParkedTicket.objects.filter(till=till, pk=waiting).first()
        if row:
            return {"csrfmiddlewaretoken": "", **row.fields}
    return request.POST


def _park(request: CallerRequest, found: Checkout) -> None:
    """Let the ticket wait; again, where it waited before."""
    fields = {
        name: text for name, text in found.slip.posted().items() if name not in ("received", "who")
    }
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
    lent = Exists(TillLease.objects.live().filter(till=OuterRef("pk")))
    rows = Till.objects.within(request).annotate(is_lent=lent)
    rows = rows.select_related("site__organisation", "place")
    rows = rows if or_retired else rows.offered()
    till: Till | None = rows.named(code).first() if code.isprintable() else None
    if till is None:
        raise Http404
    require(request, till.site)
    return till


def _obey(slip: Slip, counter: Counter, data: Mapping[str, Any]) -> Voucher | None:
    """Add what lies in the scan field and do what the pressed button says, or note why not.

    A voucher of the house that was scanned is paid with once the ticket is reckoned. A member's
    card says who buys; lines cost what they do to whoever it is for.
    """
    voucher = None
    slip.is_member = counter.makes_member(slip)
    try:
        code = data.get("code", "").strip()
        if is_voucher(code):
            voucher = scanning.read_voucher(counter.till, code)
        elif number := card_number(code):
            slip.name(_known(counter, number))
        elif code := code or slip.stray_code():
            item = scanning.read(counter.till, code)
            slip.add_item(item)
            slip.doubt = scanning.doubt(item)
        for name, order in ORDERS.items():
            if name in data:
                order(slip, counter, data[name])
    except ValidationError as refusal:
        slip.refusal = refusal
    if (is_member := counter.makes_member(slip)) != slip.is_member:
        slip.reprice(counter.keys, is_member=is_member)
    return voucher


def _known(counter: Counter, number: str) -> Buyer:
    buyer = counter.buyer(number)
    if buyer is None:
        raise ValidationError(_("This buyer is not known here."), code="unknown_buyer")
    return buyer


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


def _abandon(request: CallerRequest, found: Checkout) -> None:
    """Note once that this ticket is given up, where it waited too."""
    counter, uuid = found.counter, found.form.cleaned_data.get("id") or uuid4()
    facts = {"lines": len(found.lines.forms), "total_cents": found.total_cents}

    def record(claim: Submission) -> str:
        entry = Entry(counter.site, Verb.SELL, claim, request.user, timezone.now())
        ParkedTicket.objects.filter(uuid=uuid).delete()
        return str(services.abandon(entry=entry, till=counter.till, **facts).seq)

    own = uuid5(uuid, f"abandoned {facts}")  # the ticket's id stays free: it may be sold yet
    submit(claim=claim_of(request, own, counter.site.organisation), content=facts, record=record)


ASIDE: dict[str, Callable[[CallerRequest, Checkout], None]] = {"park": _park, "abandon": _abandon}


def _to_ticket(_till: Till, number: str) -> str:
    return f"{reverse('ticket', kwargs={'number': number})}?vente=1"


def _to_training_ticket(till: Till, seq: str) -> str:
    return reverse("training-ticket", kwargs={"till": till.code, "seq": seq})


SELLING = Mode(services.record_sale, _to_ticket)
REHEARSING = Mode(services.rehearse_sale, _to_training_ticket, is_training=True)


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
    "buyer-is": lambda slip, counter, number: slip.name(_known(counter, number)),
    "nobody": lambda slip, _counter, word: slip.unname(word),
    "remove": lambda slip, _counter, line: slip.remove(_number(line)),
    "more": lambda slip, _counter, line: slip.step(_number(line), 1),
    "less": lambda slip, _counter, line: slip.step(_number(line), -1),
    "round": lambda slip, _counter, cents: slip.round_up(_number(cents)),
    "unpay": lambda slip, _counter, pay: slip.take_back(_number(pay)),
    "cash": lambda slip, _counter, sum_: slip.receive(None if sum_ == "exact" else _number(sum_)),
}


def _sold(request: CallerRequest, found: Checkout, mode: Mode) -> str | None:
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

    def act(entry: Entry) -> str:
        made = mode.sell(
            entry=entry,
            till=found.counter.till,
            lines=found.wanted(),
            payments=found.paid(),
            whole=found.whole,
        )
        if mode.is_training:
            return str(made.seq)
        ParkedTicket.objects.filter(uuid=uuid).delete()
        return str(made.movement.number)

    number = recorded_number(request, form, Verb.SELL, act)
    if number is None:
        sold = Sale.objects.within(request).submitted_as(uuid)
        found.taken = sold.select_related("movement").first()
    return number
