"""Tablets: a manager names, pairs and withdraws them; people open them with their PIN."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from organisation.doors import anyone, page, require
from organisation.forms import FloorForm, PairForm, PinForm, StationForm
from organisation.models import Site, Station, User
from organisation.permissions import CallerRequest
from organisation.services import held_by, invite, leave, pair, set_team, sign_in, withdraw
from organisation.services.stations import may_open
from organisation.stations import open_session, remember
from organisation.submissions import writing

# Named and paired


@page("configure")
@require_http_methods(["GET", "HEAD", "POST"])
def stations(request: CallerRequest) -> HttpResponse:
    """The tablets of each site, and how its floor works on them."""
    sites = list(Site.objects.permitted(request.user, "configure"))
    form = StationForm(request.POST or None, sites=sites)
    if request.method == "POST" and form.is_valid():
        return _invited(request, form.save(commit=False))
    rows = Station.objects.filter(site__in=sites).select_related("site")
    context = {
        "form": form,
        "stations": rows.order_by("site__name", "name"),
        "floors": [(site, FloorForm(instance=site, prefix=site.code)) for site in sites],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "organisation/stations.html", context, status=status)


@page("configure")
@require_POST
def floor(request: CallerRequest, site: Site) -> HttpResponse:
    """When tablets of a site lock, and whether its floor works as one without PIN."""
    form = FloorForm(request.POST, instance=site, prefix=site.code)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["lock_after_min"])))
    else:
        with writing():
            form.save()
            set_team(site=site, is_on=form.cleaned_data["is_team"])
        messages.success(request, _("Saved."))
    return redirect("stations")


@page("configure")
@require_http_methods(["GET", "HEAD", "POST"])
def station(request: CallerRequest, pk: int) -> HttpResponse:
    """One tablet: its name, a code to pair another device, its end."""
    found = get_object_or_404(Station.objects.within(request).select_related("site"), pk=pk)
    require(request, found.site)
    if request.POST.get("do") == "withdraw":
        return _withdrawn(request, found)
    if request.POST.get("do") == "invite":
        return _invited(request, found)
    form = StationForm(request.POST or None, instance=found, sites=[found.site])
    if request.method == "POST" and form.is_valid():
        with writing():
            form.save()
        messages.success(request, _("Saved."))
        return redirect("stations")
    crumbs = [(reverse("stations"), _("Tablets"))]
    context = {
        "form": form,
        "station": found,
        "title": found.name,
        "crumbs": crumbs,
        "held": held_by(found),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "organisation/station.html", context, status=status)


def _withdrawn(request: CallerRequest, found: Station) -> HttpResponse:
    """End a tablet; what it holds is said first, and has to be accepted."""
    try:
        with writing():
            withdraw(station=found, is_sure="sure" in request.POST)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("station", pk=found.pk)
    messages.success(request, _("Nobody signs in on “%(name)s” any more.") % {"name": found})
    return redirect("stations")


def _invited(request: CallerRequest, found: Station) -> HttpResponse:
    """Show the code that pairs this tablet, once, as signs and as a picture to scan."""
    import segno

    with writing():
        code = invite(station=found)
    address = request.build_absolute_uri(reverse("tablet"))
    picture = segno.make(f"{address}?code={code}", error="m").svg_inline(
        scale=6, border=2, omitsize=True
    )
    context = {
        "station": found,
        "code": f"{code[:4]} {code[4:]}",
        "address": address,
        "picture": mark_safe(picture),  # noqa: S308 (drawn by segno from signs of ours)
        "minutes": 15,
    }
    response = render(request, "organisation/pairing.html", context)
    response["Cache-Control"] = "no-store"
    return response


# On the tablet itself


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def tablet(request: CallerRequest) -> HttpResponse:
    """Pair this device, or say who stands in front of it."""
    is_coded = "code" in request.POST or "code" in request.GET
    if request.station is None or request.station.revoked_at or is_coded:
        return _pairing(request)
    return _signing_in(request, request.station)


def _pairing(request: CallerRequest) -> HttpResponse:
    form = PairForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and form.is_valid():
        try:
            with writing():
                found, secret = pair(code=form.cleaned_data["code"])
        except ValidationError as refusal:
            form.add_error("code", refusal)
        else:
            logout(request)
            response = redirect("tablet")
            remember(response, secret, is_secure=request.is_secure())
            messages.success(
                request,
                _("This is now “%(name)s”, at %(site)s.") % {"name": found, "site": found.site},
            )
            return response
    context = {"form": form, "withdrawn": request.station}
    status = 422 if request.method == "POST" else 200
    return render(request, "organisation/pair.html", context, status=status)


def _signing_in(request: CallerRequest, here: Station) -> HttpResponse:
    people = [person for person in _roster(here) if may_open(here, person)]
    form = PinForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        try:
            sign_in(station=here, person=person, pin=form.cleaned_data["pin"])
        except ValidationError as refusal:
            form.add_error("pin", refusal)
        else:
            open_session(request, here, person)
            return redirect(_onward(request))
    context = {"form": form, "station": here, "people": people, "next": _asked(request)}
    status = 422 if request.method == "POST" else 200
    return render(request, "organisation/roster.html", context, status=status)


def _roster(here: Station) -> Any:
    """Who may work here: the team first, then by first name."""
    rows = User.objects.filter(organisation=here.site.organisation_id, is_active=True)
    return rows.order_by("-team_of", "first_name", "last_name", "username")


def _asked(request: CallerRequest) -> str:
    return request.POST.get("next") or request.GET.get("next", "")


def _onward(request: CallerRequest) -> str:
    """The page that was asked for, if it is one of ours."""
    asked = _asked(request)
    is_ours = url_has_allowed_host_and_scheme(asked, {request.get_host()})
    return asked if is_ours and asked.startswith("/") else reverse("home")


@anyone
@require_POST
def lock(request: CallerRequest) -> HttpResponse:
    """Leave the tablet to whoever comes next."""
    with writing():
        if request.user.is_authenticated:
            leave(person=request.user)
        logout(request)
    return redirect("tablet" if request.station else "login")
