"""Vouchers of the house: what each is still worth, and what the house owes in all."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organisation.doors import page
from organisation.permissions import CallerRequest
from sales.models import Voucher

MOST = 200


@page("read_sales")
@require_safe
def vouchers(request: CallerRequest) -> HttpResponse:
    """The one that was looked for, or the newest; those with something left first."""
    rows = Voucher.objects.within(request).select_related("item").order_by("-pk")
    sought = request.GET.get("code", "").strip()
    if sought:
        rows = rows.named(sought)
    found = [(row, row.left_cents) for row in rows[:MOST]]
    found.sort(key=lambda each: each[1] == 0)
    owed_cents = sum(cents for _row, cents in found)
    context = {"vouchers": found, "sought": sought, "owed_cents": owed_cents}
    return render(request, "sales/vouchers.html", context)
