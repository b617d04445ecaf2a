"""A shop through the months: its tills opened, sold at and closed at any moment."""

from datetime import UTC, datetime

import time_machine

from sales.models import Method, Till
from sales.services import Count, Paid, close_session, open_session, record_sale
from tests.sales.conftest import mob
from tests.tills import till_entry


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 11, tzinfo=UTC)


class Shop:
    """``shop.day("C1", noon(2026, 1, 5), 700)``: opened, 7 € taken, counted and closed."""

    def __init__(self, site):
        self.site = site

    def till(self, code):
        found, _new = Till.objects.get_or_create(
            organisation=self.site.organisation,
            code=code,
            defaults={"site": self.site, "name": f"Caisse {code[1:]}"},
        )
        return found

    def open(self, code, at):
        with time_machine.travel(at, tick=False):
            entry = till_entry(self.site, at)
            return open_session(entry=entry, till=self.till(code), float_cents=10_000)

    def sell(self, code, at, cents, method=Method.CASH):
        with time_machine.travel(at, tick=False):
            return record_sale(
                entry=till_entry(self.site, at),
                till=self.till(code),
                lines=[mob(cents, weight_g=500)],
                payments=[Paid(method, cents)],
            )

    def close(self, code, at):
        with time_machine.travel(at, tick=False):
            entry = till_entry(self.site, at)
            return close_session(entry=entry, till=self.till(code), count=Count({10_000: 1}))

    def day(self, code, at, cents, method=Method.CASH):
        self.open(code, at)
        self.sell(code, at, cents, method)
        return self.close(code, at)
