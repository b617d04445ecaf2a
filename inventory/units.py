"""Grams ↔ kilograms and tonnes: the only place where weights change unit."""

import re
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

NO_BREAK = "\u00a0"
MINUS = "\u2212"
_KG = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{0,3})?")


def parse_kg(text: str) -> int:
    """Return grams for ``"12,5"`` or ``"12.5"`` kilograms.

    Raises ValidationError ``bad_weight``.
    """
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).removesuffix("kg")
    if not _KG.fullmatch(plain):
        raise ValidationError(_("Write a weight in kilograms, such as 12,5."), code="bad_weight")
    return int(Decimal(plain.replace(",", ".").rstrip(".")) * 1000)


def format_kg(weight_g: int, decimals: int = 1) -> str:
    """Return kilograms as people read them: ``1 234,5``, half up."""
    return _grouped(Decimal(weight_g) / 1000, decimals)


def exact_kg(weight_g: int) -> str:
    """Return kilograms to the gram, without idle zeros: ``11,5``, ``0,125``, ``2 000``."""
    return format_kg(weight_g, 3).rstrip("0").rstrip(",.")


def format_tonnes(weight_g: int, decimals: int = 2) -> str:
    """Return tonnes as reports print them: ``1 234,56``, half up."""
    return _grouped(Decimal(weight_g) / 1_000_000, decimals)


def format_euros(cents: int) -> str:
    """Return a price as labels print it, without idle zeros: ``8 €``, ``1 234,50 €``."""
    return _grouped(Decimal(cents) / 100, 2 if cents % 100 else 0) + NO_BREAK + "€"


def format_cents(cents: int) -> str:
    """Return euros as columns print them, to the cent and without their sign: ``1 234,50``."""
    return _grouped(Decimal(cents) / 100, 2)


def _grouped(value: Decimal, decimals: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    whole, _dot, fraction = f"{abs(rounded):,.{decimals}f}".partition(".")
    sign = MINUS if rounded < 0 else ""
    text = sign + whole.replace(",", NO_BREAK)
    return text + (get_format("DECIMAL_SEPARATOR") + fraction if fraction else "")
