"""The shop: tickets, how they are paid, what is brought back, and what comes a second time."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from collection import services as gate
from collection.services import Arrival
from config.demo.days import MARK, Day, items_of, lot_of
from config.demo.goods import BY_WEIGHT, GRID, LOTS, rounded_g, usual_g
from config.demo.structure import SHOP
from inventory.models import Item, Kind, Verb
from inventory.services import Draft
from sales.journal.totals import totals_of
from sales.models import (
    CashMove,
    Closing,
    Method,
    PriceKey,
    Sale,
    SaleLine,
    TillSession,
)
from sales.reductions import Today
from sales.services import (
    PIECES,
    Count,
    Discount,
    Paid,
    Wanted,
    close_session,
    move_cash,
    open_session,
    priced,
    record_sale,
    refund_sale,
)

FLOAT_CENTS = 10_000
FREE_CENTS = (50, 100, 100, 150, 200, 200, 300, 500)
NOTES_CENTS = (500, 1_000, 2_000, 5_000)
AT_ONCE = 3  # labelled objects that one customer carries home
LAST = 15  # of a day's codes
WITH_LINE = ("item", "flow__from_account", "flow__to_account", "flow__from_category")
REASONS = (("Bénévole", 20), ("Petit défaut", 20), ("Étudiant", 10), ("Pièce manquante", 50))


def tickets_of(day: Day, dice: Random) -> int:
    """How many tickets a day makes: Saturdays are full."""
    fewest, most = (8, 11) if day.date.weekday() == 5 else (4, 6)
    return round(dice.randint(fewest, most) * day.size)


def open_till(day: Day, at: datetime, dice: Random) -> None:
    """The morning's float is what was left in the evening."""
    till = day.world.tills[day.site.code]
    if TillSession.objects.open_at(till):
        return  # somebody else was quicker
    last = Closing.objects.last_of(till)
    float_cents = FLOAT_CENTS if last is None else last.counted_cents or 0
    entry = day.entry(Verb.SELL, at, "caisse")
    open_session(entry=entry, till=till, float_cents=float_cents)


def bank(day: Day, at: datetime, dice: Random) -> None:
    """On Saturdays what is above the float goes to the bank, in whole notes."""
    session = TillSession.objects.open_at(day.world.tills[day.site.code])
    if session is None:
        return
    spare_cents = totals_of(session).expected_cents(session.float_cents) - FLOAT_CENTS
    amount_cents = spare_cents // 1_000 * 1_000
    if amount_cents > 0:
        entry = day.entry(Verb.SELL, at, "caisse")
        kind = CashMove.Kind.BANK
        move_cash(entry=entry, till=session.till, kind=kind, amount_cents=-amount_cents)


def close_till(day: Day, at: datetime, dice: Random) -> None:
    """The evening's count: right nine times out of ten."""
    session = TillSession.objects.open_at(day.world.tills[day.site.code])
    if session is None:
        return
    gap_cents = dice.choice((-200, -50, -10, 20, 100)) if dice.random() < 0.1 else 0
    left_cents = max(totals_of(session).expected_cents(session.float_cents) + gap_cents, 0)
    pieces = {}
    for piece in sorted(PIECES, reverse=True)[3:]:  # nobody pays with notes of 100 € and more
        pieces[piece], left_cents = divmod(left_cents, piece)
    entry = day.entry(Verb.SELL, at, "caisse")
    close_session(entry=entry, till=session.till, count=Count(pieces))


def sell(day: Day, at: datetime, dice: Random, *, nth: int, tickets: int) -> None:
    """One ticket: the objects that somebody wanted today, and what else was in the basket."""
    lines = [*_wanted_objects(day, dice, nth, tickets), *_basket(day, dice)]
    if not lines:
        return
    today = Today(day.site, day.date)
    total_cents = sum(priced(today, 1, line).total_cents for line in lines)
    record_sale(
        entry=day.entry(Verb.SELL, at, "caisse"),
        till=day.world.tills[day.site.code],
        lines=lines,
        payments=list(_payments(total_cents, dice)),
    )


def _wanted_objects(day: Day, dice: Random, nth: int, tickets: int) -> Iterator[Wanted]:
    wanted = [labelled for labelled in day.wanted if lot_of(labelled, tickets) == nth]
    for item in items_of(wanted[:AT_ONCE]):  # the others will be somebody's tomorrow
        yield Wanted(item=item, discount=_discount(day, dice, item))


def _discount(day: Day, dice: Random, item: Item) -> Discount | None:
    """What has long been on the shelf goes for less."""
    if (day.date - item.since).days > 60 and dice.random() < 0.5:
        return Discount("En rayon depuis longtemps", percent=30)
    if dice.random() < 0.04:
        reason, percent = dice.choice(REASONS)
        return Discount(reason, percent=percent)
    return None


def _basket(day: Day, dice: Random) -> Iterator[Wanted]:
    """Lines of the price grid, what is weighed, lots."""
    for code, bulky in BY_WEIGHT.items():
        weight_g = rounded_g(dice.uniform(*bulky.grams))
        if dice.random() < bulky.often and _in_shop(day, code, weight_g):
            euros = max(round(weight_g * bulky.cents_per_kg / 100_000), 1)
            category = day.world.categories[code]
            yield Wanted(category=category, price_cents=100 * euros, weight_g=weight_g)
    for code, (often, units, cents) in LOTS.items():
        if dice.random() < often and _in_shop(day, code, units * usual_g(code)):
            category = day.world.categories[code]
            yield Wanted(category=category, quantity=units, price_cents=cents, is_lot=True)
    for key, quantity in _from_grid(day, dice).items():
        price_cents = dice.choice(FREE_CENTS) if key.price_cents is None else None
        yield Wanted(key=key, quantity=quantity, price_cents=price_cents)


def _from_grid(day: Day, dice: Random) -> dict[PriceKey, int]:
    """Keys of the site's grid that its customers press, each once."""
    prices = {
        key: GRID.get(key.code.partition("-")[2]) for key in day.world.keys.get(day.site.code, [])
    }
    liked = {key: price for key, price in prices.items() if price}
    lines = dice.choices((0, 1, 2, 3, 4), (18, 38, 26, 12, 6))[0]
    chosen = dice.choices(list(liked), [p.liked for p in liked.values()], k=lines) if liked else []
    found = {}
    for key in dict.fromkeys(chosen):
        quantity = dice.randint(1, liked[key].most)
        code = key.category.code if key.category else ""
        if _in_shop(day, code, quantity * usual_g(code)):
            found[key] = quantity
    return found


def _in_shop(day: Day, code: str, weight_g: int) -> bool:
    """Whether that much lies on the shelf; it is then taken off."""
    held_g = day.bulk_g.get((SHOP, code), 0)
    if held_g < weight_g:
        return False
    day.bulk_g[SHOP, code] = held_g - weight_g
    return True


def _payments(total_cents: int, dice: Random) -> Iterator[Paid]:
    """By card, in cash with change, sometimes by cheque, or part cash part card."""
    how = dice.random()
    if not total_cents:
        return
    if total_cents >= 3_000 and how > 0.9:
        yield Paid(Method.CHEQUE, total_cents)
    elif total_cents >= 1_500 and how > 0.86:
        yield Paid(Method.CASH, 1_000)
        yield Paid(Method.CARD, total_cents - 1_000)
    elif how < 0.5 and total_cents >= 300:
        yield Paid(Method.CARD, total_cents)
    else:
        yield Paid(Method.CASH, _tendered(total_cents, dice))


def _tendered(total_cents: int, dice: Random) -> int:
    """What a customer lays on the counter: the sum, or the next note above it."""
    if dice.random() < 0.45:
        return total_cents
    notes = [note for note in NOTES_CENTS if note >= total_cents]
    return notes[0] if notes else -(-total_cents // 500) * 500


def refund(day: Day, at: datetime, dice: Random) -> None:
    """A customer changes their mind: a line of a ticket of these last days is refunded."""
    since = day.date - timedelta(days=4)
    rows = Sale.objects.between([day.site], since, day.date).filter(
        movement__submission__endpoint__startswith=MARK,
        movement__occurred_at__lt=at,
        refunds=None,
    )
    sales = list(rows.select_related("movement").order_by("pk"))
    if not sales:
        return
    sale = dice.choice(sales)
    lines = sale.lines.exclude(item=None, key=None).select_related(*WITH_LINE).order_by("pk")
    if not lines:
        return
    line = dice.choice(list(lines))
    payment = sale.payments.order_by("pk").first()
    refund_sale(
        entry=day.entry(Verb.RETURN, at, "caisse", "Ne convient pas"),
        till=day.world.tills[day.site.code],
        sale=sale,
        quantities={line: 1},
        method=Method(payment.method) if payment else Method.CASH,
    )


def come_again(day: Day, at: datetime, dice: Random) -> None:
    """Long after it was sold, an object is given back: a second life, a little more worn."""
    known = _sold_long_ago(day)
    if not known:
        return
    former = dice.choice(known)
    arrival = Arrival(day.world.modes["drop_off"], day.origin(dice))
    draft = Draft(
        category=former.category,
        weight_g=former.weight_g,
        code=day.code(LAST),
        title=former.title,
        price_cents=max((former.price_cents or 0) * 2 // 300 * 100, 100),
        condition=Item.Condition.WORN,
        former=former,
    )
    gate.take_back(entry=day.entry(Verb.COLLECT, at), arrival=arrival, draft=draft)


def _sold_long_ago(day: Day) -> Sequence[Item]:
    """Objects sold here one to seven months ago that have not come back yet."""
    start, end = day.date - timedelta(days=210), day.date - timedelta(days=30)
    sold = SaleLine.objects.filter(
        sale__movement__site=day.site,
        sale__movement__business_date__range=(start, end),
        sale__movement__submission__endpoint__startswith=MARK,
        item__account__kind=Kind.REUSE,
        item__next_lives=None,
    )
    rows = Item.objects.filter(pk__in=sold.values("item")).select_related("category")
    return list(rows.order_by("pk"))
