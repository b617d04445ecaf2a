"""Takes in a flows file: a year of arrivals and departures, a movement a line, all or nothing.

A line is known by the file's SHA-256 and its number, so the same file counts once. The whole file
is one transaction: on SQLite other writers wait while it is written (about 1 s per 500 lines).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from collection.models import Intake, Weighing
from config.flows_file import Line, located, read_flows
from config.names import Names
from inventory.ledger import Entry, Leg, post
from inventory.models import (
    UNSORTED,
    Account,
    Category,
    Kind,
    Movement,
    Partner,
    Place,
    Shipment,
    Verb,
)
from organisation.models import Organisation, Site, Submission
from organisation.submissions import submit, writing

ENDPOINT = "import_flows"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many lines there are, how many were recorded (0: all were already), what was made."""

    lines: int
    recorded: int
    created: tuple[str, ...]


def import_flows(
    *, content: bytes, organisation: Organisation, create: bool = False, dry_run: bool = False
) -> Outcome:
    """Record every line of a flows file, or none; ``create`` makes missing sites, partners, places.

    Raises ValidationError, one error per bad cell, with ``line`` and ``column`` in its params.
    """
    lines = read_flows(content)
    file = hashlib.sha256(content).hexdigest()
    if Submission.objects.answered(organisation, _identity(file, lines[0])):
        return Outcome(len(lines), 0, ())
    names = Names(organisation, create=create)
    with writing():
        recorded = _record_all(lines, file, names)
        if dry_run:
            transaction.set_rollback(True)
    return Outcome(len(lines), recorded, tuple(names.created))


def default_organisation() -> Organisation:
    """The only structure, or the demo's where there are several.

    Raises ValidationError ``which_organisation``.
    """
    known = list(Organisation.objects.all()[:2])
    if len(known) != 1:
        known = list(Organisation.objects.filter(code="navette"))
    if not known:
        raise ValidationError(
            _("Say for which structure: --organisation CODE."), code="which_organisation"
        )
    return known[0]


def _record_all(lines: list[Line], file: str, names: Names) -> int:
    recorded = 0
    problems: list[ValidationError] = []
    for line in lines:
        try:
            named = _named(line, names)
            is_new, _number = submit(
                claim=Submission(
                    organisation=names.organisation, uuid=_identity(file, line), endpoint=ENDPOINT
                ),
                content=line.cells,
                record=partial(_record, line, named),
            )
            recorded += is_new
        except ValidationError as error:
            problems += [located(line.number, each, _column(each)) for each in error.error_list]
    if problems:
        raise ValidationError(problems)
    return recorded


def _column(error: ValidationError) -> str:
    return "date" if error.code == "month_closed" else ""


def _identity(file: str, line: Line) -> UUID:
    return uuid5(NAMESPACE_URL, f"tracerie:{ENDPOINT}:{file}:{line.number}")


@dataclass(frozen=True, slots=True)
class _Named:
    """Who and what a line names."""

    site: Site
    place: Place
    category: Category
    mode: Any  # a CollectionMode on an arrival, else None; so is its origin
    origin: Any
    partner: Partner | None


def _named(line: Line, names: Names) -> _Named:
    """Everything that a line names. Raises ValidationError, one error per unknown name."""
    problems: list[ValidationError] = []

    def find(look_up: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return look_up(*arguments)
        except ValidationError as error:
            problems.extend(error.error_list)

    is_arrival = line.fate is None
    site = find(names.site, line.cell("site"))
    if site and line.day > site.business_date(timezone.now()):
        problems.append(
            ValidationError(
                _("This day has not come yet."), code="in_the_future", params={"column": "date"}
            )
        )
    place: Any = find(names.place, site, line.cell("place")) if site else None
    found = _Named(
        site=site,
        place=place,
        category=find(names.category, line.cell("category") or UNSORTED),
        mode=find(names.mode, line.cell("mode")) if is_arrival else None,
        origin=find(names.origin, line.cell("origin")) if is_arrival else None,
        partner=None if is_arrival else find(names.partner, line.cell("partner")),
    )
    if problems:
        raise ValidationError(problems)
    return found


def _record(line: Line, named: _Named, submission: Submission) -> str:
    """Post one line, with the paper that goes with it; return its number."""
    site, stock = named.site, Account.stock(named.place)
    if line.fate is None:
        ends = Account.source(site, named.mode), stock
    else:
        ends = stock, _exit(site, line.fate, named.partner)
    entry = Entry(
        site=site,
        verb=Verb.COLLECT if line.fate is None else Verb.SHIP,
        submission=submission,
        author=None,
        occurred_at=datetime.combine(line.day, time(12), ZoneInfo(site.timezone)),
        business_date=line.day,
        note=line.note,
    )
    leg = Leg(
        from_account=ends[0],
        to_account=ends[1],
        category=named.category,
        weight_g=line.weight_g,
        units=line.units,
        method=line.method,
        origin=named.origin,
    )
    movement = post(entry=entry, legs=[leg])
    if line.fate is None:
        _write_intake(movement, named)
    else:
        Shipment.objects.create(movement=movement, fate=line.fate, partner=named.partner)
    return movement.number


def _exit(site: Site, fate: Kind, partner: Partner | None) -> Account:
    """A partner was given things; reuse by the public may have been sold: the file does not say."""
    if fate == Kind.REUSE and partner is None:
        return Account.untold(site)
    return Account.exit(site, fate, partner)


def _write_intake(movement: Movement, named: _Named) -> None:
    intake = Intake.objects.create(
        movement=movement,
        mode=named.mode,
        origin=named.origin,
        waste_status=named.mode.waste_status,
    )
    Weighing.objects.create(intake=intake, flow=movement.flows.get())
