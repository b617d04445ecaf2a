"""Recording a day's sheet, all of it or nothing, and cancelling it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from collection.services import Arrival, Line, record_intake
from inventory import services
from inventory.ledger import Entry
from inventory.models import Movement, Verb
from inventory.services import Departure, StockLine
from organisation.models import Submission, User
from sales.models import DayTakings, Method
from sales.services import cancel_takings, note_takings


@dataclass(frozen=True, slots=True)
class Sheet:
    """A day as it was written down in the evening: what came, what left, what was taken."""

    arrivals: Sequence[tuple[Arrival, Line]] = ()
    departures: Sequence[tuple[Departure, StockLine]] = ()
    cents: Mapping[Method, int] = field(default_factory=dict)
    customers: int | None = None


@transaction.atomic
def record_sheet(*, entry: Entry, sheet: Sheet) -> None:
    """Book every arrival and departure of a sheet, one document per kind, and note its takings.

    Raises ValidationError ``empty_sheet``, or as ``record_intake``, ``clear`` and
    ``note_takings`` do.
    """
    is_paid = any(sheet.cents.values())
    if not (sheet.arrivals or sheet.departures or is_paid):
        raise ValidationError(_("The sheet is empty: write at least one line."), code="empty_sheet")
    collecting = replace(entry, verb=Verb.COLLECT)
    for arrival, lines in _together(sheet.arrivals):
        record_intake(entry=collecting, arrival=arrival, lines=lines)
    services.clear(entry=entry, heaps=_together(sheet.departures))
    if is_paid:
        note_takings(entry=entry, cents=sheet.cents, customers=sheet.customers)


@transaction.atomic
def cancel_sheet(*, entry: Entry, sheet: Submission) -> None:
    """Cancel what of a sheet still stands, the last document first.

    Raises PermissionDenied, or ValidationError ``already_reversed`` or as ``cancel`` does.
    """
    standing = list(standing_of(sheet).select_related("site").order_by("-pk"))
    takings = DayTakings.objects.filter(submission=sheet, reversed_by=None).first()
    if not standing and takings is None:
        raise ValidationError(_("This sheet is already cancelled."), code="already_reversed")
    if entry.author is None or not may_cancel(entry.author, [*standing, takings]):
        raise PermissionDenied(_("Only a manager may cancel this now."))
    for movement in standing:
        services.cancel(entry=entry, movement=movement)
    if takings is not None:
        cancel_takings(entry=entry, takings=takings)


def standing_of(sheet: Submission) -> QuerySet[Movement]:
    """Documents of a sheet that were not cancelled."""
    return Movement.objects.filter(submission=sheet, reversed_by=None)


def may_cancel(user: User, rows: Iterable[Movement | DayTakings | None]) -> bool:
    """Whether ``user`` may cancel all of these now: takings obey the rule of documents."""
    return all(
        services.may_cancel(user=user, movement=cast("Any", row)) for row in rows if row is not None
    )


def _together(said: Iterable[tuple[Any, Any]]) -> list[tuple[Any, list[Any]]]:
    """Lines that are said of the same thing, together, in the order of the sheet."""
    heaps: dict[Any, list[Any]] = {}
    for what, line in said:
        heaps.setdefault(what, []).append(line)
    return list(heaps.items())
