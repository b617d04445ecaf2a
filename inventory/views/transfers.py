"""Transfers: what was sent from here, what is coming, and its receipt."""

from typing import Any

from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from inventory import services
from inventory.forms.choices import Offer
from inventory.forms.transfers import ReceiveForm, SendForm, SendLines
from inventory.ledger import Entry
from inventory.models import Flow, Item, Kind, Movement, Receipt, Transfer, Verb
from inventory.trace import by
from inventory.views.acts import (
    LinesPage,
    asked,
    chosen_site,
    items_of,
    recorded,
    sites_of,
)
from inventory.views.documents import FLOWS, cancel_form_of
from organisation.doors import page, require
from organisation.models import Submission
from organisation.permissions import CallerRequest
from organisation.submissions import form_uuid

PAGE = 50


def _send(entry: Entry, form: SendForm, lines: Any) -> Movement:
    everything = [*lines.stock_lines(), *items_of(form)]
    to_site = form.cleaned_data["to_site"]
    return services.send(entry=entry, to_site=to_site, lines=everything).movement


SEND = LinesPage(SendForm, SendLines, "inventory/send.html", Verb.TRANSFER, _send)


@page("transfer")
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: CallerRequest) -> HttpResponse:
    """Send stock to another site."""
    offer = Offer(chosen_site(request))
    initial = asked(request, "items", "to_site")
    return SEND.answer(request, offer, initial=initial, sites=sites_of(request))


@page("read_stock")
@require_safe
def transfers(request: CallerRequest) -> HttpResponse:
    """What is on the road to here and from here, then what has arrived, newest first."""
    sites = sites_of(request)
    is_incoming = request.GET.get("vers") == "ici"
    end = "to_site__in" if is_incoming else "movement__site__in"
    rows = Transfer.objects.listed().filter(**{end: sites})
    if request.GET.get("seen", "").isdecimal() and len(request.GET["seen"]) < 19:
        rows = rows.filter(pk__lt=int(request.GET["seen"]))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    context = {
        "transfers": found[:PAGE],
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "is_incoming": is_incoming,
        "may_send": request.user.may_anywhere("transfer"),
        "current": "transfers",
    }
    return render(request, "inventory/transfers.html", context)


@page("read_stock")
@require_http_methods(["GET", "HEAD"])
def transfer(request: CallerRequest, number: str) -> HttpResponse:
    """One transfer, for either end: what was sent, what arrived, and what is still on the road."""
    sent = _named(request, number)
    return _shown(request, sent, _receiving(request, sent))


@page("transfer")
@require_http_methods(["POST"])
def receive(request: CallerRequest, number: str) -> HttpResponse:
    """Receive a transfer, in part or for good."""
    sent = _named(request, number)
    require(request, sent.to_site)
    form = _receiving(request, sent)
    if form is None or _is_replay(request, sent):
        return redirect("transfer", number=number)

    def act(entry: Entry) -> Movement:
        is_final = form.cleaned_data["is_final"]
        made = services.receive(entry=entry, transfer=sent, lines=form.lines(), is_final=is_final)
        return made.movement

    def onward(_number: str) -> HttpResponse:
        return redirect("transfer", number=number)

    if form.is_valid() and (response := recorded(request, form, Verb.RECEIVE, act, onward)):
        return response
    return _shown(request, sent, form, status=422)


def _is_replay(request: CallerRequest, sent: Transfer) -> bool:
    """Whether this very form was recorded already: what it named is no longer on the road."""
    made = Submission.objects.filter(uuid=form_uuid(request), endpoint=request.path)
    return bool(made.filter(organisation=sent.to_site.organisation_id).exists())


def _named(request: CallerRequest, number: str) -> Transfer:
    """A transfer of either end's structure. Raises Http404, PermissionDenied."""
    rows = Transfer.objects.within(request).filter(movement__number=number)
    rows = rows.select_related("movement__author", "movement__reversed_by", "movement__reverses")
    papers = ("movement__reversed_by", "movement__author", "missing__reversed_by")
    links = (f"receipts__{paper}" for paper in papers)
    found = rows.prefetch_related(*links).first() if number.isprintable() else None
    if found is None:
        raise Http404
    if not request.user.may("read_stock", found.to_site):
        require(request, found.movement.site)
    return found


def _receiving(request: CallerRequest, sent: Transfer) -> ReceiveForm | None:
    """The form of a receipt, as long as something may arrive and the reader may receive it."""
    user: Any = request.user
    is_done = sent.state in (Transfer.State.RECEIVED, Transfer.State.CANCELLED)
    if not user.may("transfer", sent.to_site) or (is_done and request.method != "POST"):
        return None
    rest = services.on_the_road(sent)
    codes = Item.objects.codes_of(rest.items, sent.movement.site.organisation_id)
    data = request.POST or None
    return ReceiveForm(data, offer=Offer(sent.to_site), user=user, rest=rest, codes=codes)


def _shown(
    request: CallerRequest, sent: Transfer, form: ReceiveForm | None, status: int = 200
) -> HttpResponse:
    movement = sent.movement
    flows = movement.flows.select_related(*FLOWS).prefetch_related("item__codes").order_by("pk")
    lines = list(flows)
    context = {
        "transfer": sent,
        "movement": movement,
        "lines": lines,
        "weight_g": sum(flow.weight_g for flow in lines),
        "rest": services.on_the_road(sent),
        "receipts": _receipts(sent),
        "signed": by(movement, request.user),
        "form": form,
        "is_sent": request.method == "POST",
        "is_ours": movement.site.organisation_id == request.user.organisation_id,
        "cancel_form": cancel_form_of(request, movement),
        "current": "transfers",
    }
    return render(request, "inventory/transfer.html", context, status=status)


def _receipts(sent: Transfer) -> list[tuple[Receipt, int, int, int]]:
    """Its receipts, cancelled ones too, each with the grams that came, and those short and over."""
    receipts = list(sent.receipts.all())
    papers = {receipt.movement_id for receipt in receipts}
    papers |= {gap.pk for gap in map(_standing_gap, receipts) if gap}
    flows = Flow.objects.filter(movement__in=papers).order_by()
    taken = _sums(flows.filter(from_account__kind=Kind.TRANSIT))
    short = _sums(flows.filter(to_account__kind=Kind.ADJUSTMENT))
    over = _sums(flows.filter(from_account__kind=Kind.ADJUSTMENT))
    found = []
    for receipt in receipts:
        own = (receipt.movement_id, receipt.missing_id or 0)  # the second, where it still stands
        short_g, over_g = (sum(sums.get(pk, 0) for pk in own) for sums in (short, over))
        came_g = taken.get(receipt.movement_id, 0) - short_g + over_g
        found.append((receipt, came_g, short_g, over_g))
    return found


def _standing_gap(receipt: Receipt) -> Movement | None:
    """What it wrote off, unless that was found and cancelled since."""
    gap = receipt.missing
    return gap if gap and not getattr(gap, "reversed_by", None) else None


def _sums(flows: Any) -> dict[int, int]:
    """Movement key → grams."""
    return dict(flows.values_list("movement").annotate(Sum("weight_g")))
