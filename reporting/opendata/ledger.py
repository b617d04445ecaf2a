"""What is handed out, record by record: lists first, then what moved, then what the shops took.

Authors are numbers, counted anew in each file. Notes, titles, donors, buyers and the codes of
vouchers stay in the house. Rows are read one by one: a file may be longer than the memory.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import count
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils import timezone

from inventory.models import Account, Category, CollectionMode, Flow, Movement, Origin, Partner
from organisation.models import Organisation
from reporting import cube
from reporting.opendata.shop import TOGETHER, shop_records
from reporting.periods import Period
from reporting.scopes import Border, Scope

FORMAT = "tracerie/ledger/1"

Record = dict[str, Any]
MOVEMENT = (
    "number",
    "verb",
    "business_date",
    "occurred_at",
    "recorded_at",
    "author_id",
    "reverses__number",
)
FLOW = (
    "movement_id",
    "movement__number",
    "movement__business_date",
    "movement__verb",
    "from_account_id",
    "from_category_id",
    "to_account_id",
    "to_category_id",
    "origin_id",
    "code",
    "weight_g",
    "units",
    "method",
    "movement__reverses__number",
)


@dataclass(frozen=True)
class Ledger:
    """The books of some sites of a structure, between two business days."""

    organisation: Organisation
    scope: Scope
    period: Period

    @cached_property
    def border(self) -> Border:
        return Border(self.scope)

    @cached_property
    def accounts(self) -> dict[int, Account]:
        """The scope's own accounts, and the roads that lead to it."""
        links = ("site", "mode", "place", "to_site", "partner")
        rows = self.border.accounts.using("report").select_related(*links)
        return {row.pk: row for row in rows.order_by("key")}

    @cached_property
    def categories(self) -> dict[int, Category]:
        """Reference categories and the structure's own."""
        links = ("parent", "top", "epr_stream", "waste_code")
        rows = Category.objects.using("report").of(self.organisation.pk).select_related(*links)
        return {row.pk: row for row in rows.order_by("code")}

    @cached_property
    def origins(self) -> dict[int, Origin]:
        rows = Origin.objects.using("report").filter(organisation=self.organisation)
        return {row.pk: row for row in rows}

    def records(self) -> Iterator[Record]:
        """Every record, each naming its kind."""
        yield self._head()
        yield from self._lists()
        yield from self._balances()
        yield from self._movements()
        yield from self._flows()
        yield from shop_records(self.scope, self.period)

    def flows(self) -> Iterator[tuple[str, int, Any]]:
        """Each flow with its site and its place in its document: by site, in the order of days.

        That is the order of the index of a site's days, so that nothing has to be sorted.
        """
        for site in self.scope.sites:
            rows = Flow.objects.using("report").on_days(self.period.start, self.period.end)
            rows = rows.filter(movement__site=site)
            rows = rows.annotate(own=self._own(), code=F("own__code"))
            rows = rows.order_by("movement__business_date", "movement_id", "pk")
            for line, row in _numbered(rows.values_list(*FLOW, named=True).iterator(TOGETHER)):
                yield site.code, line, row

    def _own(self) -> FilteredRelation:
        """The structure's own code of an item; a query takes one for itself."""
        return FilteredRelation(
            "item__codes", condition=Q(item__codes__organisation=self.organisation)
        )

    def _head(self) -> Record:
        return {
            "record": "export",
            "format": FORMAT,
            "structure": self.organisation.code,
            "name": self.organisation.name,
            "sites": [site.code for site in self.scope.sites],
            **self.period.describe(),
            "made_at": timezone.now().isoformat(timespec="seconds"),
        }

    def _lists(self) -> Iterator[Record]:
        for site in self.scope.sites:
            yield {
                "record": "site",
                "code": site.code,
                "name": site.name,
                "timezone": site.timezone,
            }
        yield from map(_category, self.categories.values())
        for mode in self._owned(CollectionMode):
            named = {"code": mode.code, "name": mode.name_fr, "waste_status": mode.waste_status}
            yield {"record": "mode", **named}
        for origin in self._owned(Origin):
            named = {"code": origin.code, "name": origin.name, "insee_code": origin.insee_code}
            yield {"record": "origin", **named}
        for partner in self._owned(Partner):
            yield {"record": "partner", "code": partner.code, "name": partner.name}
        yield from map(_account, self.accounts.values())

    def _owned(self, model: Any) -> QuerySet[Any]:
        rows = model.objects.using("report").filter(organisation=self.organisation)
        return rows.order_by("code")  # type: ignore[no-any-return]

    def _balances(self) -> Iterator[Record]:
        """What stood in stock before the first day; nothing where that is before all."""
        held: dict[tuple[str, str], int] = {}
        before = self.period.start - timedelta(days=1)
        for account, category, grams in cube.until(self.border, before):
            key = self.accounts[account].key, self.categories[category].code
            held[key] = held.get(key, 0) + grams
        for (account_key, code), weight_g in sorted(held.items()):
            if weight_g:
                where = {"account": account_key, "category": code}
                yield {"record": "balance", **where, "weight_g": weight_g}

    def _movements(self) -> Iterator[Record]:
        numbers: dict[int, int] = {}
        for site in self.scope.sites:
            days = (self.period.start, self.period.end)
            rows = Movement.objects.using("report").filter(site=site, business_date__range=days)
            rows = rows.order_by("business_date", "pk")
            for row in rows.values_list(*MOVEMENT, named=True).iterator(TOGETHER):
                author = row.author_id and numbers.setdefault(row.author_id, len(numbers) + 1)
                yield {
                    "record": "movement",
                    "number": row.number,
                    "site": site.code,
                    "verb": row.verb,
                    "date": row.business_date.isoformat(),
                    "occurred_at": row.occurred_at.isoformat(),
                    "recorded_at": row.recorded_at.isoformat(),
                    "author": author,
                    "reverses": row.reverses__number,
                }

    def _flows(self) -> Iterator[Record]:
        for site, line, row in self.flows():
            origin = self.origins.get(row.origin_id)
            yield {
                "record": "flow",
                "site": site,
                "movement": row.movement__number,
                "line": line,
                "date": row.movement__business_date.isoformat(),
                "from": self.accounts[row.from_account_id].key,
                "from_category": self.categories[row.from_category_id].code,
                "to": self.accounts[row.to_account_id].key,
                "to_category": self.categories[row.to_category_id].code,
                "origin": origin and origin.code,
                "item": row.code,
                "weight_g": row.weight_g,
                "units": row.units,
                "method": row.method,
            }


def _numbered(rows: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    """Rows with their place in their document."""
    last, places = None, count(1)
    for row in rows:
        if row.movement_id != last:
            last, places = row.movement_id, count(1)
        yield next(places), row


def _category(category: Category) -> Record:
    return {
        "record": "category",
        "code": category.code,
        "name": category.name_fr,
        "parent": category.parent and category.parent.code,
        "top": (category.top or category).code,
        "stream": category.epr_stream and category.epr_stream.code,
        "waste_code": category.waste_code and category.waste_code.code,
    }


def _account(account: Account) -> Record:
    return {
        "record": "account",
        "key": account.key,
        "site": account.site.code,
        "kind": account.kind,
        "mode": account.mode and account.mode.code,
        "waste_status": account.waste_status or None,
        "place": account.place and account.place.code,
        "place_name": account.place and account.place.name,
        "items": account.holds_items,
        "to_site": account.to_site and account.to_site.code,
        "partner": account.partner and account.partner.code,
        "reason": account.reason or None,
    }
