"""A till as a browser without script uses it: the fields of its form, and its buttons."""

from html.parser import HTMLParser
from uuid import uuid4

from django.db import connection
from django.utils.html import conditional_escape

from sales.models import PriceKey, Sale, SaleLine
from tests.inventory.pages import text


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


def refused(response, code, *words) -> None:
    """The page refuses with this code, in a sentence that it shows; nothing was sold."""
    page, checkout = text(response), response.context["checkout"]
    said = [checkout.slip.refusal] if checkout.slip.refusal else []
    for form in (checkout.form, *checkout.lines, *checkout.payments):
        said += [error for errors in form.errors.as_data().values() for error in errors]
    assert response.status_code == 422
    assert code in [error.code for error in said]
    sentences = [conditional_escape(" ".join(error.messages)) for error in said]
    assert [each for each in sentences if each.replace("\u00a0", " ") not in page] == []
    for word in words:
        assert word in page
    assert not Sale.objects.exists()


def plan(sql) -> str:
    """How SQLite goes about a query."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return " / ".join(row[3] for row in cursor.fetchall())


def key(site, code, category, price_cents, name="") -> PriceKey:
    return PriceKey.objects.create(
        organisation=site.organisation,
        site=site,
        code=code,
        name_fr=name or code.title(),
        category=category,
        price_cents=price_cents,
    )
