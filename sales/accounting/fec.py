"""The FEC: entries in the 18 columns that French tax law asks for (LPF art. A47 A-1).

Tab-separated, ISO 8859-15, days as AAAAMMJJ, decimal comma, entries in the order they were closed.
The law lets programs of a trade add up a day's tickets (BOI-CF-IOR-60-40-20).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from organisation.models import Organisation
from organisation.papers.cells import euros
from sales.accounting.entries import BookEntry, Line
from sales.accounting.plan import JOURNAL, Plan

COLUMNS = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
ENCODING = "iso8859-15"
_BREAKS = re.compile(r"[\s|\x00-\x1f\x7f-\x9f]+")  # what would end a field, or a line
_TYPED = str.maketrans("’‘–—−", "''---")  # typographers' signs that the character set lacks
NO_SIREN = "000000000"


def fec(entries: Iterable[BookEntry], plan: Plan) -> bytes:
    """The file, whole."""
    rows = [COLUMNS, *(row for entry in entries for row in _rows(entry, plan))]
    text = "".join("\t".join(row) + "\r\n" for row in rows)
    return text.encode(ENCODING, "replace")


def _rows(entry: BookEntry, plan: Plan) -> Iterator[tuple[str, ...]]:
    book, day = plan.account(JOURNAL), entry.day
    for line in entry.lines:
        yield (
            plain(book.number), plain(book.label), str(entry.number), _day(day.on),
            line.account.number, plain(line.account.label), plain(line.aux[0]), plain(line.aux[1]),
            plain(day.number), _day(day.on), _said(entry, line), euros(line.debit_cents),
            euros(line.credit_cents), "", "", _day(day.validated_on), "", "",
        )  # fmt: skip


def _said(entry: BookEntry, line: Line) -> str:
    return plain(f"{entry.day.number} {line.what}")


def plain(text: str) -> str:
    """A field without what would end it."""
    return _BREAKS.sub(" ", text.translate(_TYPED)).strip()


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def file_name(organisation: Organisation, end: date) -> str:
    """``SIRENFECAAAAMMJJ.txt``, of the day that the year or the period ends."""
    return f"{organisation.siret[:9] or NO_SIREN}FEC{_day(end)}.txt"
