"""What a month or a year of a site's tills comes to, from the closings that it is made of.

The same functions write the closing of a period and, later, prove it: a month is the sum of the
closings of its days by their numbers, from the one after those of the month before; a year is the
sum of its months.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date
from typing import Any

from inventory.months import add_months, first_day, month_of
from inventory.months import last_day as last_of_month
from sales.models import Chain, JournalEntry, Kind, PeriodClosing

Data = dict[str, Any]

COUNTS = (
    "days",
    "missed",
    "tickets",
    "refunds",
    "sales_cents",
    "refunds_cents",
    "discounts_cents",
    "total_cents",
    "in_cents",
    "out_cents",
    "gap_cents",
)
TABLES = ("methods", "natures", "categories", "vat")
RUNNING = ("year_cents", "perpetual_cents", "perpetual_abs_cents")


def year_start(day: date, starts_month: int) -> date:
    """The first day of the accounting year of ``day``, for years that begin in ``starts_month``."""
    month = month_of(day)
    return first_day(add_months(month, -((month % 100 - starts_month) % 12)))


def accounting_year(day: date, starts_month: int) -> tuple[date, date]:
    """The first and the last day of the accounting year of ``day``."""
    first = year_start(day, starts_month)
    return first, last_of_month(add_months(month_of(first), 11))


def ends_year(month: int, starts_month: int) -> bool:
    """Whether an accounting year ends with ``month`` (YYYYMM)."""
    return add_months(month, 1) % 100 == starts_month


def period_data(closing: PeriodClosing, using: str = "default") -> Data:
    """What the closing of a period says."""
    return (_year if closing.is_year else _month)(closing, using)


def _month(closing: PeriodClosing, using: str) -> Data:
    before = PeriodClosing.objects.using(using).before(closing)
    known = told_by(before, using)["tills"] if before else {}
    is_new_year = (
        before is not None and _years(closing, using).filter(last_day=before.last_day).exists()
    )
    tills = {}
    for code, chain in _chains(closing, using):
        last = known.get(code)
        days = list(_days(chain, last["last_seq"] if last else 0, closing.last_day, using))
        if days or last:
            tills[code] = _till(chain, days, last, is_new_year=is_new_year)
    return {**_named(closing, before), "tills": tills, **add_up(tills.values(), also=RUNNING)}


def _year(closing: PeriodClosing, using: str) -> Data:
    before = PeriodClosing.objects.using(using).before(closing)
    rows = PeriodClosing.objects.using(using).months().filter(site=closing.site_id)
    rows = rows.filter(last_day__lte=closing.last_day)
    if before:
        rows = rows.filter(last_day__gt=before.last_day)
    months = [_event(row.event_id, using) for row in rows]
    told = [body["data"] for _event_of, body in months]
    last = told[-1]["tills"]
    tills = {
        code: {
            **add_up(month["tills"][code] for month in told if code in month["tills"]),
            # as they stood at the end of the last month
            **{name: last[code][name] for name in RUNNING},
        }
        for code in last
    }
    closings = [[event.chain_id, event.seq, event.hash] for event, _body in months]
    sums = add_up(tills.values(), also=RUNNING)
    return {**_named(closing, before), "closings": closings, "tills": tills, **sums}


def _named(closing: PeriodClosing, before: PeriodClosing | None) -> Data:
    return {
        "first_day": closing.first_day.isoformat(),
        "last_day": closing.last_day.isoformat(),
        "closed_at": closing.closed_at.astimezone(UTC).isoformat(),
        "by": closing.author_id,
        "before_hash": before.event.hash if before else None,
    }


def _years(closing: PeriodClosing, using: str) -> Any:
    return PeriodClosing.objects.using(using).years().filter(site=closing.site_id)


def _chains(closing: PeriodClosing, using: str) -> Iterable[tuple[str, Chain]]:
    """Till's code → its chain; what was sold to learn the till is on another."""
    rows = Chain.objects.using(using).filter(site=closing.site_id, till__isnull=False)
    for chain in rows.select_related("till").order_by("name"):
        if chain.till and chain.name.endswith(f"/{chain.till.code}"):
            yield chain.till.code, chain


def _days(
    chain: Chain, after: int, last_day: date, using: str
) -> Iterable[tuple[JournalEntry, Data]]:
    """The closings of a till that are in no month yet, up to a day."""
    rows = JournalEntry.objects.using(using).raw_bodies()
    rows = rows.filter(chain=chain.name, kind=Kind.CLOSE_DAY, seq__gt=after).order_by("seq")
    for event in rows.iterator(100):
        body = json.loads(bytes(event.raw))
        if date.fromisoformat(body["business_date"]) > last_day:
            return
        yield event, body


def _till(
    chain: Chain, days: list[tuple[JournalEntry, Data]], last: Data | None, *, is_new_year: bool
) -> Data:
    """What a till comes to: the sum of its days, and its running totals at the end of them."""
    sums = add_up(_day(body["data"]) for _event_of, body in days)
    since_cents = last["year_cents"] if last and not is_new_year else 0
    end = days[-1][1] if days else last or {}
    return {
        **sums,
        "closings": [[chain.name, event.seq, event.hash] for event, _body in days],
        "last_seq": end["seq"] if days else end["last_seq"],
        "year_cents": since_cents + sums["total_cents"],
        "perpetual_cents": end["perpetual_cents"],
        "perpetual_abs_cents": end["perpetual_abs_cents"],
    }


def _day(told: Data) -> Data:
    counted = told["counted_cents"]
    gap_cents = 0 if counted is None else counted - told["expected_cents"]
    return {**told, "days": 1, "missed": int(told["missed"]), "gap_cents": gap_cents}


def add_up(parts: Iterable[Mapping[str, Any]], also: tuple[str, ...] = ()) -> Data:
    """The sums of closings, name by name: numbers, rows of numbers, and tables of either."""
    sums: Data = dict.fromkeys((*COUNTS, *also), 0) | {name: {} for name in TABLES}
    for part in parts:
        sums = {name: _plus(value, part.get(name)) for name, value in sums.items()}
    return sums


def _plus(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return one if other is None else other
    if isinstance(other, Mapping):
        return {**one, **{key: _plus(one.get(key), value) for key, value in other.items()}}
    if isinstance(other, list):
        return [_plus(*pair) for pair in zip(one, other, strict=True)]
    return one + other


def _event(key: int, using: str) -> tuple[JournalEntry, Data]:
    event = JournalEntry.objects.using(using).raw_bodies().get(pk=key)
    return event, json.loads(bytes(event.raw))


def told_by(closing: PeriodClosing, using: str = "default") -> Data:
    """What the event of a closing says, from its bytes."""
    told: Data = _event(closing.event_id, using)[1]["data"]
    return told
