"""The intake as a plain Django application would write it: ``save()`` per object.

Same guard, same payload, same rows (submission, movement, flows, weighings, balances, cubes,
averages, number), same transaction, same writers' queue, same answer. Only the writing differs.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI

from benchmarks import saving_sale
from collection import services
from collection.api import IntakeIn, IntakeOut
from collection.models import Intake, Weighing
from inventory.models import (
    Account,
    Balance,
    Flow,
    Kind,
    Method,
    MonthlyFlow,
    MonthlyOrigin,
    Movement,
    NumberSeries,
    Origin,
    Place,
    UnitWeight,
    Verb,
)
from inventory.models.ledger import PREFIXES
from inventory.months import month_of
from organisation.doors import Doors, May
from organisation.models import Site, Submission
from organisation.submissions import digest_of, writing

router = Doors()


@router.post("intakes", auth=May("collect"), response={201: IntakeOut, 200: IntakeOut})
def create_intake(request: HttpRequest, payload: IntakeIn) -> HttpResponse:
    with writing():
        organisation = request.user.organisation
        submission = Submission.objects.filter(organisation=organisation, uuid=payload.id).first()
        if submission is not None:
            return HttpResponse(submission.answer, content_type="application/json")
        submission = Submission(organisation=organisation, uuid=payload.id, endpoint=request.path)
        submission.digest = digest_of(payload.id.hex)
        submission.save()
        intake = _record(request, payload, submission)
        submission.answer = IntakeOut.of(intake).model_dump_json()
        submission.save()
    return HttpResponse(submission.answer, status=201, content_type="application/json")


def _record(request: HttpRequest, payload: IntakeIn, submission: Submission) -> Intake:
    site = Site.objects.get(pk=payload.site.pk)
    now = timezone.now()
    series, _new = NumberSeries.objects.get_or_create(
        site=site, prefix=PREFIXES[Verb.COLLECT], defaults={"last": 0}
    )
    series.last += 1
    series.save()
    day = site.business_date(now)
    movement = Movement(
        number=f"{series.prefix}-{site.code}-{series.last}",
        submission=submission,
        site=site,
        verb=Verb.COLLECT,
        occurred_at=now,
        business_date=day,
        month=month_of(day),
        recorded_at=now,
        author=request.user,
        note=payload.comment,
    )
    movement.save()
    origin = payload.origin or Origin.objects.not_asked(site.organisation_id)
    source = _account(Account.source(site, payload.mode, payload.waste_status or ""))
    stock = _account(Account.stock(Place.objects.main(site)))
    intake = Intake(
        movement=movement, mode=payload.mode, origin=origin, waste_status=source.waste_status
    )
    intake.save()
    for line in payload.lines:
        _record_line(intake, (source, stock), line.line())
    return intake


def _account(wanted: Account) -> Account:
    account = Account.objects.filter(key=wanted.key).first()
    if account is None:
        wanted.save()
    return account or wanted


def _record_line(intake: Intake, ends: tuple[Account, Account], line: services.Line) -> None:
    movement, (start, end) = intake.movement, ends
    weight_g = line.weight_g
    method = Method.ESTIMATED if line.is_estimated else Method.WEIGHED
    if line.gross_g is not None:
        weight_g, method = line.gross_g - line.container.tare_g, Method.NET_OF_TARE
    flow = Flow(
        movement=movement,
        month=movement.month,
        from_account=start,
        from_category=line.category,
        to_account=end,
        to_category=line.category,
        origin=intake.origin,
        weight_g=weight_g,
        units=line.units,
        method=method,
    )
    flow.save()
    Weighing(intake=intake, flow=flow, gross_g=line.gross_g, container=line.container).save()
    grams, units = flow.weight_g, flow.units
    category = {"category": line.category}
    _add(Balance, -grams, -units, account=start, **category)
    _add(Balance, grams, units, account=end, **category)
    _add(
        MonthlyFlow, grams, units, month=movement.month, from_account=start, to_account=end,
        from_category=line.category, to_category=line.category, method=method,
    )  # fmt: skip
    _add(MonthlyOrigin, grams, units, month=movement.month, account=start, origin=intake.origin,
         **category)  # fmt: skip
    if units and method != Method.ESTIMATED and start.kind == Kind.SOURCE:
        _add(UnitWeight, grams, units, site=movement.site, **category)


def _add(model: Any, weight_g: int, units: int, **key: Any) -> None:
    row, _new = model.objects.get_or_create(**key, defaults={"weight_g": 0, "units": 0})
    row.weight_g += weight_g
    row.units += units
    row.save()


api = NinjaAPI(urls_namespace="saving", docs_url=None, openapi_url=None)
api.add_router("", router)
api.add_router("", saving_sale.router)
