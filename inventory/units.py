"""Grams ↔ kilograms and tonnes, cents ↔ euros: the only place where figures change unit."""

import re
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

NO_BREAK = "\u00a0"
MINUS = "\u2212"
_SPACE = r"[ \u00a0\u202f]"
# Spaces stand between thousands only: "12 5" may be 12,5 or 125, and is neither.
_WHOLE = rf"(?:[0-9]{{1,9}}|[0-9]{{1,3}}(?:{_SPACE}[0-9]{{3}}){{1,2}})"
_KG = re.compile(_WHOLE + r"(?:[.,][0-9]{0,3})?")
_EUROS = re.compile(_WHOLE + r"(?:[.,][0-9]{0,2})?")


def parse_kg(text: str) -> int:
    """Return grams for ``"12,5"`` or ``"1 250.5 kg"``. Raises ValidationError ``bad_weight``."""
    plain = text.strip().removesuffix("kg").strip()
    if not _KG.fullmatch(plain):
        raise ValidationError(_("Write a weight in kilograms, such as 12,5."), code="bad_weight")
    return int(_decimal(plain) * 1000)


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


def parse_euros(text: str) -> int:
    """Return cents for ``"1 234,50"`` or ``"12.5 €"``. Raises ValidationError ``bad_price``."""
    plain = text.strip().removesuffix("€").strip()
    if not _EUROS.fullmatch(plain):
        raise ValidationError(_("Write a price in euros, such as 12,50."), code="bad_price")
    return int(_decimal(plain) * 100)


def _decimal(plain: str) -> Decimal:
    return Decimal(re.sub(_SPACE, "", plain).replace(",", ".").rstrip("."))


def exact_euros(cents: int) -> str:
    """Return euros as columns of a ticket print them, without unit: ``8,00``, ``1 234,50``."""
    return _grouped(Decimal(cents) / 100, 2)


def _grouped(value: Decimal, decimals: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    whole, _dot, fraction = f"{abs(rounded):,.{decimals}f}".partition(".")
    sign = MINUS if rounded < 0 else ""
    text = sign + whole.replace(",", NO_BREAK)
    return text + (get_format("DECIMAL_SEPARATOR") + fraction if fraction else "")
