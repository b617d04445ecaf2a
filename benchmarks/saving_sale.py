"""The sale as a plain Django application would write it: ``save()`` per object.

Same guard, same payload, same prices, same body and hash, same rows (submission, number, movement,
flows, item, balances, cube, event, head, ticket, lines, payments), same transaction, same answer.
Only the writing differs.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from inventory.ledger import Entry
from inventory.models import (
    Account,
    Balance,
    Flow,
    Method,
    MonthlyFlow,
    Movement,
    NumberSeries,
    Verb,
)
from inventory.models.ledger import PREFIXES
from inventory.months import month_of
from organisation.doors import Doors
from organisation.models import Site, Submission
from organisation.submissions import digest_of, writing
from sales import vat
from sales.api.leases import Counter
from sales.api.shapes import SaleIn, SaleOut
from sales.journal import _envelope, canonical, hash_of
from sales.journal.bodies import codes_of, sale_data
from sales.models import (
    Chain,
    JournalEntry,
    Kind,
    Payment,
    Sale,
    SaleLine,
    Till,
    TillSession,
    VatTerms,
)
from sales.reductions import Today
from sales.services import priced, weigh

Asked = dict[str, Any]
router = Doors()


@router.post("sales", auth=Counter("sell"), response={201: SaleOut, 200: SaleOut})
def create_sale(request: HttpRequest, payload: SaleIn) -> HttpResponse:
    asked = {
        "till": payload.till,
        "lines": [line.wanted(is_sold=False) for line in payload.lines],
        "payments": [paid.said() for paid in payload.payments],
    }
    organisation = request.user.organisation
    claim = Submission(organisation=organisation, uuid=payload.id, endpoint=request.path)
    entry = Entry(payload.till.site, Verb.SELL, claim, request.user, timezone.now())
    sell(claim, json.loads(request.body), entry, asked)
    return HttpResponse(claim.answer, status=201, content_type="application/json")


def sell(claim: Submission, content: Any, entry: Entry, asked: Asked) -> Sale:
    with writing():
        mine = Submission.objects.filter(organisation=claim.organisation, uuid=claim.uuid)
        if mine.exists():
            sys.exit("This sale was recorded before.")
        claim.digest = digest_of(content)
        claim.save()
        sale = _record(entry, asked)
        claim.answer = SaleOut.of(Sale.objects.shown().get(pk=sale.pk)).model_dump_json()
        claim.save()
    return sale


def _record(entry: Entry, asked: Asked) -> Sale:
    till, lines, payments = asked["till"], asked["lines"], asked["payments"]
    site = Site.objects.get(pk=till.site_id)
    head = Chain.objects.get(till=till)
    session = TillSession.objects.get(till=till, closing=None)
    today = Today(site, session.business_date)
    rows = [priced(today, n, line) for n, line in enumerate(lines, start=1)]
    weigh(site, rows, lines)
    movement = _movement(entry, site, session.business_date)
    sale = Sale(movement=movement, till=till, total_cents=sum(row.total_cents for row in rows))
    sale.change_cents = sum(paid.amount_cents for paid in payments) - sale.total_cents
    terms = VatTerms.objects.on(site.organisation_id, session.business_date)
    for row in rows:
        row.vat_bp = vat.rate_of(terms, row)
        row.flow = _flow(movement, till, row)
    money = [Payment(method=paid.method, amount_cents=paid.amount_cents) for paid in payments]
    sale.event = _event(head, entry, sale, rows, money)
    sale.save()
    for row in [*rows, *money]:
        row.sale = sale
        row.save()
    return sale


def _movement(entry: Entry, site: Site, day: Any) -> Movement:
    series, _new = NumberSeries.objects.get_or_create(
        site=site, prefix=PREFIXES[Verb.SELL], defaults={"last": 0}
    )
    series.last += 1
    series.save()
    movement = Movement(
        number=f"{series.prefix}-{site.code}-{series.last}",
        submission=entry.submission,
        site=site,
        verb=Verb.SELL,
        occurred_at=entry.occurred_at,
        business_date=day,
        month=month_of(day),
        recorded_at=timezone.now(),
        author=entry.author,
    )
    movement.save()
    return movement


def _flow(movement: Movement, till: Till, row: SaleLine) -> Flow:
    start = row.item.account if row.item else _account(Account.stock(till.shelf))
    method = Method.UNIT_AVERAGE if row.weight_source == "average" else Method.WEIGHED
    flow = Flow(
        movement=movement,
        month=movement.month,
        from_account=start,
        from_category=row.category,
        to_account=_account(Account.sale(movement.site)),
        to_category=row.category,
        item=row.item,
        weight_g=row.weight_g,
        units=row.quantity,
        method=row.item.method if row.item else method,
    )
    flow.save()
    if row.item:
        row.item.account = flow.to_account
        row.item.skip_history_when_saving = True
        row.item.save()
    _add_up(flow, start, row)
    return flow


def _account(wanted: Account) -> Account:
    account = Account.objects.filter(key=wanted.key).first()
    if account is None:
        wanted.save()
    return account or wanted


def _add_up(flow: Flow, start: Account, row: SaleLine) -> None:
    grams, units = flow.weight_g, flow.units
    _add(Balance, -grams, -units, account=start, category=row.category)
    _add(Balance, grams, units, account=flow.to_account, category=row.category)
    _add(
        MonthlyFlow, grams, units, month=flow.movement.month, from_account=start,
        to_account=flow.to_account, from_category=row.category, to_category=row.category,
        method=flow.method,
    )  # fmt: skip


def _add(model: Any, weight_g: int, units: int, **key: Any) -> None:
    row, _new = model.objects.get_or_create(**key, defaults={"weight_g": 0, "units": 0})
    row.weight_g += weight_g
    row.units += units
    row.save()


def _event(
    head: Chain, entry: Entry, sale: Sale, rows: Sequence[SaleLine], money: Sequence[Payment]
) -> JournalEntry:
    head.last_seq += 1
    head.perpetual_cents += sale.total_cents
    head.perpetual_abs_cents += sale.total_cents
    told = _envelope(head, entry, Kind.SALE, entry.submission.uuid)
    told["business_date"] = sale.movement.business_date.isoformat()
    body = canonical({**told, "data": sale_data(sale, rows, money, codes_of(rows))})
    event = JournalEntry(
        chain=head,
        seq=head.last_seq,
        uuid=entry.submission.uuid,
        kind=Kind.SALE,
        body=body,
        prev_hash=head.last_hash,
        hash=hash_of(head.last_hash, body.encode()),
    )
    event.save()
    head.last_hash = event.hash
    head.save()
    return event
