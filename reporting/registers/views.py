"""Pages of the registers: what they hold, and their files."""

import re
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organisation.doors import page
from organisation.permissions import CallerRequest
from reporting import asking
from reporting.asking import question_of
from reporting.choices import presets
from reporting.forms import Question
from reporting.registers import objects, register
from reporting.registers.lines import Outgoing
from reporting.registers.objects import CameIn
from reporting.registers.tables import as_csv, as_xlsx

LISTED = 100
SPOT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{1,18})")


@page("read_figures")
@require_safe
def registers(request: CallerRequest) -> HttpResponse:
    """The registers there are, one door each."""
    organisation = request.user.organisation
    context = {"lists_objects": organisation is not None and organisation.lists_objects}
    return render(request, "reporting/registers/registers.html", context)


@page("read_figures")
@require_safe
def waste(request: CallerRequest) -> HttpResponse:
    """The register of outgoing waste, first to last."""
    asked = question_of(request)
    if not asked.is_valid():
        return not_understood(request, asked)
    lines, after = Outgoing(asked.scope, asked.period).page(LISTED, _spot(request))
    context = {"lines": lines, **_paged(request, asked, after)}
    return render(request, "reporting/registers/waste.html", context)


@page("read_figures")
@require_safe
def waste_csv(request: CallerRequest) -> Any:
    """The register of outgoing waste as a CSV file."""
    asked = question_of(request)
    if not asked.is_valid():
        return not_understood(request, asked)
    lines = Outgoing(asked.scope, asked.period).lines()
    return as_csv(_name("registre-dechets", asked), register.heads(), register.rows(lines))


@page("read_figures")
@require_safe
def waste_xlsx(request: CallerRequest) -> HttpResponse:
    """The register of outgoing waste as a workbook."""
    asked = question_of(request)
    if not asked.is_valid():
        return not_understood(request, asked)
    rows = register.rows(Outgoing(asked.scope, asked.period).lines())
    name, title = _name("registre-dechets", asked), _("Outgoing waste")
    return as_xlsx(name, title, register.heads(), rows)


@page("read_figures")
@require_safe
def waste_pdf(request: CallerRequest) -> HttpResponse:
    """The register of outgoing waste on paper."""
    asked = question_of(request)
    if not asked.is_valid():
        return not_understood(request, asked)
    name = _name("registre-dechets", asked)
    return HttpResponse(
        register.register_pdf(Outgoing(asked.scope, asked.period)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}.pdf"'},
    )


@page("read_figures")
@require_safe
def came_in(request: CallerRequest) -> HttpResponse:
    """The register of objects, first to last; for structures that keep one."""
    asked = _asked_of_objects(request)
    if not asked.is_valid():
        return not_understood(request, asked)
    flows, after = CameIn(asked.scope, asked.period).page(LISTED, _spot(request))
    shown = [(flow, objects.code_of(flow), objects.provenance(flow)) for flow in flows]
    context = {"objects": shown, **_paged(request, asked, after)}
    return render(request, "reporting/registers/objects.html", context)


@page("read_figures")
@require_safe
def came_in_csv(request: CallerRequest) -> Any:
    """The register of objects as a CSV file."""
    asked = _asked_of_objects(request)
    if not asked.is_valid():
        return not_understood(request, asked)
    flows = CameIn(asked.scope, asked.period).flows().iterator(chunk_size=500)
    return as_csv(_name("registre-objets", asked), objects.heads(), objects.rows(flows))


@page("read_figures")
@require_safe
def came_in_xlsx(request: CallerRequest) -> HttpResponse:
    """The register of objects as a workbook."""
    asked = _asked_of_objects(request)
    if not asked.is_valid():
        return not_understood(request, asked)
    flows = CameIn(asked.scope, asked.period).flows().iterator(chunk_size=500)
    name, title = _name("registre-objets", asked), _("Objects")
    return as_xlsx(name, title, objects.heads(), objects.rows(flows))


def not_understood(request: CallerRequest, asked: Question) -> HttpResponse:
    """The answer of a register: its own form."""
    return asking.not_understood(request, asked, "reporting/registers/not_understood.html")


def _asked_of_objects(request: CallerRequest) -> Question:
    organisation = request.user.organisation
    if organisation is None or not organisation.lists_objects:
        raise Http404
    return question_of(request)


def _paged(
    request: CallerRequest, asked: Question, after: tuple[date, int] | None
) -> dict[str, Any]:
    spot = f"{after[0].isoformat()}.{after[1]}" if after else ""
    return {
        "asked": asked,
        "presets": presets(asked),
        "here": asked.address(),
        "is_first": not request.GET.get("after"),
        "next": asked.address(after=spot) if spot else "",
    }


def _spot(request: CallerRequest) -> tuple[date, int] | None:
    """The day and key a page ended on; None, the beginning, for what is no spot of ours."""
    found = SPOT.fullmatch(request.GET.get("after", ""))
    try:
        return (date.fromisoformat(found[1]), int(found[2])) if found else None
    except ValueError:
        return None


def _name(what: str, asked: Question) -> str:
    period = asked.period
    return f"tracerie-{what}-{period.start.isoformat()}-{period.end.isoformat()}"
