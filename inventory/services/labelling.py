"""Items: their codes, how they come out of bulk, how they are described and taken apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory import codes
from inventory.ledger import Entry, Leg, post
from inventory.models import (
    Account,
    Balance,
    Category,
    Flow,
    Item,
    ItemCode,
    Kind,
    Method,
    Movement,
    Place,
)
from inventory.rows import insert_new
from inventory.services.carrying import where_of
from inventory.services.lives import hold, require_gone
from inventory.sums import ON_A_SCALE
from inventory.units import exact_kg
from organisation.models import Organisation

DESCRIBED = ("title", "price_cents", "condition")


@dataclass(frozen=True, slots=True)
class Draft:
    """An item to be labelled. ``code`` is the one its label already wears, if it does.

    ``from_category`` is the bulk it is drawn from; ``arrival`` the line it came with;
    ``former`` the item it was in an earlier life, given back after it was sold or given.
    """

    category: Category
    weight_g: int
    code: str = ""
    title: str = ""
    price_cents: int | None = None
    condition: str = ""
    from_category: Category | None = None
    arrival: Flow | None = None
    former: Item | None = None
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What comes out of an item taken apart: bulk, or an item of its own."""

    category: Category
    weight_g: int
    title: str = ""
    price_cents: int | None = None
    is_labelled: bool = False


@transaction.atomic
def draw_codes(*, organisation: Organisation, count: int) -> list[str]:
    """Set ``count`` unused codes aside, for labels printed before anything wears them."""
    drawn: list[str] = []
    while len(drawn) < count:
        wanted = {codes.new_code() for _n in range(count - len(drawn))}
        rows = [(organisation.pk, code, None) for code in sorted(wanted)]
        drawn += insert_new(ItemCode, ("organisation_id", "code", "item_id"), rows, "code")
    return drawn


@transaction.atomic
def label(*, entry: Entry, place: Place | None, drafts: Sequence[Draft]) -> list[Item]:
    """Draw items out of bulk stock, each with a code; return them, codes in ``own_code``.

    Raises ValidationError ``bad_code``, ``code_taken``, ``not_an_arrival``,
    ``heavier_than_arrival``, ``not_gone``, ``already_back``, or what ``post`` raises.
    """
    items, legs = [], []
    for draft in drafts:
        require_gone(draft.former)
        arrived_at = _arrived_at(entry, draft.arrival)
        item = _made(entry, draft)
        items.append(item)
        legs.append(_drawn(draft, item, place or arrived_at or Place.objects.main(entry.site)))
    post(entry=entry, legs=legs)
    for line in {draft.arrival for draft in drafts if draft.arrival}:
        _require_enough(line)
    return items


@transaction.atomic
def dismantle(*, entry: Entry, item: Item, parts: Sequence[Part]) -> Movement:
    """Take an item apart, where it lies, into parts that weigh what it weighed.

    Raises ValidationError ``parts_do_not_add_up``, ``item_not_there``, or what ``post`` raises.
    """
    shelf = where_of(entry, item)
    if sum(part.weight_g for part in parts) != item.weight_g:
        raise ValidationError(
            _("The parts must weigh together what the item weighs: %(weight)s kg."),
            code="parts_do_not_add_up",
            params={"weight": exact_kg(item.weight_g)},
        )
    assert shelf.place is not None  # noqa: S101 (a stock account has a place: a constraint)
    bulk = Account.stock(shelf.place)
    legs: list[Leg] = []
    for part in parts:
        units = 0 if legs else 1  # one thing leaves the shelf, whatever it becomes
        legs.append(
            Leg(
                from_account=shelf,
                to_account=bulk,
                category=item.category,
                weight_g=part.weight_g,
                method=Method(item.method),
                to_category=part.category,
                units=units,
                item=item,
            )
        )
    legs += [_relabelled(entry, item, part, bulk, shelf) for part in parts if part.is_labelled]
    return post(entry=entry, legs=legs)


@transaction.atomic
def describe(*, item: Item, changes: dict[str, Any]) -> Item:
    """Change an item's title, price or condition; each change stays in its history.

    Raises ValidationError ``item_gone`` once it is no longer in stock.
    """
    locked = Item.objects.select_for_update(of=("self",))
    item = locked.select_related("account").get(pk=item.pk)
    if not item.is_here:
        raise ValidationError(
            _("%(item)s is no longer in stock: its description stays as it was."),
            code="item_gone",
            params={"item": item},
        )
    wanted = {name: value for name, value in changes.items() if getattr(item, name) != value}
    for name in wanted:
        setattr(item, name, wanted[name])
    if wanted:
        item.save()
    return item


def give_code(item: Item, organisation: Organisation, code: str = "") -> str:
    """Let ``item`` wear ``code`` in a structure, or a new one; return it.

    A code drawn ahead is taken up; any other must be free.
    Raises ValidationError ``bad_code`` or ``code_taken``.
    """
    if not code:
        return next(new for new in _new_codes() if _claim(item, organisation, new))
    code = codes.normalise(code)
    if not codes.is_valid(code):
        raise ValidationError(_("This code was mistyped: its check does not fit."), code="bad_code")
    waiting = ItemCode.objects.filter(organisation=organisation, code=code, item=None)
    if not waiting.update(item=item) and not _claim(item, organisation, code):
        raise ValidationError(
            _("The code %(code)s is already worn by another item."),
            code="code_taken",
            params={"code": code},
        )
    return code


def _new_codes() -> Iterable[str]:
    while True:
        yield codes.new_code()


def _claim(item: Item, organisation: Organisation, code: str) -> bool:
    """Insert the code or find that it is there already: one statement, no race."""
    row = (organisation.pk, code, item.pk)
    return bool(insert_new(ItemCode, ("organisation_id", "code", "item_id"), [row], "code"))


def _made(entry: Entry, draft: Draft) -> Item:
    item = Item.objects.create(
        category=draft.category,
        weight_g=draft.weight_g,
        method=Method.ESTIMATED if draft.is_estimated else Method.WEIGHED,
        title=draft.title,
        price_cents=draft.price_cents,
        condition=draft.condition,
        since=draft.arrival.movement.business_date if draft.arrival else entry.day,
        arrival=draft.arrival,
        former=draft.former,
    )
    item.own_code = give_code(item, entry.site.organisation, draft.code)
    return item


def _drawn(draft: Draft, item: Item, place: Place) -> Leg:
    bulk = Account.stock(place)
    return Leg(
        from_account=bulk,
        to_account=Account.stock(place, items=True),
        category=draft.from_category or _source_of(draft, bulk),
        weight_g=draft.weight_g,
        method=Method(item.method),
        to_category=draft.category,
        units=1,
        item=item,
    )


def _source_of(draft: Draft, bulk: Account) -> Category:
    """The category it came with; or it, or those above it, whichever has that much in bulk."""
    if draft.arrival is not None:
        return draft.arrival.from_category
    held = Balance.objects.of(bulk)
    above: Category | None = draft.category
    while above is not None:
        if held.get(above.pk, 0) >= draft.weight_g:
            return above
        above = above.parent
    return draft.category


def _arrived_at(entry: Entry, line: Flow | None) -> Place | None:
    """Where the arrival of an item was put. Raises ValidationError ``not_an_arrival``."""
    if line is None:
        return None
    hold(line.movement)
    start, end = line.from_account, line.to_account
    is_ours = start.kind == Kind.SOURCE and end.kind == Kind.STOCK and end.site_id == entry.site.pk
    if not is_ours or Movement.objects.filter(reverses=line.movement_id).exists():
        raise ValidationError(
            _("This is no line of an arrival that was put in stock here."), code="not_an_arrival"
        )
    return end.place


def _require_enough(line: Flow) -> None:
    """Refuse items that weigh more together than a scale read of the line they came with."""
    if line.method not in ON_A_SCALE:
        return
    labelled_g = Item.objects.labelled_from([line]).get(line.pk, 0)
    if labelled_g > line.weight_g:
        raise ValidationError(
            _("The objects of this line would weigh more than the line itself."),
            code="heavier_than_arrival",
        )


def _relabelled(entry: Entry, item: Item, part: Part, bulk: Account, shelf: Account) -> Leg:
    """A part as an item of its own: it keeps the life of what it was part of."""
    made = Item.objects.create(
        category=part.category,
        weight_g=part.weight_g,
        method=item.method,
        title=part.title,
        price_cents=part.price_cents,
        since=item.since,
        arrival=item.arrival,
        part_of=item,
    )
    give_code(made, entry.site.organisation)
    method = Method(item.method)
    return Leg(bulk, shelf, part.category, part.weight_g, method, units=1, item=made)
