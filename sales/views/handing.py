"""A ticket handed out: printed, as a PDF, by e-mail; and read by the customer on their own."""

import logging
from smtplib import SMTPException
from typing import Any

from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from inventory.forms.choices import Offer
from inventory.ledger import Entry
from inventory.models import Verb
from inventory.views.acts import as_pdf, recorded_number
from organisation.doors import anyone, page
from organisation.permissions import CallerRequest
from sales import services
from sales.forms.handing import HandForm
from sales.models import Copy, Sale, ShopSettings
from sales.receipt import Receipt, address_at, picture_file, receipt_pdf, sale_named
from sales.views.tickets import sale_of

logger = logging.getLogger(__name__)


@page("sell")
@require_POST
def hand_out(request: CallerRequest, number: str) -> HttpResponse:
    """Print or send a ticket: the original at first, then duplicates, each of them noted."""
    sale = sale_of(request, number)
    form = HandForm(request.POST, offer=Offer(sale.movement.site), user=request.user)

    new: list[Copy] = []  # not one that was handed out under this id before

    def act(entry: Entry) -> str:
        way = Copy.Way(form.cleaned_data["way"])
        new.append(services.hand_out(entry=entry, sale=sale, way=way))
        return str(new[0].number)

    copied = recorded_number(request, form, Verb.SELL, act) if form.is_valid() else None
    if copied is None:
        for refusals in form.errors.values():
            messages.error(request, " ".join(map(str, refusals)))
        return redirect(_back(request, sale))
    if form.cleaned_data["way"] == Copy.Way.PDF:
        return _as_pdf(sale, int(copied))
    if form.cleaned_data["way"] == Copy.Way.MAIL:
        for copy in new:
            _send(request, sale, copy, form.cleaned_data["address"])
        return redirect(_back(request, sale))
    return redirect(f"{_back(request, sale)}copie={copied}")


def _back(request: CallerRequest, sale: Sale) -> str:
    """The ticket's page, still as after the sale where it was."""
    was_new = "vente=1&" if "vente" in request.POST else ""
    return f"{reverse('ticket', kwargs={'number': sale.number})}?{was_new}"


def _as_pdf(sale: Sale, copy: int) -> HttpResponse:
    return as_pdf(receipt_pdf(Receipt(sale.event, copy)), sale.number)


def _send(request: CallerRequest, sale: Sale, copy: Copy, address: str) -> None:
    """Send a ticket to its buyer, once it is noted. The address is kept nowhere."""
    try:
        _mail(sale, copy.number, address).send()
    except (SMTPException, OSError):
        logger.exception("%s could not be sent", sale.number)
        messages.error(request, _("The e-mail did not leave: offer it another way."))
    else:
        messages.success(request, _("The ticket was sent."))


def _mail(sale: Sale, copy: int, address: str) -> EmailMessage:
    number, owner = sale.number, sale.movement.site.organisation
    sender = " ".join(owner.name.split())  # a head has no line that somebody could add to
    mail = EmailMessage(
        subject=_("Your ticket %(number)s, %(structure)s")
        % {"number": number, "structure": sender},
        body=_(
            "Hello,\n\nHere is your ticket. Thank you for giving things a second life.\n\n%(who)s"
        )
        % {"who": owner.name},
        to=[address],
    )
    mail.attach(f"{number}.pdf", receipt_pdf(Receipt(sale.event, copy)), "application/pdf")
    return mail


@anyone
@require_safe
@never_cache
def public_ticket(request: CallerRequest, token: str) -> HttpResponse:
    """A ticket for whoever holds its address: what was sold, and nobody's name."""
    context = {"receipt": Receipt(_shown_sale(token).event)}
    response = render(request, "sales/public_ticket.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@anyone
@require_safe
@never_cache
def ticket_picture(request: CallerRequest, token: str) -> HttpResponse:
    """The address of a ticket as a picture to scan, once it can be read there."""
    _shown_sale(token)
    return HttpResponse(picture_file(address_at(token)), content_type="image/svg+xml")


def _shown_sale(token: str) -> Sale:
    """The ticket of a token, where the shop shows tickets. Raises Http404."""
    key = sale_named(token)
    if key is None:
        raise Http404
    rows: Any = Sale.objects.select_related("event__chain__site__organisation")
    sale: Sale = get_object_or_404(rows.select_related("event__chain__till"), pk=key)
    if not ShopSettings.objects.of(sale.event.chain.organisation_id).shows_tickets:
        raise Http404
    return sale
