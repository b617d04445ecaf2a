"""Pages of claims: a quarter's streams, what is claimed of them, what is left."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.models import EcoOrganisme, EprStream, Kind
from organisation.doors import caller, page, require
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.submissions import claim_of, form_content, form_uuid, submit
from reporting.models import EprClaim
from reporting.registers import claims
from reporting.registers.claims import Left
from reporting.registers.forms import ClaimForm, QuarterForm, ReleaseForm, fate_words
from reporting.registers.quarters import Quarter
from reporting.registers.tables import as_csv, as_xlsx
from reporting.workbook.typed import Cell, count, kg, text


@page("read_figures")
@require_safe
def claimed(request: CallerRequest) -> HttpResponse:
    """A quarter: its streams, who was claimed what, what is left, and the claims themselves."""
    return _quarter_page(request, _asked(request))


@require_http_methods(["POST"])
@page("govern")
def claim(request: CallerRequest) -> HttpResponse:
    """Claim what is left of a stream in a quarter."""
    form = ClaimForm(request.POST, user=caller(request))
    if not form.is_valid():
        return _quarter_page(request, _asked(request), form)
    organisation = request.user.organisation
    assert organisation is not None  # noqa: S101 (the guard asks for one)
    sites = list(Site.objects.permitted(caller(request), "govern"))
    try:
        submit(
            claim=claim_of(request, form.cleaned_data["id"], organisation),
            content=form_content(request.POST),
            record=lambda submission: str(
                claims.claim(
                    wanted=form.claim, sites=sites, author=caller(request), submission=submission
                ).pk
            ),
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Claimed: the sums are below."))
    return redirect(f"{reverse('claims')}?quarter={form.claim.quarter.code}")


@require_POST
@page("govern")
def release(request: CallerRequest, uuid: UUID) -> HttpResponse:
    """Give a claim up; it stays on record."""
    made = get_object_or_404(EprClaim.objects.within(request), submission__uuid=uuid)
    for site in made.sites:
        require(request, site)
    form = ReleaseForm({**request.POST.dict(), "id": str(form_uuid(request))})
    back = f"{reverse('claims')}?quarter={Quarter.of_key(made.quarter).code}"
    if not form.is_valid():
        messages.error(request, _("Say why the claim is released."))
        return redirect(back)
    try:
        submit(
            claim=claim_of(request, form.cleaned_data["id"], made.organisation),
            content=form_content(request.POST),
            record=lambda submission: str(
                claims.release(
                    claim=made,
                    reason=form.cleaned_data["reason"],
                    author=caller(request),
                    submission=submission,
                ).pk
            ),
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The claim is released: its grams may be claimed again."))
    return redirect(back)


@page("read_figures")
@require_safe
def claims_csv(request: CallerRequest) -> Any:
    """A quarter's claims and what is left, as a CSV file."""
    quarter = _chosen(request)
    return as_csv(_name(quarter), _heads(), _rows(request, quarter))


@page("read_figures")
@require_safe
def claims_xlsx(request: CallerRequest) -> HttpResponse:
    """A quarter's claims and what is left, as a workbook."""
    quarter = _chosen(request)
    return as_xlsx(_name(quarter), quarter.code, _heads(), _rows(request, quarter))


def _quarter_page(
    request: CallerRequest, asked: QuarterForm, form: ClaimForm | None = None
) -> HttpResponse:
    if not asked.is_valid():
        raise Http404
    quarter, user = asked.chosen, caller(request)
    initial = {"id": uuid4(), "quarter": quarter.code, "fates": [Kind.REUSE.value]}
    made = EprClaim.objects.within(request).of(Site.objects.permitted(user, "read_figures"))
    made = made.told().filter(quarter=quarter.key).order_by("-pk")
    contracts = EcoOrganisme.objects.filter(organisation=user.organisation_id, is_active=True)
    context = {
        "asked": asked,
        "quarter": quarter,
        "rows": _named(_table(request, quarter)),
        "claims": [(each, fate_words(each.fates), uuid4()) for each in made],
        "form": form or ClaimForm(initial=initial, user=user),
        "has_contracts": contracts.exists(),
        "is_over": quarter.period.end < timezone.localdate(),
        "may_claim": user.may_anywhere("govern"),
        "may_configure": user.may_anywhere("configure"),
    }
    return render(request, "reporting/registers/claims.html", context, status=422 if form else 200)


def _asked(request: CallerRequest) -> QuarterForm:
    asked = request.POST if request.method == "POST" else request.GET
    return QuarterForm(asked, timezone.localdate())


def _chosen(request: CallerRequest) -> Quarter:
    asked = _asked(request)
    if not asked.is_valid():
        raise Http404
    return asked.chosen


def _table(request: CallerRequest, quarter: Quarter) -> list[Left]:
    return claims.in_quarter(list(Site.objects.permitted(caller(request), "read_figures")), quarter)


def _named(rows: list[Left]) -> list[tuple[str, Left]]:
    names = {stream.code: stream.name for stream in EprStream.objects.all()}
    return [(names.get(row.stream, row.stream), row) for row in rows]


def _heads() -> list[str]:
    return [
        _("quarter"),
        _("stream code"),
        _("stream"),
        _("fate"),
        _("éco-organisme"),
        _("weight (kg)"),
        _("units"),
    ]


def _rows(request: CallerRequest, quarter: Quarter) -> Iterator[list[Cell]]:
    """A row for each éco-organisme that was claimed, and one for what is left."""
    for name, row in _named(_table(request, quarter)):
        parts = [*row.claimed.items(), (_("not claimed"), [row.left_g, row.left_units])]
        for who, (grams, units) in parts:
            yield [
                text(quarter.code),
                text(row.stream),
                text(name),
                text(row.fate.label),
                text(who),
                kg(grams),
                count(units),
            ]


def _name(quarter: Quarter) -> str:
    return f"tracerie-eco-organismes-{quarter.code}"
