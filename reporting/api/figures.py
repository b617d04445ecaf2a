"""The mass balance and the flows over HTTP."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from ninja import Field, Query, Schema
from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from inventory.models import Category
from organisation.doors import Doors, May, Permitted, caller
from organisation.models import Network, Organisation, Site
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, Day, Shape
from reporting import attribution, indicators
from reporting.periods import Period
from reporting.scopes import Scope

router = Doors()


class Asked(Shape):
    """Which figures: a period, and sites, a structure or a network; all one may read by default."""

    first_day: Day = Field(alias="from")
    last_day: Day = Field(alias="to")
    site: list[Permitted[Site]] = Field(default_factory=list)
    organisation: Permitted[Organisation] | None = None
    network: Permitted[Network] | None = None
    category: Permitted[Category] | None = None

    @model_validator(mode="after")
    def names_one_scope(self) -> Self:
        if self.network is not None and (self.site or self.organisation is not None):
            raise PydanticCustomError("scope_twice", "")
        return self

    def period(self) -> Period:
        return Period(self.first_day, self.last_day)

    def scope(self, request: CallerRequest) -> Scope:
        if self.network is not None:
            return Scope.of_network(self.network)
        if self.site:
            return Scope.of_sites(self.site)
        permitted = Site.objects.permitted(caller(request), "read_figures")
        sites = list(permitted.select_related("organisation"))
        if self.organisation is not None:
            _require_all(self.organisation, sites)
        return Scope.of_sites(sites)


def _require_all(organisation: Organisation, sites: list[Site]) -> None:
    """A structure's total would tell of sites that the caller may not read."""
    if organisation.sites.exclude(pk__in=[site.pk for site in sites]).exists():
        raise PermissionDenied(_("Your role does not allow this at every site."))


def listed(value: Any) -> Any:
    """``by=month,fate`` and ``by=month&by=fate`` say the same."""
    parts = [value] if isinstance(value, str) else value
    return tuple(dict.fromkeys(name for part in parts for name in part.split(",") if name))


Dimension = Literal[
    "month", "category", "mode", "origin", "partner", "stream", "fate", "site", "channel"
]


class FlowsAsked(Asked):
    """Which figures, and by what they are summed."""

    by: Annotated[list[Dimension], BeforeValidator(listed)] = Field(default_factory=list)


class PeriodOut(Schema):
    first_day: date = Field(alias="from")
    last_day: date = Field(alias="to")


class ScopeOut(Schema):
    organisation: str | None
    network: str | None = None
    sites: list[str]


class Shares(Schema):
    reuse: int
    recycling: int
    disposal: int


class OfCollected(Schema):
    reuse: str
    recycling: str
    disposal: str
    recovery_rate: str


class Quality(Schema):
    weighed: int
    unit_average: int
    estimated: int
    by_balance: int


class Warning(Schema):
    type: str
    msg: str


class Diversion(Schema):
    """The mass balance of a scope, and its rates. Masses are grams, shares hundredths."""

    period: PeriodOut
    scope: ScopeOut
    opening_stock_g: int
    opened_g: int
    collected_g: int
    received_g: int
    sent_g: int
    adjusted_g: int
    reclassified_g: int
    closing_stock_g: int
    in_transit_g: int
    reuse_g: int
    recycling_g: int
    other_recovery_g: int
    energy_g: int
    disposal_g: int
    outgoing_g: int
    shares: Shares | None
    recovery_rate: str | None
    of_collected: OfCollected | None
    quality: Quality | None
    warnings: list[Warning]


class FlowSum(Schema):
    """Grams and units of one direction; of the dimensions, those that were asked for."""

    direction: Literal["in", "out"]
    month: str | None = None
    category: str | None = None
    mode: str | None = None
    origin: str | None = None
    partner: str | None = None
    stream: str | None = None
    fate: str | None = None
    site: str | None = None
    channel: Literal["sold", "given", "balance", "untold", "shipped"] | None = None
    weight_g: int
    units: int
    basis: Literal["exact", "attributed"]


class Flows(Schema):
    """What came in and went out; rows of one direction add up to the year's figure."""

    period: PeriodOut
    scope: ScopeOut
    by: list[str]
    items: list[FlowSum]
    next: None = None


@router.get(
    "flows",
    auth=May("read_figures"),
    response={200: Flows, **READ_ERRORS},
    by_alias=True,
    exclude_unset=True,
)
def list_flows(request: CallerRequest, asked: Query[FlowsAsked]) -> dict[str, Any]:
    """Grams by month, category, mode, origin, partner, stream, fate, site and channel.

    Each row is exact or attributed. The channel says how it left: sold at the tills, given,
    deduced by balance, untold, or shipped; a network tells no member's partner, origin or site.
    """
    scope, period = asked.scope(request), asked.period()
    rows = attribution.flows(scope=scope, period=period, by=asked.by, category=asked.category)
    return {
        "period": period.describe(),
        "scope": scope.describe(),
        "by": asked.by,
        "items": rows,
        "next": None,
    }


@router.get(
    "diversion",
    auth=May("read_figures"),
    response={200: Diversion, **READ_ERRORS},
    by_alias=True,
    exclude_unset=True,
)
def diversion(request: CallerRequest, asked: Query[Asked]) -> dict[str, Any]:
    """What came in, what left and by which fate; opening and closing stock close the balance."""
    return indicators.diversion(
        scope=asked.scope(request), period=asked.period(), category=asked.category
    )
