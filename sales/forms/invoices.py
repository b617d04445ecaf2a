"""To whom a ticket is invoiced, and when the invoice was paid."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.forms.entries import ActForm, day_input
from sales.models import Buyer, InvoicePayment


class PaymentForm(ActForm):
    """When an invoice was paid, and how."""

    paid_on = forms.DateField(label=_("Paid on"), widget=day_input())
    means = forms.ChoiceField(
        label=_("By"), choices=InvoicePayment.Means, widget=forms.RadioSelect, initial="transfer"
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("day", "comment"):
            self.fields.pop(name, None)


class CancelForm(ActForm):
    """That a payment is cancelled: nothing else to say."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("day", "comment"):
            self.fields.pop(name, None)


class InvoiceForm(ActForm):
    """The number of the buyer."""

    buyer = forms.CharField(label=_("Invoice to"), max_length=9)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("day", "comment"):
            self.fields.pop(name, None)

    def clean_buyer(self) -> Buyer:
        """Raises ValidationError ``unknown_buyer``."""
        rows = Buyer.objects.filter(organisation=self.site.organisation_id)
        buyer = rows.named(self.cleaned_data["buyer"]).first()
        if buyer is None:
            raise ValidationError(_("This buyer is not known here."), code="unknown_buyer")
        return buyer
