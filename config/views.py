"""Pages that belong to no room: home, errors."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from collection.models import Intake
from config.context import BESIDE, large_doors, open_to
from inventory.models import Account, Balance, Category, Item, Shipment, Transfer
from inventory.views.clearing import WEEKS
from organisation.doors import page
from organisation.models import HeldEntry, Site, User
from organisation.permissions import CallerRequest
from reporting.indicators import daily, diversion
from reporting.periods import Period
from reporting.printing import printed_balance, unit_for
from reporting.scopes import Scope
from sales.models import Sale, SaleLine


def csrf_failure(request: CallerRequest, reason: str = "") -> HttpResponse:
    """Say that the form is too old, in the shape that fits the path."""
    return render(request, "403.html", {"reason": _("This page is too old.")}, status=403)


COMING = 5  # transfers on their way that the home page names
FLAGGED_DAYS = 14  # how long the home page names a ticket that the books contradict
MANY = 99  # objects: beyond that the page says "more than"


@page("look_up")
def home(request: CallerRequest) -> HttpResponse:
    """The year so far, the week, what needs attention, and the doors."""
    user: User = request.user
    today = timezone.localdate()
    context: dict[str, Any] = {
        "today": today,
        "doors": large_doors(user, at_tablet=request.station is not None),
        "beside": open_to(user, BESIDE),
    }
    if user.may_anywhere("read_figures"):
        context |= _figures(user, today)
    if user.may_anywhere("read_stock"):
        context["todo"] = _todo(user)
    sites = Site.objects.permitted(user, "look_up")
    days = {site: site.business_date(timezone.now()) for site in sites}
    context["arrivals_today"] = Intake.objects.on(days).count()
    return render(request, "home.html", context)


def _figures(user: User, today: date) -> dict[str, Any]:
    sites = list(Site.objects.permitted(user, "read_figures").select_related("organisation"))
    figures = diversion(scope=Scope.of_sites(sites), period=Period.this_year(today))
    monday = today - timedelta(days=today.weekday())
    week = [monday + timedelta(days=number) for number in range(7)]
    days = daily(sites, monday, today)
    unit = unit_for(grams for name, grams in figures.items() if name.endswith("_g"))
    printed = printed_balance(figures, unit)  # as the report prints them
    return {
        "figures": figures,
        "written": {name: unit.write(abs(grams)) for name, grams in printed.items()},
        "unit": unit.word,
        "busy_sites": Account.objects.filter(site__in=sites).values("site").distinct().count(),
        "week": [
            {
                "side": side,
                "total_g": sum(day[side] for day in days.values()),
                "bars": _bars([days.get(day, {}).get(side, 0) for day in week], week, today),
            }
            for side in ("in_g", "out_g")
        ],
    }


def _bars(grams: list[int], week: list[date], today: date) -> list[dict[str, Any]]:
    """Seven bars of a 224 × 48 drawing, the fullest day 44 high."""
    most_g = max(*grams, 1)
    heights = [max(round(44 * weight_g / most_g), 2 * (weight_g > 0)) for weight_g in grams]
    return [
        {"x": 4 + 32 * n, "y": 46 - height, "height": height, "day": day, "is_today": day == today}
        for n, (height, day) in enumerate(zip(heights, week, strict=True))
    ]


def _todo(user: User) -> dict[str, Any]:
    """What is stuck: books below zero, what is on its way here, what stayed long on the shelf."""
    sites = list(Site.objects.permitted(user, "read_stock"))
    below = Balance.objects.negative_tops_of(sites)
    names = Category.objects.in_bulk({category for _site, category in below})
    places = {site.pk: site for site in sites}
    return {
        "negatives": [
            {"site": places[site], "category": names[category], "weight_g": weight_g}
            for (site, category), weight_g in below.items()
        ],
        "coming": list(Transfer.objects.coming(sites)[:COMING]),
        "may_receive": user.may_anywhere("transfer"),
        "unsold": _unsold(user, sites),
        "held": _held(user),
        "weights": _weights(user, sites),
        "flagged": _flagged(user),
    }


def _flagged(user: User) -> list[Sale]:
    """The newest tickets of the last days that a tablet sold against the books."""
    sites = Site.objects.permitted(user, "reverse")
    since = timezone.localdate() - timedelta(days=FLAGGED_DAYS)
    lines = SaleLine.objects.flagged(sites, since).select_related("sale__movement__site")
    return list({line.sale: None for line in lines.order_by("-pk")[:COMING]})


def _weights(user: User, sites: list[Site]) -> int:
    """How many departures wait for their partner's weights, up to a bound."""
    if not user.may_anywhere("ship"):
        return 0
    return len(Shipment.objects.waiting(sites).values("pk")[: MANY + 1])


def _held(user: User) -> int:
    """How many entries of tablets wait for the reader's decision, up to a bound."""
    sites = Site.objects.permitted(user, "reverse")
    return len(HeldEntry.objects.filter(site__in=sites).undecided().values("pk")[: MANY + 1])


def _unsold(user: User, sites: list[Site]) -> int:
    """How many labelled objects have been here for longer than eight weeks, up to a bound."""
    if not user.may_anywhere("ship"):
        return 0
    day = timezone.localdate() - timedelta(weeks=WEEKS)
    old = Item.objects.in_stock(sites).filter(since__lt=day)
    return len(old.values("pk")[: MANY + 1])
