"""A sale: lines priced and weighed, money taken, and what is sold moved to reuse."""

from collections.abc import Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, Leg, post
from inventory.models import Account, Flow, UnitWeight
from inventory.models import Method as KnownBy
from inventory.rows import keep
from inventory.services import where_of
from inventory.shares import shares
from inventory.units import format_euros
from organisation.models import Site
from sales import journal, vat
from sales.journal import Event
from sales.journal.bodies import codes_of, sale_data
from sales.journal.sealed import LeasedEntry
from sales.models import (
    Flag,
    Kind,
    Method,
    Nature,
    Payment,
    PriceKey,
    PriceMode,
    Regime,
    Sale,
    SaleLine,
    Till,
    VatTerms,
    WeightSource,
)
from sales.reductions import Discount, Today
from sales.services import leased
from sales.services.asking import NOTHING_ELSE, Paid, Wanted, Whole
from sales.services.members import for_buyer, make_member, require_buyer
from sales.services.sessions import day_in, require_in_use, session_for
from sales.services.vouching import issue, require_vouchers

KG, HALF_KG = 1_000, 500
DISCOUNTED = (Nature.GOODS, Nature.DELIVERY)  # a gift or a membership costs what it costs
KNOWN_BY = {
    WeightSource.WEIGHED: KnownBy.WEIGHED,
    WeightSource.SCALE: KnownBy.WEIGHED,
    WeightSource.AVERAGE: KnownBy.UNIT_AVERAGE,
}


@transaction.atomic
def record_sale(
    *,
    entry: Entry,
    till: Till,
    lines: Sequence[Wanted],
    payments: Sequence[Paid],
    whole: Whole = NOTHING_ELSE,
) -> Sale:
    """Sell: price the lines, take the money, and move what is sold to reuse.

    Raises ValidationError ``till_retired``, ``no_open_session``, ``payments_do_not_cover``,
    ``change_without_cash``, or what ``require_buyer``, ``priced``, ``spread`` and ``post`` raise.
    """
    require_in_use(till, entry)
    require_buyer(till, whole.buyer, payments)
    head = journal.hold(till)
    entry = replace(entry, business_date=day_in(session_for(head, entry), entry))
    today = Today(entry.site, entry.day)
    lines = for_buyer(lines, whole.buyer, entry.day)
    rows = [priced(today, n, line) for n, line in enumerate(lines, start=1)]
    weigh(entry.site, rows, lines)
    leased.flag(entry, rows)
    sale = ticket_of(entry, till, rows, whole)
    sale.change_cents = change_of(sale.total_cents, payments)
    require_vouchers(entry, payments)
    issue(entry, rows, lines)
    shelf, sold = Account.stock(till.shelf), Account.sale(entry.site)
    legs = [_leg(entry, shelf, sold, row) for row in rows if row.weight_g]
    legs += leased.found_legs(entry.site, shelf, rows)
    sale.movement = post(entry=entry, legs=legs)
    money = [_payment(entry, each) for each in payments]
    data = sale_data(sale, rows, money, codes_of(rows))
    event = Event(Kind.SALE, data, amount_cents=sale.total_cents)
    sale.event = journal.append(head=head, entry=entry, event=event)
    keep(sale)
    _write_lines(sale, rows, sale.movement.lines)
    for paid in money:
        paid.sale = sale
    keep(*money)
    sale.rows, sale.money = rows, money
    make_member(sale, rows)
    return sale


def _payment(entry: Entry, paid: Paid) -> Payment:
    """What was paid: a tablet took it, whatever became of its issuer since.

    Raises ValidationError ``issuer_without_voucher`` or ``issuer_retired``.
    """
    row = Payment(method=paid.method, amount_cents=paid.amount_cents, voucher=paid.voucher)
    if paid.issuer is None:
        return row
    if paid.method != Method.VOUCHER:
        raise ValidationError(
            _("Only vouchers have an issuer: choose “voucher”."), code="issuer_without_voucher"
        )
    if not paid.issuer.is_active and not isinstance(entry, LeasedEntry):
        raise ValidationError(
            _("Vouchers of “%(issuer)s” are no longer taken."),
            code="issuer_retired",
            params={"issuer": paid.issuer},
        )
    row.issuer, row.reference = paid.issuer, paid.reference
    return row


def ticket_of(entry: Entry, till: Till, rows: Sequence[SaleLine], whole: Whole) -> Sale:
    """The ticket of these rows: what is taken off it spread over them, and their VAT."""
    sale = Sale(till=till, buyer=whole.buyer, discount_cents=spread(rows, whole.discount))
    sale.discount_reason = whole.discount.reason if whole.discount else ""
    terms = VatTerms.objects.on(entry.site.organisation_id, entry.day)
    for row in rows:
        row.vat_bp = vat.rate_of(terms, row)
    sale.regime = Regime(terms.regime) if terms else Regime.EXEMPT
    sale.vat = vat.split(rows)
    sale.total_cents = sum(row.total_cents for row in rows)
    return sale


def spread(rows: Sequence[SaleLine], discount: Discount | None) -> int:
    """Take a discount off goods and delivery, by largest remainder; return its cents.

    Raises ValidationError ``discount_too_large``.
    """
    if discount is None:
        return 0
    parts = [row.total_cents if row.nature in DISCOUNTED else 0 for row in rows]
    off_cents = discount.of(sum(parts))
    if off_cents > sum(parts):
        raise ValidationError(
            _("More is taken off the ticket than it costs."), code="discount_too_large"
        )
    for row, cents in zip(rows, shares(parts, off_cents) or [0] * len(rows), strict=True):
        row.shared_cents = cents
        row.total_cents -= cents
    return off_cents


def priced(today: Today, position: int, line: Wanted) -> SaleLine:
    """The row that a line would have on a ticket of a site today, still without its weight.

    Raises ValidationError ``key_elsewhere``, ``key_retired``, ``price_missing``,
    ``weight_missing``, ``unknown_dot`` or ``discount_too_large``.
    """
    site = today.site
    if line.key is not None and line.sold_as is None:
        _require_on_the_grid(site, line.key)
    price_cents = _price(line)
    before_cents = _before(line, price_cents)
    discount = line.discount or (None if line.sold_as else today.discount(line))
    off_cents = discount.of(before_cents) if discount else 0
    if off_cents > before_cents:
        raise ValidationError(
            _("More is taken off than “%(line)s” costs."),
            code="discount_too_large",
            params={"line": _label(line)},
        )
    return SaleLine(
        organisation_id=site.organisation_id,
        position=position,
        nature=line.kind,
        item=line.item,
        category=line.what,
        key=line.key,
        label=_label(line),
        quantity=line.quantity,
        price_cents=price_cents,
        price_mode=line.mode,
        is_lot=line.is_lot and line.mode != PriceMode.PER_KG,
        discount_cents=off_cents,
        discount_reason=discount.reason if discount else "",
        total_cents=before_cents - off_cents,
        flag=Flag.UNKNOWN if line.sold_as and line.sold_as.is_unknown else "",
    )


def _before(line: Wanted, price_cents: int) -> int:
    """What a line costs before anything is taken off; by weight, half up."""
    if line.mode != PriceMode.PER_KG:
        return price_cents if line.is_lot else price_cents * line.quantity
    if not line.weight_g:
        raise ValidationError(
            _("“%(line)s” is sold by weight: weigh it."),
            code="weight_missing",
            params={"line": _label(line)},
        )
    return (price_cents * line.weight_g + HALF_KG) // KG


def _require_on_the_grid(site: Site, key: PriceKey) -> None:
    if key.site_id != site.pk:
        raise ValidationError(
            _("“%(key)s” is on the price grid of another site."),
            code="key_elsewhere",
            params={"key": key},
        )
    if not key.is_active:
        raise ValidationError(
            _("“%(key)s” is no longer on the price grid."),
            code="key_retired",
            params={"key": key},
        )


def _price(line: Wanted) -> int:
    """The price that was given, else the item's or the key's."""
    known = line.known_cents(line.item or line.key)
    price_cents = known if line.price_cents is None else line.price_cents
    if price_cents is None:
        raise ValidationError(
            _("“%(line)s” has no price yet: type one."),
            code="price_missing",
            params={"line": _label(line)},
        )
    return price_cents


def _label(line: Wanted) -> str:
    """What the ticket calls it, whoever's language the screen speaks."""
    if line.item is not None:
        return line.item.title or line.item.category.name_fr
    if line.sold_as and line.sold_as.label:
        return line.sold_as.label
    if line.key is not None:
        return line.key.name_fr
    with translation.override("fr"):
        name = line.category.name_fr if line.category else str(capfirst(line.kind.label))
    return f"{name} : {line.aside}" if line.aside else name


def change_of(total_cents: int, payments: Sequence[Paid]) -> int:
    """What goes back over the counter: only cash gives change, all of it where nothing is due."""
    change_cents = sum(paid.amount_cents for paid in payments) - total_cents
    if change_cents < 0:
        raise ValidationError(
            _("The payments do not cover the ticket: %(missing)s is missing."),
            code="payments_do_not_cover",
            params={"missing": format_euros(-change_cents)},
        )
    cash_cents = sum(paid.amount_cents for paid in payments if paid.method == Method.CASH)
    is_idle = change_cents == cash_cents and total_cents  # nobody needed that cash
    if change_cents and (change_cents > cash_cents or is_idle):
        raise ValidationError(
            _("Only cash gives change: more was taken by other means than the ticket asks."),
            code="change_without_cash",
        )
    return change_cents


def weigh(site: Site, rows: Sequence[SaleLine], lines: Sequence[Wanted]) -> None:
    """Give each row its grams and say how they are known; a weight is never invented."""
    unweighed = [line.what for line in lines if line.item is None and line.weight_g is None]
    kinds = [what for what in unweighed if what]
    averages = UnitWeight.objects.averages(site, kinds) if kinds else {}
    for row, line in zip(rows, lines, strict=True):
        average_g = averages.get(line.what.pk) if line.what else None
        if line.what is None:
            row.weight_source = WeightSource.NONE
        elif line.item is not None:
            row.weight_g, row.weight_source = line.item.weight_g, WeightSource.LABEL
        elif line.weight_g is not None:
            row.weight_g = line.weight_g
            row.weight_source = _weighed(line)
        elif average_g:
            row.weight_g, row.weight_source = average_g * line.quantity, WeightSource.AVERAGE
        else:
            row.weight_source = WeightSource.UNKNOWN


def _weighed(line: Wanted) -> WeightSource:
    """How the weight that a line says is known."""
    if line.sold_as and line.sold_as.is_unknown:
        return WeightSource.LABEL
    return WeightSource.SCALE if line.is_from_scale else WeightSource.WEIGHED


def _leg(entry: Entry, shelf: Account, sold: Account, row: SaleLine) -> Leg:
    """From where it lies to the public."""
    if row.flag:
        return leased.flagged_leg(entry.site, shelf, row)
    start = where_of(entry, row.item) if row.item else shelf
    assert row.weight_g is not None  # noqa: S101 (only weighed rows move grams)
    assert row.category is not None  # noqa: S101 (and only objects weigh)
    return Leg(
        from_account=start,
        to_account=sold,
        category=row.category,
        weight_g=row.weight_g,
        method=KnownBy(row.item.method) if row.item else KNOWN_BY[WeightSource(row.weight_source)],
        units=row.quantity,
        item=row.item,
    )


def _write_lines(sale: Sale, rows: Sequence[SaleLine], flows: Sequence[Flow]) -> None:
    left = iter(flows)
    for row in rows:
        row.sale = sale
        row.flow = next(left) if row.weight_g else None
    keep(*rows)
