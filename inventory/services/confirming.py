"""Departures weighed again by whoever took them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, Leg, lock_site, open_day, post, reverse
from inventory.models import Category, Flow, Method, Movement, Shipment, ShipmentWeights, Verb


@transaction.atomic
def confirm_weights(
    *, entry: Entry, shipment: Shipment, weights: Mapping[Category, int]
) -> ShipmentWeights:
    """Replace a departure's estimate with the partner's own weights; both are kept, linked.

    Items keep their weight. Raises ValidationError ``crate_weighed_back``,
    ``already_reversed``, ``category_not_shipped``, or what ``post`` raises.
    """
    if shipment.is_crate:
        raise ValidationError(
            _("What is left of a crate of the free shelf is weighed back instead."),
            code="crate_weighed_back",
        )
    original = shipment.movement
    closed_through = lock_site(original.site, exclusively=True)
    legs = _confirmed_legs(original, weights)
    reversal = reverse(entry=entry, movement=original)
    confirmed = Entry(
        site=original.site,
        verb=Verb(original.verb),  # a gift stays a gift
        submission=entry.submission,
        author=entry.author,
        occurred_at=original.occurred_at,
        business_date=open_day(original.business_date, closed_through),
        note=entry.note,
    )
    movement = post(entry=confirmed, legs=legs)
    return ShipmentWeights.objects.create(shipment=shipment, reversal=reversal, movement=movement)


def _confirmed_legs(movement: Movement, weights: Mapping[Category, int]) -> list[Leg]:
    """A departure's lines with the partner's weights: shared out where a category had several."""
    lines: dict[Category, list[Leg]] = {}
    flows = movement.flows.select_related("from_account", "to_account", "from_category")
    for flow in flows.order_by("pk"):
        leg = _same_way(flow)
        lines.setdefault(leg.category, []).append(leg)
    if unknown := [c for c in weights if all(leg.item for leg in lines.get(c, []))]:
        raise ValidationError(
            _("%(category)s did not leave in bulk with this departure."),
            code="category_not_shipped",
            params={"category": unknown[0]},
        )
    legs = []
    for category, sent in lines.items():
        bulk = [leg for leg in sent if leg.item is None]
        legs += [leg for leg in sent if leg.item is not None]
        legs += _shared_out(bulk, weights[category]) if category in weights else bulk
    return legs


def _shared_out(legs: Sequence[Leg], weight_g: int) -> list[Leg]:
    """``weight_g`` over the lines in proportion to what was estimated; the last takes the rest."""
    sent_g = sum(leg.weight_g for leg in legs)
    shares = [weight_g * leg.weight_g // sent_g for leg in legs[:-1]]
    shares.append(weight_g - sum(shares))
    return [
        replace(leg, weight_g=share, method=Method.WEIGHED)
        for leg, share in zip(legs, shares, strict=True)
        if share
    ]


def _same_way(flow: Flow) -> Leg:
    return Leg(
        from_account=flow.from_account,
        to_account=flow.to_account,
        category=flow.from_category,
        weight_g=flow.weight_g,
        units=flow.units,
        method=Method(flow.method),
        item=flow.item,
    )
