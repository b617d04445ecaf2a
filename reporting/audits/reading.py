"""What a link lets its holder read: nothing of other sites, of other days, of anybody."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from inventory.models import Flow, Item, Movement
from reporting.bilan import KNOWN
from reporting.indicators import diversion
from reporting.listing import COUNTED, LABELS, RECOVERED, Leaf, Listing, Row
from reporting.listing.listing import SHOWN
from reporting.models import AuditLink
from reporting.printing import BALANCE
from reporting.rounding import FATES
from reporting.scopes import Scope


@dataclass(frozen=True)
class Shared:
    """A link that somebody holds: its scope and period bound every page."""

    link: AuditLink
    token: str

    @cached_property
    def scope(self) -> Scope:
        return Scope.of_sites(self.link.sites.select_related("organisation"))

    def listing(self, figure: str, known: str = "", row: Row | None = None) -> Listing:
        return Listing(self.scope, self.link.period, figure, known=known, row=row)

    def address(self, name: str, **path: str) -> str:
        return reverse(name, kwargs={"token": self.token, **path})

    def behind(self, figure: str, **more: str) -> str:
        """Where a figure opens on its rows."""
        return f"{self.address('audit-rows')}?{urlencode({'figure': figure, **more})}"

    def tells(self, movement: Movement) -> bool:
        """Whether a movement is of the scope and period."""
        is_ours = movement.site_id in {site.pk for site in self.scope.sites}
        return is_ours and self.link.start <= movement.business_date <= self.link.end

    def movements(self) -> QuerySet[Movement]:
        links = ("site", "reverses", "reversed_by", "shipment__weights__movement")
        rows = Movement.objects.using("report").select_related(
            *links, "shipment_weights__shipment__movement"
        )
        days = (self.link.start, self.link.end)
        return rows.filter(site__in=self.scope.sites, business_date__range=days)

    def lines_of(self, movement: Movement, limit: int, after: str) -> Leaf:
        """A page of a document's lines, in the order of the books, and what the others weigh."""
        flows = self._flows().filter(movement=movement).order_by("pk")
        last = int(after) if after.isdecimal() and len(after) < 19 else 0
        rows = list(flows.filter(pk__gt=last)[: limit + 1])
        end = rows[limit - 1].pk if len(rows) > limit else 0
        return Leaf(
            [(flow, flow.weight_g) for flow in rows[:limit]],
            _weight_g(flows.filter(pk__lte=last)) if last else 0,
            _weight_g(flows.filter(pk__gt=end)) if end else 0,
            str(end or ""),
        )

    def corrections_of(self, movement: Movement) -> dict[str, Any]:
        """What a document corrects and what corrects it; of other periods, only that it is so."""
        shipment, weights = _of(movement, "shipment"), _of(movement, "shipment_weights")
        confirmed = _of(_of(shipment, "weights"), "movement")
        related = [
            (_("Cancels"), movement.reverses),
            (_("Cancelled by"), _of(movement, "reversed_by")),
            (_("The partner's own weights replace these:"), confirmed),
            (_("The partner's weights of the departure"), weights and weights.shipment.movement),
        ]
        found = [(words, other) for words, other in related if other is not None]
        told = [
            (words, other.number, self.address("audit-document", number=other.number))
            for words, other in found
            if self.tells(other)
        ]
        return {"corrections": told, "is_corrected_elsewhere": len(told) < len(found)}

    def item_named(self, code: str) -> Any:
        rows = Item.objects.using("report").known_to(self.link.organisation_id)
        return rows.named(code).first()

    def life_of(self, item: Item, limit: int) -> list[Flow]:
        """What happened to an object here, oldest first: its latest acts, where there are many."""
        of_it = Q(item=item) | Q(pk=item.arrival_id or 0)
        return list(self._flows().filter(of_it).order_by("-pk")[:limit])[::-1]

    def _flows(self) -> QuerySet[Flow]:
        rows = Flow.objects.using("report").on_days(self.link.start, self.link.end)
        return rows.filter(movement__site__in=self.scope.sites).select_related(*SHOWN)


class Told:
    """The figures of a link to the gram, for its first page."""

    def __init__(self, held: Shared) -> None:
        self.held = held
        self.figures = diversion(scope=held.scope, period=held.link.period)

    def balance(self) -> list[dict[str, Any]]:
        """From opening to closing stock; what stood on a day opens nowhere."""
        marks = {name: mark for name, _sign, mark in BALANCE}
        marks |= dict.fromkeys((f"{fate}_g" for fate in FATES), "")
        words = {
            "opening_stock_g": _("Stock on the first day"),
            "closing_stock_g": _("Stock at the end"),
        }
        rows = [
            {
                "label": words.get(name) or LABELS[name],
                "mark": mark,
                "fate": name.removesuffix("_g") if name.removesuffix("_g") in FATES else "",
                "grams": self.figures[name],
                "href": "" if name in words else self.held.behind(name),
            }
            for name, mark in [*marks.items(), ("closing_stock_g", "=")]
        ]
        return [row for row in rows if row["grams"] or not row["href"]]

    def recovered(self) -> dict[str, Any]:
        """The rate, and the two figures that it divides."""
        names = ("reuse_g", "recycling_g", "other_recovery_g")
        return {
            "rate": self.figures["recovery_rate"],
            "of_collected": (self.figures["of_collected"] or {}).get("recovery_rate"),
            "grams": sum(self.figures[name] for name in names),
            "href": self.held.behind(RECOVERED),
            "outgoing_g": self.figures["outgoing_g"],
            "outgoing_href": self.held.behind("outgoing_g"),
        }

    def known(self) -> list[dict[str, Any]]:
        return [
            {
                "word": KNOWN[name],
                "percent": share,
                "href": self.held.behind(COUNTED, known=name) if share else "",
            }
            for name, share in (self.figures["quality"] or {}).items()
        ]


def _of(row: Any, name: str) -> Any:
    """What is linked to a row one to one, if anything."""
    return getattr(row, name, None)


def _weight_g(flows: QuerySet[Flow]) -> int:
    return flows.order_by().aggregate(Sum("weight_g"))["weight_g__sum"] or 0
