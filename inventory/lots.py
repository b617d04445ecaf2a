"""What waits to be sorted at a site: its heaps, and the latest arrivals they were made of."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from inventory.models import Flow, Item, Kind, Verb
from organisation.models import Site

SORTINGS = "/api/v1/inventory/sortings"
LATEST = 40  # lines of arrivals: more than a screen shows


def brought(site: Site, day: date) -> Iterator[dict[str, Any]]:
    """Lines of the day's arrivals that lie in bulk, newest first, less what wears a label."""
    rows = Flow.objects.on_days(day, day).filter(
        movement__site=site,
        movement__verb=Verb.COLLECT,
        movement__reversed_by=None,
    )
    rows = rows.select_related("movement", "to_account__place", "to_category")
    lines = [(name, flow) for name, flow in _named(rows.order_by("movement", "pk"))]
    latest = [(name, flow) for name, flow in lines if flow.to_account.kind == Kind.STOCK]
    latest = latest[: -LATEST - 1 : -1]
    labelled_g = Item.objects.all().labelled_from([flow for _name, flow in latest])
    for name, flow in latest:
        if left_g := flow.weight_g - labelled_g.get(flow.pk, 0):
            yield {**_place_and_kind(flow), "weight_g": left_g, "line": name}


def _named(flows: Any) -> Iterator[tuple[str, Flow]]:
    """Each line under its name: its document's number and its place in it."""
    movement, position = None, 0
    for flow in flows:
        position = position + 1 if flow.movement_id == movement else 1
        movement = flow.movement_id
        yield f"{flow.movement.number}.{position}", flow


def _place_and_kind(flow: Flow) -> dict[str, Any]:
    assert flow.to_account.place is not None  # noqa: S101 (a stock account has one: a constraint)
    return {
        "place": flow.to_account.place.code,
        "category": flow.to_category.code,
        "name": flow.to_category.name,
        "number": flow.movement.number,
        "at": flow.movement.occurred_at.isoformat(),
    }


def sorted_g(site: Site, day: date) -> int:
    """Grams of the day that sorting or a label made something of; each gram counts once."""
    rows = Flow.objects.on_days(day, day).filter(movement__site=site)
    rows = rows.filter(movement__reverses=None, movement__reversed_by=None)
    made = rows.filter(movement__verb__in=(Verb.SORT, Verb.LABEL))
    left = rows.filter(movement__submission__endpoint=SORTINGS).exclude(movement__verb=Verb.SORT)
    fields = ("movement__submission", "to_account", "to_category", "weight_g")
    stayed = list(made.values_list(*fields))
    became = {(act, account, category) for act, account, category, _g in stayed}
    fields = ("movement__submission", "from_account", "from_category", "weight_g")
    gone = [(tuple(what), weight_g) for *what, weight_g in left.values_list(*fields)]
    gone_g = [weight_g for what, weight_g in gone if what not in became]
    return sum([weight_g for *_what, weight_g in stayed] + gone_g)
