"""What was sold to learn, and given back to learn."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from inventory.forms.choices import Offer
from inventory.ledger import Entry
from inventory.models import Verb
from inventory.views.acts import recorded_number
from organisation.doors import page
from organisation.permissions import CallerRequest
from sales import services
from sales.forms.training import LessonRefundForm
from sales.models import JournalEntry, Kind, Method, Till
from sales.receipt import Receipt
from sales.services.training import refunds_of
from sales.views.checkout import till_of


@page("sell")
@require_safe
def training_ticket(request: CallerRequest, till: str, seq: int) -> HttpResponse:
    """What somebody sold to learn: a ticket that is none, and what came back of it."""
    found = till_of(request, till)
    event = _lesson(found, seq)
    return _shown(request, found, event, _form(request, found, event))


@page("sell")
@require_POST
def training_refund(request: CallerRequest, till: str, seq: int) -> HttpResponse:
    """Give back part of it, to learn that too."""
    found = till_of(request, till)
    event = _lesson(found, seq)
    form: Any = _form(request, found, event)

    def act(entry: Entry) -> str:
        made = services.rehearse_refund(
            entry=entry,
            till=found,
            of=event,
            quantities=form.quantities,
            method=Method(form.cleaned_data["method"]),
        )
        return str(Receipt(made).told["number"])

    if form.is_valid() and (number := recorded_number(request, form, Verb.RETURN, act)):
        messages.success(request, _("SPECIMEN: %(number)s given back.") % {"number": number})
        return redirect("training-ticket", till=found.code, seq=event.seq)
    return _shown(request, found, event, form, status=422)


def _lesson(till: Till, seq: int) -> JournalEntry:
    rows = JournalEntry.objects.filter(chain__till=till, chain__is_training=True, kind=Kind.SALE)
    rows = rows.select_related("chain__site__organisation", "chain__till")
    return get_object_or_404(rows, seq=min(seq, 2**62))


def _form(request: CallerRequest, till: Till, event: JournalEntry) -> LessonRefundForm:
    data = request.POST or None
    return LessonRefundForm(data, sale=event, offer=Offer(till.site), user=request.user)


def _shown(
    request: CallerRequest, till: Till, event: JournalEntry, form: Any, status: int = 200
) -> HttpResponse:
    context = {
        "receipt": Receipt(event),
        "till": till,
        "form": form,
        "is_refused": status != 200,
        "backs": refunds_of(event),
    }
    return render(request, "sales/training_ticket.html", context, status=status)
