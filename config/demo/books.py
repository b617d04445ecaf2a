"""The books: what lay there on day one, the month's balance, months closed."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from collection import services as gate
from collection.services import Arrival
from config.demo.arrivals import counted
from config.demo.days import MARK, Day, submitted
from config.demo.goods import SETTLED, SHELF_KG, STREAMS, UNITS
from config.demo.structure import SHOP
from inventory import services
from inventory.models import Verb
from inventory.months import add_months, month_of, span
from inventory.services import StockLine
from organisation.models import Site, User
from reporting.months import closes_from
from reporting.services import close_month

LEFT = 0.3  # of what the books hold, a bit less than a third is still there when it is counted


def open_doors(day: Day, at: datetime, dice: Random) -> None:
    """Day one: weeks of stock on the floor, full shelves, and a first box of each, counted."""
    lines = [
        StockLine(day.world.categories[code], _opening_g(day, code), is_estimated=code == "DIV")
        for code in STREAMS
    ]
    lines += [day.line(code, int(kg * 900 * day.size), SHOP) for code, kg in SHELF_KG.items()]
    entry = day.entry(Verb.OPEN, at - timedelta(minutes=30), "responsable")
    services.open_stock(entry=entry, lines=lines)
    gate.record_intake(
        entry=day.entry(Verb.COLLECT, at),
        arrival=Arrival(day.world.modes["drop_off"], day.world.origins[0]),
        lines=[counted(day, code, 12, dice) for code in UNITS],
    )


def _opening_g(day: Day, code: str) -> int:
    stream = STREAMS[code]
    return int(stream.often * stream.usual_g * day.size * 20 / 100) * 100


def settle(day: Day, at: datetime, dice: Random) -> None:
    """Last month's balance of what is sold unweighed: a third is still on the shelves."""
    on = day.date.replace(day=1) - timedelta(days=1)
    if month_of(on) <= (day.site.books_closed_through or 0):
        return
    books = services.bulk_at_end_of(day.site, on)
    closing_g = {}
    for top in SETTLED:
        category = day.world.categories[top]
        below = {c.pk for c in day.world.categories.values() if c.code.partition(".")[0] == top}
        held_g = sum(grams for (_account, pk), grams in books.items() if pk in below)
        closing_g[category] = max(int(held_g * LEFT / 100) * 100, 0)
    entry = day.entry(Verb.SETTLE, at, "responsable")
    services.settle(entry=entry, on=on, closing_g=closing_g)
    day.look_again()


def close_months(sites: Iterable[Site], author: User, start: date, today: date) -> None:
    """All months are closed but this one and the last, which leaves something to close."""
    last = add_months(month_of(today), -2)
    for site in sites:
        site.refresh_from_db()
        closed = site.books_closed_through
        first = add_months(closed, 1) if closed else month_of(start)
        for month in span(first, last):
            if closes_from(site, month) <= timezone.now():
                _close(site, author, month)


def _close(site: Site, author: User, month: int) -> None:
    name = f"{MARK}closing/{site.code}/{month}"
    close_month(
        site=site,
        month=month,
        author=author,
        submission=submitted(site.organisation, name, f"{MARK}closing"),
        accepts_negative=True,
    )
