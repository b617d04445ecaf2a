"""What EPCIS 2.0 asks of a document in JSON-LD, as far as ours uses it: written from the standard.

Answers in sentences, one for each rule that is broken.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

_STEPS = """
    accepting arriving assembling collecting commissioning consigning creating_class_instance
    cycle_counting decommissioning departing destroying disassembling dispensing encoding
    entering_exiting holding inspecting installing killing loading other packing picking
    receiving removing repackaging repairing replacing reserving retail_selling sampling
    sensor_reporting shipping staging_outbound stock_taking stocking storing transporting
    unloading unpacking void_shipping
"""
_STATES = """
    active available completeness_inferred completeness_verified conformant container_closed
    container_open damaged destroyed dispensed disposed encoded expired in_progress in_transit
    inactive mismatch_class mismatch_instance mismatch_quantity needs_replacement
    no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled reserved
    retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable unknown
"""
BUSINESS_STEPS, DISPOSITIONS = set(_STEPS.split()), set(_STATES.split())
ACTIONS = {"ADD", "OBSERVE", "DELETE"}
REASONS = {"did_not_occur", "incorrect_data"}
PARTIES = {"owning_party", "possessing_party", "location"}
OFFSET = re.compile(r"[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00)")
UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
UNIT = re.compile(r"[A-Z0-9]{2,3}")
ANY = {
    "type", "eventID", "eventTime", "recordTime", "eventTimeZoneOffset", "errorDeclaration",
    "bizStep", "disposition", "readPoint", "bizLocation", "bizTransactionList", "sourceList",
    "destinationList", "sensorElementList", "persistentDisposition", "certificationInfo",
}  # fmt: skip
OWN = {
    "ObjectEvent": {"action", "epcList", "quantityList", "ilmd"},
    "TransformationEvent": {
        "inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList",
        "transformationID", "ilmd",
    },
}  # fmt: skip


def broken(document: dict) -> list[str]:
    """Every rule that the document breaks."""
    return [*_of_document(document), *_of_events(document["epcisBody"]["eventList"])]


def _of_document(document: dict) -> Iterator[str]:
    if set(document) != {"@context", "type", "schemaVersion", "creationDate", "epcisBody"}:
        yield "a document has other parts than it should"
    if document["type"] != "EPCISDocument" or document["schemaVersion"] != "2.0":
        yield "it is no EPCIS 2.0 document"
    first, *others = document["@context"]
    if not first.startswith("https://ref.gs1.org/standards/epcis/"):
        yield "the standard's own context does not come first"
    spaces = {prefix for other in others for prefix in other}
    used = {key.partition(":")[0] for event in _events(document) for key in event if ":" in key}
    if used - spaces:
        yield f"prefixes without a context: {used - spaces}"
    yield from _time(document["creationDate"])


def _events(document: dict) -> list[dict]:
    return document["epcisBody"]["eventList"]


def _of_events(events: list[dict]) -> Iterator[str]:
    names = [event["eventID"] for event in events]
    if len(names) != len(set(names)):
        yield "two events have one name"
    if events != sorted(events, key=lambda event: datetime.fromisoformat(event["eventTime"])):
        yield "events are out of order"
    for event in events:
        yield from (f"{event['type']} {event.get('bizStep')}: {what}" for what in _of_event(event))


def _of_event(event: dict) -> Iterator[str]:
    if event["type"] not in OWN:
        yield "no type of event that we use"
        return
    plain = {key for key in event if ":" not in key}
    if unknown := plain - ANY - OWN[event["type"]]:
        yield f"fields that its type does not have: {unknown}"
    if not UUID.fullmatch(event["eventID"]):
        yield "its name is no UUID that follows from something"
    if event["bizStep"] not in BUSINESS_STEPS or event["disposition"] not in DISPOSITIONS:
        yield "a step or a disposition that the vocabulary lacks"
    for key in ("readPoint", "bizLocation"):
        yield from _address(event.get(key, {"id": "https://x"})["id"])
    yield from _when(event)
    yield from _acts(event)
    yield from _what(event)
    yield from _whom(event)
    yield from _error(event)


def _when(event: dict) -> Iterator[str]:
    if not OFFSET.fullmatch(event["eventTimeZoneOffset"]):
        yield "its offset is none"
    if not event["eventTime"].endswith(event["eventTimeZoneOffset"]):
        yield "its hour is not on the clock of its offset"
    for key in ("eventTime", "recordTime"):
        yield from _time(event.get(key, event["eventTime"]))


def _acts(event: dict) -> Iterator[str]:
    if event["type"] == "ObjectEvent":
        if event["action"] not in ACTIONS:
            yield "an action that there is not"
        if not event.get("epcList") and not event.get("quantityList"):
            yield "nothing that it is about"
        return
    for side in ("input", "output"):
        if not event.get(f"{side}EPCList") and not event.get(f"{side}QuantityList"):
            yield f"a transformation without {side}"


def _what(event: dict) -> Iterator[str]:
    for key, value in event.items():
        if key.lower().endswith("epclist"):
            if len(value) != len(set(value)) or not value:
                yield f"{key} is empty or names a thing twice"
            for address in value:
                yield from _address(address)
        elif key.lower().endswith("quantitylist"):
            for element in value:
                yield from _quantity(element)


def _quantity(element: dict) -> Iterator[str]:
    if set(element) != {"epcClass", "quantity", "uom"}:
        yield "a quantity of other parts"
    if not isinstance(element["quantity"], int | float) or element["quantity"] <= 0:
        yield "a quantity that is none"
    if not UNIT.fullmatch(element["uom"]):
        yield "no unit of UN/CEFACT"
    yield from _address(element["epcClass"])


def _whom(event: dict) -> Iterator[str]:
    for paper in event.get("bizTransactionList", []):
        if set(paper) - {"type", "bizTransaction"}:
            yield "a paper of other parts"
        yield from _address(paper["bizTransaction"])
    for end in event.get("destinationList", []):
        if set(end) != {"type", "destination"} or end["type"] not in PARTIES:
            yield "a destination of no known type"
        yield from _address(end["destination"])


def _error(event: dict) -> Iterator[str]:
    if said := event.get("errorDeclaration"):
        if set(said) - {"declarationTime", "reason", "correctiveEventIDs"}:
            yield "a declaration of other parts"
        if said.get("reason") not in REASONS:
            yield "a reason that the vocabulary lacks"
        yield from _time(said["declarationTime"])


def _time(text: str) -> Iterator[str]:
    if "T" not in text or datetime.fromisoformat(text).tzinfo is None:
        yield f"{text} is no hour with its offset"


def _address(text: str) -> Iterator[str]:
    parts = urlsplit(text)
    if not parts.scheme or not (parts.netloc or parts.path) or not text.isascii() or " " in text:
        yield f"{text} is no URI"
