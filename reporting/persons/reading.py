"""Whose data are asked for: buyers and arrivals that a director has picked as one person's."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from django.http import Http404, QueryDict
from django.utils import timezone

from collection import donors
from collection.donors import Brought
from organisation.models import HeldEntry, Organisation, Site
from sales import persons
from sales.models import Buyer

MOST_PICKED = 200
LONGEST = 64  # of a number


@dataclass(frozen=True, slots=True)
class Found:
    """What bears a name, or was picked: buyers, arrivals, names that tablets handed over."""

    buyers: list[Buyer] = field(default_factory=list)
    arrivals: list[Brought] = field(default_factory=list)
    held: list[HeldEntry] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.buyers or self.arrivals or self.held)

    @classmethod
    def sought(cls, organisation: Organisation, sites: Sequence[Site], text: str) -> Self:
        """Everything that bears the name, number or card ``text``."""
        buyers = Buyer.objects.filter(organisation=organisation).sought(text)
        return cls(
            list(buyers.order_by("name", "number")[: donors.MOST]),
            donors.arrivals_of(sites, text),
            donors.held_of(sites, text),
        )

    @classmethod
    def picked(cls, organisation: Organisation, sites: Sequence[Site], said: QueryDict) -> Self:
        """What ``buyer``, ``arrival`` and ``held`` name, all of it. Raises Http404."""
        numbers, arrivals, held = (_listed(said, name) for name in ("buyer", "arrival", "held"))
        buyers = Buyer.objects.filter(organisation=organisation, number__in=_whole(numbers))
        entries = donors.held_at(sites).filter(pk__in=_whole(held))
        found = cls(list(buyers), donors.arrivals_named(sites, arrivals), list(entries))
        asked = len(numbers), len(arrivals), len(held)
        if asked != (len(found.buyers), len(found.arrivals), len(found.held)):
            raise Http404
        return found

    @property
    def name(self) -> str:
        """What to call whose data these are."""
        names = [str(buyer) for buyer in self.buyers if not buyer.is_erased]
        names += [name for each in self.arrivals for name in each.names[:1]]
        names += [donors.held_name(entry) for entry in self.held]
        return next(iter(names), "")

    def told(self) -> dict[str, Any]:
        """Everything that is known, as it is handed over."""
        return {
            "made_at": timezone.now().isoformat(timespec="seconds"),
            "buyers": [persons.told(buyer) for buyer in self.buyers],
            "arrivals": [donors.told(each) for each in self.arrivals],
            "waiting_on_tablets": [donors.told_held(entry) for entry in self.held],
        }


def _listed(said: QueryDict, name: str) -> list[str]:
    """What was said, each once. Raises Http404 where none of it can be."""
    values = list(dict.fromkeys(said.getlist(name)))
    if len(values) > MOST_PICKED or not all(_is_number(value) for value in values):
        raise Http404
    return values


def _is_number(value: str) -> bool:
    return value.isascii() and value.isprintable() and 0 < len(value) <= LONGEST


def _whole(values: list[str]) -> list[int]:
    """Raises Http404."""
    if not all(value.isdecimal() and len(value) < 10 for value in values):
        raise Http404
    return [int(value) for value in values]
