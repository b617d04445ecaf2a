"""The links of a structure: made, shown once, listed, ended."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from organisation.doors import caller, page, require
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.submissions import writing
from organisation.views.account import show_once
from reporting.audits.forms import ShareForm
from reporting.models import AuditLink
from reporting.periods import Period
from reporting.services import share, withdraw

LISTED = 100


@page("govern")
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: CallerRequest) -> HttpResponse:
    """Every link to sites that the caller governs, living ones first; and a new one."""
    user = caller(request)
    form = ShareForm(request.POST or None, user=user, initial=_known(request))
    if request.method == "POST" and form.is_valid():
        return _shared(request, form)
    rows = AuditLink.objects.within(request).governed_at(Site.objects.permitted(user, "govern"))
    found = rows.select_related("created_by").prefetch_related("sites")[:LISTED]
    context = {
        "form": form,
        "living": [link for link in found if link.is_living],
        "ended": [link for link in found if not link.is_living],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "reporting/audit_links.html", context, status=status)


@page("govern")
@require_POST
def end_link(request: CallerRequest, pk: int) -> HttpResponse:
    """End a link: from now on it opens nothing."""
    link = AuditLink.objects.within(request).filter(pk=pk).first() if pk < 2**63 else None
    if link is None:
        raise Http404
    for site in link.sites.all():
        require(request, site)
    with writing():
        withdraw(link=link)
    messages.success(request, _("This link opens nothing any more."))
    return redirect("audit-links")


def _shared(request: CallerRequest, form: ShareForm) -> HttpResponse:
    """Make the link, and show its address this once."""
    user = caller(request)
    with writing():
        _link, token = share(
            organisation=user.organisation,  # type: ignore[arg-type]  # the guard saw to it
            sites=form.chosen,
            period=form.cleaned_data["period"],
            author=user,
            days=form.cleaned_data["days"],
        )
    address = f"{settings.PUBLIC_URL.rstrip('/')}{reverse('audit', args=[token])}"
    return show_once(request, _("Link for an auditor"), address, reverse("audit-links"))


def _known(request: CallerRequest) -> dict[str, Any]:
    """What the report that led here showed; else the last year."""
    last_year = Period.last_year(timezone.localdate())
    return {
        "start": request.GET.get("from", last_year.start.isoformat()),
        "end": request.GET.get("to", last_year.end.isoformat()),
        "days": ShareForm.base_fields["days"].initial,
        "site": request.GET.getlist("site"),
    }
