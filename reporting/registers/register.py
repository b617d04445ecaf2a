"""The internal register of outgoing waste (arrêté du 31 mai 2021): its columns, and on paper."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from inventory.units import format_kg
from organisation.papers import sender, typeset
from reporting.periods import Period
from reporting.registers.lines import Outgoing, WasteLine
from reporting.registers.tables import day, maybe_kg
from reporting.registers.trackdechets import MODES
from reporting.workbook.typed import Cell, text

TEMPLATE = Path(__file__).with_name("register.typ")


class Column(NamedTuple):
    """A column of the register: its head, and what it says of a line."""

    head: Promise
    say: Callable[[WasteLine], Cell]


def _words(say: Callable[[WasteLine], Any]) -> Callable[[WasteLine], Cell]:
    return lambda line: text(say(line) or "")


def _of_partner(name: str) -> Callable[[WasteLine], Cell]:
    return _words(lambda line: getattr(line.partner, name, ""))


def known_by(line: WasteLine) -> str:
    """How the weight is known."""
    if line.weighed_g is not None:
        return _("weighed by the partner")
    return _("estimated") if line.is_estimated else _("weighed")


def receipt_of(line: WasteLine) -> str:
    """The carrier's receipt, or that it needs none."""
    if line.carrier is None:
        return ""
    return _("exempt") if line.carrier.is_exempt else line.carrier.receipt


COLUMNS = (
    Column(gettext_lazy("date of dispatch"), lambda line: day(line.day)),
    Column(gettext_lazy("document"), _words(lambda line: line.movement.number)),
    Column(gettext_lazy("site"), _words(lambda line: line.movement.site.name)),
    Column(gettext_lazy("SIRET of the site"), _words(lambda line: line.movement.site.own_siret)),
    Column(gettext_lazy("pick-up address"), _words(lambda line: line.movement.site.whole_address)),
    Column(gettext_lazy("name of the waste"), _words(lambda line: line.name)),
    Column(
        gettext_lazy("waste code"), _words(lambda line: line.waste_code and line.waste_code.code)
    ),
    Column(
        gettext_lazy("hazardous"),
        _words(
            lambda line: (
                (line.waste_code or line.has_pops) and (_("yes") if line.is_dangerous else _("no"))
            )
        ),
    ),
    Column(
        gettext_lazy("persistent organic pollutants"),
        _words(lambda line: _("yes") if line.has_pops else _("no")),
    ),
    Column(gettext_lazy("quantity (kg)"), lambda line: maybe_kg(line.weight_g)),
    Column(gettext_lazy("known by"), _words(known_by)),
    Column(gettext_lazy("weight at departure (kg)"), lambda line: maybe_kg(line.sent_g)),
    Column(gettext_lazy("partner's weight (kg)"), lambda line: maybe_kg(line.weighed_g)),
    Column(gettext_lazy("destination"), _of_partner("name")),
    Column(gettext_lazy("SIRET of the destination"), _of_partner("siret")),
    Column(gettext_lazy("address of the destination"), _of_partner("whole_address")),
    Column(gettext_lazy("fate"), _words(lambda line: line.fate.label)),
    Column(
        gettext_lazy("treatment code"),
        _words(lambda line: line.treatment_code and line.treatment_code.code),
    ),
    Column(
        gettext_lazy("rank in the hierarchy of treatments"),
        _words(lambda line: MODES[line.fate].replace("_", " ").lower()),
    ),
    Column(gettext_lazy("carrier"), _words(lambda line: line.carrier_said)),
    Column(
        gettext_lazy("SIRET of the carrier"),
        _words(lambda line: line.carrier and line.carrier.siret),
    ),
    Column(
        gettext_lazy("address of the carrier"),
        _words(lambda line: line.carrier and line.carrier.whole_address),
    ),
    Column(gettext_lazy("receipt of the carrier"), _words(receipt_of)),
    Column(gettext_lazy("waste tracking slip"), _words(lambda line: line.bsd)),
    Column(
        gettext_lazy("éco-organisme"),
        _words(lambda line: line.eco_organisme and line.eco_organisme.name),
    ),
    Column(gettext_lazy("state"), _words(lambda line: line.state)),
)


def heads() -> list[str]:
    return [str(column.head) for column in COLUMNS]


def rows(lines: Iterable[WasteLine]) -> Iterator[list[Cell]]:
    """Each line, column by column."""
    for line in lines:
        yield [column.say(line) for column in COLUMNS]


def register_pdf(outgoing: Outgoing) -> bytes:
    """The register on paper: A4 lying, what an inspector looks for on each line."""
    sites = outgoing.scope.sites
    given = {
        "lang": get_language() or "fr",
        "from": sender(sites[0].organisation, ", ".join(site.name for site in sites)),
        "title": _("Register of outgoing waste"),
        "number": _days(outgoing.period),
        "heads": [
            _("Date"),
            _("Document"),
            _("Waste"),
            _("Code"),
            _("Taken by"),
            _("Carrier"),
            _("Treatment"),
            _("kg"),
        ],
        "rows": [_printed(line) for line in outgoing.lines()],
        "empty": _("No waste left in this period."),
        "foot": _("Chronological register, arrêté of 31 May 2021"),
    }
    return typeset(TEMPLATE, given)


def _days(period: Period) -> str:
    return f"{date_format(period.start, 'd/m/Y')} – {date_format(period.end, 'd/m/Y')}"


def _printed(line: WasteLine) -> list[str]:
    partner = line.partner
    taken = [partner.name, partner.siret, partner.whole_address] if partner else []
    eco = line.eco_organisme
    papers = [line.has_pops and "POP", line.bsd and f"BSD {line.bsd}", eco and eco.name]
    treatment = line.treatment_code.code if line.treatment_code else ""
    number = line.movement.number
    return [
        date_format(line.day, "d/m/Y"),
        _joined(number, capfirst(line.state) if line.is_cancelled else ""),
        _joined(line.name, *papers),
        line.waste_code.code if line.waste_code else "–",
        _joined(*taken) or "–",
        _joined(line.carrier_said, receipt_of(line)) or "–",
        _joined(treatment, capfirst(str(line.fate.label))),
        _joined(format_kg(line.weight_g, 3), known_by(line)),
    ]


def _joined(*parts: Any) -> str:
    return "\n".join(str(part) for part in parts if part)
