"""Quarters of a year, as éco-organismes count."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from inventory.months import first_day, last_day
from reporting.periods import Period

CODE = re.compile(r"(20[0-9]{2})-Q([1-4])")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year: ``2026-Q1`` to people and files, 20261 in the database."""

    year: int
    number: int

    @classmethod
    def read(cls, code: str) -> Self:
        """Read ``2026-Q1``. Raises ValidationError ``bad_quarter``."""
        found = CODE.fullmatch(code)
        if found is None:
            raise ValidationError(_("Write a quarter such as 2026-Q1."), code="bad_quarter")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of_key(cls, key: int) -> Self:
        return cls(*divmod(key, 10))

    @classmethod
    def of_day(cls, day: date) -> Self:
        return cls(day.year, (day.month + 2) // 3)

    @property
    def key(self) -> int:
        return self.year * 10 + self.number

    @property
    def code(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def period(self) -> Period:
        month = self.year * 100 + self.number * 3
        return Period(first_day(month - 2), last_day(month))

    @property
    def before(self) -> "Quarter":
        first = self.number == 1
        return Quarter(self.year - first, 4 if first else self.number - 1)

    def __str__(self) -> str:
        names = {1: _("1st quarter"), 2: _("2nd quarter"), 3: _("3rd quarter"), 4: _("4th quarter")}
        return f"{names[self.number]} {self.year}"
