"""A refund: part of a ticket given back, in money and in grams, line by line."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, Leg, post
from inventory.models import Method as KnownBy
from inventory.services import require_not_back
from sales.models import Method, Refund, RefundLine, Sale, SaleLine, Till


@transaction.atomic
def refund_sale(
    *, entry: Entry, till: Till, sale: Sale, quantities: Mapping[SaleLine, int], method: Method
) -> Refund:
    """Give back so many of each line of a ticket, its money and its grams in proportion.

    What is given back of a line never exceeds what was sold, in units, cents or grams.
    Raises ValidationError ``other_site``, ``refund_exceeds_sale``, ``already_back``, or what
    ``post`` raises.
    """
    if till.site_id != sale.movement.site_id:
        raise ValidationError(
            _("This ticket is from another site: it is refunded there."), code="other_site"
        )
    Sale.objects.select_for_update().get(pk=sale.pk)  # one refund of a ticket at a time
    require_not_back(line.item_id for line in quantities if line.item_id)
    before = RefundLine.objects.quantities(quantities)
    backs = [_given_back(line, before.get(line.pk, 0), n) for line, n in quantities.items()]
    movement = post(entry=entry, legs=[_return_leg(back) for back in backs if back.weight_g])
    refund = Refund.objects.create(
        movement=movement,
        sale=sale,
        till=till,
        method=method,
        total_cents=sum(back.amount_cents for back in backs),
    )
    for back in backs:
        back.refund = refund
    RefundLine.objects.bulk_create(backs)
    return refund


def share(whole: int, parts: int, taken: int) -> int:
    """What ``taken`` of ``parts`` equal parts of ``whole`` make, rounded down.

    Shares taken one after the other as differences of it add up to the whole.
    """
    return whole * taken // parts


def _given_back(line: SaleLine, before: int, quantity: int) -> RefundLine:
    """``quantity`` more of a line of which ``before`` were given back already."""
    after = before + quantity
    if after > line.quantity:
        raise ValidationError(
            _("Of “%(line)s”, %(left)s can still be given back."),
            code="refund_exceeds_sale",
            params={"line": line.label, "left": line.quantity - before},
        )

    def part(whole: int) -> int:
        return share(whole, line.quantity, after) - share(whole, line.quantity, before)

    return RefundLine(
        line=line,
        quantity=quantity,
        amount_cents=part(line.total_cents),
        weight_g=None if line.weight_g is None else part(line.weight_g),
    )


def _return_leg(back: RefundLine) -> Leg:
    """Back to where it was sold from, known as it was known."""
    flow = back.line.flow
    assert flow is not None  # noqa: S101 (what weighs has a flow: a constraint)
    assert back.weight_g is not None  # noqa: S101
    return Leg(
        from_account=flow.to_account,
        to_account=flow.from_account,
        category=flow.from_category,
        weight_g=back.weight_g,
        method=KnownBy(flow.method),
        units=back.quantity,
        item=back.line.item,
    )
