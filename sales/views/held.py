"""What a till shows at a computer while a tablet holds it."""

from django.http import HttpResponse
from django.shortcuts import render

from organisation.permissions import CallerRequest
from sales.models import TillLease


def held(request: CallerRequest, lease: TillLease) -> HttpResponse:
    """In the place of a till's pages: a tablet holds it, and nobody sells there from here."""
    till = lease.till
    may_configure = request.user.may("configure", till.site)
    context = {"till": till, "held": lease, "may_configure": may_configure}
    return render(request, "sales/held.html", context)
