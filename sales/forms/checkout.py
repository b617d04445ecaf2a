"""The ticket under way as it is judged: what each line is, costs and weighs, and the money."""

from functools import cached_property
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.forms import EuroField
from inventory.forms.choices import one_of
from inventory.forms.entries import ActForm
from organisation.models import User
from sales import services
from sales.forms.counter import Counter
from sales.forms.lines import (
    LineForm,
    Lines,
    Payments,
    clean_discount,
    discount_of,
    off_field,
    paid_by,
    reason_field,
    unit_field,
)
from sales.forms.slip import NAMELESS, Slip
from sales.models import Buyer, Method, Nature, Sale
from sales.services import Paid, Wanted, Whole

LONGEST_NAME = 120
NOTES = (500, 1_000, 2_000, 5_000, 10_000)  # people pay with these


BY_HAND = [(method.value, method.label) for method in Method if method != Method.CREDIT]


class CheckoutForm(ActForm):
    """How the customer pays, and the total that was on the screen when they did."""

    unsaid = ("show", "others", "who")
    method = forms.ChoiceField(choices=BY_HAND, widget=forms.RadioSelect)
    reference = forms.CharField(label=_("Number of the voucher"), required=False, max_length=60)
    received = EuroField(label=_("Amount received"), required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    off, unit, reason = off_field(), unit_field(), reason_field()

    def __init__(self, *args: Any, offer: Counter, **options: Any) -> None:
        super().__init__(*args, offer=offer, **options)
        for name in ("day", "comment"):
            self.fields.pop(name, None)
        self.fields["issuer"] = one_of(
            offer.issuers,
            _("Issuer of the voucher"),
            empty=_("issuer not said"),
            widget=forms.RadioSelect,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("off"):
            clean_discount(self, cleaned)
        return cleaned

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
        self.off_cents = 0  # off the whole ticket
        self.taken: Sale | None = None  # the ticket that went under this id already
        self.form = CheckoutForm(data, offer=counter, user=user)
        whole = {"counter": counter, "empty_permitted": False}
        self.lines: Any = Lines(data, prefix="lines", form_kwargs=whole)
        one = {"issuers": counter.issuers, "empty_permitted": False}
        self.payments: Any = Payments(data, prefix="pays", form_kwargs=one)
        judged = [part.is_valid() for part in (self.form, self.lines, self.payments)]
        self.is_sound = all(judged)
        if "id" in self.form.errors:  # the next post needs one that can be read
            self.form.data = {**data, "id": str(uuid4())}
        self._quote()

    def _quote(self) -> None:
        """Price and weigh the lines that can be; the others say why not."""
        rows, wanted = [], []
        today = self.counter.today
        valid = [(n, line) for n, line in enumerate(self.lines, start=1) if line.is_valid()]
        wishes = [line.wanted() for _n, line in valid]
        asked = services.for_buyer(wishes, self.buyer, today.day)
        for (number, line), wish in zip(valid, asked, strict=True):
            try:
                line.row = services.priced(today, number, wish)
            except ValidationError as refusal:
                line.refusal = refusal
            else:
                rows.append(line.row)
                wanted.append(wish)
        services.weigh(self.counter.site, rows, wanted)
        self.rows = rows
        try:
            self.off_cents = services.spread(rows, self.whole.discount)
        except ValidationError as refusal:
            self.form.add_error("off", refusal)
            self.is_sound = False

    @property
    def whole(self) -> Whole:
        """What is said of the ticket as a whole."""
        is_read = not self.form.errors.keys() & {"off", "reason"}
        off = discount_of(self.form.cleaned_data) if is_read else None
        return Whole(discount=off, buyer=self.buyer)

    @property
    def round_up_cents(self) -> int:
        """What is missing to whole euros, gifts aside: what a customer may leave."""
        due_cents = sum(row.total_cents for row in self.rows if row.nature != Nature.GIFT)
        return int(-due_cents % 100)

    @cached_property
    def buyer(self) -> Buyer | None:
        """Who buys by name; nobody where that was not said."""
        return self.counter.buyer(self.slip.kept["buyer"])

    @property
    def is_member(self) -> bool:
        return self.buyer is not None and self.buyer.is_member(self.counter.today.day)

    @property
    def is_joining(self) -> bool:
        """Whether a membership is on it."""
        return any(row.nature == Nature.MEMBERSHIP for row in self.rows)

    @property
    def found(self) -> list[Buyer]:
        """Buyers whom the typed name may mean."""
        who = self.slip.kept["who"]
        return self.counter.buyers(who[:LONGEST_NAME]) if who.strip() else []

    @property
    def asks_who(self) -> bool:
        """Whether one is looking for the buyer, or has to."""
        return bool(self.who_refusal or self.slip.kept["who"])

    @property
    def who_refusal(self) -> str:
        """Why the buyer has to be said."""
        said = self.form.errors.as_data().get("__all__", ())
        return "".join(error.messages[0] for error in said if error.code == "buyer_needed")

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
        """The line whose price or weight one is to type now."""
        return next((line for line in self.lines if line.lacks_price or line.lacks_weight), None)

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
        noted = [pay.paid() for pay in self.payments]
        last = paid_by(self.form.cleaned_data, self.received_cents)
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
        """Raises ValidationError ``no_lines``, ``total_changed``, or why a line has no price.

        Also ``unknown_buyer`` and, for a membership, ``buyer_needed``.
        """
        if not self.lines.forms:
            raise ValidationError(
                _("The ticket is empty: scan a label, or touch a price."), code="no_lines"
            )
        for line in self.lines:
            if line.refusal:
                raise line.refusal
        self._require_buyer()
        if self.form.cleaned_data.get("seen") != self.total_cents:
            raise ValidationError(
                _("The total has changed: read it again, then take the money."),
                code="total_changed",
            )

    def _require_buyer(self) -> None:
        number = self.slip.kept["buyer"]
        if number not in ("", NAMELESS) and self.buyer is None:
            raise ValidationError(_("This buyer is not known here."), code="unknown_buyer")
        if self.is_joining and self.buyer is None and number != NAMELESS:
            raise ValidationError(
                _("Who becomes a member? Choose the buyer, or say “without a name”."),
                code="buyer_needed",
            )
