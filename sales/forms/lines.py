"""What may be typed at a till: of each line of the ticket, and of each payment noted."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.dots import Dot
from inventory.forms import EuroField, KgField
from inventory.forms.choices import one_of
from inventory.forms.entries import day_input
from inventory.models import Category, Item
from inventory.units import parse_euros
from organisation.models import Site
from sales.forms.counter import Counter
from sales.forms.slip import MOST_LINES, require_money
from sales.models import Method, Nature, PriceKey, SaleLine, Voucher, VoucherIssuer
from sales.models.shop import ICONS
from sales.services import Discount, Paid, Wanted

MOST_UNITS = 1_000
REASONS = (  # offered; another may be typed
    _("Damaged"),
    _("Incomplete"),
    _("Large purchase"),
    _("Solidarity price"),
    _("Sale day"),
)


class DotField(forms.ChoiceField):
    """The dot that it wears, of those that take something off today."""

    def __init__(self, dots: Iterable[Dot]) -> None:
        self.dots = list(dots)
        choices = [("", _("no dot")), *((dot.colour, dot.name) for dot in self.dots)]
        super().__init__(label=_("Dot"), required=False, choices=choices, widget=forms.RadioSelect)


def off_field() -> forms.CharField:
    """What is taken off, in euros or percent."""
    attrs = {"inputmode": "decimal", "class": "n", "autocomplete": "off"}
    return forms.CharField(
        label=_("Discount"), required=False, max_length=20, widget=forms.TextInput(attrs=attrs)
    )


def unit_field() -> forms.ChoiceField:
    choices = (("cents", "€"), ("percent", "%"))
    return forms.ChoiceField(choices=choices, required=False, widget=forms.RadioSelect)


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Why the discount?"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"list": "reasons"}),
    )


def clean_discount(form: forms.Form, cleaned: dict[str, Any]) -> None:
    """Read a discount as euros or as a whole percentage; it has a reason."""
    if not cleaned.get("reason"):
        said = ValidationError(_("Say why it is cheaper."), code="reason_missing")
        form.add_error("reason", said)
    text = cleaned["off"].strip().removesuffix("%").strip()
    if cleaned.get("unit") != "percent" and "%" not in cleaned["off"]:
        try:
            cleaned["amount_cents"] = parse_euros(text)
        except ValidationError as refusal:
            form.add_error("off", refusal)
    elif text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= 100:
        cleaned["percent"] = int(text)
    else:
        said = ValidationError(_("Write a whole percentage, from 1 to 100."), code="bad_percent")
        form.add_error("off", said)


def discount_of(cleaned: dict[str, Any]) -> Discount | None:
    """The discount that was said, if one was."""
    off = (cleaned.get("amount_cents", 0), cleaned.get("percent", 0))
    return Discount(cleaned["reason"], *off) if any(off) else None


class LineForm(forms.Form):
    """A line: what it is, hidden, and what may be typed of it. An object is sold by itself."""

    nature = forms.ChoiceField(
        choices=[(Nature.GIFT.value, Nature.GIFT.label)], required=False, widget=forms.HiddenInput
    )
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
    off, unit, reason = off_field(), unit_field(), reason_field()
    deposit = EuroField(label=_("Put aside for a deposit of, €"), required=False)
    until = forms.DateField(label=_("until"), required=False, widget=day_input())

    def __init__(self, *args: Any, counter: Counter, **options: Any) -> None:
        super().__init__(*args, **options)
        self.counter = counter
        self.row: SaleLine | None = None
        self.refusal: ValidationError | None = None
        if self["item"].data:
            for name in ("quantity", "lot", "weight"):
                del self.fields[name]
        else:
            del self.fields["deposit"], self.fields["until"]
        if self.is_no_object:
            for name in ("lot", "weight", "off", "unit", "reason"):
                del self.fields[name]
        if "lot" in self.fields and counter.today.dots:
            self.fields["dot"] = DotField(counter.today.dots.values())

    @property
    def is_no_object(self) -> bool:
        """Whether it is nothing that lies on a shelf."""
        key = self.about
        return self.is_gift or (isinstance(key, PriceKey) and key.category_id is None)

    @property
    def is_gift(self) -> bool:
        return bool(self["nature"].data == Nature.GIFT.value)

    @property
    def name(self) -> Any:
        """What it is called on the screen."""
        return self.about or (Nature.GIFT.label if self.is_gift else "?")

    @cached_property
    def about(self) -> Item | PriceKey | Category | None:
        """What is sold, as far as it is known before validation; a gift is none of these."""
        for name, rows in (("item", "items"), ("key", "keys"), ("category", "categories")):
            if code := self[name].data:
                found: Item | PriceKey | Category | None = getattr(self.counter, rows).get(code)
                return found
        return None

    @property
    def look(self) -> tuple[str, str]:
        """Icon and colour of what is sold."""
        if isinstance(self.about, PriceKey):
            return self.about.look
        if self.is_gift:
            return ICONS[Nature.GIFT], "div"
        category = getattr(self.about, "category", self.about)
        return category.look if isinstance(category, Category) else ("package", "div")

    @property
    def lacks_price(self) -> bool:
        return getattr(self.refusal, "code", "") == "price_missing"

    @property
    def lacks_weight(self) -> bool:
        return getattr(self.refusal, "code", "") == "weight_missing"

    @property
    def asking_price(self) -> Any:
        """Its price field, where the cursor is to be."""
        return self["price"].as_widget(attrs={"autofocus": True})

    @property
    def asking_weight(self) -> Any:
        """Its weight field, where the cursor is to be."""
        return self["weight"].as_widget(attrs={"autofocus": True})

    @property
    def dots(self) -> list[tuple[Any, Dot | None]]:
        """Each choice of a dot with what it takes off; none where it wears none."""
        field = self.fields.get("dot")
        return [*zip(self["dot"], [None, *field.dots], strict=True)] if field else []  # type: ignore[attr-defined]

    @property
    def needs_care(self) -> bool:
        return bool(self.errors or self.refusal)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.about is None and not self.is_gift:
            self.add_error(
                None, ValidationError(_("This is no longer for sale here."), code="unknown_line")
            )
        if cleaned.get("off"):
            clean_discount(self, cleaned)
        return cleaned

    def wanted(self) -> Wanted:
        """The line as the till's act takes it, once it is valid."""
        said, about = self.cleaned_data, self.about
        if said.get("deposit") is not None and isinstance(about, Item):
            return Wanted(
                nature=Nature.DEPOSIT,
                price_cents=said["deposit"],
                aside=about,
                until=said.get("until"),
            )
        return Wanted(
            item=about if isinstance(about, Item) else None,
            key=about if isinstance(about, PriceKey) else None,
            category=about if isinstance(about, Category) else None,
            nature=Nature.GIFT if self.is_gift else Nature.GOODS,
            quantity=said.get("quantity", 1),
            price_cents=said.get("price"),
            is_lot=said.get("lot", False),
            weight_g=said.get("weight"),
            discount=discount_of(said),
            dot=said.get("dot", ""),
        )


class PaymentForm(forms.Form):
    """One of several payments, noted before the ticket is whole."""

    method = forms.ChoiceField(choices=Method, widget=forms.HiddenInput)
    amount = EuroField(widget=forms.HiddenInput)
    voucher = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    reference = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, issuers: Mapping[str, VoucherIssuer], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["issuer"] = one_of(issuers, _("Issuer"), widget=forms.HiddenInput)

    def clean_amount(self) -> int:
        return require_money(self.cleaned_data["amount"])

    @property
    def word(self) -> Any:
        issuer = self.is_valid() and self.cleaned_data["issuer"]
        return issuer or dict(Method.choices).get(self["method"].data or "", "")

    def clean_voucher(self) -> Voucher | None:
        """Raises ValidationError ``unknown_voucher``."""
        code = self.cleaned_data["voucher"]
        if not code:
            return None
        found = Voucher.objects.named(code).first()
        if found is None:
            raise ValidationError(_("This voucher is not one of ours."), code="unknown_voucher")
        return found

    def paid(self) -> Paid:
        return paid_by(self.cleaned_data, self.cleaned_data["amount"])


def paid_by(said: Mapping[str, Any], cents: int) -> Paid:
    """A payment as a form says it; what is said of a voucher is of vouchers alone."""
    method = Method(said["method"])
    issuer = said.get("issuer") if method == Method.VOUCHER else None
    reference = said.get("reference", "") if issuer else ""
    return Paid(method, cents, said.get("voucher"), issuer, reference)


Lines = forms.formset_factory(
    LineForm, extra=0, max_num=MOST_LINES, absolute_max=500, validate_max=True
)
Payments = forms.formset_factory(PaymentForm, extra=0, max_num=20, validate_max=True)
