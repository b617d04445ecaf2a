"""A Saturday at eight tills, by the fall of dice: what each is asked to sell and to give back.

Each entry knows what it must come to, reckoned here and not by the program.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone

from inventory.ledger import Entry
from inventory.models import Category, Verb
from inventory.services import Draft, StockLine, label, open_stock
from organisation.models import Site
from sales.models import PriceKey, Till
from tests.tills import open_till, till_entry

Content = dict[str, Any]
ITEM_CENTS, PLATE_CENTS = 1_500, 50
MEANS = ("card", "cheque", "voucher", "local_currency", "other")
TURNED_INTO_NOTHING = ("voucher", "local_currency")


@dataclass(slots=True)
class Asked:
    """A request of a till, and what it adds to all that was sold there: below zero, a refund."""

    path: str
    content: Content
    cents: int
    of: str = ""  # the ticket that it gives back
    lines: list[tuple[int, int]] = field(default_factory=list)  # how many, for how much

    @property
    def id(self) -> str:
        return str(self.content["id"])


def furnish(site: Site, tills: int, items: int) -> tuple[list[Till], list[str]]:
    """Open ``tills`` tills at a site, with a price grid, and label ``items`` chairs there."""
    mob, plates = (Category.objects.get(code=code, organisation=None) for code in ("MOB", "VAI"))
    lines = [StockLine(mob, 90_000_000), StockLine(plates, 90_000_000)]
    open_stock(entry=_entry(site, Verb.OPEN), lines=lines)
    for name, cents in (("assiette", PLATE_CENTS), ("libre", None)):
        PriceKey.objects.create(
            organisation=site.organisation,
            site=site,
            code=f"{name}-{site.code}",
            name_fr=name,
            category=plates,
            price_cents=cents,
        )
    made = [open_till(site, f"{site.code}{n}".upper()) for n in range(1, tills + 1)]
    chair = Draft(Category.objects.get(code="MOB.CHAI"), 4_200, price_cents=ITEM_CENTS)
    drawn = label(
        entry=_entry(site, Verb.LABEL),
        place=None,
        drafts=[_drawn_from(chair, mob)] * items,
    )
    return made, [item.own_code for item in drawn]


def _entry(site: Site, verb: Verb) -> Entry:
    return Entry(site, verb, till_entry(site).submission, None, timezone.now())


def _drawn_from(draft: Draft, heap: Category) -> Draft:
    return Draft(draft.category, draft.weight_g, price_cents=draft.price_cents, from_category=heap)


def queue_of(till: Till, codes: list[str], count: int, seed: int) -> list[Asked]:
    """``count`` tickets that a till is asked for, and of one in eight a refund right after it."""
    dice = random.Random(seed)  # noqa: S311  # a made-up day, not a secret
    codes, queue = list(codes), []
    for _n in range(count):
        ticket = _ticket(till, codes, dice)
        queue.append(ticket)
        if dice.random() < 1 / 8:
            queue.append(_refund(till, ticket, dice))
    return queue


def _new_id(dice: random.Random) -> str:
    return str(UUID(int=dice.getrandbits(128), version=4))


def _ticket(till: Till, codes: list[str], dice: random.Random) -> Asked:
    made = [_line(till.site, codes, dice) for _n in range(dice.randint(1, 4))]
    total_cents = sum(cents for _said, _quantity, cents in made)
    content = {
        "id": _new_id(dice),
        "till": till.code,
        "lines": [said for said, _quantity, _cents in made],
        "payments": list(_paid(total_cents, dice)),
    }
    lines = [(quantity, cents) for _said, quantity, cents in made]
    return Asked("sales/sales", content, total_cents, lines=lines)


def _line(site: Site, codes: list[str], dice: random.Random) -> tuple[Content, int, int]:
    """A line, how many it is of, and what it must cost."""
    kind = dice.choice(["item", "plates", "free", "free", "typed", "lot"])
    if kind == "item" and codes:
        return _discounted({"item": codes.pop()}, 1, ITEM_CENTS, dice)
    quantity, cents = dice.randint(1, 6), dice.randint(1, 9_999)
    if kind == "plates":
        said = {"key": f"assiette-{site.code}", "quantity": quantity}
        return _discounted(said, quantity, quantity * PLATE_CENTS, dice)
    if kind == "free":
        return {"key": f"libre-{site.code}", "price_cents": cents}, 1, cents
    said = {"category": "MOB", "quantity": quantity, "price_cents": cents}
    said |= dice.choice([{}, {"weight_g": dice.randint(100, 30_000)}])
    if kind == "lot":
        return _discounted(said | {"lot": True}, quantity, cents, dice)
    return _discounted(said, quantity, quantity * cents, dice)


def _discounted(
    said: Content, quantity: int, cents: int, dice: random.Random
) -> tuple[Content, int, int]:
    if dice.random() > 1 / 4:
        return said, quantity, cents
    if dice.random() < 1 / 2:
        off = dice.randint(1, cents)
        return said | {"discount": {"amount_cents": off, "reason": "rayé"}}, quantity, cents - off
    percent = dice.choice([10, 33, 50])
    off = int(cents * percent / 100 + 0.5)
    return said | {"discount": {"percent": percent, "reason": "demi"}}, quantity, cents - off


def _paid(total_cents: int, dice: random.Random) -> Iterator[Content]:
    """A part by another means, sometimes, and the rest in cash, sometimes with change."""
    other_cents = dice.choice([0, 0, total_cents, total_cents // 3])
    if other_cents:
        yield {"method": dice.choice(MEANS), "amount_cents": other_cents}
    cash_cents = total_cents - other_cents
    if cash_cents:
        change_cents = dice.choice([0, -cash_cents % 500, -cash_cents % 5_000])
        yield {"method": "cash", "amount_cents": cash_cents + change_cents}


def _refund(till: Till, ticket: Asked, dice: random.Random) -> Asked:
    """One line of a ticket, whole or one of it; by the means that it was paid with."""
    position = dice.randrange(len(ticket.lines))
    quantity, cents = ticket.lines[position]
    back = dice.choice([1, quantity])
    kept = [paid["method"] for paid in ticket.content["payments"]]
    content = {
        "id": _new_id(dice),
        "till": till.code,
        "lines": [{"line": position + 1, "quantity": back}],
        "method": next((method for method in kept if method in TURNED_INTO_NOTHING), "cash"),
        "reason": "cassé",
    }
    return Asked(
        f"sales/sales/{ticket.id}/refunds", content, -(cents * back // quantity), ticket.id
    )
