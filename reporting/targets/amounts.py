"""Amounts of indicators as people type and read them: tonnes, percent, euros, counts."""

import re
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.units import NO_BREAK
from reporting.indicators import Unit
from reporting.printing import unit_for

NUMBER = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{0,6})?")
MOST = 10**15  # beyond any of our figures, far inside 64 bits


class Scale(NamedTuple):
    """A unit as people know it, and how many decimals of it are kept."""

    word: Any
    decimals: int
    shown: int
    is_mass: bool = False
    is_flow: bool = False  # grows through the year, so that a part of the year is due a part

    def parse(self, text: str) -> int:
        """The amount that was typed. Raises ValidationError ``bad_amount``, ``too_precise``."""
        plain = re.sub(r"[\s\u00a0\u202f]", "", text)
        if not NUMBER.fullmatch(plain):
            raise ValidationError(_("Write a number, such as 12,5."), code="bad_amount")
        amount = Decimal(plain.replace(",", ".").rstrip(".")).scaleb(self.decimals)
        if amount != int(amount):
            raise ValidationError(_("These are too many decimals."), code="too_precise")
        if amount > MOST:
            raise ValidationError(_("This number is too large."), code="bad_amount")
        return int(amount)

    def typed(self, amount: int) -> str:
        """What ``parse`` would take for it."""
        whole = Decimal(amount).scaleb(-self.decimals)
        text = f"{whole:f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")

    def write(self, amount: int, *beside: int) -> str:
        """As it is read, with its unit; masses in the one that suits those beside it too."""
        if self.is_mass:
            return unit_for([amount, *beside]).say(amount)
        number = Decimal(amount).scaleb(-self.decimals)
        text = number_format(number, self.shown, force_grouping=True)
        return f"{text}{NO_BREAK}{self.word}" if self.word else text

    def write_gap(self, amount: int, *beside: int) -> str:
        """A difference: of two percentages, points."""
        if self.word != "%":
            return self.write(amount, *beside)
        number = number_format(Decimal(amount).scaleb(-self.decimals), self.shown)
        return _("%(number)s points") % {"number": number}


SCALES = {
    Unit.GRAMS: Scale("t", 6, 2, is_mass=True, is_flow=True),
    Unit.GRAMS_PER_HEAD: Scale(gettext_lazy("kg per inhabitant"), 3, 1, is_flow=True),
    Unit.PERCENT: Scale("%", 1, 1),
    Unit.HUNDREDTHS: Scale("%", 0, 0),
    Unit.CENTS: Scale("€", 2, 2, is_flow=True),
    Unit.CENTS_PER_KG: Scale(gettext_lazy("€ per kg"), 2, 2),
    Unit.COUNT: Scale("", 0, 0, is_flow=True),
    Unit.DAYS: Scale(gettext_lazy("days"), 0, 0),
    Unit.MINUTES: Scale(gettext_lazy("minutes"), 0, 0),
    Unit.FTE: Scale(gettext_lazy("FTE"), 2, 2),
    Unit.FTE_PER_KT: Scale(gettext_lazy("FTE per 1,000 t"), 2, 2),
    Unit.GRAMS_CO2E: Scale("t CO₂e", 6, 2, is_flow=True),
}


def scale_of(unit: Unit) -> Scale:
    return SCALES.get(unit, Scale(unit.value, 0, 0))
