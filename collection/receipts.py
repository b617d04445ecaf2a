"""What the donor takes home: the slip of an arrival, and the name and signature left for it."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from collection.models import Donor, Intake
from inventory.models import Flow
from inventory.units import NO_BREAK, exact_kg
from organisation.papers import sender, typeset

TEMPLATE = Path(__file__).with_name("receipt.typ")


@transaction.atomic
def record_donor(*, donor: Donor) -> Donor:
    """Keep who brought an arrival, and their signature if they gave one; the last word counts.

    Raises ValidationError.
    """
    donor.full_clean(exclude=["submission"])
    donor.save()
    return donor


def receipt_pdf(intake: Intake) -> bytes:
    """Return the slip of an arrival."""
    return typeset(TEMPLATE, _told(intake))


def _told(intake: Intake) -> dict[str, Any]:
    movement, site = intake.movement, intake.movement.site
    moment = movement.occurred_at.astimezone(ZoneInfo(site.timezone))
    flows = list(movement.flows.select_related("from_category").order_by("pk"))
    return {
        "lang": get_language() or "fr",
        "title": _("Receipt for what you brought"),
        "number": movement.number,
        "from": sender(site.organisation, site.name),
        "facts": [date_format(moment, "j F Y, H:i"), intake.mode.name],
        "heads": [_("What"), _("Pieces"), _("Weight")],
        "rows": [_row(flow) for flow in flows],
        "total": [_("Total"), _weight(sum(flow.weight_g for flow in flows))],
        "thanks": _(
            "Thank you. What can be used again is sold or given, the rest goes to recycling as "
            "far as it can. Every kilogram is followed to where it ends."
        ),
        "donor": _donor_told(Donor.objects.of(intake)),
        "foot": f"{site.organisation.name} · {movement.number}",
    }


def _weight(grams: int) -> str:
    return f"{exact_kg(grams)}{NO_BREAK}kg"


def _row(flow: Flow) -> list[str]:
    units = ngettext("%(n)s piece", "%(n)s pieces", flow.units) % {"n": flow.units}
    return [flow.from_category.name, units if flow.units else "", _weight(flow.weight_g)]


def _donor_told(donor: Donor | None) -> dict[str, str] | None:
    if donor is None:
        return None
    return {
        "title": _("Brought by"),
        "name": donor.name,
        "signed": _("Signature"),
        "signature": donor.drawing,
    }
