"""A month or a year of tills as it is read: its figures with words, on a page and on paper."""

from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inventory.units import exact_euros, format_kg
from organisation.papers import sender, typeset
from sales.models import PeriodClosing
from sales.templatetags.money import euros
from sales.zreport import category_rows, method_rows, nature_rows, vat_rows

TEMPLATE = Path(__file__).with_name("periodreport.typ")


def figures_of(closing: PeriodClosing) -> dict[str, Any]:
    """The figures of a period's event, with names for its codes."""
    told = closing.figures
    return {
        **told,
        "method_rows": method_rows(told["methods"], {}),
        "category_rows": category_rows(closing.site.organisation_id, told["categories"]),
        "vat_rows": vat_rows(told["vat"]),
        "nature_rows": nature_rows(told["natures"]),
        "weight_g": sum(grams for _quantity, _cents, grams in told["categories"].values()),
        "till_rows": sorted(told["tills"].items()),
        "hash": closing.event.hash,
    }


def title_of(closing: PeriodClosing) -> str:
    """What the period is called: its month, or the months from which to which."""
    last = date_format(closing.last_day, "F Y")
    if not closing.is_year:
        return str(capfirst(last))
    return _("%(first)s to %(last)s") % {
        "first": capfirst(date_format(closing.first_day, "F Y")),
        "last": last,
    }


def period_pdf(closing: PeriodClosing) -> bytes:
    """Return the closing of a month or a year as a PDF."""
    return typeset(TEMPLATE, _paper(closing))


def _paper(closing: PeriodClosing) -> dict[str, Any]:
    z, organisation = figures_of(closing), closing.site.organisation
    closed = date_format(localtime(closing.closed_at), "j F Y, H:i")
    return {
        "lang": get_language() or "fr",
        "from": sender(organisation, closing.site.name),
        "title": _("Closing of the year") if closing.is_year else _("Closing of the month"),
        "number": closing.number,
        "facts": [title_of(closing), _("event %(seq)s") % {"seq": z["seq"]}],
        "foot": f"{closing.number} · {z['hash']}",
        "hours": _("Closed on %(day)s") % {"day": closed},
        "sums_title": _("The year") if closing.is_year else _("The month"),
        "sums": _sums(z),
        "running_title": _("Running totals"),
        "running": _running(z),
        "heads": [_("Means of payment"), _("Taken")],
        "methods": [[name, euros(cents)] for name, cents, _counted in z["method_rows"]],
        "total": [_("Total"), euros(z["total_cents"])],
        "tables": [table for table in _tables(z) if table["rows"]],
        "hash_title": _("Fingerprint of the journal"),
        "hash": z["hash"],
        "hash_why": _("Keep this page outside: it proves that the journal was not written anew."),
        "proofs": [[_("Signature (Ed25519)"), z["signature"]], [_("Signing key"), z["key"]]],
        "sign": [_("Seen by the treasurer")],
    }


def _sums(z: dict[str, Any]) -> list[list[str]]:
    return [
        [_("Closings of days (Z)"), str(z["days"])],
        [_("of which not counted"), str(z["missed"])],
        [_("Tickets"), str(z["tickets"])],
        [_("Sales"), euros(z["sales_cents"])],
        [_("Discounts given"), euros(z["discounts_cents"])],
        [_("Given back"), f"{euros(-z['refunds_cents'])} ({z['refunds']})"],
        [_("Weight sold"), f"{format_kg(z['weight_g'])} kg"],
        [_("Gaps of the drawers"), euros(z["gap_cents"])],
    ]


def _running(z: dict[str, Any]) -> list[list[str]]:
    return [
        [_("Since the accounting year began"), euros(z["year_cents"])],
        [_("Since the first ticket"), euros(z["perpetual_cents"])],
        [_("The same, refunds added"), euros(z["perpetual_abs_cents"])],
    ]


def _tables(z: dict[str, Any]) -> list[dict[str, Any]]:
    year, ever = _("Accounting year"), _("Ever sold")
    return [
        {
            "heads": [_("Till"), _("Tickets"), "€", year, ever],
            "rows": [[code, str(row["tickets"]), *_amounts(row)] for code, row in z["till_rows"]],
        },
        {
            "heads": [_("Category"), _("How many"), "kg", "€"],
            "rows": [
                [name, str(quantity), format_kg(grams), exact_euros(cents)]
                for name, quantity, cents, grams in z["category_rows"]
            ],
        },
        {
            "heads": [_("Nature"), _("How many"), "€"],
            "rows": [
                [name, str(quantity), exact_euros(cents)]
                for name, quantity, cents in z["nature_rows"]
            ],
        },
        {
            "heads": [_("VAT rate"), _("Total"), _("of which VAT")],
            "rows": [
                [rate, exact_euros(cents), exact_euros(vat_cents)]
                for rate, cents, vat_cents in z["vat_rows"]
            ],
        },
    ]


def _amounts(row: dict[str, Any]) -> list[str]:
    return [exact_euros(row[f"{name}_cents"]) for name in ("total", "year", "perpetual")]
