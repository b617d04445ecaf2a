"""Donors as people whose data they are: found, told, and erased from the arrivals they brought.

A name also waits where a tablet handed it over, and in the answer that its tablet once had.
"""

import json
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from collection.models import Donor, Intake
from organisation.models import HeldEntry, Site, Submission, User
from organisation.names import holds

HELD_PATH = "/api/v1/collection/donors"
MOST = 50


class Brought(NamedTuple):
    """An arrival, and the names that were left for it, the last one first."""

    intake: Intake
    names: list[str]


def arrivals_of(sites: Iterable[Site], sought: str) -> list[Brought]:
    """The newest arrivals of these sites whose donor's name holds every word of ``sought``."""
    rows = Donor.objects.told().filter(intake__movement__site__in=sites).order_by("-pk")
    found = [intake for intake, name in rows.values_list("intake", "name") if holds(name, sought)]
    return _brought(Intake.objects.filter(pk__in=list(dict.fromkeys(found))[:MOST]))


def arrivals_named(sites: Iterable[Site], numbers: Collection[str]) -> list[Brought]:
    """Arrivals of these sites that have these numbers and a donor's name."""
    rows = Intake.objects.filter(movement__site__in=sites, movement__number__in=numbers)
    return _brought(rows)


def _brought(rows: Any) -> list[Brought]:
    links = ("movement__site", "mode", "origin")
    found = rows.select_related(*links).prefetch_related("donors", "movement__flows__from_category")
    listed = [(intake, _names(intake)) for intake in found.order_by("-pk")]
    return [Brought(intake, names) for intake, names in listed if names]


def _names(intake: Intake) -> list[str]:
    newest = sorted(intake.donors.all(), key=lambda donor: -donor.pk)
    return [donor.name for donor in newest if donor.name]


def held_of(sites: Iterable[Site], sought: str) -> list[HeldEntry]:
    """What tablets handed over of donors whose name holds every word of ``sought``."""
    rows = held_at(sites).order_by("-pk")
    return [entry for entry in rows if holds(held_name(entry), sought)][:MOST]


def held_at(sites: Iterable[Site]) -> Any:
    """Donors' names that tablets handed over at these sites, unless erased."""
    rows = HeldEntry.objects.filter(site__in=sites, endpoint=HELD_PATH).exclude(content="")
    return rows.select_related("site")


def held_name(entry: HeldEntry) -> str:
    """The name that a handed over entry gives."""
    try:
        return str(json.loads(entry.content)["name"])
    except (ValueError, TypeError, LookupError):
        return entry.summary


def told(brought: Brought) -> dict[str, Any]:
    """All that is known of who brought an arrival, and what it was."""
    intake, movement = brought.intake, brought.intake.movement
    donors = sorted(intake.donors.all(), key=lambda donor: donor.pk)
    return {
        "number": movement.number,
        "site": movement.site.name,
        "occurred_at": movement.occurred_at.isoformat(),
        "mode": intake.mode.name,
        "origin": intake.origin.name,
        "names": brought.names,
        "signatures": [donor.strokes for donor in donors if donor.strokes],
        "lines": [
            {"category": flow.from_category.name, "weight_g": flow.weight_g}
            for flow in movement.flows.all()
        ],
        "note": movement.note,
    }


def told_held(entry: HeldEntry) -> dict[str, Any]:
    """What a tablet handed over of a donor."""
    return {
        "site": entry.site.name,
        "received_at": entry.received_at.isoformat(),
        "name": held_name(entry),
        "content": entry.content,
    }


@transaction.atomic
def erase_donors(*, brought: Iterable[Brought], held: Iterable[HeldEntry], by: User) -> None:
    """Empty the names and signatures of these arrivals, wherever they are kept; grams stay."""
    intakes = [each.intake for each in brought]
    donors = Donor.objects.filter(intake__in=intakes).select_related("submission")
    for donor in donors:
        donor.name, donor.strokes = "", []
        donor.save(update_fields=["name", "strokes"])
        _forget(donor.submission)
    for entry in held:
        _drop(entry, by)


def _forget(submission: Submission) -> None:
    """The answer without the name; the digest goes too: whoever guesses a name could try it."""
    answer = json.loads(submission.answer) if submission.answer else {}
    submission.answer = json.dumps({**answer, "name": ""}) if answer else ""
    submission.digest = ""
    submission.save(update_fields=["answer", "digest"])


def _drop(entry: HeldEntry, by: User) -> None:
    entry.content = entry.summary = ""
    if entry.decided_at is None:
        entry.outcome = HeldEntry.Outcome.DROPPED
        entry.decided_at, entry.decided_by = timezone.now(), by
    entry.save()
