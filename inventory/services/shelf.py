"""The free shelf: a crate is weighed out, and what nobody took is weighed back."""

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, Leg, lock_site, post
from inventory.models import Flow, Kind, Method, Movement, ShelfRest, Shipment, Verb
from inventory.services.carrying import Departure, StockLine, ship
from inventory.units import exact_kg


@transaction.atomic
def put_out(*, entry: Entry, line: StockLine) -> Shipment:
    """Give a crate to whoever wants it: its rest is weighed back later. Raises as ``ship``."""
    gift = replace(entry, verb=Verb.GIVE)
    return ship(entry=gift, departure=Departure(Kind.REUSE, is_crate=True), lines=[line])


@transaction.atomic
def weigh_back(*, entry: Entry, crate: Shipment, weight_g: int) -> ShelfRest:
    """Take what is left of a crate back into stock, where it came from; nothing is left: 0.

    Raises ValidationError ``not_a_crate``, ``crate_is_back``, ``more_than_taken``, or as
    ``post`` does.
    """
    lock_site(entry.site, exclusively=True)
    [out] = _standing_flows(crate)
    if weight_g > out.weight_g:
        raise ValidationError(
            _("The crate left with %(taken)s kg: more cannot come back."),
            code="more_than_taken",
            params={"taken": exact_kg(out.weight_g)},
        )
    back = Leg(
        from_account=out.to_account,
        to_account=out.from_account,
        category=out.from_category,
        weight_g=weight_g,
        method=Method.WEIGHED,
    )
    movement = post(entry=replace(entry, verb=Verb.REST), legs=[back] if weight_g else [])
    return ShelfRest.objects.create(shipment=crate, movement=movement)


def require_no_rest(movement: Movement) -> None:
    """Refuse to cancel a crate under its rest. Raises ValidationError ``rest_first``."""
    rest = ShelfRest.objects.filter(shipment__movement=movement, movement__reversed_by=None)
    if found := rest.select_related("movement").first():
        raise ValidationError(
            _("%(number)s weighed its rest back: cancel that one first."),
            code="rest_first",
            params={"number": found},
        )


def _standing_flows(crate: Shipment) -> list[Flow]:
    if not crate.is_crate:
        raise ValidationError(
            _("%(number)s is no crate of the free shelf."),
            code="not_a_crate",
            params={"number": crate},
        )
    if not Shipment.objects.crates_out(crate.movement.site).filter(pk=crate.pk).exists():
        raise ValidationError(
            _("The crate %(number)s is back already, or was cancelled."),
            code="crate_is_back",
            params={"number": crate},
        )
    ends = ("from_account", "to_account", "from_category")
    return list(crate.movement.flows.select_related(*ends))
