"""What a report rests on: the highest movement, and a hash over the flows that it counted."""

import hashlib
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Max, QuerySet, Sum
from django.db.models.functions import Coalesce

from inventory.models import Category, Flow, Movement
from reporting import cube
from reporting.periods import Period
from reporting.scopes import Border, Scope

TOLD = (
    "pk",
    "movement__number",
    "movement__business_date",
    "from_account__key",
    "to_account__key",
    "from_category__code",
    "to_category__code",
    "item_id",
    "weight_g",
    "units",
    "method",
)
MOST_TOLD = 200
DOMAIN = b"tracerie/flows/1\n"


class Head(NamedTuple):
    """Where the ledger stood."""

    movement: int
    movements: int
    flows_hash: str


class Kept(NamedTuple):
    """What members of a network booked since on one day, of one top category: no more is told."""

    business_date: date
    category: str
    weight_g: int


def head(scope: Scope, period: Period) -> Head:
    """The ledger as it is now. Callers hold the transaction of ``report``."""
    found: Any = Movement.objects.using("report").aggregate(last=Max("pk"))
    last = int(found["last"] or 0)
    counted: Any = (
        flows(scope, period, last).order_by().aggregate(n=Count("movement", distinct=True))
    )
    return Head(last, counted["n"], flows_hash(scope, period, last))


def flows(scope: Scope, period: Period, last: int) -> QuerySet[Flow]:
    """The flows of a scope and period, up to a movement, in the order they were written."""
    rows = cube.flows(Border(scope), [period]).filter(movement__lte=last)
    return rows.order_by("pk")


def flows_hash(scope: Scope, period: Period, last: int) -> str:
    """SHA-256 over a line per flow, its facts apart by semicolons."""
    digest = hashlib.sha256(DOMAIN)
    for row in flows(scope, period, last).values_list(*TOLD).iterator(chunk_size=2000):
        digest.update((";".join("" if fact is None else str(fact) for fact in row) + "\n").encode())
    return digest.hexdigest()


def later(scope: Scope, period: Period, last: int) -> list[Movement]:
    """Movements booked since that count in the period, the first ``MOST_TOLD`` of them."""
    keys = _since(scope, period, last).order_by("movement").values_list("movement", flat=True)
    found = Movement.objects.using("report").filter(pk__in=list(keys.distinct()[:MOST_TOLD]))
    weighed = found.annotate(weight_g=Sum("flows__weight_g"))
    return list(weighed.select_related("site", "reverses").order_by("pk"))


def kept_later(scope: Scope, period: Period, last: int) -> list[Kept]:
    """The same of a network, whose members keep their documents, sites and partners."""
    top = Coalesce("from_category__top", "from_category")
    rows = _since(scope, period, last).annotate(top=top).order_by("movement__business_date", "top")
    sums = rows.values("movement__business_date", "top").annotate(grams=Sum("weight_g"))
    found = list(sums.values_list("movement__business_date", "top", "grams")[:MOST_TOLD])
    names = Category.objects.using("report").in_bulk([top for _day, top, _grams in found])
    return [Kept(day, names[top].name, grams) for day, top, grams in found]


def _since(scope: Scope, period: Period, last: int) -> QuerySet[Flow]:
    return cube.flows(Border(scope), [period]).filter(movement__gt=last)
