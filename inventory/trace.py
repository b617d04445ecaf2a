"""The life of an item as one readable line: where it came from, what was done, where it went."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from inventory.models import EXITS, Account, Flow, Item, Kind, Movement, Verb
from organisation.models import User

ENDS = (
    "origin",
    "from_category",
    "to_category",
    *(
        f"{side}_account__{what}"
        for side in ("from", "to")
        for what in ("place", "mode", "partner", "to_site")
    ),
)

ICONS = {
    Verb.OPEN: "log-in",
    Verb.COLLECT: "truck",
    Verb.SORT: "split",
    Verb.LABEL: "tag",
    Verb.MOVE: "arrow-right-left",
    Verb.SELL: "shopping-basket",
    Verb.GIVE: "hand-heart",
    Verb.RETURN: "undo-2",
    Verb.REST: "undo-2",
    Verb.SHIP: "truck",
    Verb.SETTLE: "calendar-check",
    Verb.DISMANTLE: "wrench",
    Verb.TRANSFER: "arrow-right-from-line",
    Verb.RECEIVE: "arrow-right-to-line",
    Verb.COUNT: "clipboard-list",
    Verb.REVERSE: "rotate-ccw",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One act in the life of an item: the flows that carried it, or the line it came with."""

    movement: Movement
    flows: tuple[Flow, ...]
    reader: User

    @property
    def start(self) -> Any:
        return self.flows[0].from_account

    @property
    def end(self) -> Any:
        return self.flows[-1].to_account

    @property
    def icon(self) -> str:
        return ICONS[Verb(self.movement.verb)]

    @property
    def is_exit(self) -> bool:
        """Whether it left for good: to a fate."""
        return self.end.kind in EXITS

    @property
    def weight_g(self) -> int:
        return sum(flow.weight_g for flow in self.flows)

    @property
    def is_arrival(self) -> bool:
        """Whether it is told of the line the item came with, not of the item itself."""
        return self.flows[0].item_id is None

    @property
    def is_own(self) -> bool:
        """Whether it happened in the reader's structure."""
        return bool(self.movement.site.organisation_id == self.reader.organisation_id)

    @property
    def is_foreign(self) -> bool:
        """Whether it happened elsewhere: place and weight are told, not people nor partners."""
        return not self.is_own

    @property
    def reversed_by(self) -> Movement | None:
        return getattr(self.movement, "reversed_by", None)

    @property
    def by(self) -> str:
        return by(self.movement, self.reader)

    def told(self) -> dict[str, Any]:
        """The event for programs."""
        movement = self.movement
        return {
            "at": movement.occurred_at.isoformat(),
            "verb": movement.verb,
            "number": movement.number,
            "site": movement.site.code,
            "from": self._spot(self.start),
            "to": self._spot(self.end),
            "weight_g": self.weight_g,
            "by": signed(movement, self.reader),
            "reversed_by": self.reversed_by and self.reversed_by.number,
        }

    def _spot(self, account: Any) -> str:
        """An account within its site; of an exit elsewhere, the fate without who took it."""
        if self.is_foreign and account.kind in EXITS:
            return str(account.kind)
        return str(account.key.partition("/")[2])


def in_words(account: Account, *, is_discreet: bool = False) -> str:
    """Where grams come from or go to, in words; discreetly: without who took them."""
    match account.kind:
        case Kind.SOURCE:
            return str(account.mode)
        case Kind.STOCK:
            return str(account.place)
        case Kind.TRANSIT:
            return _("On the road to %(site)s") % {"site": account.to_site}
        case Kind.ADJUSTMENT:
            return _("Discrepancy: %(reason)s") % {"reason": account.reason_label}
    fate = str(capfirst(account.get_kind_display()))
    if is_discreet or account.kind == Kind.OPENING:
        return fate
    return f"{fate}, {account.partner or _('the public')}"


def by(movement: Movement, reader: User) -> str:
    """Who recorded a movement, for people: a name, or to outsiders a role."""
    author = movement.author
    if author is None:
        return ""
    if author.is_known_to(reader):
        return author.get_full_name() or author.get_username()
    role = author.role_at(movement.site)
    return str(role.label) if role else ""


def signed(movement: Movement, reader: User) -> str | None:
    """Who recorded a movement, for programs: a login, or to outsiders a role."""
    author = movement.author
    if author is None:
        return None
    if author.is_known_to(reader):
        return author.get_username()
    role = author.role_at(movement.site)
    return role.value if role else None


def events_of(item: Item, reader: User) -> list[Event]:
    """The life of ``item`` as far as the reader's structure may know it, first to last.

    A structure sees all that happened before the item came to it, and after it left no more than
    that it was received.
    """
    events = [*_arrival(item, reader), *_steps(item, reader)]
    seen = [n for n, event in enumerate(events) if event.is_own or _was_ours(event)]
    return events[: seen[-1] + 1] if seen else []


def _was_ours(event: Event) -> bool:
    """Whether the event takes the item off the road that the reader's structure put it on."""
    is_receipt = event.movement.verb == Verb.RECEIVE
    return is_receipt and bool(event.start.organisation_id == event.reader.organisation_id)


def _arrival(item: Item, reader: User) -> Iterator[Event]:
    if item.arrival_id is None:
        return
    line = _shown(Flow.objects.filter(pk=item.arrival_id)).get()
    yield Event(line.movement, (line,), reader)


def _steps(item: Item, reader: User) -> Iterator[Event]:
    by_movement: dict[int, list[Flow]] = {}
    for flow in _shown(Flow.objects.filter(item=item)):
        by_movement.setdefault(flow.movement_id, []).append(flow)
    for flows in by_movement.values():
        yield Event(flows[0].movement, tuple(flows), reader)


def _shown(flows: Any) -> Any:
    """Flows in the order of the books, with all that a line says of them."""
    links = ("site", "author", "submission", "reversed_by", "reverses")
    ends = (
        "from_account__to_site",
        "to_account__to_site",
        "origin",
        "from_category",
        "to_category",
    )
    rows = flows.select_related(*ENDS, *ends, *(f"movement__{link}" for link in links))
    return rows.order_by("movement", "pk")


def days_here(item: Item, events: list[Event], today: Any) -> int:
    """Days from the day it came until it left, or until ``today`` while it is here."""
    is_gone = item.account is None or item.account.kind not in (Kind.STOCK, Kind.TRANSIT)
    end = events[-1].movement.business_date if events and is_gone else today
    return max((end - item.since).days, 0)
