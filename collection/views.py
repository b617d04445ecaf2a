"""The weigh station's page: everything a tablet needs to weigh, laid in it once."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from collection import services
from collection.forms import GivenBackForm, RefusalForm
from collection.models import Donor, Intake, Refusal
from collection.plausible import bounds_g
from collection.receipts import receipt_pdf
from inventory.forms.choices import Offer
from inventory.ledger import Entry
from inventory.models import (
    EXITS,
    CollectionMode,
    Container,
    Movement,
    Origin,
    Verb,
)
from inventory.tiles import destinations_of, screens_of, tiles_of
from inventory.views.acts import as_pdf, at_a_site, chosen_site, recorded, shown, sites_of
from inventory.views.items import item_of
from organisation.doors import page, require
from organisation.models import Site, Submission, User
from organisation.permissions import CallerRequest
from organisation.submissions import claim_of, form_content, form_uuid, submit


@page("collect")
def choose_site(request: CallerRequest) -> HttpResponse:
    """Go straight to the only site, or offer the choice."""
    return at_a_site(request, "weigh", "collection/choose_site.html")


@page("collect")
@gzip_page  # no secret is in it: its form is given its token by the tablet
def weigh(request: CallerRequest, site: Site) -> HttpResponse:
    """The weigh station of a site: a tablet keeps it, so that it says nothing of anybody."""
    return render(request, "collection/weigh.html", {"station": _station(site), "site": site})


def _station(site: Site) -> dict[str, Any]:
    owner = site.organisation_id
    return {
        "site": {
            "code": site.code,
            "name": site.name,
            "scale_limit_g": site.scale_limit_g,
            "weight_code_layout": site.weight_code_layout,
        },
        "api": "/api/v1/",
        "screens": screens_of(site),
        "modes": [
            {"code": m.code, "name": m.name, "icon": m.icon, "is_round": m.is_round}
            for m in CollectionMode.objects.filter(organisation=owner, is_active=True)
        ],
        "origins": list(
            Origin.objects.filter(organisation=owner, is_active=True)
            .exclude(code=Origin.NOT_ASKED)
            .values("code", "name")
        ),
        "containers": list(
            Container.objects.filter(organisation=owner, is_active=True).values(
                "code", "name", "tare_g", "icon"
            )
        ),
        "tiles": tiles_of(site, bounds_g(site)),
        "reasons": [
            {"code": reason.value, "name": str(reason.label).capitalize()}
            for reason in Refusal.Reason
        ],
        "destinations": destinations_of(site),
    }


@page("collect")
@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: CallerRequest, code: str) -> HttpResponse:
    """Take back an object that had left: weigh it in, and label its second life."""
    found = item_of(request, code)
    if found.account is None or found.account.kind not in EXITS:
        raise Http404
    user: Any = request.user
    offer = Offer(chosen_site(request))
    form = GivenBackForm(request.POST or None, item=found, offer=offer, user=user)

    def act(entry: Entry) -> str:
        made = services.take_back(entry=entry, arrival=form.arrival(), draft=form.draft())
        return str(made.own_code)

    def onward(new: str) -> HttpResponse:
        return redirect(f"{reverse('print-labels')}?code={new}")

    is_valid = request.method == "POST" and form.is_valid()
    if is_valid and (response := recorded(request, form, Verb.COLLECT, act, onward)):
        return response
    context = {"item": found, "form": form, "site": offer.site, "sites": sites_of(request)}
    is_sent = request.method == "POST"
    return shown(request, "collection/give_back.html", {**context, "is_sent": is_sent})


@page("collect")
def refusals(request: CallerRequest) -> HttpResponse:
    """Note what is turned away at the gate, and see what was."""
    user: User = request.user
    form = RefusalForm(request.POST or None, user=user)
    uuid = form_uuid(request)
    if request.method == "POST" and form.is_valid():
        form.instance.author = user
        form.instance.occurred_at = timezone.now()
        try:
            _note_refusal(request, form.instance, uuid)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            uuid = uuid4()
        else:
            messages.success(request, _("Noted: nothing was weighed."))
            return redirect("refusals")
    rows = Refusal.objects.filter(site__in=Site.objects.permitted(user, "collect"))
    context = {
        "form": form,
        "uuid": uuid,
        "rows": rows.select_related("site", "category", "author").order_by("-pk")[:50],
    }
    status = 422 if form.errors else 200
    return render(request, "collection/refusals.html", context, status=status)


def _note_refusal(request: CallerRequest, refusal: Refusal, uuid: UUID) -> None:
    def record(submission: Submission) -> str:
        refusal.submission = submission
        return str(services.record_refusal(refusal=refusal).pk)

    submit(
        claim=claim_of(request, uuid, request.user.organisation),  # type: ignore[arg-type]
        content=form_content(request.POST),
        record=record,
    )


@page("collect")
@require_safe
def receipt(request: CallerRequest, number: str) -> HttpResponse:
    """The slip of an arrival, as a PDF for the donor."""
    rows = Intake.objects.filter(movement__in=Movement.objects.within(request).named(number))
    links = ("movement__site__organisation", "mode")
    intake = rows.select_related(*links).first() if number.isprintable() else None
    if intake is None:
        raise Http404
    require(request, intake.movement.site)
    return as_pdf(receipt_pdf(intake), intake.movement.number)


SHOWN = 200


@page("reverse")
@require_safe
def register(request: CallerRequest) -> HttpResponse:
    """Who brought what, where a name was left: the register of objects, newest first."""
    sites = Site.objects.permitted(request.user, "reverse")
    rows = Donor.objects.filter(intake__movement__site__in=sites).listed()
    return render(request, "collection/register.html", {"rows": rows[:SHOWN]})
