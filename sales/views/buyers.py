"""Buyers and members: found, added, corrected; what they bought."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from organisation.doors import page
from organisation.models import Site, Submission
from organisation.permissions import CallerRequest
from organisation.submissions import claim_of, form_content, submit, writing
from sales import services
from sales.forms.buyers import BuyerForm, BuyerSearch
from sales.models import Buyer, Invoice, Sale, Till

MOST = 50


@page("sell")
@require_safe
def buyers(request: CallerRequest) -> HttpResponse:
    """Those whose name, number or card was typed, or the newest ones."""
    search = BuyerSearch(request.GET)
    sought = search.cleaned_data["q"] if search.is_valid() else ""
    rows = Buyer.objects.within(request)
    found = rows.sought(sought).order_by("name", "number") if sought else rows.known()
    context = {
        "search": search,
        "sought": sought,
        "buyers": (found if sought else found.order_by("-number"))[:MOST],
        "count": rows.known().count(),
        "members": rows.known().filter(member_until__gte=timezone.localdate()).count(),
        "today": timezone.localdate(),
        "may_erase": request.user.may_anywhere("manage_people"),
    }
    return render(request, "sales/buyers.html", context, status=422 if search.errors else 200)


@page("sell")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: CallerRequest) -> HttpResponse:
    """Somebody new."""
    buyer = Buyer(organisation=request.user.organisation, kind=_kind(request))
    form = BuyerForm(request.POST or None, instance=buyer, initial={"name": _sought(request)})
    if request.method == "POST" and form.is_valid() and (number := _added(request, form)):
        if till := _till(request):  # a ticket waits there
            return redirect(f"{reverse('checkout', kwargs={'till': till.code})}?buyer-is={number}")
        messages.success(request, _("“%(name)s” is saved.") % {"name": buyer.name or number})
        return redirect("buyer", number=number)
    context = {"form": form, "title": _("A new buyer or member")}
    status = 422 if request.method == "POST" else 200
    return render(request, "sales/buyer.html", context, status=status)


def _till(request: CallerRequest) -> Till | None:
    code = request.GET.get("till", "")
    found: Till | None = (
        Till.objects.within(request).offered().named(code).first() if (code.isprintable()) else None
    )
    return found


def _kind(request: CallerRequest) -> str:
    asked = request.GET.get("kind", "")
    return asked if asked in Buyer.Kind.values else Buyer.Kind.PERSON


def _sought(request: CallerRequest) -> str:
    """What one had looked for before adding, where it may be a name."""
    search = BuyerSearch(request.GET)
    sought = search.cleaned_data["q"] if search.is_valid() else ""
    return "" if any(sign.isdecimal() for sign in sought) else sought


def _added(request: CallerRequest, form: BuyerForm) -> str | None:
    """Add once and return the number, which is all that is kept as an answer; or say why not."""

    def record(submission: Submission) -> str:
        form.instance.submission = submission
        return str(services.add_buyer(buyer=form.instance, by=request.user).number)

    organisation: Any = request.user.organisation
    try:
        claim = claim_of(request, form.cleaned_data["id"], organisation)
        return submit(claim=claim, content=form_content(request.POST), record=record)[1]
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None


@page("sell")
@require_http_methods(["GET", "HEAD", "POST"])
def buyer(request: CallerRequest, number: int) -> HttpResponse:
    """A buyer: contact data to correct, membership, tickets."""
    found = get_object_or_404(Buyer.objects.within(request), number=number)
    if found.is_erased:
        return render(request, "sales/buyer.html", _about(request, found))
    form = BuyerForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid() and _changed(request, form):
        messages.success(request, _("“%(name)s” is saved.") % {"name": found})
        return redirect("buyer", number=number)
    context = {"form": form, **_about(request, found)}
    status = 422 if request.method == "POST" else 200
    return render(request, "sales/buyer.html", context, status=status)


def _changed(request: CallerRequest, form: BuyerForm) -> bool:
    try:
        with writing():
            services.change_buyer(buyer=form.instance, by=request.user)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    return True


def _about(request: CallerRequest, found: Buyer) -> dict[str, Any]:
    kept = Buyer.objects.get(pk=found.pk)  # whatever the form has put on the other
    readable = Site.objects.permitted(request.user, "read_sales")
    sales = Sale.objects.filter(buyer=kept, movement__site__in=readable).listed()
    today = timezone.localdate()
    return {
        "buyer": kept,
        "title": kept,
        "is_member": kept.is_member(today),
        "tickets": sales.order_by("-pk")[:MOST],
        "invoices": Invoice.objects.whole()
        .filter(buyer=kept, sale__movement__site__in=readable)
        .order_by("-pk")[:MOST],
        "periods": kept.periods.select_related("line__sale__movement").order_by("-ends_on"),
        "may_erase": request.user.may_anywhere("manage_people"),
    }
