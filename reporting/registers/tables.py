"""Registers as files: CSV for French spreadsheets, XLSX with typed cells. Text stays text."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.http import HttpResponse, StreamingHttpResponse

from organisation.papers.cells import kilograms, lines, neutral
from reporting.workbook import XLSX, book_of
from reporting.workbook.typed import DAY, KG, TEXT, Cell, Sheet

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
    """A workbook of one sheet, without a total."""
    return book_of([Sheet(title, list(heads), [list(row) for row in rows], has_total=False)])


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
