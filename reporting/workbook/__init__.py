"""A report as a workbook: one sheet per table of the page, to the gram, and one of its sources.

Text stays text: a spreadsheet neither runs what people typed nor follows it as a link.
"""

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import Any

from reporting.breakdown import Sides
from reporting.forms import Question
from reporting.workbook.sheets import sheets
from reporting.workbook.sources import sources
from reporting.workbook.typed import FORMATS, TEXT, Cell, Sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDEST, NARROWEST = 90, 12


def workbook(asked: Question, sides: Sides) -> bytes:
    """The file, ready to be sent. Callers hold the transaction of ``report``."""
    return book_of([*sheets(asked, sides), sources(asked, sides)])


def book_of(sheets: Iterable[Sheet], made_at: datetime | None = None) -> bytes:
    """Sheets as a file; where ``made_at`` is given, the same bytes each time."""
    import xlsxwriter

    file = BytesIO()
    book = xlsxwriter.Workbook(file, {**TEXT_ONLY, "in_memory": True})
    if made_at is not None:
        book.set_properties({"created": made_at})
    formats = _formats(book)
    for sheet in sheets:
        _fill(book.add_worksheet(sheet.name), sheet, formats)
    book.close()
    return file.getvalue()


def _formats(book: Any) -> dict[tuple[str, bool], Any]:
    """A format per kind of cell, plain and bold; heads are ``("head", True)``."""
    made = {
        (kind, is_bold): book.add_format(
            {"num_format": pattern, "bold": is_bold, "valign": "top", "text_wrap": kind == TEXT}
        )
        for kind, pattern in FORMATS.items()
        for is_bold in (False, True)
    }
    made["head", True] = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1}
    )
    return made


def _fill(page: Any, sheet: Sheet, formats: dict[tuple[str, bool], Any]) -> None:
    """Heads that stay in sight, widths that fit, each cell as its kind."""
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    kinds = [cell.kind for cell in sheet.rows[0]] if sheet.rows else [TEXT] * len(sheet.heads)
    for n, head in enumerate(sheet.heads):
        page.write_string(0, n, head, formats["head", True])
        page.set_column(n, n, _width(sheet, n), formats[kinds[n], False])
    for n, row in enumerate(sheet.rows, start=1):
        is_total = sheet.has_total and n == len(sheet.rows)
        for column, cell in enumerate(row):
            _write(page, (n, column), cell, formats[cell.kind, is_total])


def _write(page: Any, spot: tuple[int, int], cell: Cell, style: Any) -> None:
    if cell.value is None or cell.value == "":
        return
    if isinstance(cell.value, str):
        page.write_string(*spot, cell.value, style)
    elif cell.is_day:
        page.write_datetime(*spot, cell.value, style)
    else:
        page.write_number(*spot, cell.value, style)


def _width(sheet: Sheet, column: int) -> int:
    """As wide as its longest text, within reason; heads may wrap."""
    texts = [row[column].value for row in sheet.rows]
    longest = max((len(text) for text in texts if isinstance(text, str)), default=0)
    return min(max(longest + 2, NARROWEST), WIDEST)
