"""Which tickets are listed, and what of one is given back."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from inventory import codes
from inventory.forms.choices import one_of
from inventory.forms.entries import ActForm, day_input
from inventory.models import Verb
from inventory.models.ledger import PREFIXES
from inventory.units import format_euros
from sales import services
from sales.models import Method, Refund, Sale, SaleLine, Till

KINDS = (PREFIXES[Verb.SELL], PREFIXES[Verb.RETURN])


class TicketFilters(forms.Form):
    """Which tickets: of a site, a till, a day, before one already seen; or one by its number."""

    number = forms.CharField(
        label=_("Number, or label of an object"), required=False, max_length=200
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def __init__(self, *args: Any, tills: Sequence[Till], **options: Any) -> None:
        super().__init__(*args, **options)
        self.every = tills
        self.sites = {till.site.code: till.site for till in tills}
        self.fields["site"] = one_of(self.sites, _("Site"), empty=_("All"))
        named = {till.code: till for till in tills}
        self.fields["till"] = one_of(named, _("Till"), empty=_("All tills"))
        self.fields["day"] = forms.DateField(label=_("Day"), required=False, widget=day_input())

    @property
    def tills(self) -> list[Till]:
        """The tills that are asked for."""
        site, till = (self.cleaned_data.get(name) for name in ("site", "till"))
        return [row for row in self.every if site in (None, row.site) and till in (None, row)]

    @property
    def numbers(self) -> list[str]:
        """Full numbers that the search may mean: ``12`` is a ticket of each site."""
        text = self.cleaned_data.get("number", "").strip()
        if text.isascii() and text.isdecimal():
            return [f"{KINDS[0]}-{code}-{int(text)}" for code in self.sites] * (len(text) < 10)
        kind, dash, rest = text.partition("-")
        return [text, f"{kind.upper()}{dash}{rest}"]  # a till may be called c1

    @property
    def label(self) -> str:
        """The code of an object that the search may mean."""
        code = codes.normalise(self.cleaned_data.get("number", ""))
        return code if codes.is_valid(code) else ""


class RefundForm(ActForm):
    """What comes back of a ticket: so many of each line, the money's way, and why."""

    def __init__(self, *args: Any, sale: Sale, tills: Sequence[Till], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.pop("day", None)
        why = self.fields["comment"]
        why.label, why.required = _("Why is it given back?"), True
        self.sale = sale
        left = [(line, line.quantity - line.refunded) for line in sale.lines.all()]
        self.left = {f"line_{line.position}": (line, count) for line, count in left if count}
        for name, (line, count) in self.left.items():
            self.fields[name] = forms.IntegerField(
                label=line.label, required=False, min_value=0, max_value=count
            )
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "class": "n"}
        self.fields["method"] = self._method()
        named = {till.code: till for till in tills}
        usual = sale.till.code if sale.till.code in named else next(iter(named))
        self.fields["till"] = one_of(
            named, _("From which till?"), empty=None, required=True, initial=usual
        )

    def _method(self) -> forms.ChoiceField:
        """As it was paid where that is one way, else in cash; only ways that may be are shown."""
        kept = self.sale.paid_as
        left_cents = Refund.objects.money_left(self.sale) if kept else 0
        may = kept if kept and not left_cents else list(Method)
        paid = {payment.method for payment in self.sale.payments.all()}
        usual = may[0] if len(paid) > 1 else next(iter(paid), Method.CASH)
        field = forms.ChoiceField(label=_("Given back by"), choices=Method, initial=usual)
        field.widget.choices = [(method.value, capfirst(method.label)) for method in may]
        field.help_text = self._kept_as(kept, left_cents) if kept else ""
        return field

    def _kept_as(self, kept: Sequence[Method], left_cents: int) -> Any:
        if not left_cents:
            return _("As it was paid: this is not turned into cash.")
        paid = ", ".join(str(each.label) for each in kept)
        said = {"paid": paid, "left": format_euros(left_cents)}
        return _("Paid in part by %(paid)s: %(left)s at most goes back another way.") % said

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.quantities:
            self.add_error(
                None, ValidationError(_("Say how many of which line come back."), code="no_lines")
            )
        return cleaned

    @property
    def quantities(self) -> dict[SaleLine, int]:
        found = {line: self.cleaned_data.get(name) for name, (line, _count) in self.left.items()}
        return {line: count for line, count in found.items() if count}

    @property
    def total_cents(self) -> int:
        """What would be given back of what was typed."""
        said = self.quantities.items() if self.is_bound else ()
        return sum(_cents(line, count) for line, count in said)

    @property
    def rows(self) -> list["Left"]:
        """What is left of each line, and what it is worth."""
        return [
            Left(self[name], line, count, _cents(line, count), _cents(line, 1))
            for name, (line, count) in self.left.items()
        ]


class Left(NamedTuple):
    """What can still be given back of a line: so many, all of them for so much, one for so much."""

    field: forms.BoundField
    line: SaleLine
    most: int
    cents: int
    one_cents: int


def _cents(line: SaleLine, count: int) -> int:
    return services.share_back(line.total_cents, line, line.refunded, count)
