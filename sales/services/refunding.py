"""A refund: part of a ticket given back, in money and in grams, line by line."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, Leg, post
from inventory.models import Account
from inventory.models import Method as KnownBy
from inventory.services import require_not_back
from inventory.units import format_euros
from sales import journal, vat
from sales.journal import Event
from sales.journal.bodies import refund_data
from sales.models import (
    Kind,
    Method,
    Refund,
    RefundLine,
    Sale,
    SaleLine,
    Till,
    Voucher,
    VoucherIssuer,
)
from sales.services.invoicing import credit_refund
from sales.services.members import unmake_member
from sales.services.sessions import day_in, require_in_use, session_for
from sales.services.vouching import LASTS, make, require_unused

MOVED = (
    "item",
    "voucher",
    "category",
    "flow__from_account__place",
    "flow__to_account",
    "flow__from_category",
)


@transaction.atomic
def refund_sale(
    *, entry: Entry, till: Till, sale: Sale, quantities: Mapping[SaleLine, int], method: Method
) -> Refund:
    """Give back so many of each line of a ticket, its money and its grams in proportion.

    What is given back of a line never exceeds what was sold, in units, cents or grams.
    Raises ValidationError ``other_site``, ``till_retired``, ``no_open_session``, ``refund_method``,
    ``refund_exceeds_sale``, ``voucher_used``, ``already_back``, or what ``post`` raises.
    """
    if till.site_id != sale.movement.site_id:
        raise ValidationError(
            _("This ticket is from another site: it is refunded there."), code="other_site"
        )
    require_in_use(till, entry)
    head = journal.hold(till)
    entry = replace(entry, business_date=day_in(session_for(head, entry), entry))
    Sale.objects.select_for_update().get(pk=sale.pk)  # one refund of a ticket at a time
    require_not_back(line.item_id for line in quantities if line.item_id and not line.flag)
    prefetch_related_objects(list(quantities), *MOVED)
    before, without_g = RefundLine.objects.so_far(quantities)
    backs = [given_back(line, before[line.pk], n) for line, n in quantities.items()]
    total_cents = sum(back.amount_cents for back in backs)
    _require_method(sale, method, total_cents)
    legs = [_return_leg(back, till, without_g[back.line_id]) for back in backs if back.weight_g]
    movement = post(entry=entry, legs=legs)
    refund = Refund(movement=movement, sale=sale, till=till, method=method, total_cents=total_cents)
    refund.vat = _vat_back(sale, backs)
    refund.issuer = _issuer(sale, method)
    require_unused(backs)
    if method == Method.CREDIT:
        refund.voucher = make(entry, Voucher.Kind.CREDIT, entry.day + LASTS)
    event = Event(Kind.REFUND, refund_data(refund, backs), amount_cents=-total_cents)
    refund.event = journal.append(head=head, entry=entry, event=event)
    refund.save(force_insert=True)
    for back in backs:
        back.refund = refund
    RefundLine.objects.bulk_create(backs)
    unmake_member(backs)
    credit_refund(entry=entry, refund=refund)
    return refund


def _vat_back(sale: Sale, backs: Sequence[RefundLine]) -> vat.Split:
    """The VAT of what goes back, after what went back before."""
    before: Counter[int] = Counter()
    for refund in Refund.objects.filter(sale=sale):
        before.update({bp: cents for bp, cents, _vat in refund.vat})
    now: Counter[int] = Counter()
    for back in backs:
        if back.line.vat_bp is not None:
            now[back.line.vat_bp] += back.amount_cents
    return vat.split_back(sale.vat, before, now)


def _issuer(sale: Sale, method: Method) -> VoucherIssuer | None:
    """Whose voucher goes back: of several, the one of whom most is left."""
    if method != Method.VOUCHER:
        return None
    left: Counter[VoucherIssuer] = Counter()
    for paid in sale.payments.select_related("issuer").order_by("pk"):
        if paid.issuer:
            left[paid.issuer] += paid.amount_cents
    for refund in sale.refunds.select_related("issuer"):
        if refund.issuer:
            left[refund.issuer] -= refund.total_cents
    return max(left, key=lambda issuer: left[issuer], default=None)


def _require_method(sale: Sale, method: Method, cents: int) -> None:
    """Vouchers, local currency and what is still owed are not turned into money."""
    if method == Method.ACCOUNT and method not in sale.paid_as:
        raise ValidationError(_("This ticket was paid at once."), code="refund_method")
    if not sale.paid_as or method in sale.paid_as:
        return
    left_cents = Refund.objects.money_left(sale)
    if cents > left_cents:
        paid = ", ".join(str(each.label) for each in sale.paid_as)
        raise ValidationError(
            _("This ticket was paid by %(paid)s: %(left)s at most goes back another way."),
            code="refund_method",
            params={"paid": paid, "left": format_euros(left_cents)},
        )


def share(whole: int, parts: int, taken: int) -> int:
    """What ``taken`` of ``parts`` equal parts of ``whole`` make, rounded down.

    Shares taken one after the other as differences of it add up to the whole.
    """
    return whole * taken // parts


def share_back(whole: int, line: SaleLine, before: int, quantity: int) -> int:
    """What ``quantity`` more of a line make of its cents or grams, after ``before`` of it."""
    after = before + quantity
    return share(whole, line.quantity, after) - share(whole, line.quantity, before)


def given_back(line: SaleLine, before: int, quantity: int) -> RefundLine:
    """``quantity`` more of a line of which ``before`` were given back already."""
    if before + quantity > line.quantity:
        raise ValidationError(
            _("Of “%(line)s”, %(left)s can still be given back."),
            code="refund_exceeds_sale",
            params={"line": line.label, "left": line.quantity - before},
        )
    known = line.weight_g is not None
    return RefundLine(
        line=line,
        quantity=quantity,
        amount_cents=share_back(line.total_cents, line, before, quantity),
        weight_g=share_back(line.weight_g or 0, line, before, quantity) if known else None,
    )


def _return_leg(back: RefundLine, till: Till, without_g: int) -> Leg:
    """Back to where it was sold from, known as it was known.

    Units that came back before the first gram of them (``without_g``) come along.
    """
    flow = back.line.flow
    assert flow is not None  # noqa: S101 (what weighs has a flow: a constraint)
    assert back.weight_g is not None  # noqa: S101
    return Leg(
        from_account=flow.to_account,
        to_account=_shelf_again(flow.from_account, till),
        category=flow.from_category,
        weight_g=back.weight_g,
        method=KnownBy(flow.method),
        units=back.quantity + without_g,
        item=back.line.item if flow.item_id else None,
    )


def _shelf_again(start: Account, till: Till) -> Account:
    """Where it lay; or the till's shelf, where the site no longer keeps that place."""
    place = start.place
    if place and place.is_active and (place.is_main or till.site.tracks_places):
        return start
    return Account.stock(till.shelf, items=start.holds_items)
