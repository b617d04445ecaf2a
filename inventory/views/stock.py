"""Stock: what is where; what was there on day one; what is carried from place to place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from inventory import services
from inventory.forms.choices import Offer
from inventory.forms.entries import ActForm, BaseLines
from inventory.forms.stock import MoveForm, MoveLines, OpeningLines
from inventory.ledger import Entry
from inventory.models import UNSORTED, Balance, Category, Item, Movement, Place, Verb
from inventory.views.acts import LinesPage, asked, chosen_site, items_of, sites_of
from organisation.doors import page
from organisation.models import Site
from organisation.permissions import CallerRequest

BULK, LABELLED = "bulk", "items"
ACTS = ("count", "settle", "move", "open_stock", "collect", "sort", "transfer")


@dataclass(slots=True)
class Row:
    """A line of the stock table: grams per column, labelled items, of a top or below it."""

    category: Category | None
    is_top: bool
    below_g: int = 0  # in bulk, where that is less than nothing
    columns: Sequence[Any] = ()
    cells: dict[Any, int] = field(default_factory=dict)
    items: int = 0
    oldest: date | None = None

    def add(self, column: Any, weight_g: int, items: int) -> None:
        self.cells[column] = self.cells.get(column, 0) + weight_g
        self.items += items

    @property
    def listed(self) -> list[int]:
        return [self.cells.get(column, 0) for column in self.columns]

    @property
    def weight_g(self) -> int:
        return sum(self.cells.values())


@page("read_stock")
@require_safe
def stock(request: CallerRequest) -> HttpResponse:
    """What is where, bulk and items, per place and category."""
    site = chosen_site(request)
    sites = sites_of(request)
    offer = Offer(site)
    place = _chosen_place(request, offer)
    balances = list(Balance.objects.shown(site, place))
    used = {balance.account.place_id for balance in balances}
    places = [p for p in offer.places.values() if p.pk in used] if len(used) > 1 else []
    parts = [BULK, LABELLED] if any(b.account.holds_items for b in balances) else []
    columns: list[Any] = [p.pk for p in places] or parts
    below = Balance.objects.negative_tops(site)
    negatives = Category.objects.in_bulk(below)
    rows = _rows(balances, columns, below)
    _tell_age(rows, site, place)
    by_site = Balance.objects.per_site(sites)
    context = {
        "site": site,
        "sites": [(other, by_site.get(other.pk, 0)) for other in sites],
        "site_g": by_site.get(site.pk, 0),
        "offer": offer,
        "place": place,
        "columns": [p.name for p in places],
        "has_parts": columns == [BULK, LABELLED],
        "rows": rows,
        "total": _total(rows, columns),
        "negatives": [(negatives[pk], weight_g) for pk, weight_g in below.items()],
        "unsorted_g": sum(b.weight_g for b in balances if b.category.code == UNSORTED),
        "may": {act: request.user.may(act, site) for act in ACTS},
    }
    return render(request, "inventory/stock.html", context)


def _rows(balances: Iterable[Balance], columns: list[Any], below: dict[int, int]) -> list[Row]:
    """Tops in their order, each followed by what is below it where that says more."""
    tops: dict[int, Row] = {}
    under: dict[int, dict[int, Row]] = {}
    for balance in balances:
        category, account = balance.category, balance.account
        top = category.top or category
        column: Any = LABELLED if account.holds_items else BULK
        if column not in columns:
            column = account.place_id
        whole = tops.setdefault(top.pk, Row(top, True, below.get(top.pk, 0), columns))
        parts = under.setdefault(top.pk, {})
        part = parts.setdefault(category.pk, Row(category, False, columns=columns))
        for row in (whole, part):
            row.add(column, balance.weight_g, balance.units if account.holds_items else 0)
    rows: list[Row] = []
    for pk, row in sorted(tops.items(), key=lambda pair: _order(pair[1])):
        rows += [row, *(sorted(under[pk].values(), key=_order) if set(under[pk]) != {pk} else [])]
    return rows


def _tell_age(rows: list[Row], site: Site, place: Place | None) -> None:
    """Give each row the day since which its oldest labelled object has been there."""
    if not any(row.items for row in rows):
        return
    here = Item.objects.in_stock([site])
    oldest = (here.filter(account__place=place) if place else here).oldest()
    for row in rows:
        row.oldest = oldest.get(row.category.pk) if row.category else None


def _total(rows: list[Row], columns: list[Any]) -> Row:
    total = Row(None, is_top=True, columns=columns)
    for row in rows:
        for column, weight_g in row.cells.items():
            total.add(column, weight_g if row.is_top else 0, 0)
        total.items += row.items if row.is_top else 0
    return total


def _order(row: Row) -> tuple[bool, int, str]:
    category = row.category
    assert category is not None  # noqa: S101 (only the total has none)
    return category.parent_id is not None, category.position, category.code


def _chosen_place(request: CallerRequest, offer: Offer) -> Place | None:
    """The place of ``?place=``, if the site has it. Raises Http404."""
    code = request.GET.get("place", "")
    if code and code not in offer.places:
        raise Http404
    return offer.places.get(code)


def _open_stock(entry: Entry, form: ActForm, lines: BaseLines) -> Movement:
    return services.open_stock(entry=entry, lines=lines.stock_lines())


def _move(entry: Entry, form: ActForm, lines: BaseLines) -> Movement:
    to_place = form.cleaned_data["to_place"]
    everything = [*lines.stock_lines(), *items_of(form)]
    return services.move(entry=entry, to_place=to_place, lines=everything)


OPEN = LinesPage(ActForm, OpeningLines, "inventory/open_stock.html", Verb.OPEN, _open_stock)
MOVE = LinesPage(MoveForm, MoveLines, "inventory/move.html", Verb.MOVE, _move)


@page("open_stock")
@require_http_methods(["GET", "HEAD", "POST"])
def open_stock(request: CallerRequest) -> HttpResponse:
    """What was there on day one."""
    return OPEN.answer(request, Offer(chosen_site(request)), sites=sites_of(request))


@page("move")
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: CallerRequest) -> HttpResponse:
    """Carry bulk and objects from one place of the site to another."""
    offer = Offer(chosen_site(request))
    if not offer.places:
        raise Http404
    sites = [site for site in sites_of(request) if site.tracks_places]
    return MOVE.answer(request, offer, initial=asked(request, "items", "to_place"), sites=sites)
