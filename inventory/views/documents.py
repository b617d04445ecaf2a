"""One document by its number: what moved, who says so, and what corrects it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from inventory import services
from inventory.forms.choices import Offer
from inventory.forms.departures import WeightsForm
from inventory.forms.entries import ActForm, CancelForm
from inventory.ledger import IRREVERSIBLE, Entry
from inventory.models import Category, Flow, Method, Movement, Shipment, Verb
from inventory.models.ledger import PREFIXES
from inventory.trace import by
from inventory.views.acts import recorded, to_document
from organisation.doors import page, require
from organisation.permissions import CallerRequest

SIDES = ("place__site", "mode", "partner", "to_site")
FLOWS = (
    "from_category",
    "to_category",
    "origin",
    *(f"{side}__{part}" for side in ("from_account", "to_account") for part in SIDES),
)
LINKS = (
    "site__organisation",
    "author",
    "reverses",
    "reversed_by",
    "shipment__partner",
    "shipment__waste_code",
    "shipment__treatment_code",
    "shipment__weights__movement__reversed_by",
    "shipment_weights__shipment__movement",
    "shipment_weights__shipment__partner",
    "shelf_rest__shipment__movement",
    "receipt__transfer__movement",
    "missing_at_receipt__transfer__movement",
)


@page("read_stock")
@require_safe
def document(request: CallerRequest, number: str, papers: Sequence[str] = ()) -> HttpResponse:
    """A movement in words. ``papers`` are relations of its flows that rooms above keep."""
    if number.startswith(f"{PREFIXES[Verb.TRANSFER]}-"):  # its receiver, too, may read it there
        return redirect("transfer", number=number)
    movement = named(request, number)
    flows = movement.flows.select_related(*FLOWS, *papers).prefetch_related("item__codes")
    lines = list(flows.order_by("pk"))
    context = {
        "movement": movement,
        "lines": lines,
        "weight_g": sum(flow.weight_g for flow in lines),
        "cancel_form": cancel_form_of(request, movement),
        "weights_form": _weights_form(request, movement),
        "signed": by(movement, request.user),
        "label_from": movement.verb == Verb.COLLECT
        and not hasattr(movement, "reversed_by")
        and request.user.may("label", movement.site),
        "photos": list(movement.photos.shown()),
        "photo_to": _photo_to(request, movement),
        "is_estimated": any(flow.method == Method.ESTIMATED for flow in lines),
    }
    return render(request, "inventory/document.html", context)


def _photo_to(request: CallerRequest, movement: Movement) -> str:
    """Where the photo of a departure's paper is sent, by those who may."""
    if not hasattr(movement, "shipment") or not request.user.may("ship", movement.site):
        return ""
    return reverse("api:create_document_photo", args=[movement.number])


@page("undo")
@require_http_methods(["POST"])
def cancel(request: CallerRequest, number: str) -> HttpResponse:
    """Cancel a document, saying why."""
    movement = named(request, number)
    form = _cancel_form(request, movement)

    def act(entry: Entry) -> Movement:
        return services.cancel(entry=entry, movement=movement)

    return _answered(request, movement, form, act)


@page("ship")
@require_http_methods(["POST"])
def confirm_weights(request: CallerRequest, number: str) -> HttpResponse:
    """Give the partner's own weights of a departure."""
    movement = named(request, number)
    form = _weights_form(request, movement)
    if form is None:
        raise Http404

    def act(entry: Entry) -> Movement:
        return services.confirm_weights(
            entry=entry, shipment=movement.shipment, weights=form.weights
        ).movement

    form.unsaid = ("from",)
    onward = _back_to_list if request.POST.get("from") == "list" else to_document
    return _answered(request, movement, form, act, onward)


def _back_to_list(_number: str) -> HttpResponse:
    return redirect("waiting-weights")


def _answered(
    request: CallerRequest, movement: Movement, form: ActForm, act: Any, onward: Any = to_document
) -> HttpResponse:
    """Record a valid form, or show it alone with what is wrong."""
    if form.is_valid() and (response := recorded(request, form, Verb.REVERSE, act, onward)):
        return response
    context = {"movement": movement, "form": form}
    return render(request, "inventory/answer.html", context, status=422)


def named(request: CallerRequest, number: str) -> Movement:
    """Raises Http404 outside the structure, PermissionDenied for the role."""
    rows = Movement.objects.within(request).named(number).select_related(*LINKS)
    movement = rows.first() if number.isprintable() else None
    if movement is None:
        raise Http404
    require(request, movement.site)
    return movement


def cancel_form_of(request: CallerRequest, movement: Movement) -> CancelForm | None:
    """The form that cancels a document, where it stands and the reader may."""
    user: Any = request.user
    is_standing = movement.verb not in IRREVERSIBLE and not hasattr(movement, "reversed_by")
    if not is_standing or not services.may_cancel(user=user, movement=movement):
        return None
    return _cancel_form(request, movement)


def _cancel_form(request: CallerRequest, movement: Movement) -> CancelForm:
    user: Any = request.user
    return CancelForm(request.POST or None, offer=Offer(movement.site), user=user)


def _weights_form(request: CallerRequest, movement: Movement) -> WeightsForm | None:
    """The form for the weights of a departure's partner, as long as it may send them."""
    shipment = getattr(movement, "shipment", None)
    user: Any = request.user
    if shipment is None or shipment.partner is None or not user.may("ship", movement.site):
        return None
    sent_g = sent_in_bulk(BULK.filter(movement=movement))
    is_waiting = shipment.state == Shipment.State.RECORDED and sent_g
    if not (is_waiting or request.method == "POST"):
        return None
    return WeightsForm(request.POST or None, offer=Offer(movement.site), user=user, sent_g=sent_g)


BULK = Flow.objects.filter(item=None).select_related("from_category")


def sent_in_bulk(flows: Iterable[Flow]) -> dict[Category, int]:
    """Category → grams, of ``BULK`` of a departure."""
    sent: dict[Category, int] = {}
    for flow in flows:
        sent[flow.from_category] = sent.get(flow.from_category, 0) + flow.weight_g
    return sent
