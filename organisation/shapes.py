"""Shapes of the API's payloads: strict types, closed objects, keyset pages."""

import base64
import json
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Field, Schema
from ninja.errors import ValidationError as ShapeError
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

MAX_WEIGHT_G = 100_000_000_000  # 100 000 t: beyond any site; keeps sums far inside 64 bits
MAX_PRICE_CENTS = 10_000_000  # 100 000 €: no object of ours costs more
MAX_LINES = 500
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)


class Shape(BaseModel):
    """A payload: every field is known, and of its own type. No ``Schema``: it reads no object."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """What is laid out by ourselves, in the way of every write: no ``Schema``, as above."""


def _text_only(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "")
    return value


def _iso_day(value: Any) -> Any:
    try:
        found = date.fromisoformat(_text_only(value))
    except ValueError:
        found = None
    if found is None or found.isoformat() != value:  # Python also reads 2026W11
        raise PydanticCustomError("date_parsing", "")
    return found


def _is_control(sign: str) -> bool:
    return (sign < " " and sign not in "\n\t") or "\ud800" <= sign <= "\udfff"


def _plain(value: str) -> str:
    """Refuse control characters and lone surrogates: databases and printers choke on them."""
    if any(map(_is_control, value)):
        raise PydanticCustomError("unprintable", "")
    return value


def _iso_instant(value: Any) -> Any:
    _text_only(value)
    if not value[:4].isdigit() or len(value) < 16:
        raise PydanticCustomError("datetime_parsing", "")
    return value


def _settled(value: datetime) -> datetime:
    """Refuse the future (a tablet's clock may run five minutes fast) and the far past."""
    if value > timezone.now() + timedelta(minutes=5):
        raise PydanticCustomError("in_the_future", "")
    if value < datetime(2000, 1, 1, tzinfo=UTC):
        raise PydanticCustomError("too_old", "")
    return value


def _uuid(value: Any) -> UUID:
    try:
        found = UUID(_text_only(value))
    except ValueError:
        found = None
    if found is None or str(found) != value.lower():  # Python also reads braces and odd hyphens
        raise PydanticCustomError("uuid_parsing", "")
    return found


Grams = Annotated[int, Field(strict=True, gt=0, le=MAX_WEIGHT_G)]
GramsOrNone = Annotated[int, Field(strict=True, ge=0, le=MAX_WEIGHT_G)]
Units = Annotated[int, Field(strict=True, gt=0, le=1_000_000)]
Weeks = Annotated[int, Field(ge=1, le=520)]
Flag = Annotated[bool, Field(strict=True)]
Text = Annotated[str, StringConstraints(max_length=500), AfterValidator(_plain)]
Name = Annotated[str, StringConstraints(max_length=120), AfterValidator(_plain)]
Why = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    AfterValidator(_plain),
]
Slip = Annotated[str, StringConstraints(max_length=60), AfterValidator(_plain)]
PastInstant = Annotated[AwareDatetime, BeforeValidator(_iso_instant), AfterValidator(_settled)]
Day = Annotated[date, BeforeValidator(_iso_day), Field(ge=FIRST_DAY, le=LAST_DAY)]
Id = Annotated[
    UUID,
    BeforeValidator(_uuid),
    Field(description="Made by the client; the same id sent again records nothing twice."),
]


class ErrorDetail(Schema):
    type: str
    loc: list[str | int]
    msg: str


class Error(Schema):
    """What every refusal looks like, whatever its status."""

    detail: list[ErrorDetail]


READ_ERRORS = {401: Error, 403: Error, 404: Error, 422: Error, 429: Error}
WRITE_ERRORS = {400: Error, **READ_ERRORS, 409: Error, 413: Error, 503: Error, 507: Error}


class Page(Schema):
    """Which page of a list: at most ``limit`` rows, after ``cursor``."""

    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(None, max_length=200)


def before(page: Page) -> int | None:
    """The key of the row that a page of newest first comes after."""
    return _decode(page.cursor, int) if page.cursor else None


def keyset(rows: QuerySet[Any], page: Page, key: str) -> dict[str, Any]:
    """One page of ``rows`` by ``key`` (``"code"``, ``"-pk"``): ``{items, next}``, never a count."""
    column, beyond = key.lstrip("-"), "lt" if key.startswith("-") else "gt"
    if page.cursor:
        last = _decode(page.cursor, int if column == "pk" else str)
        rows = rows.filter(**{f"{column}__{beyond}": last})
    found = list(rows.order_by(key)[: page.limit + 1])
    more = len(found) > page.limit
    last = getattr(found[page.limit - 1], column) if more else None
    return {"items": found[: page.limit], "next": _encode(last) if more else None}


def _encode(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _is_sound(value: Any) -> bool:
    if isinstance(value, str):
        return value.isascii() and value.isprintable()
    return bool(0 <= value < 2**63)


def _decode(cursor: str, kind: type[str] | type[int]) -> Any:
    """What ``_encode`` was given. Cursors come back from clients: anything may be in them."""
    try:
        value = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        value = None
    if type(value) is not kind or not _is_sound(value):
        raise ShapeError([{"type": "bad_cursor", "loc": ["query", "cursor"]}])
    return value


def file_answer(content_type: str) -> dict[str, Any]:
    """How the description of the API tells an answer that is a file."""
    content = {content_type: {"schema": {"type": "string", "format": "binary"}}}
    return {"responses": {200: {"description": "OK", "content": content}}}
