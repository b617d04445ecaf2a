"""What may be typed at a till: of each line of the ticket, and of each payment noted."""

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.forms import EuroField, KgField
from inventory.models import Category, Item
from inventory.units import parse_euros
from organisation.models import Site
from sales.forms.counter import Counter
from sales.forms.slip import MOST_LINES, require_money
from sales.models import Method, PriceKey, SaleLine
from sales.services import Discount, Wanted

MOST_UNITS = 1_000


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
        elif isinstance(self.about, PriceKey) and self.about.category_id is None:
            for name in ("lot", "weight", "off", "unit", "reason"):
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
        if isinstance(self.about, PriceKey):
            return self.about.look
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
        return require_money(self.cleaned_data["amount"])

    @property
    def word(self) -> Any:
        return dict(Method.choices).get(self["method"].data or "", "")


Lines = forms.formset_factory(
    LineForm, extra=0, max_num=MOST_LINES, absolute_max=500, validate_max=True
)
Payments = forms.formset_factory(PaymentForm, extra=0, max_num=20, validate_max=True)
