"""What a template of a report holds: parts, texts, period rule, basis, the funder's names."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic import ValidationError as ShapeError
from pydantic_core import PydanticCustomError

from reporting import indicators
from reporting.indicators.measure import MOST_DIMENSIONS

PLACEHOLDER = re.compile(r"\{([a-z_]*)\}")
FACTS = ("structure", "sites", "site_count", "period", "compared", "first_day", "last_day", "year")
RATES = ("reuse_share", "recycling_share", "disposal_share")
MOST_PARTS = 30
WHENCES = ("category", "origin", "stream", "mode")  # what a flow picture may begin with
MOST_COLUMNS = 5  # each with its counterpart: more do not fit on a sheet
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=160)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]


class Rule(StrEnum):
    """The periods of which a report is made."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


RULES = (
    (Rule.YEAR.value, _("calendar year")),
    (Rule.QUARTER.value, _("quarter")),
    (Rule.MONTH.value, _("month")),
)
KINDS = {
    "shares": _("Shares of what left"),
    "balance": _("Mass balance"),
    "flow": _("From where to whom"),
    "months": _("Month by month, fate by fate"),
    "ages": _("Age of the stock"),
    "table": _("Table of indicators"),
    "text": _("Text"),
    "outlets": _("Partners' outlets: as sent, as declared"),
    "quality": _("What the figures rest on"),
}


class Shaped(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Part(Shaped):
    """One section, in the order of the report."""

    kind: Literal[
        "shares", "balance", "flow", "months", "ages", "table", "text", "outlets", "quality"
    ]
    title: Line = ""
    text: Prose = ""
    indicators: list[str] = Field(default_factory=list, max_length=12)
    by: list[str] = Field(default_factory=list, max_length=MOST_DIMENSIONS)
    units: bool = False  # pieces beside the grams

    @model_validator(mode="after")
    def is_a_table_that_can_be_told(self) -> Self:
        if self.kind == "flow" and set(self.by[:1]) - set(WHENCES):
            raise PydanticCustomError("unknown_dimension", "")
        if self.kind != "table":
            return self
        if not self.indicators:
            raise PydanticCustomError("table_without_indicator", "")
        if len(self.by) == MOST_DIMENSIONS and len(self.indicators) > 1:
            raise PydanticCustomError("one_indicator_across", "")
        if self.by and len(self.indicators) > MOST_COLUMNS:
            raise PydanticCustomError("too_many_columns", "")
        for code in self.indicators:
            known = indicators.ALL.get(code)
            if known is None or set(self.by) - set(known.dimensions):
                raise PydanticCustomError("unknown_dimension", "")
        return self


class Layout(Shaped):
    """A template. ``names``: dimension → our code → the funder's own name."""

    title: Line = Field(min_length=1)
    funder: Line = ""
    intro: Prose = ""
    rule: Literal["year", "quarter", "month"] = "year"
    basis: Literal["outgoing", "collected"] = "outgoing"
    deadline: Annotated[str, StringConstraints(pattern=r"^$|^(0[1-9]|1[0-2])-[0-3][0-9]$")] = ""
    note: Prose = ""
    parts: list[Part] = Field(default_factory=list, max_length=MOST_PARTS)
    names: dict[str, dict[str, Line]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def has_places_that_are_filled(self) -> Self:
        texts = [self.intro, self.note, *(part.text for part in self.parts)]
        if set(placeholders(texts)) - set(places()):
            raise PydanticCustomError("unknown_placeholder", "")
        return self


def places() -> list[str]:
    """What braces may hold: facts of the report, shares, and every indicator's whole figure."""
    return [*FACTS, *RATES, *indicators.ALL]


def placeholders(texts: Iterable[str]) -> list[str]:
    return [name for text in texts for name in PLACEHOLDER.findall(text)]


REFUSALS = {
    "table_without_indicator": _("Choose at least one indicator for each table."),
    "one_indicator_across": _("A table with rows and columns shows one indicator."),
    "too_many_columns": _("A table with rows shows five indicators at most."),
    "unknown_dimension": _("A table is told by something that one of its indicators has not."),
    "unknown_placeholder": _("A text has braces that name nothing: see the list beside it."),
}


def read(content: Any) -> Layout:
    """A layout from plain JSON. Raises ValidationError ``bad_layout`` or a key of ``REFUSALS``."""
    try:
        return Layout.model_validate(content)
    except ShapeError as refused:
        code = refused.errors()[0]["type"]
        known = REFUSALS.get(code, _("This template cannot be read."))
        raise ValidationError(known, code=code if code in REFUSALS else "bad_layout") from refused
