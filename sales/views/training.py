"""What was sold to learn."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from organisation.doors import page
from organisation.permissions import CallerRequest
from sales.models import JournalEntry, Kind
from sales.receipt import Receipt
from sales.views.checkout import till_of


@page("sell")
@require_safe
def training_ticket(request: CallerRequest, till: str, seq: int) -> HttpResponse:
    """What somebody sold to learn: a ticket that is none."""
    found = till_of(request, till)
    rows = JournalEntry.objects.filter(chain__till=found, chain__is_training=True, kind=Kind.SALE)
    rows = rows.select_related("chain__site__organisation", "chain__till")
    event = get_object_or_404(rows, seq=min(seq, 2**62))
    return render(request, "sales/training_ticket.html", {"receipt": Receipt(event), "till": found})
