"""A closing (Z) as it is read: its figures with their words, on a page and on paper."""

from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inventory.models import Category
from inventory.units import NO_BREAK, exact_euros, format_kg
from organisation.papers import sender, typeset
from sales.models import Closing, Method, Nature
from sales.services import PIECES
from sales.templatetags.money import euros
from sales.vat import percent

TEMPLATE = Path(__file__).with_name("zreport.typ")


def figures_of(closing: Closing) -> dict[str, Any]:
    """The figures of a Z's event, with names for its codes."""
    told = closing.figures
    counted = told["counted"] or {"pieces": {}, "others": {}}
    return {
        **told,
        "opened_at": parse_datetime(told["opened_at"]),
        "closed_at": parse_datetime(told["closed_at"]),
        "year_from": date.fromisoformat(told["year_from"]),
        "method_rows": method_rows(told["methods"], counted["others"]),
        "category_rows": category_rows(closing.session.till.organisation_id, told["categories"]),
        "nature_rows": nature_rows(told["natures"]),
        "vat_rows": vat_rows(told["vat"]),
        "weight_g": sum(grams for _quantity, _cents, grams in told["categories"].values()),
        "piece_rows": [
            (piece, counted["pieces"][str(piece)])
            for piece in reversed(PIECES)
            if str(piece) in counted["pieces"]
        ],
        "gap_cents": closing.gap_cents,
        "hash": closing.event.hash,
    }


def method_rows(
    taken: dict[str, int], counted: dict[str, int]
) -> list[tuple[str, int, int | None]]:
    """Means of payment, what was taken, and what was counted where somebody did."""
    return [
        (str(capfirst(method.label)), taken.get(method.value, 0), counted.get(method.value))
        for method in Method
        if method.value in taken or method.value in counted
    ]


def category_rows(owner: int, told: dict[str, list[int]]) -> list[tuple[str, int, int, int]]:
    """Categories by their names, those that brought most first."""
    rows = Category.objects.filter(Q(organisation=None) | Q(organisation=owner), code__in=told)
    names: dict[str, str] = {row.code: row.name for row in rows}
    listed = [
        (names.get(code, code), quantity, cents, grams)
        for code, (quantity, cents, grams) in told.items()
    ]
    return sorted(listed, key=lambda row: -row[2])


def nature_rows(told: dict[str, list[int]]) -> list[tuple[str, int, int]]:
    """What was sold by its nature, where there was more than objects."""
    if not told.keys() - {Nature.GOODS.value}:
        return []
    named = [(str(capfirst(nature.label)), told[nature]) for nature in Nature if nature in told]
    return [(name, quantity, cents) for name, (quantity, cents) in named]


def vat_rows(told: dict[str, list[int]]) -> list[tuple[str, int, int]]:
    """VAT by its rate, as it is printed: cents with it, and of it."""
    rows = [(_rate(int(bp)), told[bp]) for bp in sorted(told, key=int)]
    return [(rate, cents, vat_cents) for rate, (cents, vat_cents) in rows]


def _rate(bp: int) -> str:
    return f"{percent(bp)}{NO_BREAK}%"


def closing_pdf(closing: Closing) -> bytes:
    """Return a Z as a PDF of one A4 page, or two on a long day."""
    return typeset(TEMPLATE, _paper(closing))


def _paper(closing: Closing) -> dict[str, Any]:
    z, till = figures_of(closing), closing.session.till
    organisation = till.site.organisation
    return {
        "lang": get_language() or "fr",
        "from": sender(organisation, till.site.name),
        "title": _("Closing of the till"),
        "number": closing.number,
        "facts": [
            till.name,
            date_format(closing.session.business_date, "j F Y"),
            _("event %(seq)s") % {"seq": z["seq"]},
        ],
        "foot": f"{closing.number} · {z['hash']}",
        "missed": _("Nobody counted that day: it was closed at the next opening.")
        if z["missed"]
        else "",
        "hours": _hours(z),
        "day_title": _("The day"),
        "day": _day(z),
        "heads": [_("Means of payment"), _("Counted"), _("Taken")],
        "methods": [
            [name, "" if counted is None else euros(counted), euros(cents)]
            for name, cents, counted in z["method_rows"]
        ],
        "total": [_("Total"), euros(z["total_cents"])],
        "drawer_title": _("Drawer"),
        "drawer": _drawer(z),
        "piece_heads": [_("Note or coin"), _("How many"), _("Sum")],
        "pieces": [
            [euros(piece), str(number), euros(piece * number)] for piece, number in z["piece_rows"]
        ],
        "category_heads": [_("Category"), _("How many"), "kg", "€"],
        "categories": [
            [name, str(quantity), format_kg(grams), exact_euros(cents)]
            for name, quantity, cents, grams in z["category_rows"]
        ],
        "nature_heads": [_("Nature"), _("How many"), "€"],
        "natures": [
            [name, str(quantity), exact_euros(cents)] for name, quantity, cents in z["nature_rows"]
        ],
        "vat_heads": [_("VAT rate"), _("Total"), _("of which VAT")],
        "vat": [
            [rate, exact_euros(cents), exact_euros(vat_cents)]
            for rate, cents, vat_cents in z["vat_rows"]
        ],
        "running_title": _("Running totals"),
        "running": _running(z),
        "hash_title": _("Fingerprint of the journal"),
        "hash": z["hash"],
        "hash_why": _("Keep this page outside: it proves that the journal was not written anew."),
        "sign": [_("Counted by"), _("Seen by the treasurer")],
    }


def _day(z: dict[str, Any]) -> list[list[str]]:
    return [
        [_("Tickets"), str(z["tickets"])],
        [_("Sales"), euros(z["sales_cents"])],
        [_("Discounts given"), euros(z["discounts_cents"])],
        [_("Given back"), f"{euros(-z['refunds_cents'])} ({z['refunds']})"],
        [_("Weight sold"), f"{format_kg(z['weight_g'])} kg"],
    ]


def _hours(z: dict[str, Any]) -> str:
    start, end = localtime(z["opened_at"]), localtime(z["closed_at"])
    return f"{date_format(start, 'j F Y, H:i')} – {date_format(end, 'j F Y, H:i')}"


def _drawer(z: dict[str, Any]) -> list[list[str]]:
    cash_cents = z["methods"].get(Method.CASH, 0)
    counted, gap = z["counted_cents"], z["gap_cents"]
    carried = "" if z["float_counted"] else f" ({_('carried over, not counted')})"
    return [
        [_("Float"), euros(z["float_cents"]) + carried],
        [_("Cash taken"), euros(cash_cents)],
        [_("Brought in"), euros(z["in_cents"])],
        [_("Taken out"), euros(-z["out_cents"])],
        [_("Should be there"), euros(z["expected_cents"])],
        [_("Was counted"), _("not counted") if counted is None else euros(counted)],
        [_("Gap"), "" if gap is None else euros(gap)],
    ]


def _running(z: dict[str, Any]) -> list[list[str]]:
    return [
        [_("This day"), euros(z["total_cents"])],
        [
            _("Since %(day)s") % {"day": date_format(z["year_from"], "d/m/Y")},
            euros(z["year_cents"]),
        ],
        [_("Since the first ticket"), euros(z["perpetual_cents"])],
        [_("The same, refunds added"), euros(z["perpetual_abs_cents"])],
    ]
