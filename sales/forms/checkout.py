"""The ticket under way as it is judged: what each line is, costs and weighs, and the money."""

from functools import cached_property
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.forms import EuroField, KgField
from inventory.forms.entries import ActForm
from inventory.models import Category, Item
from inventory.units import parse_euros
from organisation.models import Site, User
from sales import services
from sales.forms.counter import Counter
from sales.forms.slip import MOST_LINES, Slip
from sales.models import Method, PriceKey, SaleLine
from sales.services import Discount, Paid, Wanted

MOST_UNITS = 1_000
NOTES = (500, 1_000, 2_000, 5_000, 10_000)  # people pay with these


class LineForm(forms.Form):
    """A line: what it is, hidden, and what may be typed of it. An object is sold by itself."""

    item = forms.CharField(required=False, widget=forms.HiddenInput)
    category = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(required=False, widget=forms.HiddenInput)
    quantity = forms.IntegerField(
        label=_("Quantity"),
        min_value=1,
        max_value=MOST_UNITS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "n", "autocomplete": "off"}),
    )
    price = EuroField(label=_("Price, €"), required=False)
    lot = forms.BooleanField(label=_("the lot"), required=False)
    weight = KgField(
        label=_("Weight, kg"), required=False, least_g=1, most_g=Site.SCALE_LIMIT_MAX_G
    )
    off = forms.CharField(
        label=_("Discount"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "n", "autocomplete": "off"}),
    )
    unit = forms.ChoiceField(
        choices=(("cents", "€"), ("percent", "%")), required=False, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Why the discount?"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"list": "reasons"}),
    )

    def __init__(self, *args: Any, counter: Counter, **options: Any) -> None:
        super().__init__(*args, **options)
        self.counter = counter
        self.row: SaleLine | None = None
        self.refusal: ValidationError | None = None
        if self["item"].data:
            for name in ("quantity", "lot", "weight"):
                del self.fields[name]

    @cached_property
    def about(self) -> Item | PriceKey | Category | None:
        """What is sold, as far as it is known before validation."""
        for name, rows in (("item", "items"), ("key", "keys"), ("category", "categories")):
            if code := self[name].data:
                found: Item | PriceKey | Category | None = getattr(self.counter, rows).get(code)
                return found
        return None

    @property
    def look(self) -> tuple[str, str]:
        """Icon and colour of what is sold."""
        category = getattr(self.about, "category", self.about)
        return category.look if isinstance(category, Category) else ("package", "div")

    @property
    def lacks_price(self) -> bool:
        return getattr(self.refusal, "code", "") == "price_missing"

    @property
    def asking_price(self) -> Any:
        """Its price field, where the cursor is to be."""
        return self["price"].as_widget(attrs={"autofocus": True})

    @property
    def needs_care(self) -> bool:
        return bool(self.errors or self.refusal)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.about is None:
            self.add_error(
                None, ValidationError(_("This is no longer for sale here."), code="unknown_line")
            )
        if cleaned.get("off"):
            self._clean_discount(cleaned)
        return cleaned

    def _clean_discount(self, cleaned: dict[str, Any]) -> None:
        """Read the discount as euros or as a whole percentage; it has a reason."""
        if not cleaned.get("reason"):
            self.add_error(
                "reason", ValidationError(_("Say why it is cheaper."), code="reason_missing")
            )
        text = cleaned["off"].strip().removesuffix("%").strip()
        if cleaned.get("unit") != "percent" and "%" not in cleaned["off"]:
            try:
                cleaned["amount_cents"] = parse_euros(text)
            except ValidationError as refusal:
                self.add_error("off", refusal)
        elif text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= 100:
            cleaned["percent"] = int(text)
        else:
            self.add_error(
                "off",
                ValidationError(_("Write a whole percentage, from 1 to 100."), code="bad_percent"),
            )

    def wanted(self) -> Wanted:
        """The line as the till's act takes it, once it is valid."""
        said, about = self.cleaned_data, self.about
        off = (said.get("amount_cents", 0), said.get("percent", 0))
        return Wanted(
            item=about if isinstance(about, Item) else None,
            key=about if isinstance(about, PriceKey) else None,
            category=about if isinstance(about, Category) else None,
            quantity=said.get("quantity", 1),
            price_cents=said.get("price"),
            is_lot=said.get("lot", False),
            weight_g=said.get("weight"),
            discount=Discount(said["reason"], *off) if any(off) else None,
        )


class PaymentForm(forms.Form):
    """One of several payments, noted before the ticket is whole."""

    method = forms.ChoiceField(choices=Method, widget=forms.HiddenInput)
    amount = EuroField(widget=forms.HiddenInput)

    def clean_amount(self) -> int:
        cents: int = self.cleaned_data["amount"]
        if not cents:
            raise ValidationError(_("This price is not possible."), code="price_out_of_range")
        return cents

    @property
    def word(self) -> Any:
        return dict(Method.choices).get(self["method"].data or "", "")


Lines = forms.formset_factory(
    LineForm, extra=0, max_num=MOST_LINES, absolute_max=500, validate_max=True
)
Payments = forms.formset_factory(PaymentForm, extra=0, max_num=20, validate_max=True)


class CheckoutForm(ActForm):
    """How the customer pays, and the total that was on the screen when they did."""

    method = forms.ChoiceField(choices=Method, widget=forms.RadioSelect)
    received = EuroField(label=_("Amount received"), required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("day", "comment"):
            self.fields.pop(name, None)

    def refuse(self, refusal: ValidationError) -> None:
        """Show why nothing was sold. A used id stays: under another one it would be sold twice."""
        if getattr(refusal, "code", "") == "id_reused":
            refusal = ValidationError(
                _("This ticket is already taken. What was changed since is for another one."),
                code="id_reused",
            )
        self.add_error(None, refusal)


class Checkout:
    """The whole form of a till, bound to a slip: its lines priced, its money counted."""

    def __init__(self, slip: Slip, counter: Counter, user: User) -> None:
        data = slip.posted()
        counter.codes = slip.codes()
        self.slip, self.counter = slip, counter
        self.form = CheckoutForm(data, offer=counter, user=user)
        whole = {"counter": counter, "empty_permitted": False}
        self.lines: Any = Lines(data, prefix="lines", form_kwargs=whole)
        self.payments: Any = Payments(data, prefix="pays", form_kwargs={"empty_permitted": False})
        judged = [part.is_valid() for part in (self.form, self.lines, self.payments)]
        self.is_sound = all(judged)
        if "id" in self.form.errors:  # the next post needs one that can be read
            self.form.data = {**data, "id": str(uuid4())}
        self._quote()

    def _quote(self) -> None:
        """Price and weigh the lines that can be; the others say why not."""
        rows, wanted = [], []
        for number, line in enumerate(self.lines, start=1):
            if not line.is_valid():
                continue
            try:
                line.row = services.priced(self.counter.site, number, line.wanted())
            except ValidationError as refusal:
                line.refusal = refusal
            else:
                rows.append(line.row)
                wanted.append(line.wanted())
        services.weigh(self.counter.site, rows, wanted)
        self.rows = rows

    @property
    def total_cents(self) -> int:
        return sum(row.total_cents for row in self.rows)

    @property
    def count(self) -> int:
        return sum(row.quantity for row in self.rows)

    @property
    def weight_g(self) -> int:
        return sum(row.weight_g or 0 for row in self.rows)

    @property
    def paid_cents(self) -> int:
        """What was noted of several payments."""
        return sum(pay.cleaned_data["amount"] for pay in self.payments if pay.is_valid())

    @property
    def newest_first(self) -> list[tuple[int, LineForm]]:
        """Lines with their numbers: what was just added is at the top, without a script too."""
        return list(enumerate(self.lines))[::-1]

    @property
    def asking(self) -> LineForm | None:
        """The line whose price one is to type now."""
        return next((line for line in self.lines if line.lacks_price), None)

    @property
    def rest_cents(self) -> int:
        return max(self.total_cents - self.paid_cents, 0)

    @property
    def received_cents(self) -> int:
        """What is on the counter now: exact where nothing was typed."""
        typed = self.form.cleaned_data.get("received")
        return self.rest_cents if typed is None else int(typed)

    @property
    def change_cents(self) -> int:
        return max(self.paid_cents + self.received_cents - self.total_cents, 0)

    @property
    def missing_cents(self) -> int:
        return max(self.total_cents - self.paid_cents - self.received_cents, 0)

    @property
    def notes(self) -> list[int]:
        """Round amounts above the rest that people are likely to put down."""
        rest = self.rest_cents
        return sorted({-(-rest // note) * note for note in NOTES} - {0, rest})[:3] if rest else []

    def paid(self) -> list[Paid]:
        """The payments as the till's act takes them."""
        said = [pay.cleaned_data for pay in self.payments]
        noted = [Paid(Method(each["method"]), each["amount"]) for each in said]
        last = Paid(Method(self.form.cleaned_data["method"]), self.received_cents)
        return [*noted, last] if last.amount_cents else noted

    def wanted(self) -> list[Wanted]:
        return [line.wanted() for line in self.lines]

    @property
    def is_refused(self) -> bool:
        """Whether something asked for was not done, or cannot be read."""
        parts = (self.lines, self.payments)
        is_wrong = any(part.non_form_errors() or any(part.errors) for part in parts)
        return bool(self.slip.refusal or self.form.errors or is_wrong)

    def require_ready(self) -> None:
        """Raises ValidationError ``no_lines``, ``total_changed``, or why a line has no price."""
        if not self.lines.forms:
            raise ValidationError(
                _("The ticket is empty: scan a label, or touch a price."), code="no_lines"
            )
        for line in self.lines:
            if line.refusal:
                raise line.refusal
        if self.form.cleaned_data.get("seen") != self.total_cents:
            raise ValidationError(
                _("The total has changed: read it again, then take the money."),
                code="total_changed",
            )
