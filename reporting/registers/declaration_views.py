"""Pages of the national register: what can be declared, what cannot, and the files made."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organisation.doors import caller, page
from organisation.models import Site, Submission
from organisation.permissions import CallerRequest
from organisation.submissions import claim_of, form_content, form_uuid, submit
from reporting.asking import question_of
from reporting.choices import presets
from reporting.forms import Question
from reporting.models import DeclarationFile
from reporting.registers import declaring
from reporting.registers.declaring import Unsent, situation
from reporting.registers.files import csv_of, file_of, xlsx_of
from reporting.registers.lines import Outgoing
from reporting.registers.tables import as_csv, day, maybe_kg
from reporting.registers.views import not_understood
from reporting.scopes import Scope
from reporting.workbook.typed import Cell, text

SHOWN = 50
FILES = 20
TO_FIX = 12


@page("read_figures")
@require_safe
def national(request: CallerRequest) -> HttpResponse:
    """What of a period is to declare, what cannot be and why, and the files made so far."""
    asked = question_of(request)
    if not asked.is_valid():
        return not_understood(request, asked)
    found = situation(Outgoing(asked.scope, asked.period), timezone.localdate())
    context = {
        "id": uuid4(),
        "asked": asked,
        "presets": presets(asked),
        "here": asked.address(),
        "found": found,
        "to_send": found.to_send[:SHOWN],
        "blocked": found.blocked[:SHOWN],
        "to_fix": found.to_fix[:TO_FIX],
        "traced": found.traced[:SHOWN],
        "more_to_send": max(len(found.to_send) - SHOWN, 0),
        "more_blocked": max(len(found.blocked) - SHOWN, 0),
        "more_traced": max(len(found.traced) - SHOWN, 0),
        "files": _files(request),
        "may_declare": caller(request).may_anywhere("govern"),
    }
    return render(request, "reporting/registers/national.html", context)


@page("read_figures")
@require_safe
def blocked_csv(request: CallerRequest) -> Any:
    """What is not declared, each with its reasons, as a CSV file."""
    asked = question_of(request)
    if not asked.is_valid():
        return not_understood(request, asked)
    found = situation(Outgoing(asked.scope, asked.period), timezone.localdate())
    heads = [_("date"), _("document"), _("name of the waste"), _("weight (kg)"), _("reason")]
    return as_csv("tracerie-non-declarables", heads, _rows([*found.blocked, *found.traced]))


def _rows(unsent: list[Unsent]) -> Iterator[list[Cell]]:
    for each in unsent:
        line = each.line
        yield [
            day(line.day if line else each.movement.business_date),
            text(each.movement.number),
            text(line.name if line else ""),
            maybe_kg(line.weight_g if line else None),
            text(" ; ".join(reason.text for reason in each.reasons)),
        ]


@require_POST
@page("govern")
def declare(request: CallerRequest) -> HttpResponse:
    """Make a file of all that is to send, and remember it as declared."""
    asked = question_of(request)
    if not asked.is_valid():
        return not_understood(request, asked)
    outgoing = Outgoing(_governed(request, asked), asked.period)
    made = _said(
        request,
        lambda submission: declaring.declare(
            outgoing=outgoing,
            today=timezone.localdate(),
            author=caller(request),
            submission=submission,
        ),
    )
    if made:
        messages.success(request, _("The file is ready: download it, then send it."))
    return redirect(f"{reverse('national')}?{asked.address()}#files")


@page("read_figures")
@require_safe
def file_csv(request: CallerRequest, uuid: UUID) -> Any:
    """A file as it was made ready: CSV, as the national register takes it."""
    return csv_of(file_of(request, uuid))


@page("read_figures")
@require_safe
def file_xlsx(request: CallerRequest, uuid: UUID) -> HttpResponse:
    """A file as it was made ready: XLSX, as the national register takes it."""
    return xlsx_of(file_of(request, uuid))


@require_POST
@page("govern")
def withdraw(request: CallerRequest, uuid: UUID) -> HttpResponse:
    """Say that a file was never sent: its lines are to send again."""
    file = file_of(request, uuid)
    done = _said(
        request,
        lambda submission: declaring.withdraw(
            file=file, author=caller(request), submission=submission
        ),
    )
    if done:
        messages.success(request, _("The file counts as not sent: its lines are to send again."))
    return redirect("national")


def _said(request: CallerRequest, record: Callable[[Submission], Any]) -> bool:
    """Record once, or say why not."""
    organisation = request.user.organisation
    assert organisation is not None  # noqa: S101 (the guard asks for one)
    try:
        submit(
            claim=claim_of(request, form_uuid(request), organisation),
            content=form_content(request.POST),
            record=lambda submission: str(record(submission).pk),
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return False
    return True


def _governed(request: CallerRequest, asked: Question) -> Scope:
    """The sites asked for where the caller may declare."""
    allowed = set(Site.objects.permitted(caller(request), "govern"))
    return Scope.of_sites(site for site in asked.scope.sites if site in allowed)


def _files(request: CallerRequest) -> list[DeclarationFile]:
    sites = Site.objects.permitted(caller(request), "read_figures")
    return list(DeclarationFile.objects.within(request).of(sites).told().order_by("-pk")[:FILES])
