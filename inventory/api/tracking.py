"""What a tablet shows of an object that was scanned, and what it keeps to know objects offline."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Schema

from inventory.api.lots import HeapOut
from inventory.known import LINKS, acts_at, is_gone, last_of, relatives_of
from inventory.models import Balance, Item, Place
from inventory.trace import Event, days_here, events_of, in_words
from organisation.doors import Doors, May, Permitted
from organisation.models import Organisation, Site
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, Shape

router = Doors()
MOST_OBJECTS = 5_000  # that a tablet keeps
# Acts that have a page of their own: name, word, icon, the page and what it is told.
PAGES = (
    ("sell", _("Sell"), "shopping-basket", "checkout", "?code={code}"),
    ("print", _("Print the label"), "printer", "print-labels", "?code={code}"),
    ("describe", _("Title, price, condition"), "pencil", "item", "#description"),
    ("apart", _("Take apart"), "wrench", "dismantle", ""),
    ("give", _("Give"), "hand-heart", "ship", "?site={site}&items={code}&fate=reuse"),
    ("ship", _("Recycle or throw away"), "recycle", "ship", "?site={site}&items={code}"),
    ("given-back", _("Given back to us"), "rotate-ccw", "give-back", ""),
    ("page", _("Its page in the office"), "file-text", "item", ""),
)
RELATIVES = {
    "former": _("Former life"),
    "next": _("Came back as"),
    "whole": _("Part of"),
    "part": _("Part"),
}


class Shelf(Shape):
    """A site, or one of its places."""

    site: Permitted[Site]
    place: Permitted[Place] | None = None


class ObjectOut(Schema):
    code: str
    title: str
    category: str = Field(alias="kind")
    weight_g: int
    price_cents: int | None
    condition: str
    place: str
    since: date


class CatalogueOut(Schema):
    """Labelled objects in stock, the newest first (``more``: older ones are left out); bulk."""

    day: str
    items: list[ObjectOut]
    more: bool
    bulk: list[HeapOut]


@router.get("catalogue", auth=May("read_stock"), response={200: CatalogueOut, **READ_ERRORS})
def get_catalogue(request: CallerRequest, shelf: Annotated[Shelf, Query()]) -> dict[str, Any]:
    """What lies at a site, or in one of its places, in few words each."""
    rows = Item.objects.known_to(shelf.site.organisation_id).in_stock([shelf.site])
    if shelf.place:
        rows = rows.filter(account__place=shelf.place)
    found = rows.newest(MOST_OBJECTS + 1)
    return {
        "day": shelf.site.business_date(timezone.now()).isoformat(),
        "items": found[:MOST_OBJECTS],
        "more": len(found) > MOST_OBJECTS,
        "bulk": [HeapOut.of(row) for row in Balance.objects.heaps(shelf.site, shelf.place)],
    }


class StepOut(Schema):
    """One act of a life, as a person reads it; ``path`` is that of its document, where known."""

    at: str
    day: str
    time: str
    verb: str
    word: str
    icon: str
    from_: str = Field(alias="from")
    to: str
    weight_g: int
    is_lot: bool
    number: str
    path: str | None
    by: str
    note: str
    fate: str | None
    is_undone: bool


class RelativeOut(Schema):
    link: str
    word: str
    code: str
    title: str
    state: str


class DoorOut(Schema):
    """An act that is done on a page of its own."""

    name: str
    word: str
    icon: str
    path: str


class LifeOut(Schema):
    """An object, its life, its other lives, and what the reader may do with it now."""

    code: str
    title: str
    category: str
    icon: str
    colour: str
    weight_g: int
    price_cents: int | None
    condition: str
    state: str
    state_word: str
    fate: str | None
    left: str | None
    site: str | None
    site_name: str
    place: str | None
    place_name: str
    brought: str
    days: int
    steps: list[StepOut]
    relatives: list[RelativeOut]
    doors: list[DoorOut]
    may_move: bool
    may_lose: bool
    may_find: bool


@router.get(
    "items/{code}/life",
    auth=May("read_stock"),
    response={200: LifeOut, **READ_ERRORS},
    by_alias=True,
)
def get_life(request: CallerRequest, code: Permitted[Item]) -> dict[str, Any]:
    """All that a tablet shows of an object: one scan, one answer."""
    found = Item.objects.within(request).named(code.own_code).select_related(*LINKS).get()
    events = events_of(found, request.user)
    relatives = relatives_of(request, found)
    site = found.account.site if found.account else None
    may = acts_at(request, site)
    is_ours = site is None or site.organisation_id == request.user.organisation_id
    return {
        **_told(found, events, is_ours=is_ours),
        "steps": [_step(event) for event in events],
        "relatives": list(_relatives(relatives)),
        "doors": _doors(request, found, may, is_back=relatives["next"] is not None),
        "may_move": found.is_here and may["move"],
        "may_lose": found.is_here and may["count"],
        "may_find": found.state == Item.State.LOST and may["count"],
    }


def _told(found: Any, events: list[Event], *, is_ours: bool) -> dict[str, Any]:
    account, last = found.account, last_of(events)
    place = account.place if account and account.place and is_ours else None
    return {
        "code": found.own_code,
        "title": str(found),
        "category": found.category.name,
        "icon": found.category.look[0],
        "colour": found.category.look[1],
        "weight_g": found.weight_g,
        "price_cents": found.price_cents if is_ours else None,
        "condition": str(capfirst(found.get_condition_display())) if is_ours else "",
        "state": found.state,
        "state_word": str(capfirst(found.state.label)),
        "fate": account.kind if is_gone(found) else None,
        "left": _day_of(last)[0] if last and not found.is_here else None,
        "site": account and account.site.code,
        "site_name": account.site.name if account else "",
        "place": place and place.code,
        "place_name": place.name if place else "",
        "brought": _brought(found),
        "days": days_here(found, events, timezone.localdate()),
    }


def _brought(found: Any) -> str:
    """How it came and whence, where the arrival is known."""
    if found.arrival is None:
        return ""
    parts = (found.arrival.from_account.mode, found.arrival.origin)
    return ", ".join(str(part) for part in parts if part)


def _day_of(event: Event) -> tuple[str, str]:
    """The day and the hour of an act, on the clock of its site."""
    at = timezone.localtime(event.movement.occurred_at, ZoneInfo(event.movement.site.timezone))
    return date_format(at, "j N Y"), date_format(at, "H:i")


def _step(event: Event) -> dict[str, Any]:
    movement = event.movement
    day, hour = _day_of(event)
    start = in_words(event.start, is_discreet=event.is_foreign)
    if event.is_arrival and event.flows[0].origin:
        start = f"{start}, {event.flows[0].origin}"
    path = reverse("document", args=[movement.number]) if event.is_own else None
    return {
        "at": movement.occurred_at.isoformat(),
        "day": day,
        "time": hour,
        "verb": movement.verb,
        "word": str(capfirst(movement.get_verb_display())),
        "icon": event.icon,
        "from": start,
        "to": in_words(event.end, is_discreet=event.is_foreign),
        "weight_g": event.weight_g,
        "is_lot": event.is_arrival,
        "number": movement.number,
        "path": path,
        "by": event.by,
        "note": movement.note if event.is_own else "",
        "fate": event.end.kind if event.is_exit else None,
        "is_undone": bool(event.reversed_by) or movement.reverses_id is not None,
    }


def _relatives(relatives: dict[str, Any]) -> Iterator[dict[str, str]]:
    linked = [(link, relatives[link]) for link in ("former", "next", "whole") if relatives[link]]
    for link, other in [*linked, *(("part", part) for part in relatives["parts"])]:
        yield {
            "link": link,
            "word": str(RELATIVES[link]),
            "code": other.own_code,
            "title": str(other),
            "state": str(capfirst(other.state.label)),
        }


def _doors(
    request: CallerRequest, found: Any, may: dict[str, bool], *, is_back: bool
) -> list[dict[str, str]]:
    """Pages of the acts that are possible now."""
    profile = request.user.organisation.profile  # type: ignore[union-attr]
    here = found.is_here
    is_open = {
        "sell": here and may["sell"] and profile == Organisation.Profile.COMPLETE,
        "print": here and may["label"],
        "describe": here and may["label"],
        "apart": here and may["sort"],
        "give": here and may["ship"],
        "ship": here and may["ship"],
        "given-back": is_gone(found) and may["collect"] and not is_back,
        "page": True,
    }
    said = {"code": found.own_code, "site": found.account.site.code if found.account else ""}
    return [
        {"name": name, "word": str(word), "icon": icon, "path": _path(page, query, said)}
        for name, word, icon, page, query in PAGES
        if is_open[name]
    ]


def _path(page: str, query: str, said: dict[str, str]) -> str:
    """The address of a page about an object: it is named in the path or in the query."""
    args = [] if "{code}" in query else [said["code"]]
    return reverse(page, args=args) + query.format(**said)
