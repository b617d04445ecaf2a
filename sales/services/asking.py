"""What a till is asked to sell: lines, money, and what concerns the whole ticket."""

from dataclasses import dataclass
from datetime import date

from inventory.models import Category, Item
from sales.models import Method, Nature, PriceKey, PriceMode, Voucher
from sales.reductions import Discount


@dataclass(frozen=True, slots=True)
class SoldAs:
    """How a tablet that holds a till sold a line: nothing about it is refused any more.

    ``mode``: how the key was priced then. ``is_unknown``: the label it names means nothing here,
    the category is the tablet's.
    """

    label: str = ""
    mode: PriceMode | None = None
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line as it is asked for: one item, or so many of a category or of a key of the grid.

    What is no object is of another ``nature``. ``price_cents`` is of one, of the whole where it
    ``is_lot``, or of a kilogram; without it, the item's own or the key's. ``weight_g`` is of the
    whole line; ``dot`` the colour that it wears.
    """

    item: Item | None = None
    category: Category | None = None
    key: PriceKey | None = None
    nature: Nature = Nature.GOODS
    quantity: int = 1
    price_cents: int | None = None
    is_lot: bool = False
    weight_g: int | None = None
    is_from_scale: bool = False
    discount: Discount | None = None
    dot: str = ""
    aside: Item | None = None  # what a deposit is for
    until: date | None = None  # how long a deposit or a voucher lasts
    sold_as: SoldAs | None = None

    @property
    def what(self) -> Category | None:
        """What is sold: the item's category, the key's, or the one that was named."""
        if self.item is not None:
            return self.item.category
        return self.key.category if self.key is not None else self.category

    @property
    def kind(self) -> Nature:
        return Nature(self.key.nature) if self.key is not None else self.nature

    @property
    def mode(self) -> PriceMode:
        """How it is priced: a key says how, an item's price may be typed over."""
        if self.key is not None:
            mode = (self.sold_as and self.sold_as.mode) or PriceMode(self.key.mode)
            is_over = mode == PriceMode.FIXED and self._is_changed(self.key)
            return PriceMode.TYPED if is_over else mode
        is_known = self.item is not None and not self._is_changed(self.item)
        return PriceMode.FIXED if is_known else PriceMode.TYPED

    def _is_changed(self, priced: Item | PriceKey) -> bool:
        return self.price_cents not in (None, priced.price_cents)


@dataclass(frozen=True, slots=True)
class Paid:
    """Money on the counter."""

    method: Method
    amount_cents: int
    voucher: Voucher | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """What concerns a ticket as a whole: what is taken off all of it."""

    discount: Discount | None = None


NOTHING_ELSE = Whole()
