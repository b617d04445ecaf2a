"""Learning at the till: tickets that sell nothing, on a chain of their own."""

from collections.abc import Sequence

from django.db import transaction

from inventory.ledger import Entry
from inventory.models import Movement
from sales import journal
from sales.journal import Event, technical
from sales.journal.bodies import codes_of, sale_data
from sales.models import JournalEntry, Kind, Payment, Till
from sales.reductions import Today
from sales.services.asking import Paid, Wanted, Whole
from sales.services.selling import change_of, priced, ticket_of, weigh
from sales.services.sessions import require_in_use


@transaction.atomic
def rehearse_sale(
    *,
    entry: Entry,
    till: Till,
    lines: Sequence[Wanted],
    payments: Sequence[Paid],
    whole: Whole | None = None,
) -> JournalEntry:
    """Sell as ``record_sale`` would, and note it as a training: no row, no gram, no total.

    Raises ValidationError ``till_retired``, or what ``priced``, ``spread`` and the money raise.
    """
    require_in_use(till)
    head = journal.hold_training(till)
    technical.arrive(head=head, entry=entry)
    today = Today(entry.site, entry.day)
    rows = [priced(today, n, line) for n, line in enumerate(lines, start=1)]
    weigh(entry.site, rows, lines)
    sale = ticket_of(entry, till, rows, whole or Whole())
    sale.change_cents = change_of(sale.total_cents, payments)
    number = head.entries.filter(kind=Kind.SALE).count() + 1
    sale.movement = Movement(
        number=f"ECOLE-{till.code}-{number:06d}",
        occurred_at=entry.occurred_at,
        business_date=entry.day,
        author=entry.author,
    )
    money = [
        Payment(method=each.method, amount_cents=each.amount_cents, voucher=each.voucher)
        for each in payments
    ]
    data = {**sale_data(sale, rows, money, codes_of(rows)), "training": True}
    return journal.append(head=head, entry=entry, event=Event(Kind.SALE, data))
