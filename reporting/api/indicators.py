"""The indicators over HTTP: what each means, and its amounts."""

from typing import Annotated, Any

from django.db import transaction
from ninja import Field, Query, Schema
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from organisation.doors import Doors, May
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS
from reporting import indicators
from reporting.api.figures import Asked, PeriodOut, ScopeOut, listed
from reporting.indicators import Indicator, Reading, Value

router = Doors()


def _known(code: Any) -> Any:
    if code not in indicators.ALL:
        raise PydanticCustomError("unknown_indicator", "")
    return code


class IndicatorAsked(Asked):
    """One indicator, and by what it is told."""

    indicator: Annotated[str, BeforeValidator(_known)] = Field(examples=["collected"])
    by: Annotated[list[str], BeforeValidator(listed)] = Field(default_factory=list)


class ValueOut(Schema):
    """An amount under a code of each dimension; null where there is none."""

    key: list[str | None]
    amount: int | str | None
    units: int | None
    is_attributed: bool
    note: str


class IndicatorOut(Schema):
    """What an indicator is."""

    number: int
    code: str
    name: str
    unit: str
    formula: str
    source: str
    dimensions: list[str]
    group: str


class IndicatorList(Schema):
    items: list[IndicatorOut]
    next: None = None


class Values(Schema):
    """An indicator's amounts for a scope and a period."""

    indicator: IndicatorOut
    period: PeriodOut
    scope: ScopeOut
    by: list[str]
    items: list[ValueOut]
    next: None = None


def _told(indicator: Indicator) -> dict[str, Any]:
    names = ("number", "code", "dimensions")
    words = {
        name: str(getattr(indicator, name))
        for name in ("name", "unit", "formula", "source", "group")
    }
    return {name: getattr(indicator, name) for name in names} | words


@router.get("indicators", auth=May("read_figures"), response={200: IndicatorList, **READ_ERRORS})
def list_indicators(request: CallerRequest) -> dict[str, Any]:
    """Every indicator: its unit, its formula, where it comes from, what it may be told by."""
    return {"items": [_told(each) for each in indicators.ALL.values()]}


@router.get(
    "values", auth=May("read_figures"), response={200: Values, **READ_ERRORS}, by_alias=True
)
def list_values(request: CallerRequest, asked: Query[IndicatorAsked]) -> dict[str, Any]:
    """An indicator's amounts, by none, one or two of its dimensions."""
    indicator, scope, period = indicators.ALL[asked.indicator], asked.scope(request), asked.period()
    with transaction.atomic(using="report"):
        values: list[Value] = indicator.values(Reading(scope, period, asked.category), asked.by)
    return {
        "indicator": _told(indicator),
        "period": period.describe(),
        "scope": scope.describe(),
        "by": asked.by,
        "items": [value._asdict() for value in values],
    }
