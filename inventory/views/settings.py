"""Settings that are no list: what labels are like, what the week's dots mean."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from inventory import labels
from inventory.dots import LOOKS
from inventory.forms.dots import DotForm
from inventory.forms.labels import LabelSettingsForm
from inventory.models import DotCalendar
from inventory.printed import size_at, specimen
from inventory.views.acts import chosen_site, sites_of
from organisation.doors import page
from organisation.history import changes
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.submissions import writing


@page("configure")
@require_http_methods(["GET", "HEAD", "POST"])
def labels_of_site(request: CallerRequest) -> HttpResponse:
    """The labels of a site: their size, their printer, how they are printed."""
    site = chosen_site(request)
    form = LabelSettingsForm(request.POST or None, instance=Site.objects.get(pk=site.pk))
    is_sent = request.method == "POST"
    if is_sent and form.is_valid():
        with writing():
            form.save() if form.has_changed() else None
        messages.success(request, _("Saved."))
        return redirect(f"{reverse('label-settings')}?site={site.code}")
    context = {
        "form": form,
        "title": _("Labels"),
        "site": site,
        "sites": sites_of(request),
        "size": size_at(site),
        "changes": changes(site, form, request.user),
    }
    return render(request, "inventory/label_settings.html", context, status=422 if is_sent else 200)


@page("configure")
@require_http_methods(["GET", "HEAD", "POST"])
def dots(request: CallerRequest) -> HttpResponse:
    """Which dot each week sticks, and what its age takes off."""
    found = DotCalendar.objects.within(request).first()
    today = chosen_site(request).business_date(timezone.now())
    monday = today - timedelta(days=today.weekday())
    calendar = found or DotCalendar(organisation=request.user.organisation, first_day=monday)
    form = DotForm(request.POST or None, instance=calendar)
    is_sent = request.method == "POST"
    if is_sent and form.is_valid():
        with writing():
            form.save()
        messages.success(request, _("Saved."))
        return redirect("dots")
    context = {
        "form": form,
        "title": _("Weekly dots"),
        "is_used": found is not None,
        "looks": LOOKS.items(),
        "changes": changes(found, form, request.user) if found else None,
    }
    return render(request, "inventory/dot_settings.html", context, status=422 if is_sent else 200)


@page("configure")
@require_safe
def specimen_png(request: CallerRequest) -> HttpResponse:
    """What labels of a site look like, as it is set."""
    site = chosen_site(request)
    picture = labels.label_png(
        specimen(site.organisation), size=size_at(site), dpi=site.label_dpi, level=6
    )
    return HttpResponse(picture, content_type="image/png")
