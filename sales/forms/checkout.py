"""The ticket under way as it is judged: what each line is, costs and weighs, and the money."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.forms import EuroField
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
    reason_field,
    unit_field,
)
from sales.forms.slip import Slip
from sales.models import Method, Nature, Sale
from sales.services import Paid, Wanted, Whole

NOTES = (500, 1_000, 2_000, 5_000, 10_000)  # people pay with these


BY_HAND = [(method.value, method.label) for method in Method if method != Method.CREDIT]


class CheckoutForm(ActForm):
    """How the customer pays, and the total that was on the screen when they did."""

    unsaid = ("show", "others")
    method = forms.ChoiceField(choices=BY_HAND, widget=forms.RadioSelect)
    received = EuroField(label=_("Amount received"), required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    off, unit, reason = off_field(), unit_field(), reason_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("day", "comment"):
            self.fields.pop(name, None)

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
        self.payments: Any = Payments(data, prefix="pays", form_kwargs={"empty_permitted": False})
        judged = [part.is_valid() for part in (self.form, self.lines, self.payments)]
        self.is_sound = all(judged)
        if "id" in self.form.errors:  # the next post needs one that can be read
            self.form.data = {**data, "id": str(uuid4())}
        self._quote()

    def _quote(self) -> None:
        """Price and weigh the lines that can be; the others say why not."""
        rows, wanted = [], []
        today = self.counter.today
        for number, line in enumerate(self.lines, start=1):
            if not line.is_valid():
                continue
            try:
                line.row = services.priced(today, number, line.wanted())
            except ValidationError as refusal:
                line.refusal = refusal
            else:
                rows.append(line.row)
                wanted.append(line.wanted())
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
        return Whole(discount_of(self.form.cleaned_data) if is_read else None)

    @property
    def round_up_cents(self) -> int:
        """What is missing to whole euros, gifts aside: what a customer may leave."""
        due_cents = sum(row.total_cents for row in self.rows if row.nature != Nature.GIFT)
        return int(-due_cents % 100)

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
