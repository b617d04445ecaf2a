"""The in-door's acts: weigh an arrival, note what was refused at the gate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from collection.models import Intake, Refusal, Weighing
from inventory.ledger import Entry, Leg, post
from inventory.models import (
    Account,
    Category,
    CollectionMode,
    Container,
    Item,
    Kind,
    Method,
    Origin,
    Partner,
    Place,
    UnitWeight,
    Verb,
)
from inventory.rows import insert
from inventory.services import Draft, label
from organisation.models import Site


@dataclass(frozen=True, slots=True)
class Arrival:
    """How an arrival came, and whence. Without status, the mode's own."""

    mode: CollectionMode
    origin: Origin
    waste_status: str = ""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a line goes at once: a place of the site, or a fate with or without partner."""

    place: Place | None = None
    fate: Kind | None = None
    partner: Partner | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One weighing: net grams, or gross grams with a container, or units without a scale."""

    category: Category
    weight_g: int | None = None
    gross_g: int | None = None
    container: Container | None = None
    units: int = 0
    is_estimated: bool = False
    destination: Destination | None = None


@transaction.atomic
def record_intake(*, entry: Entry, arrival: Arrival, lines: Sequence[Line]) -> Intake:
    """Book an arrival and its weighings, net of tare.

    A line without weight takes units × the average of its category.
    Raises ValidationError ``container_heavier_than_load``, ``above_scale_limit``,
    ``unit_weight_unknown``, or what ``post`` raises.
    """
    averages = _averages(entry, lines)
    source = Account.source(entry.site, arrival.mode, arrival.waste_status)
    main = Account.stock(Place.objects.main(entry.site))
    legs = [
        Leg(
            from_account=source,
            to_account=_target(entry, line.destination) or main,
            category=line.category,
            weight_g=_net_g(entry, line, averages),
            method=_method(line),
            units=line.units,
            origin=arrival.origin,
        )
        for line in lines
    ]
    movement = post(entry=entry, legs=legs)
    [pk] = insert(
        Intake,
        ("movement_id", "mode_id", "origin_id", "waste_status"),
        [(movement.pk, arrival.mode.pk, arrival.origin.pk, source.waste_status)],
    )
    intake = Intake(
        pk=pk,
        movement=movement,
        mode=arrival.mode,
        origin=arrival.origin,
        waste_status=source.waste_status,
    )
    _write_weighings(intake, lines)
    return intake


@transaction.atomic
def take_back(*, entry: Entry, arrival: Arrival, draft: Draft) -> Item:
    """Book the new arrival of an object that had left, and label it: a second life of its own.

    Raises ValidationError ``not_gone``, ``already_back``, or what ``record_intake`` raises.
    """
    line = Line(draft.category, draft.weight_g, is_estimated=draft.is_estimated)
    intake = record_intake(entry=entry, arrival=arrival, lines=[line])
    [flow] = intake.movement.lines
    labelling = replace(entry, verb=Verb.LABEL)
    [item] = label(entry=labelling, place=None, drafts=[replace(draft, arrival=flow)])
    return item


@transaction.atomic
def record_refusal(*, refusal: Refusal) -> Refusal:
    """Note objects turned away at the gate: no mass enters the books."""
    refusal.full_clean(exclude=["submission"])
    refusal.save()
    return refusal


def _averages(entry: Entry, lines: Sequence[Line]) -> Mapping[int, int]:
    unweighed = [line.category for line in lines if line.weight_g is None and line.gross_g is None]
    return UnitWeight.objects.averages(entry.site, unweighed) if unweighed else {}


def _target(entry: Entry, destination: Destination | None) -> Account | None:
    if destination is None:
        return None
    if destination.fate is not None:
        return Account.exit(entry.site, destination.fate, destination.partner)
    return Account.stock(destination.place) if destination.place else None


def _net_g(entry: Entry, line: Line, averages: Mapping[int, int]) -> int:
    if line.weight_g is not None:
        _require_on_scale(entry, line.weight_g)
        return line.weight_g
    if line.gross_g is None:
        return _average_g(line, averages)
    _require_on_scale(entry, line.gross_g)
    net_g = line.gross_g - (line.container.tare_g if line.container else 0)
    if net_g <= 0:
        raise ValidationError(
            _("The container weighs as much as the load, or more: check which one it is."),
            code="container_heavier_than_load",
        )
    return net_g


def _average_g(line: Line, averages: Mapping[int, int]) -> int:
    average_g = averages.get(line.category.pk)
    if not average_g:
        raise ValidationError(
            _("No average weight is known for %(category)s: weigh it or estimate it."),
            code="unit_weight_unknown",
            params={"category": line.category},
        )
    weight_g = line.units * average_g
    if weight_g > Site.SCALE_LIMIT_MAX_G:
        raise ValidationError(
            _("This is more than a site can take in at once: check the number of units."),
            code="above_scale_limit",
        )
    return weight_g


def _require_on_scale(entry: Entry, weight_g: int) -> None:
    if weight_g > entry.site.scale_limit_g:
        raise ValidationError(
            _("This is more than the scale can weigh at once."), code="above_scale_limit"
        )


def _method(line: Line) -> Method:
    if line.weight_g is None and line.gross_g is None:
        return Method.UNIT_AVERAGE
    if line.is_estimated:
        return Method.ESTIMATED
    return Method.WEIGHED if line.container is None else Method.NET_OF_TARE


def _write_weighings(intake: Intake, lines: Sequence[Line]) -> None:
    rows = [
        (intake.pk, flow.pk, line.gross_g, line.container and line.container.pk)
        for flow, line in zip(intake.movement.lines, lines, strict=True)
    ]
    insert(Weighing, ("intake_id", "flow_id", "gross_g", "container_id"), rows)
