"""Reads a flows file: cells become dates, grams and kinds, and every bad cell is said.

Columns: ``date``, ``site``, ``direction`` (``in`` or ``out``), ``mode`` of an arrival or ``fate``
and ``partner`` of a departure, ``category``, ``weight_kg``; optional ``units``, ``note``,
``method``, ``origin`` and ``place``. UTF-8 with or without BOM; comma, semicolon or tab.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.models import Kind, Method
from inventory.models.ledger import EXITS
from inventory.units import parse_kg
from organisation.shapes import MAX_WEIGHT_G

REQUIRED = ("date", "site", "direction", "weight_kg")
KNOWN = (
    *REQUIRED,
    *("mode", "fate", "partner", "category", "units", "note", "method", "origin", "place"),
)
LONGEST_NOTE = 500
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says, before anyone is looked up by name."""

    number: int
    cells: dict[str, str]
    day: date
    fate: Kind | None
    method: Method
    weight_g: int
    units: int

    def cell(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def note(self) -> str:
        """The note; an arrival's partner goes before it, since no account keeps that name."""
        who = self.cell("partner") if self.fate is None else ""
        return " — ".join(filter(None, (who, self.cell("note"))))


def read_flows(content: bytes) -> list[Line]:
    """Read the file without the database. Raises ValidationError, one error per bad cell."""
    columns, rows = _table(content)
    lines: list[Line] = []
    problems: list[ValidationError] = []
    for number, row in rows:
        try:
            lines.append(_line(number, _cells(columns, row)))
        except ValidationError as error:
            problems += [located(number, each) for each in error.error_list]
    if problems:
        raise ValidationError(problems)
    if not lines:
        raise located(1, ValidationError(_("The file has no line."), code="no_lines"))
    return lines


def located(line: int, error: ValidationError, column: str = "") -> ValidationError:
    """``error`` with the line, and the column unless it names one, in its params."""
    params = {"column": column, **(error.params or {}), "line": line}
    return ValidationError(error.message, code=error.code, params=params)


def _table(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Column names, then each line with its number; blank lines count but say nothing."""
    text = _text(content)
    head = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True
    )
    rows = []
    try:
        columns = _columns(next(reader, []))
        end = reader.line_num
        for row in reader:
            start, end = end + 1, reader.line_num
            if any(cell.strip() for cell in row):
                rows.append((start, row))
    except csv.Error as error:
        refusal = ValidationError(_("This line is not CSV (a quotation mark?)."), code="not_csv")
        raise located(reader.line_num, refusal) from error
    return columns, rows


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        refusal = ValidationError(_("The file is not in UTF-8."), code="not_utf8")
        raise located(line, refusal) from error
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise located(line, ValidationError(_("The file is not text."), code="not_text"))
    return text


def _columns(header: list[str]) -> list[str]:
    columns = [name.strip().lower() for name in header]
    missing = ValidationError(_("This column is missing."), code="column_missing")
    unknown = ValidationError(_("This column is not known."), code="column_unknown")
    problems = [located(1, missing, name) for name in REQUIRED if name not in columns]
    problems += [located(1, unknown, name) for name in columns if name not in KNOWN]
    if len(set(columns)) < len(columns):
        twice = ValidationError(_("A column is there twice."), code="column_twice")
        problems.append(located(1, twice))
    if problems:
        raise ValidationError(problems)
    return columns


def _cells(columns: list[str], row: list[str]) -> dict[str, str]:
    if len(row) != len(columns):
        raise ValidationError(
            _("%(found)s cells where the header has %(wanted)s."),
            code="cell_count",
            params={"found": len(row), "wanted": len(columns)},
        )
    return {name: cell.strip() for name, cell in zip(columns, row, strict=True)}


def _line(number: int, cells: dict[str, str]) -> Line:
    """One line, or every reason why it cannot be."""
    problems: list[ValidationError] = []

    def read(column: str, parse: Callable[[str], Any]) -> Any:
        try:
            return parse(cells.get(column, ""))
        except ValidationError as error:
            problems.append(located(number, error, column))

    direction = read("direction", _direction)
    line = Line(
        number=number,
        cells=cells,
        day=read("date", _day),
        fate=read("fate", _fate if direction == "out" else _nothing),
        method=read("method", _method),
        weight_g=read("weight_kg", _grams),
        units=read("units", _units),
    )
    read("note", lambda _text: _note(line.note))
    if direction == "out":
        read("mode", _nothing)
        read("origin", _nothing)
    if problems:
        raise ValidationError(problems)
    return line


def _nothing(text: str) -> None:
    """A mode on a departure, or a fate on an arrival, would be lost without a word."""
    if text:
        raise ValidationError(
            _("A line says how it came or where it left to, not both."), code="both_sides"
        )


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.isoformat() != text or day < EARLIEST:  # "2026-W01-1" is a date to Python
        raise ValidationError(_("Write a date such as 2026-03-31."), code="bad_date")
    return day


def _direction(text: str) -> str:
    if text not in ("in", "out"):
        raise ValidationError(_("Write in or out."), code="bad_direction")
    return text


def _fate(text: str) -> Kind:
    if text not in EXITS:
        raise ValidationError(
            _("Write one of: %(fates)s."),
            code="unknown_fate",
            params={"fates": ", ".join(EXITS)},
        )
    return Kind(text)


def _method(text: str) -> Method:
    if text and text not in Method:
        raise ValidationError(
            _("Write one of: %(methods)s."),
            code="unknown_method",
            params={"methods": ", ".join(Method)},
        )
    return Method(text) if text else Method.WEIGHED


def _grams(text: str) -> int:
    weight_g = parse_kg(text)
    if not 0 < weight_g <= MAX_WEIGHT_G:
        raise ValidationError(_("A weight is above zero."), code="bad_weight")
    return weight_g


def _units(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValidationError(_("Write a whole number of units, or nothing."), code="bad_units")
    return int(text)


def _note(text: str) -> None:
    if len(text) > LONGEST_NOTE or not text.isprintable():
        raise ValidationError(
            _("A note is one line of at most %(most)s signs."),
            code="bad_note",
            params={"most": LONGEST_NOTE},
        )
