"""The ticket under way: raw text in the fields of a form, carried from one post to the next.

Nothing of it is in the database. It is judged by ``sales.forms.checkout``.
"""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory import codes
from inventory.models import Category
from inventory.units import exact_euros
from sales.models import Method, Nature, PriceKey

KEPT = ("id", "method", "received", "seen", "show", "others", "off", "unit", "reason")
LINE = (
    "nature",
    "item",
    "category",
    "key",
    "quantity",
    "price",
    "lot",
    "weight",
    "off",
    "unit",
    "reason",
    "dot",
    "deposit",
    "until",
)
TYPED = ("price", "weight", "off", "reason")
PAYMENT = ("method", "amount", "voucher")
MOST_LINES = 80  # Django reads a thousand fields of a form at most
CLAIMED = 500  # what is posted beyond is not even read


class Slip:
    """What a till's form said, and what its buttons change of it."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.kept = {name: data.get(name, "") for name in KEPT}
        self.kept["id"] = self.kept["id"] if data else str(uuid4())
        self.kept["method"] = self.kept["method"] or Method.CASH.value
        self.kept["unit"] = self.kept["unit"] or "cents"
        self.lines = _rows(data, "lines", LINE)
        self.payments = _rows(data, "pays", PAYMENT)
        self.touched: int | None = None  # the line whose fields stay open
        self.refusal: ValidationError | None = None  # why the last button did nothing
        self.doubt: Any = ""  # what one should look at, though it was done

    def posted(self) -> dict[str, str]:
        """What a browser would post of it now."""
        return {
            **self.kept,
            **_fields("lines", self.lines),
            **_fields("pays", self.payments),
        }

    def codes(self) -> list[str]:
        """Codes of the objects on it."""
        return [line["item"] for line in self.lines if line["item"]]

    def stray_code(self) -> str:
        """A label that was scanned while another field was asked for; that one is emptied."""
        typed = [(line, name) for line in self.lines for name in TYPED]
        for where, name in ((self.kept, "received"), (self.kept, "off"), *typed):
            code = codes.normalise(where[name])
            is_word = name == "reason" and where[name].strip().isalpha()
            if codes.is_valid(code) and not is_word:
                where[name] = ""
                return code
        return ""

    def add_item(self, item: Any) -> None:
        """Raises ValidationError ``item_twice``."""
        if item.own_code in self.codes():
            raise ValidationError(
                _("%(item)s (%(code)s) is already on this ticket."),
                code="item_twice",
                params={"item": item, "code": item.own_code},
            )
        self._add(item=item.own_code, price=_text(item.price_cents))

    def add_key(self, key: PriceKey) -> None:
        """One more of a key of the grid: the same again counts on the same line."""
        new = _line(key=key.code, quantity="1", price=_text(key.price_cents))
        for line in self.lines if key.price_cents is not None else ():
            is_same = {**line, "quantity": "1", "unit": new["unit"]} == new
            if is_same and (count := _count(line["quantity"])):
                self.lines.remove(line)  # it is the newest again
                new["quantity"] = str(count + 1)
                break
        self._add(**new)

    def add_category(self, category: Category) -> None:
        """One of a category, at a price still to type."""
        self._add(category=category.code, quantity="1")

    def round_up(self, cents: int) -> None:
        """Make the customer's gift ``cents``: the change that they leave."""
        self.lines = [line for line in self.lines if line["nature"] != Nature.GIFT]
        self._add(nature=Nature.GIFT.value, quantity="1", price=_text(cents))

    def remove(self, number: int) -> None:
        del self.lines[number : number + 1]

    def step(self, number: int, by: int) -> None:
        """One more, or one less, of a line."""
        for line in self.lines[number : number + 1]:
            if count := _count(line["quantity"]):
                line["quantity"] = str(max(count + by, 1))
        self.touched = number

    def receive(self, cents: int | None) -> None:
        """Note an amount put on the counter; none: it is exact."""
        self.kept["received"] = _text(cents)

    def pay(self, method: str, cents: int, voucher: str = "") -> None:
        """Note one of several payments; the next is in cash until told otherwise.

        Raises ValidationError ``payment_of_nothing``.
        """
        require_money(cents)
        self.payments.append({"method": method, "amount": _text(cents), "voucher": voucher})
        self.kept |= {"method": Method.CASH.value, "received": ""}

    def take_back(self, number: int) -> None:
        """Forget one of several payments."""
        del self.payments[number : number + 1]

    def _add(self, **said: str) -> None:
        """Raises ValidationError ``too_many_lines``."""
        if len(self.lines) >= MOST_LINES:
            raise ValidationError(
                _("This ticket is full: take the money, and go on with another one."),
                code="too_many_lines",
            )
        self.lines.append(_line(**said))


def require_money(cents: int) -> int:
    """Raises ValidationError ``payment_of_nothing``."""
    if not cents:
        raise ValidationError(
            _("Type how much is paid this way: nothing is no payment."),
            code="payment_of_nothing",
        )
    return cents


def _line(**said: str) -> dict[str, str]:
    return {**dict.fromkeys(LINE, ""), "unit": "cents", **said}


def _count(text: str) -> int:
    """A number of a few digits; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _text(cents: int | None) -> str:
    return "" if cents is None else exact_euros(cents)


def _rows(data: Mapping[str, Any], prefix: str, names: tuple[str, ...]) -> list[dict[str, str]]:
    count = min(_count(data.get(f"{prefix}-TOTAL_FORMS", "")), CLAIMED)
    return [
        {name: data.get(f"{prefix}-{number}-{name}", "") for name in names}
        for number in range(count)
    ]


def _fields(prefix: str, rows: list[dict[str, str]]) -> dict[str, str]:
    """Rows as a form set reads them: an empty box is one that was not ticked."""
    fields = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        fields |= {f"{prefix}-{number}-{name}": text for name, text in row.items() if text}
    return fields
