"""Rows of the cube and flows as they are read: where from, where to, of what, known how."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from inventory.models import Account, Category, Flow, Item, Kind, Method
from inventory.models.ledger import EXITS
from inventory.months import first_day
from inventory.trace import in_words
from reporting.listing import Leaf, Listing, Row
from reporting.listing.listing import ENDS

Address = Callable[[str], str]


class CubeRow(NamedTuple):
    """What moved in a month from one account and category to another, and the grams it adds."""

    first_day: date
    start: str
    end: str
    what: str
    method: str
    grams: int
    units: int
    href: str


class Line(NamedTuple):
    """A flow of a document, and the grams that it adds."""

    day: date
    number: str
    verb: str
    href: str
    start: str
    end: str
    what: str
    origin: str
    code: str
    code_href: str
    method: str
    grams: int
    units: int
    corrects: "Link"
    corrected_by: "Link"


class Link(NamedTuple):
    """The number of a document, and its page where the reader may open it."""

    number: str = ""
    href: str = ""


@dataclass(frozen=True)
class Writer:
    """Writes for one reader: ``to_row``, ``to_document`` and ``to_item`` say what opens.

    Discreetly, it is not told who was given something.
    """

    listing: Listing
    to_row: Address
    to_document: Callable[[Any], str]
    to_item: Address
    is_discreet: bool = False

    def cube_rows(self, leaf: Leaf) -> list[CubeRow]:
        """The rows of a page, whose names are read at once."""
        cells = [cell for cell, _grams in leaf.rows]
        ends = {key for cell in cells for key in (cell.from_account_id, cell.to_account_id)}
        sorts = {key for cell in cells for key in (cell.from_category_id, cell.to_category_id)}
        accounts = Account.objects.using("report").select_related(*ENDS).in_bulk(ends)
        categories = Category.objects.using("report").in_bulk(sorts)
        return [self._cube_row(cell, grams, accounts, categories) for cell, grams in leaf.rows]

    def lines(self, leaf: Leaf, organisation_id: int | None) -> list[Line]:
        """The flows of a page; codes are those of the reader's structure."""
        keys = [flow.item_id for flow, _grams in leaf.rows if flow.item_id]
        codes = Item.objects.codes_of(keys, organisation_id) if keys else {}
        return [self.line(flow, grams, codes) for flow, grams in leaf.rows]

    def line(self, flow: Flow, grams: int, codes: dict[int, str]) -> Line:
        movement, code = flow.movement, codes.get(flow.item_id or 0, "")
        return Line(
            day=movement.business_date,
            number=movement.number,
            verb=movement.get_verb_display(),
            href=self.to_document(movement),
            start=self.spot(flow.from_account),
            end=self.spot(flow.to_account),
            what=_sort_of(flow.from_category, flow.to_category),
            origin=flow.origin.name if flow.origin else "",
            code=code,
            code_href=self.to_item(code) if code else "",
            method=flow.get_method_display(),
            grams=grams,
            units=flow.units,
            corrects=self.link(movement.reverses),
            corrected_by=self.link(getattr(movement, "reversed_by", None)),
        )

    def link(self, movement: Any) -> Link:
        """Another document; nothing where the reader may not know of it."""
        href = self.to_document(movement) if movement else ""
        return Link(movement.number, href) if href else Link()

    def spot(self, account: Account) -> str:
        """Where grams come from or go to; of several sites, at which."""
        words = _in_words(account, is_discreet=self.is_discreet)
        if len(self.listing.scope.sites) > 1 and account.kind != Kind.TRANSIT:
            return f"{account.site.name}, {words}"
        return words

    def _cube_row(
        self, cell: Any, grams: int, accounts: dict[int, Account], sorts: dict[int, Category]
    ) -> CubeRow:
        sign = 1 if grams >= 0 else -1
        return CubeRow(
            first_day=first_day(cell.month),
            start=self.spot(accounts[cell.from_account_id]),
            end=self.spot(accounts[cell.to_account_id]),
            what=_sort_of(sorts[cell.from_category_id], sorts[cell.to_category_id]),
            method=str(Method(cell.method).label),
            grams=grams,
            units=sign * cell.pieces,
            href=self.to_row(Row.of(cell).name),
        )


def _sort_of(before: Category, after: Category) -> str:
    return before.name if before == after else f"{before.name} → {after.name}"


def _in_words(account: Account, *, is_discreet: bool) -> str:
    """As elsewhere; and what was sold is told from what was given."""
    if account.kind == Kind.STOCK and account.holds_items:
        return _("%(place)s, labelled") % {"place": in_words(account)}
    if account.kind in EXITS and account.reason:
        return f"{capfirst(account.get_kind_display())}, {account.reason_label}"
    is_gift = account.kind == Kind.REUSE and account.partner_id is not None
    if is_discreet and is_gift:
        return _("Reuse, given")
    return in_words(account)
