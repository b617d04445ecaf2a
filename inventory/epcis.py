"""An item's life as EPCIS 2.0 (JSON-LD): what other traceability systems read. Export only.

``docs/open-data.md`` has the table of acts and events. An act that was cancelled keeps its event,
which is declared an error; the cancelling itself is none. An event's name follows from the
request that recorded it, so that it is the same in every export, of either structure.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import JsonResponse
from django.utils import timezone

from inventory.models import Account, Category, Flow, Item, Kind, Movement, Place, Repair, Verb
from inventory.models.workshop import repairs_of
from inventory.printed import address
from inventory.trace import Event, events_of
from organisation.models import Site, User

CONTEXT = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
TYPE = "application/ld+json"
KILOGRAM = "KGM"
WASTED = (Kind.RECYCLING, Kind.OTHER_RECOVERY, Kind.ENERGY, Kind.DISPOSAL)
Told = dict[str, Any]

# Act → action, business step, disposition: short names of the Core Business Vocabulary.
STEPS = {
    Verb.OPEN: ("ADD", "commissioning", "active"),
    Verb.LABEL: ("ADD", "commissioning", "active"),
    Verb.MOVE: ("OBSERVE", "storing", "sellable_not_accessible"),
    Verb.SELL: ("OBSERVE", "retail_selling", "retail_sold"),
    Verb.RETURN: ("OBSERVE", "receiving", "returned"),
    Verb.REST: ("OBSERVE", "receiving", "returned"),
    Verb.GIVE: ("OBSERVE", "dispensing", "dispensed"),
    Verb.SHIP: ("DELETE", "shipping", "disposed"),
    Verb.SETTLE: ("OBSERVE", "stock_taking", "mismatch_quantity"),
    Verb.SORT: ("OBSERVE", "inspecting", "in_progress"),
    Verb.TRANSFER: ("OBSERVE", "shipping", "in_transit"),
    Verb.RECEIVE: ("OBSERVE", "receiving", "in_progress"),
    Verb.COUNT: ("OBSERVE", "stock_taking", "mismatch_quantity"),
}
ON_SALE = ("OBSERVE", "stocking", "sellable_accessible")
HANDED_OVER = ("OBSERVE", "dispensing", "dispensed")
TESTED = {
    Repair.Result.WORKS: "conformant",
    Repair.Result.CONTINUES: "in_progress",
    Repair.Result.PARTS_ONLY: "non_conformant",
    Repair.Result.BEYOND_REPAIR: "non_conformant",
}


def document(item: Item, reader: User) -> Told:
    """The life of ``item`` as far as ``reader`` may know it, as an EPCIS document.

    ``item`` has ``own_code``. What the workshop tried on it is told where it lies or left.
    """
    events = [
        _declared(_event(item, event), event)
        for event in events_of(item, reader)
        if event.movement.verb != Verb.REVERSE
    ]
    if item.account is None or item.account.organisation_id == reader.organisation_id:
        events += [_repair(item, repair) for repair in repairs_of(item)]
    events.sort(key=lambda told: datetime.fromisoformat(told["eventTime"]))
    return {
        "@context": [CONTEXT, {"tracerie": f"{_base()}/api/v1/docs#"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": timezone.now().isoformat(timespec="seconds"),
        "epcisBody": {"eventList": events},
    }


def answer(item: Item, reader: User) -> JsonResponse:
    """The document, as it is sent."""
    options = {"ensure_ascii": False, "indent": 1}
    return JsonResponse(document(item, reader), content_type=TYPE, json_dumps_params=options)


def _event(item: Any, event: Event) -> Told:
    if event.is_arrival:
        return _arrival(event)
    if event.movement.verb == Verb.DISMANTLE:
        return _transformation(event)
    return _object(item, event)


def _arrival(event: Event) -> Told:
    """The line an item came with: of its kind, not yet of itself."""
    [line] = event.flows
    is_first = event.movement.verb == Verb.OPEN
    step = ("commissioning", "active") if is_first else ("collecting", "in_progress")
    return {
        **_head("ObjectEvent", event.movement, str(line.pk)),
        "action": "ADD",
        "quantityList": [_quantity(line.to_category, line.weight_g)],
        **_why(*step),
        **_where(event),
        **_weighed(event.flows),
    }


def _object(item: Any, event: Event) -> Told:
    action, step, disposition = _step(event)
    told = {
        **_head("ObjectEvent", event.movement, f"item/{event.flows[0].pk}"),
        "action": action,
        "epcList": [address(item.own_code)],
        **_why(step, disposition),
        **_where(event),
        **_weighed(event.flows),
    }
    if event.is_own:
        told["bizTransactionList"] = [{"bizTransaction": _paper(event.movement)}]
    if taker := _taker(event):
        told["destinationList"] = [taker]
    return told


def _step(event: Event) -> tuple[str, str, str]:
    """What an act is called; the shop's shelf and a partner who uses things again differ."""
    verb, end = Verb(event.movement.verb), event.end
    if verb == Verb.MOVE and end.place and end.place.use == Place.Use.SHOP:
        return ON_SALE
    if verb == Verb.SHIP and end.kind not in WASTED:
        return HANDED_OVER
    return STEPS[verb]


def _transformation(event: Event) -> Told:
    """One thing taken apart: what it was, and the parts that it became."""
    flows = list(_shown(event.movement))
    first, reader = flows[0], event.reader
    made = [flow for flow in flows if flow.item_id not in (None, first.item_id)]
    known = [pk for flow in (first, *made) if (pk := flow.item_id)]
    codes = Item.objects.codes_of(known, reader.organisation_id)
    bulk: dict[Category, int] = {}
    for flow in flows:
        sign = 1 if flow.item_id == first.item_id else -1
        kind = flow.to_category if sign == 1 else flow.from_category
        bulk[kind] = bulk.get(kind, 0) + sign * flow.weight_g
    rest = [_quantity(kind, grams) for kind, grams in bulk.items() if grams]
    labelled = [address(codes[flow.item_id]) for flow in made if flow.item_id in codes]
    unknown = [flow for flow in made if flow.item_id not in codes]
    rest += [_quantity(flow.to_category, flow.weight_g) for flow in unknown]
    if first.item_id in codes:
        came: Told = {"inputEPCList": [address(codes[first.item_id])]}
    else:
        weight_g = sum(flow.weight_g for flow in flows if flow.item_id == first.item_id)
        came = {"inputQuantityList": [_quantity(first.from_category, weight_g)]}
    return {
        **_head("TransformationEvent", event.movement, "whole"),
        **came,
        **({"outputEPCList": labelled} if labelled else {}),
        **({"outputQuantityList": rest} if rest else {}),
        **_why("disassembling", "in_progress"),
        **_where(event),
    }


def _shown(movement: Movement) -> Iterable[Flow]:
    return movement.flows.select_related("from_category", "to_category").order_by("pk")


def _repair(item: Any, repair: Repair) -> Told:
    """What the workshop tried: a test inspects, all else repairs."""
    is_test = repair.act == Repair.Act.TEST
    found = TESTED[Repair.Result(repair.result)]
    mended = "available" if repair.result == Repair.Result.WORKS else found
    site = item.account.site if item.account else None
    clock = ZoneInfo(site.timezone) if site else timezone.get_default_timezone()
    return {
        **_times(repair.occurred_at, clock),
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:{uuid5(repair.submission.uuid, 'repair')}",
        "action": "OBSERVE",
        "epcList": [address(item.own_code)],
        **_why("inspecting" if is_test else "repairing", found if is_test else mended),
    }


def _declared(told: Told, event: Event) -> Told:
    """The event, declared an error where its act was cancelled."""
    undone = event.reversed_by
    if undone is None:
        return told
    clock = ZoneInfo(event.movement.site.timezone)
    declared = undone.recorded_at.astimezone(clock).isoformat(timespec="seconds")
    return {**told, "errorDeclaration": {"declarationTime": declared, "reason": "did_not_occur"}}


def _head(kind: str, movement: Movement, name: str) -> Told:
    clock = ZoneInfo(movement.site.timezone)
    recorded = movement.recorded_at.astimezone(clock)
    return {
        "type": kind,
        "eventID": f"urn:uuid:{uuid5(movement.submission.uuid, f'{movement.number}/{name}')}",
        **_times(movement.occurred_at, clock),
        "recordTime": recorded.isoformat(timespec="milliseconds"),
    }


def _times(at: datetime, clock: Any) -> Told:
    """When, on the clock of the site, and how far that is from UTC."""
    here = at.astimezone(clock).isoformat(timespec="milliseconds")
    return {"eventTime": here, "eventTimeZoneOffset": here[-6:]}


def _why(step: str, disposition: str) -> Told:
    return {"bizStep": step, "disposition": disposition}


def _where(event: Event) -> Told:
    """Where it was seen, and, as long as it stays with us, where it is since."""
    here = event.end
    told: Told = {"readPoint": {"id": _site(event.movement.site)}}
    if here.kind == Kind.STOCK:
        told["bizLocation"] = {"id": _place(here)}
    return told


def _weighed(flows: Iterable[Flow]) -> Told:
    """Grams and how they are known: the standard's own weights are of sensors alone."""
    rows = list(flows)
    weight_g = sum(flow.weight_g for flow in rows)
    return {"tracerie:weight_g": weight_g, "tracerie:known_by": str(rows[0].method)}


def _taker(event: Event) -> Told | None:
    """Who has it then: the site at the end of a road, or one's own partner."""
    end = event.end
    if end.kind == Kind.TRANSIT:
        return {"type": "location", "destination": _site(end.to_site)}
    if event.is_own and end.partner is not None:
        partner = quote(end.partner.code)
        return {
            "type": "possessing_party",
            "destination": f"{_base()}/api/v1/inventory/partners#{partner}",
        }
    return None


def _quantity(category: Category, grams: int) -> Told:
    kind = f"{_base()}/api/v1/inventory/categories#{quote(category.code)}"
    return {"epcClass": kind, "quantity": grams / 1000, "uom": KILOGRAM}


def _site(site: Site) -> str:
    return f"{_base()}/stock/?site={quote(site.code)}"


def _place(account: Account) -> str:
    assert account.place is not None  # noqa: S101 (a stock account has a place: a constraint)
    return f"{_site(account.site)}&place={quote(account.place.code)}"


def _paper(movement: Movement) -> str:
    return f"{_base()}/d/{quote(movement.number)}/"


def _base() -> str:
    return str(settings.PUBLIC_URL).rstrip("/")
