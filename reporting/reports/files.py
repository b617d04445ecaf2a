"""A document as files: PDF, workbook, CSV, JSON. The same document gives the same bytes."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from organisation.papers import typeset
from organisation.papers.cells import euros, kilograms, table
from reporting.indicators import Unit
from reporting.models import Report
from reporting.reports.amounts import amounts
from reporting.reports.layout import KINDS
from reporting.reports.printed import printed
from reporting.reports.sheets import sheets
from reporting.workbook import XLSX, book_of
from reporting.workbook.typed import EUROS, HUNDREDTHS, KG, MEASURES

TEMPLATE = Path(__file__).with_name("report.typ")
Document = Mapping[str, Any]


def canonical(document: Document) -> str:
    """The document as the one JSON text that is kept, hashed and handed out."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def read(report: Report) -> dict[str, Any]:
    """The document of a published report."""
    document: dict[str, Any] = json.loads(report.document)
    return document


def shown(report: Report) -> dict[str, Any]:
    """What pages show of a published report: what its PDF shows, in its language."""
    document = read(report)
    with translation.override(document["lang"]):
        return printed(document)


def file_of(found: Report, kind: str) -> HttpResponse:
    """The bytes that were kept."""
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "pdf": ("application/pdf", lambda: bytes(found.pdf)),
        "xlsx": (XLSX, lambda: bytes(found.xlsx)),
        "csv": ("text/csv; charset=utf-8", lambda: found.csv.encode()),
        "json": ("application/json", lambda: found.document.encode()),
    }
    if kind not in makers:
        raise Http404
    content_type, make = makers[kind]
    name = f"{found.template}-{found.start.isoformat()}-{found.code}.{kind}"
    way = "inline" if kind == "pdf" else "attachment"
    return HttpResponse(
        make(),
        content_type=content_type,
        headers={"Content-Disposition": f'{way}; filename="{name}"'},
    )


def pdf(
    document: Document,
    *,
    seal: Mapping[str, Any] | None = None,
    logo: bytes | None = None,
    at: datetime | None = None,
) -> bytes:
    """A tagged PDF/UA-1 in the document's language; a draft where there is no seal."""
    with translation.override(document["lang"]):
        given = printed(document) | {
            "words": _words(),
            "seal": seal,
            "is_draft": seal is None,
            "logo": list(logo) if logo else None,
        }
    when = int(at.timestamp()) if at else 0
    return typeset(TEMPLATE, given, standards=["ua-1"], timestamp=when)


def workbook(document: Document, facts: Mapping[str, str], at: datetime | None = None) -> bytes:
    """A sheet per table, in grams and cents, and one of what the figures are and come from."""
    with translation.override(document["lang"]):
        return book_of(sheets(document, facts), at)


def lines(document: Document) -> str:
    """Every figure on a line of its own, as CSV: machines read it, people filter it."""
    with translation.override(document["lang"]):
        heads = [_("section"), _("row"), _("indicator"), _("period"), _("amount"), _("unit")]
        return table(heads, _figures(document))


def _figures(document: Document) -> Iterator[list[Any]]:
    for block in document["blocks"]:
        title = block["title"] or str(KINDS[block["kind"]])
        for each in amounts(block):
            period = document["period" if each.side == "now" else "compared"]
            yield [title, each.row, each.name, period["name"], *_column(each.amount, each.unit)]


def _column(found: Any, unit: str) -> list[Any]:
    """An amount in the unit that a spreadsheet's reader expects, and that unit."""
    measure = MEASURES[Unit(unit)]
    if measure.kind == KG:
        return [kilograms(found), measure.word]
    if measure.kind in (EUROS, HUNDREDTHS):
        return [euros(found), measure.word]
    return [str(found).replace(".", ","), measure.word or unit]


def _words() -> dict[str, str]:
    return {
        "logo": _("Logo"),
        "draft": _("DRAFT: not published, its figures may still move"),
        "rate": _("Recovery rate"),
        "before": _("before"),
        "nothing": _("Nothing left in this period."),
        "total": _("Total"),
        "attributed": _("≈ attributed: shared out over what came in."),
        "sent": _("as sent"),
        "declared": _("as declared"),
        "all": _("All that left"),
        "known": _("How weights are known"),
        "warnings": _("To know before using these figures"),
        "sources": _("What the figures mean"),
        "verify": _("Check this document"),
        "fingerprint": _("SHA-256 of the figures"),
    }
