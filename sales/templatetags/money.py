"""``|euros``, ``|amount`` and ``|coins``, thin over ``inventory.units``."""

from django import template

from inventory.units import NO_BREAK, exact_euros, format_euros

register = template.Library()
register.filter("amount", exact_euros)

COINS = (5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1)


@register.filter
def coins(cents: int) -> str:
    """The fewest notes and coins that make ``cents``: ``5 € + 1 € + 0,50 €``."""
    parts: list[str] = []
    for coin in COINS:
        count, cents = divmod(cents, coin)
        parts += [f"{count} × {format_euros(coin)}" if count > 1 else format_euros(coin)] * (
            count > 0
        )
    return " + ".join(parts)


@register.filter
def euros(cents: int) -> str:
    """Cents as tickets print them: ``8,00 €``."""
    return f"{exact_euros(cents)}{NO_BREAK}€"
