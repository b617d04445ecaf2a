"""Flows as CSV for French spreadsheets: ``;``, decimal comma, UTF-8 with its mark."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from inventory.models import Account, Flow, Kind
from organisation.papers.cells import kilograms, lines, neutral
from reporting.listing import LABELS, Listing


def flows_csv(listing: Listing) -> Iterator[str]:
    """Yield the lines of a CSV with one row per flow and figure: what is listed adds up to it."""
    yield from lines(_header(), _rows(listing))


def _rows(listing: Listing) -> Iterator[Iterable[str]]:
    with transaction.atomic(using="report"):
        for flow in listing.flows():
            for figure, grams in _shares(listing, flow):
                yield map(neutral, _row(flow, figure, grams))


def _header() -> list[str]:
    return [
        _("date"),
        _("document"),
        _("act"),
        _("site"),
        _("figure"),
        _("from"),
        _("to"),
        _("category code"),
        _("category"),
        _("origin"),
        _("weight (kg)"),
        _("units"),
        _("known by"),
        _("note"),
    ]


def _row(flow: Flow, figure: str, grams: int) -> Iterable[Any]:
    movement = flow.movement
    return [
        movement.business_date.isoformat(),
        movement.number,
        movement.get_verb_display(),
        movement.site.code,
        str(LABELS[figure]),
        _end(flow.from_account),
        _end(flow.to_account),
        flow.from_category.code,
        flow.from_category.name,
        flow.origin.name if flow.origin else "",
        kilograms(grams),
        flow.units,
        flow.get_method_display(),
        movement.note,
    ]


def _shares(listing: Listing, flow: Flow) -> Iterable[tuple[str, int]]:
    effects = listing.border.effects(flow.from_account_id, flow.to_account_id)
    return [(figure, sign * flow.weight_g) for figure, sign in effects]


def _end(account: Account) -> str:
    return account.place.name if account.kind == Kind.STOCK and account.place else str(account)
