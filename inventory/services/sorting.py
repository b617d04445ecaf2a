"""Bulk made into something more precise: sorted by hand, or spread by estimated shares."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, Leg, lock_site, post
from inventory.models import Account, Category, Method, Movement, Place, Reason
from inventory.services.carrying import Departure, StockLine, clear, placed
from inventory.services.counting import held_g
from inventory.units import exact_kg

HUNDRED = 100


@transaction.atomic
def sort(*, entry: Entry, taken: StockLine, parts: Sequence[StockLine]) -> Movement:
    """Share out weighed bulk over other categories and places; what is missing is a sorting gap.

    A part that stays what and where it was moves nothing.
    Raises ValidationError ``more_than_taken``, ``sorting_gap_too_large``, or what ``post`` raises.
    """
    return post(entry=entry, legs=_sorted_legs(entry, taken, parts))


@transaction.atomic
def share_out(
    *,
    entry: Entry,
    taken: StockLine,
    kept: Sequence[StockLine],
    heaps: Sequence[tuple[Departure, Sequence[StockLine]]],
) -> list[Movement]:
    """Sort bulk of which parts leave at once: a sorting, then a departure for each taker.

    What leaves under another category becomes it where it lies, and leaves from there.
    Raises ValidationError as ``sort`` and ``clear`` do.
    """
    heaps = [(to, [replace(line, place=taken.place) for line in lines]) for to, lines in heaps]
    leaving = [line for _to, lines in heaps for line in lines]
    legs = _sorted_legs(entry, taken, [*kept, *leaving])
    sorted_out = [post(entry=entry, legs=legs)] if legs or not heaps else []
    return sorted_out + [shipment.movement for shipment in clear(entry=entry, heaps=heaps)]


def _sorted_legs(entry: Entry, taken: StockLine, parts: Sequence[StockLine]) -> list[Leg]:
    [taken, *parts] = placed(entry, [taken, *parts])
    start, category = taken.bulk, taken.what
    gap_g = taken.weight_g - sum(part.weight_g for part in parts)
    _require_tolerable(entry, taken.weight_g, gap_g)
    legs = [
        Leg(start, part.bulk, category, part.weight_g, part.method, part.what, part.units)
        for part in parts
        if (part.bulk.key, part.what.pk) != (start.key, category.pk)
    ]
    if gap_g:
        gap = Account.adjustment(entry.site, Reason.SORTING_GAP)
        legs.append(Leg(start, gap, category, gap_g, Method.WEIGHED))
    return legs


@transaction.atomic
def spread(
    *,
    entry: Entry,
    place: Place,
    category: Category,
    shares: Mapping[Category, int],
    weight_g: int | None = None,
) -> Movement:
    """Spread bulk that nobody sorted over categories, by shares in hundredths: an estimate.

    Without ``weight_g``, all that the books held of it there at the end of that day.
    Raises ValidationError ``shares_not_100``, ``nothing_to_spread``, or what ``post`` raises.
    """
    if sum(shares.values()) != HUNDRED:
        raise ValidationError(_("The shares must add up to 100."), code="shares_not_100")
    lock_site(entry.site, exclusively=True)
    bulk = Account.stock(place)
    total_g = held_g(entry, bulk).get(category.pk, 0) if weight_g is None else weight_g
    if total_g <= 0:
        raise ValidationError(
            _("The books hold no %(category)s there: there is nothing to spread."),
            code="nothing_to_spread",
            params={"category": category},
        )
    legs = [
        Leg(bulk, bulk, category, grams, Method.ESTIMATED, to_category=to)
        for to, grams in _parts_g(total_g, shares)
        if grams and to.pk != category.pk
    ]
    return post(entry=entry, legs=legs)


def _require_tolerable(entry: Entry, taken_g: int, gap_g: int) -> None:
    if gap_g < 0:
        raise ValidationError(
            _("The parts weigh more than what was taken."), code="more_than_taken"
        )
    if gap_g * 10_000 > taken_g * entry.site.sorting_tolerance_bp:
        raise ValidationError(
            _("%(gap)s kg are missing, more than this site tolerates: weigh again."),
            code="sorting_gap_too_large",
            params={"gap": exact_kg(gap_g)},
        )


def _parts_g(total_g: int, shares: Mapping[Category, int]) -> Iterator[tuple[Category, int]]:
    """Grams of each share by largest remainder, earlier shares first: they add up to the total."""
    parts = {category: total_g * share // HUNDRED for category, share in shares.items()}
    by_claim = sorted(shares, key=lambda c: -(total_g * shares[c] % HUNDRED))
    for category in by_claim[: total_g - sum(parts.values())]:
        parts[category] += 1
    yield from parts.items()
