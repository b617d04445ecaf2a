"""Registers as files: CSV for French spreadsheets, XLSX with typed cells. Text stays text."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse

from organisation.papers.cells import kilograms, lines, neutral
from reporting.workbook import TEXT_ONLY, XLSX
from reporting.workbook.typed import COUNT, DAY, FORMATS, KG, TEXT, Cell

WIDTH = 18
Rows = Iterable[Sequence[Cell]]


def csv_lines(heads: Sequence[str], rows: Rows) -> Iterator[str]:
    """The lines of a CSV: kilograms to the gram, ISO dates."""
    return lines(heads, ([_written(cell) for cell in row] for row in rows))


def _written(cell: Cell) -> str:
    if cell.kind == KG and isinstance(cell.value, float):
        return kilograms(round(cell.value * 1000))
    if isinstance(cell.value, date):
        return cell.value.isoformat()
    return neutral(cell.value)


def xlsx(title: str, heads: Sequence[str], rows: Rows) -> bytes:
    """A workbook of one sheet, written row by row."""
    import xlsxwriter

    file = BytesIO()
    book = xlsxwriter.Workbook(file, {**TEXT_ONLY, "in_memory": True})
    page = book.add_worksheet(title[:31])
    styles = {kind: book.add_format({"num_format": FORMATS[kind]}) for kind in FORMATS}
    page.freeze_panes(1, 0)
    page.set_column(0, len(heads) - 1, WIDTH)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "bottom"})
    for n, head in enumerate(heads):
        page.write_string(0, n, head, bold)
    for at, row in enumerate(rows, start=1):
        for n, cell in enumerate(row):
            _put(page, (at, n), cell, styles[cell.kind])
    book.close()
    return file.getvalue()


def _put(page: Any, spot: tuple[int, int], cell: Cell, style: Any) -> None:
    if isinstance(cell.value, date):
        page.write_datetime(*spot, cell.value, style)
    elif cell.kind in (KG, COUNT) and not isinstance(cell.value, str):
        page.write_number(*spot, cell.value, style)
    else:
        page.write_string(*spot, str(cell.value), style)


def day(value: date) -> Cell:
    return Cell(value, DAY)


def maybe_kg(grams: int | None) -> Cell:
    """Kilograms, or nothing where nobody weighed."""
    return Cell("", TEXT) if grams is None else Cell(grams / 1000, KG)


def as_csv(name: str, heads: Sequence[str], rows: Rows) -> StreamingHttpResponse:
    """The answer that downloads a CSV."""
    return StreamingHttpResponse(
        csv_lines(heads, rows),
        content_type="text/csv; charset=utf-8",
        headers=_named(f"{name}.csv"),
    )


def as_xlsx(name: str, title: str, heads: Sequence[str], rows: Rows) -> HttpResponse:
    """The answer that downloads a workbook."""
    return HttpResponse(xlsx(title, heads, rows), content_type=XLSX, headers=_named(f"{name}.xlsx"))


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
