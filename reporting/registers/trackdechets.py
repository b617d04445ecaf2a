"""The national register's file: what each line of waste says in its hundred columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from inventory.models import Kind
from organisation.papers.cells import neutral
from organisation.submissions import digest_of
from reporting.registers.columns import columns
from reporting.registers.lines import WasteLine
from reporting.registers.validator import FRENCH, Problem, check_row, treatments
from reporting.registers.words import said_of, why
from reporting.workbook.typed import Cell

MODES = {
    Kind.REUSE: "REUTILISATION",
    Kind.RECYCLING: "RECYCLAGE",
    Kind.OTHER_RECOVERY: "AUTRES_VALORISATIONS",
    Kind.ENERGY: "VALORISATION_ENERGETIQUE",
    Kind.DISPOSAL: "ELIMINATION",
}
LONGEST_NAME = 300
STEP_G = 1_000  # the register counts in kilograms
Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line cannot be declared, in words, and where to put it right."""

    code: str
    text: str
    href: str = ""

    @property
    def is_of_a_card(self) -> bool:
        """Whether it is put right in the settings, for other lines as well."""
        return self.href.startswith(reverse("settings"))


def cells_of(line: WasteLine) -> Cells:
    """What the file says of a line, column by column; columns left empty are left out."""
    treatment = line.treatment_code.code if line.treatment_code else ""
    known = treatments().get(treatment.replace(" ", ""))
    eco = line.eco_organisme
    cells = {
        "publicId": line.public_id,
        "reportForCompanySiret": line.movement.site.own_siret,
        "wasteDescription": line.name[:LONGEST_NAME],
        "wasteCode": line.waste_code.code if line.waste_code else "",
        "wastePop": _yes(line.has_pops),
        "wasteIsDangerous": _yes(line.is_dangerous),
        "dispatchDate": line.day.isoformat(),
        "weightValue": tonnes(line.weight_g),
        "weightIsEstimate": "ESTIME" if line.is_estimated else "REEL",
        **_destination(line),
        "operationCode": treatment,
        "operationMode": MODES[line.fate] if known and known["is_final"] == "1" else "",
        "ecoOrganismeSiret": eco.siret if eco and eco.siret else "",
        "ecoOrganismeName": eco.name if eco and eco.siret else "",
        "isDirectSupply": "NON",
        **_carrier(line),
    }
    return {key: neutral(said.strip()) for key, said in cells.items() if said.strip()}


def tonnes(weight_g: int) -> str:
    """Tonnes to the kilogram, half up; nothing where that is nothing."""
    kg = (weight_g + STEP_G // 2) // STEP_G
    return f"{kg // 1000},{kg % 1000:03}" if kg > 0 else ""


def _yes(value: bool) -> str:
    return "OUI" if value else "NON"


def _destination(line: WasteLine) -> Cells:
    return _company("destinationCompany", line.partner) if line.partner else {}


def _carrier(line: WasteLine) -> Cells:
    carrier = line.carrier
    if carrier is None:
        return {}
    return {
        "transporter1TransportMode": "ROUTE",
        **_company("transporter1Company", carrier),
        "transporter1RecepisseIsExempted": _yes(carrier.is_exempt),
        "transporter1RecepisseNumber": "" if carrier.is_exempt else carrier.receipt,
    }


def _company(who: str, card: Any) -> Cells:
    return {
        f"{who}Type": FRENCH,
        f"{who}OrgId": card.siret,
        f"{who}Name": card.name,
        f"{who}Address": card.address,
        f"{who}PostalCode": card.postal_code,
        f"{who}City": card.city,
        f"{who}CountryCode": "FR",
    }


def digest(cells: Mapping[str, str]) -> str:
    """What tells a line from its correction: all it says, but for why it is sent."""
    return digest_of({key: said for key, said in cells.items() if key != "reason"})


def table(lines: Iterable[Mapping[str, str]]) -> Iterable[list[Cell]]:
    """The rows of the file, every column in its place."""
    keys = list(columns())
    for cells in lines:
        yield [Cell(cells.get(key, "")) for key in keys]


def reasons(line: WasteLine, cells: Mapping[str, str], today: date) -> list[Reason]:
    """Why a line cannot be declared as it is: none where it can. Lines that a slip traces
    already are not asked.
    """
    if said := _apart(line):
        return [said]
    return [_reason(line, problem) for problem in check_row(cells, today)]


def by_slip(line: WasteLine) -> Reason:
    """Why dangerous waste with a slip is never in the file: the register has it already."""
    document = reverse("document", args=[line.movement.number])
    words = _("already traced by its slip (BSD) %(bsd)s") % {"bsd": line.bsd}
    return Reason("traced_by_slip", words, document)


def _apart(line: WasteLine) -> Reason | None:
    """What makes every other reason idle."""
    document = reverse("document", args=[line.movement.number])
    if line.is_cancelled:
        return Reason("cancelled", _("cancelled before it was declared"), document)
    if line.shipment is None:
        return Reason("no_departure", _("went straight to the bin: no departure, no carrier"))
    if line.partner is None:
        return Reason("no_partner", _("nobody is named who took it"), document)
    if line.is_dangerous and (said := _without_slip(line)):
        return said
    if line.carrier is None:
        return _carrier_missing(line)
    return None


def _without_slip(line: WasteLine) -> Reason | None:
    """Dangerous waste travels with a slip, but where an éco-organisme has it fetched: the file
    names that one.
    """
    eco = line.eco_organisme
    if eco is None:
        assert line.partner is not None  # noqa: S101 (asked for before)
        href = reverse("partners-edit", kwargs={"code": line.partner.code})
        words = _(
            "dangerous, without the number of its slip nor an éco-organisme that has it fetched"
        )
        return Reason("slip_missing", words, href)
    if not eco.siret:
        return _reason(line, Problem("ecoOrganismeSiret", "missing"))
    return None


def _carrier_missing(line: WasteLine) -> Reason:
    said = line.carrier_said
    if said:
        words = _("the carrier “%(name)s” has no card") % {"name": said}
        return Reason("carrier_unknown", words, reverse("carriers-new"))
    assert line.partner is not None  # noqa: S101 (asked for before)
    href = reverse("partners-edit", kwargs={"code": line.partner.code})
    return Reason("no_carrier", _("no carrier: say the usual one of this partner"), href)


def _reason(line: WasteLine, problem: Problem) -> Reason:
    words = {"what": said_of(problem.key), "why": why(problem.code)}
    return Reason(problem.code, _("%(what)s: %(why)s") % words, _to_fix(line, problem.key))


def _to_fix(line: WasteLine, key: str) -> str:
    """The page where a column's cell comes from."""
    partner, carrier = line.partner, line.carrier
    if key == "reportForCompanySiret":
        return reverse("sites-edit", kwargs={"code": line.movement.site.code})
    if key.startswith("transporter1") and carrier:
        return reverse("carriers-edit", kwargs={"code": carrier.code})
    if key.startswith("ecoOrganisme") and line.eco_organisme:
        return reverse("eco-organismes-edit", kwargs={"code": line.eco_organisme.code})
    is_partners = key.startswith(("destination", "operation", "waste"))
    if is_partners and partner:
        return reverse("partners-edit", kwargs={"code": partner.code})
    return reverse("document", args=[line.movement.number])
