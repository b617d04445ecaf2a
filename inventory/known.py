"""What a reader may know of one object beyond its own row: its relatives, and what may be done."""

from typing import Any

from inventory.models import EXITS, Item, Verb
from inventory.trace import Event
from organisation.models import Site
from organisation.permissions import CallerRequest

PARTS = 20  # shown of an object that was taken apart
ACTS = ("label", "move", "transfer", "ship", "sort", "sell", "collect", "count")
LINKS = ("arrival__movement__site", "arrival__origin", "arrival__from_account__mode")


def acts_at(request: CallerRequest, site: Site | None) -> dict[str, bool]:
    """Which acts the reader may do where the object is; sending needs somewhere to send to."""
    may = {act: site is not None and request.user.may(act, site) for act in ACTS}
    if site and may["transfer"]:
        others = Site.objects.reached_from(site.organisation_id).exclude(pk=site.pk)
        may["transfer"] = others.exists()
    return may


def relatives_of(request: CallerRequest, found: Item) -> dict[str, Any]:
    """Its former life and its next, what it was part of and its parts: those that wear a code."""
    known = Item.objects.within(request).select_related("category", "account")
    return {
        "former": known.filter(pk=found.former_id or 0).first(),
        "next": known.filter(former=found).first(),
        "whole": known.filter(pk=found.part_of_id or 0).first(),
        "parts": list(known.filter(part_of=found).order_by("pk")[:PARTS]),
    }


def last_of(events: list[Event]) -> Event | None:
    """The last thing that still stands."""
    standing = [e for e in events if not e.reversed_by and e.movement.verb != Verb.REVERSE]
    return standing[-1] if standing else None


def is_gone(found: Item) -> bool:
    """Whether it left for good: it may be given back."""
    return found.account is not None and found.account.kind in EXITS
