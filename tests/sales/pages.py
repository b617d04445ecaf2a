"""A till as a browser without script uses it: the fields of its form, and its buttons."""

from html.parser import HTMLParser
from uuid import uuid4

from sales.models import PriceKey, Sale, SaleLine


class _Fields(HTMLParser):
    """What a browser would post of the form ``#till``, but its buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.found, self.focused = False, {}, ""

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.inside = self.inside or (tag == "form" and named.get("id") == "till")
        if not self.inside or tag != "input":
            return
        is_box = named.get("type") in ("radio", "checkbox")
        if is_box and "checked" not in named:
            return
        self.found[named["name"]] = named.get("value", "on" if is_box else "")
        if "autofocus" in named and not self.focused:
            self.focused = named["name"]

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "form"


class Paper:
    """A till on somebody's screen; ``press`` posts its form, as it stands, by a button."""

    def __init__(self, client, path="/caisse/C1/") -> None:
        self.client, self.path = client, path
        self.read(client.get(path))

    def read(self, response):
        self.response = response
        if response.status_code in (200, 422):
            fields = _Fields()
            fields.feed(response.content.decode())
            self.fields, self.focused = fields.found, fields.focused
        return response

    def press(self, name="do", value="scan", **typed):
        return self.read(self.client.post(self.path, {**self.fields, name: value, **typed}))

    def scan(self, code):
        return self.press(code=code)

    def sell(self, **typed):
        return self.press("do", "sell", **typed)

    def line(self, number=0, **typed):
        """What is typed in a line's fields."""
        return {f"lines-{number}-{name}": value for name, value in typed.items()}


def rows(sale=None) -> list[tuple]:
    """The lines of the latest ticket: what, how many, cents, grams."""
    sale = sale or Sale.objects.latest("pk")
    found = SaleLine.objects.filter(sale=sale).order_by("position")
    return [(line.label, line.quantity, line.total_cents, line.weight_g) for line in found]


def back(*counts, **more):
    """What the form of a refund posts: ``(line, count)``."""
    lines = {f"line_{line}": str(count) for line, count in counts}
    said = {"id": str(uuid4()), "till": "C1", "method": "cash", "comment": "trop petit"}
    return {**said, **lines, **more}


def key(site, code, category, price_cents, name="") -> PriceKey:
    return PriceKey.objects.create(
        organisation=site.organisation,
        site=site,
        code=code,
        name_fr=name or code.title(),
        category=category,
        price_cents=price_cents,
    )
