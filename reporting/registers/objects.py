"""The register of objects: what came in one by one, of which nature, and whence. Nobody's name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from inventory.models import Flow, ItemCode, Kind, Verb
from reporting.periods import Period
from reporting.registers.tables import day, maybe_kg
from reporting.scopes import Scope
from reporting.workbook.typed import Cell, text


@dataclass(frozen=True)
class CameIn:
    """Objects that were given a code at the scope's sites in a period, first to last."""

    scope: Scope
    period: Period

    def flows(self) -> QuerySet[Flow]:
        """Each object's way out of bulk, or in through the gate, of which it may be known."""
        owners = {site.organisation_id for site in self.scope.sites}
        worn = ItemCode.objects.using("report").filter(organisation__in=owners)
        rows = Flow.objects.using("report").on_days(self.period.start, self.period.end)
        rows = rows.filter(
            item__isnull=False,
            to_account__kind=Kind.STOCK,
            movement__verb__in=(Verb.LABEL, Verb.COLLECT),
            movement__site__in=self.scope.sites,
        )
        links = (
            "movement__site",
            "movement__reversed_by",
            "to_category",
            "origin",
            "from_account__mode",
            "item__arrival__origin",
            "item__arrival__from_account__mode",
        )
        codes = Prefetch("item__codes", worn, to_attr="worn")
        rows = rows.select_related(*links).prefetch_related(codes)
        return rows.order_by("movement__business_date", "pk")

    def page(
        self, limit: int, after: tuple[date, int] | None = None
    ) -> tuple[list[Flow], tuple[date, int] | None]:
        """Up to ``limit`` objects, and the spot after which the next ones are."""
        rows = self.flows()
        if after:
            at, key = after
            later = Q(movement__business_date__gt=at)
            rows = rows.filter(later | Q(movement__business_date=at, pk__gt=key))
        found = list(rows[: limit + 1])
        more = len(found) > limit
        last = found[limit - 1] if more else None
        return found[:limit], (last.movement.business_date, last.pk) if last else None


def provenance(flow: Flow) -> str:
    """The way it came and from where, as far as anybody knows."""
    arrival = flow.item.arrival if flow.item else None
    known = arrival or flow
    mode, origin = known.from_account.mode, known.origin
    if mode is None:
        return _("bulk: its donor is not known")
    return f"{mode.name}, {origin.name}" if origin else mode.name


def code_of(flow: Flow) -> str:
    """The code on its label."""
    return ", ".join(code.code for code in flow.item.worn)  # type: ignore[union-attr]


def heads() -> list[str]:
    return [
        _("date"),
        _("document"),
        _("site"),
        _("code of the object"),
        _("nature"),
        _("description"),
        _("weight (kg)"),
        _("origin"),
        _("state"),
    ]


def rows(flows: Iterable[Flow]) -> Iterator[list[Cell]]:
    """Each object, column by column."""
    for flow in flows:
        is_undone = getattr(flow.movement, "reversed_by", None) is not None
        yield [
            day(flow.movement.business_date),
            text(flow.movement.number),
            text(flow.movement.site.name),
            text(code_of(flow)),
            text(flow.to_category.name),
            text(flow.item.title if flow.item else ""),
            maybe_kg(flow.weight_g),
            text(provenance(flow)),
            text(_("cancelled") if is_undone else ""),
        ]
