"""A ticket as the customer gets it: on paper, as a file, on their own screen.

All of it is read from the ticket's event, as it was hashed.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format, localize
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inventory.models import Category
from inventory.models.catalogue import CategoryQuerySet
from inventory.units import exact_euros, format_kg
from organisation.models import Organisation, Site
from organisation.papers import sender, typeset
from sales import vat
from sales.models import Envelope, JournalEntry, Method, Sale, ShopSettings
from sales.models.shop import PriceMode
from sales.templatetags.money import euros

TEMPLATE = Path(__file__).with_name("receipt.typ")
SALT = "public-ticket"
# EPR streams of the goods that art. D. 211-6 of the consumer code names: appliances, computers,
# telephones, furniture, toys, sports, motor tools. Their ticket says the legal guarantee.
GUARANTEED = ("EA", "EEE-", "JOU", "ASL", "ABJ-TH")


@dataclass(frozen=True)
class Receipt:
    """What a ticket's event says, for whoever reads it. ``copy`` is its duplicate's number."""

    event: JournalEntry
    copy: int = 0

    @cached_property
    def body(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.event.body)
        return told

    @property
    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = self.body["data"]
        return told

    @property
    def number(self) -> str:
        """As its paper says it: the tablet's own where one gave it."""
        envelope = getattr(self.event, "envelope", None)
        return str(envelope.number if envelope else self.told["number"])

    @property
    def fingerprint(self) -> str:
        """What proves it: with its place in the journal, which no tablet knew yet."""
        said = {"n": self.event.seq, "hash": self.event.short_hash}
        if "envelope" in self.told:
            return _("Fingerprint %(hash)s") % said
        return _("Journal %(n)s, fingerprint %(hash)s") % said

    @property
    def is_training(self) -> bool:
        return bool(self.told.get("training"))

    @property
    def site(self) -> Site:
        return self.event.chain.site

    @property
    def organisation(self) -> Organisation:
        return self.event.chain.organisation

    @property
    def till(self) -> str:
        till = self.event.chain.till
        return till.name or till.code if till else ""

    @property
    def at(self) -> Any:
        at = parse_datetime(self.told["occurred_at"])
        return at and localtime(at, ZoneInfo(self.site.timezone))

    @property
    def payments(self) -> list[tuple[str, int]]:
        return [
            (str(capfirst(Method(way).label)), cents) for way, cents, *_of in self.told["payments"]
        ]

    @property
    def weight_g(self) -> int:
        return sum(line["weight_g"] or 0 for line in self.told["lines"])

    @cached_property
    def has_guarantee(self) -> bool:
        """Whether something on it is of the goods whose ticket must say the guarantee."""
        codes = {line["category"] for line in self.told["lines"]} - {None}
        return bool(guaranteed(Category.objects.of(self.organisation.pk).filter(code__in=codes)))

    @property
    def mentions(self) -> vat.Mentions:
        return vat.mentions(self.told["regime"], self.told["vat"])

    @cached_property
    def foot(self) -> str:
        return ShopSettings.objects.of(self.event.chain.organisation_id).ticket_foot

    @property
    def guarantee(self) -> str:
        return guarantee()


def guaranteed(rows: CategoryQuerySet) -> list[str]:
    """Codes of the categories, among these, whose ticket must say the guarantee."""
    found = rows.select_related("epr_stream", "parent__epr_stream", "parent__parent__epr_stream")
    return [row.code for row in found if row.stream and row.stream.code.startswith(GUARANTEED)]


def guarantee() -> str:
    """What art. D. 211-7 and L. 217-7 of the consumer code have a ticket say."""
    return _(
        "The seller gives these goods the legal guarantee of conformity, two years from the day"
        " they were handed over. Second-hand, a defect that shows within twelve months is taken"
        " to have been there."
    )


def address_of(sale: Sale) -> str:
    """Where the customer reads the ticket: nobody guesses it."""
    return address_at(_signer().sign(str(sale.pk)))


def address_at(token: str) -> str:
    """Where the ticket of a token is read."""
    path = reverse("public-ticket", kwargs={"token": token})
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def sale_named(token: str) -> int | None:
    """The key of the ticket that a token was made for: here, or by the tablet that sold it."""
    try:
        return int(_signer().unsign(token))
    except (signing.BadSignature, ValueError):
        return _sealed_sale(token)


def _sealed_sale(token: str) -> int | None:
    """What a tablet knows before the server does: a ticket's number and its envelope's hash."""
    number, _dot, seal = token.rpartition(".")
    rows = Envelope.objects.filter(number=number) if number.isprintable() else []
    events = [row.event_id for row in rows if constant_time_compare(row.hash, seal)]
    return Sale.objects.filter(event__in=events).values_list("pk", flat=True).first()


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=".")


def picture_of(address: str) -> SafeString:
    """An address as a picture to scan."""
    import segno

    picture = segno.make(address, error="m").svg_inline(scale=5, border=2, omitsize=True)
    return mark_safe(picture)  # noqa: S308 (drawn by segno from an address of ours)


def picture_file(address: str) -> bytes:
    """The same, as a file of its own."""
    import segno

    file = BytesIO()
    segno.make(address, error="m").save(file, kind="svg", scale=5, border=2)
    return file.getvalue()


def receipt_pdf(receipt: Receipt) -> bytes:
    """Return a ticket as a PDF of the width of a till's roll."""
    return typeset(TEMPLATE, _paper(receipt))


def _paper(receipt: Receipt) -> dict[str, Any]:
    told = receipt.told
    return {
        "lang": get_language() or "fr",
        "title": _("Ticket %(number)s") % {"number": receipt.number},
        "mark": mark_of(receipt),
        "from": sender(receipt.organisation, receipt.site.name),
        "facts": _facts(receipt),
        "lines": [_line(line) for line in told["lines"]],
        "total": [_("Total"), euros(told["total_cents"])],
        "sums": _sums(receipt),
        "foot": _foot(receipt),
    }


def mark_of(receipt: Receipt) -> str:
    """What tells a duplicate, or a training's ticket, from an original."""
    if receipt.is_training:
        return _("SPECIMEN, SIMULATION")
    return _("DUPLICATE %(n)s") % {"n": receipt.copy} if receipt.copy else ""


def _facts(receipt: Receipt) -> list[str]:
    return [
        receipt.number,
        f"{date_format(receipt.at, 'd/m/Y H:i')}, {receipt.till}",
        receipt.fingerprint,
    ]


def _line(line: dict[str, Any]) -> list[str]:
    """What it is, what it costs, and the small print between them."""
    how = [line["item"] if isinstance(line["item"], str) else ""]
    if line["lot"]:
        how.append(_("lot of %(n)s") % {"n": line["quantity"]})
    elif line["price_mode"] == PriceMode.PER_KG:
        how.append(_("%(price)s per kg") % {"price": euros(line["price_cents"])})
    elif line["quantity"] > 1:
        how.append(f"{line['quantity']} × {exact_euros(line['price_cents'])}")
    if line["weight_g"]:
        how.append(f"{format_kg(line['weight_g'])} kg")
    if line["discount_cents"]:
        off = {"off": euros(line["discount_cents"]), "reason": line["discount_reason"]}
        how.append(_("%(off)s off: %(reason)s") % off)
    return [line["label"], exact_euros(line["total_cents"]), ", ".join(filter(None, how))]


def _sums(receipt: Receipt) -> list[list[str]]:
    told, rows = receipt.told, [[name, euros(cents)] for name, cents in receipt.payments]
    if off_cents := told["discount_cents"]:
        label = _("Taken off: %(reason)s") % {"reason": told["discount_reason"]}
        rows.insert(0, [label, euros(-off_cents)])
    if change_cents := told["change_cents"]:
        rows.append([_("Change given"), euros(change_cents)])
    return rows + [_vat_row(*row) for row in receipt.mentions.rows]


def _vat_row(rate: Any, before_cents: int, vat_cents: int) -> list[str]:
    said = {"rate": localize(rate), "sum": euros(before_cents)}
    return [_("VAT %(rate)s %% on %(sum)s") % said, euros(vat_cents)]


def _foot(receipt: Receipt) -> list[str]:
    grams = receipt.weight_g
    return [
        receipt.mentions.text,
        guarantee() if receipt.has_guarantee else "",
        _("%(weight)s kg reused.") % {"weight": format_kg(grams)} if grams else "",
        receipt.foot,
        _("Thank you!"),
    ]
