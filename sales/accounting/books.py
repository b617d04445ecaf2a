"""The books of some sites and days: what their pages and files are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from organisation.models import Organisation, Site
from sales.accounting.days import Day, closed_days, numbers_of, unclosed
from sales.accounting.entries import BookEntry, entry_of
from sales.accounting.fec import fec, file_name
from sales.accounting.plan import Account, Plan
from sales.journal.periods import accounting_year
from sales.models import ShopSettings, TillSession


@dataclass(frozen=True)
class Books:
    """Some sites of a structure, between two business days."""

    organisation: Organisation
    sites: Sequence[Site]
    start: date
    end: date

    @cached_property
    def plan(self) -> Plan:
        return Plan.of(self.organisation)

    @cached_property
    def days(self) -> list[Day]:
        return closed_days(self.sites, self.start, self.end)

    @cached_property
    def entries(self) -> list[BookEntry]:
        """In the order their sessions were closed, numbered over each accounting year."""
        numbers = self._numbers()
        booked = (day for day in self.days if day.says_something)
        return [entry_of(day, self.plan, numbers[day.key]) for day in booked]

    def _numbers(self) -> dict[int, int]:
        years = {self._year(day.on) for day in self.days}
        found: dict[int, int] = {}
        for start, end in years:
            found |= numbers_of(self.organisation, start, end)
        return found

    def _year(self, day: date) -> tuple[date, date]:
        return accounting_year(day, self._settings.year_starts_month)

    @cached_property
    def _settings(self) -> ShopSettings:
        return ShopSettings.objects.of(self.organisation)

    @cached_property
    def unclosed(self) -> list[TillSession]:
        return unclosed(self.sites, self.start, self.end)

    @cached_property
    def balance(self) -> list[tuple[Account, int, int]]:
        """Each account, its debits and its credits."""
        sums: dict[Account, list[int]] = {}
        for line in (line for entry in self.entries for line in entry.lines):
            row = sums.setdefault(line.account, [0, 0])
            row[0] += line.debit_cents
            row[1] += line.credit_cents
        return [(account, sums[account][0], sums[account][1]) for account in sorted(sums)]

    @property
    def total_cents(self) -> int:
        return sum(entry.total_cents for entry in self.entries)

    def fec(self) -> bytes:
        return fec(self.entries, self.plan)

    @property
    def fec_name(self) -> str:
        """Of the day that the accounting year ends, where all of it is asked for."""
        return file_name(self.organisation, self.end)
