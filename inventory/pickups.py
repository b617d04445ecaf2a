"""The pick-up slip of a departure: what it says, and its page."""

import json
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.models import Flow, Method, Movement
from inventory.units import format_kg

TEMPLATE = Path(__file__).with_name("pickup.typ")
WEIGHED = (Method.WEIGHED, Method.NET_OF_TARE)
LINKS = (
    "from_category__waste_code",
    "from_category__parent__waste_code",
    "packing__container",
    "item",
)


def pickup_pdf(movement: Movement) -> bytes:
    """Return the slip of a departure, or of a gift, as a PDF of one or more A4 pages."""
    import fontpkg_atkinson_hyperlegible as typeface
    import typst

    return typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        sys_inputs={"slip": json.dumps(slip_of(movement))},
        font_paths=[Path(typeface.ROOT) / "files"],
        ignore_system_fonts=True,
        timestamp=0,
    )


def slip_of(movement: Movement) -> dict[str, Any]:
    """What the slip of a departure says, in words and figures as they are printed."""
    shipment = movement.shipment
    lines = [_line(flow, shipment) for flow in _flows(movement)]
    confirmed = getattr(shipment, "weights", None)
    return {
        "words": _words(),
        "title": _("Gift") if shipment.fate == "reuse" else _("Pick-up slip"),
        "number": movement.number,
        "day": date_format(movement.business_date, "j F Y"),
        "hour": date_format(localtime(movement.occurred_at), "H:i"),
        "cancelled": hasattr(movement, "reversed_by") and not confirmed,
        "from": _party(movement.site.organisation, movement.site.name),
        "to": _party(shipment.partner, getattr(shipment.partner, "whole_address", "")),
        "carrier": shipment.carrier,
        "bsd": shipment.bsd,
        "fate": capfirst(str(shipment.get_fate_display())),
        "treatment": str(shipment.treatment_code or ""),
        "lines": lines,
        "total": format_kg(sum(flow.weight_g for flow in _flows(movement))),
        "partner_total": _partner_total(confirmed),
        "partner_number": confirmed.movement.number if confirmed else "",
        "note": movement.note,
    }


def _flows(movement: Movement) -> list[Flow]:
    return list(
        movement.flows.select_related(*LINKS).prefetch_related("item__codes").order_by("pk")
    )


def _party(who: Any, detail: str) -> dict[str, str]:
    """Name, SIRET in groups and a line more; the public has neither."""
    siret = getattr(who, "siret", "")
    return {
        "name": who.name if who else _("The public"),
        "siret": f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}" if siret else "",
        "detail": detail,
    }


def _line(flow: Flow, shipment: Any) -> dict[str, str]:
    category = flow.from_category
    own = category.waste_code or (category.parent and category.parent.waste_code)
    waste = shipment.waste_code or own
    codes = [code.code for code in flow.item.codes.all()] if flow.item else []
    return {
        "what": f"{flow.item} ({codes[0]})" if flow.item and codes else category.name,
        "waste": waste.code if waste and shipment.fate != "reuse" else "",
        "treatment": shipment.treatment_code.code if shipment.treatment_code else "",
        "packing": _packing(getattr(flow, "packing", None), flow.units if not flow.item else 0),
        "kg": format_kg(flow.weight_g),
        "known": _("weighed") if flow.method in WEIGHED else _("estimated"),
    }


def _packing(packing: Any, units: int) -> str:
    if packing is not None:
        return f"{packing.bins} × {packing.container.name}"
    return ngettext("%(n)s piece", "%(n)s pieces", units) % {"n": units} if units else ""


def _partner_total(confirmed: Any) -> str:
    if confirmed is None:
        return ""
    return format_kg(sum(flow.weight_g for flow in confirmed.movement.flows.all()))


def _words() -> dict[str, str]:
    return {
        "number": _("No."),
        "from": _("Leaves from"),
        "to": _("Taken by"),
        "siret": _("SIRET"),
        "carrier": _("Carrier"),
        "bsd": _("Waste tracking slip (BSD)"),
        "fate": _("Fate"),
        "treatment": _("Treatment"),
        "what": _("What"),
        "waste": _("Waste code"),
        "code": _("Operation"),
        "packing": _("Packed in"),
        "kg": _("kg"),
        "known": _("Weight"),
        "total": _("Total"),
        "partner_total": _("Weighed by the partner"),
        "cancelled": _("Cancelled"),
        "note": _("Note"),
        "given": _("Handed over by"),
        "taken": _("Taken away by"),
        "sign": _("Name, date, signature"),
        "page": _("page"),
    }
