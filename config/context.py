"""What every page knows: the doors that its reader may open, and that the structure uses."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.replica import late
from organisation.models import Organisation

Profile = Organisation.Profile
ALL = frozenset(Profile)
WITH_LABELS = frozenset({Profile.GIVING, Profile.COMPLETE})
WITH_TILL = frozenset({Profile.COMPLETE})
BY_HAND = frozenset({Profile.SIMPLE})


class Door(NamedTuple):
    """A way into one room: a URL name, its word, its icon, the act and the profiles it is for."""

    url: str
    label: Promise
    hint: Promise | str
    icon: str
    act: str | None
    profiles: frozenset[str] = ALL


DOORS = (
    Door("home", _("Home"), _("The year so far"), "house", None),
    Door("weigh", _("Weigh"), _("An arrival on the scale"), "scale", "collect"),
    Door(
        "evening",
        _("Evening sheet"),
        _("The whole day, on one page"),
        "notebook-pen",
        "collect",
        BY_HAND,
    ),
    Door(
        "sort-station",
        _("Sort"),
        _("Bulk into categories and places"),
        "split",
        "sort",
        WITH_LABELS,
    ),
    Door("checkout", _("Till"), _("Sell and give change"), "shopping-basket", "sell", WITH_TILL),
    Door("shipments", _("Departures"), _("What leaves, and for what"), "truck", "ship"),
    Door("stock", _("Stock"), _("What is where"), "warehouse", "read_stock"),
    Door("bilan", _("Reports"), _("The year's figures"), "chart-column", "read_figures"),
)
# Smaller doors of the home page: the bar above has room for what is opened all day.
BESIDE = (
    Door("label-item", _("Label an object"), "", "tag", "label", WITH_LABELS),
    Door("track", _("Track"), "", "scan-line", "read_stock", WITH_LABELS),
    Door("count-shelf", _("Count a shelf"), "", "clipboard-list", "count", WITH_LABELS),
    Door("clear", _("Unsold goods"), "", "calendar-clock", "ship", WITH_LABELS),
    Door("transfers", _("Transfers"), "", "arrow-right-left", "transfer"),
    Door("dots", _("Weekly dots"), "", "circle-dot", "label"),
    Door("tickets", _("Tickets"), "", "receipt", "read_sales", WITH_TILL),
    Door("buyers", _("Buyers and members"), "", "users", "sell", WITH_TILL),
    Door("settle", _("Month's balance"), "", "calendar-check", "settle"),
    Door("refusals", _("Refusals"), "", "hand", "collect"),
    Door("wall", _("Word of the day"), "", "monitor", "read_stock"),
    Door("settings", _("Settings"), "", "settings", "configure"),
)
# Pages that belong to a door without lying below its address, by the first word of theirs.
BELOW = {
    "expedier": "shipments",
    "objets": "stock",
    "suivre": "stock",
    "compter": "stock",
    "encaisser": "checkout",
    "o": "stock",
    "etiquettes": "stock",
    "pastilles": "stock",
    "transferts": "shipments",
    "tickets": "checkout",
    "acheteurs": "checkout",
}


def navigation(request: HttpRequest) -> dict[str, object]:
    """Return the doors permitted to the reader (`nav`), and which one this is (`current`).

    `uses` tells what the structure's profile works with: labels, a till.
    """
    user = getattr(request, "user", None)
    return {
        "nav": open_to(user, DOORS),
        "uses": {"labels": _profile(user) in WITH_LABELS, "till": _profile(user) in WITH_TILL},
        "finds": _may(user, "read_stock"),
        "configures": _may(user, "configure"),
        "current": _door_of(request),
        "read_late": late,  # asked when it is shown: by then the page was read
    }


def _door_of(request: HttpRequest) -> str:
    """The door that the page lies behind: the nearest above its address; empty if there is none."""
    match = getattr(request, "resolver_match", None)
    if match is None or match.url_name == "home":
        return "home" if match else ""
    first = match.route.split("/", 1)[0]
    above = [(reverse(door.url), door.url) for door in DOORS if door.url != "home"]
    within = [found for found in above if request.path.startswith(found[0])]
    return max(within)[1] if within else BELOW.get(first, "")


def open_to(user: Any, doors: tuple[Door, ...]) -> list[Door]:
    """Those of ``doors`` that the reader's role opens and that the structure's profile shows."""
    profile = _profile(user)
    return [
        door
        for door in doors
        if profile in door.profiles and (not door.act or user.may_anywhere(door.act))
    ]


def large_doors(user: Any, *, at_tablet: bool = False) -> list[Door]:
    """The doors of the home page: departures lead the floor to its screen, a tablet's till too."""
    doors = open_to(user, DOORS[1:])
    if at_tablet:
        tills = {"checkout": "station-till"}
        doors = [door._replace(url=tills.get(door.url, door.url)) for door in doors]
    if user.may_anywhere("reverse"):
        return doors
    return [
        door._replace(url="ship-station") if door.url == "shipments" else door for door in doors
    ]


def _profile(user: Any) -> str:
    """The profile of the reader's structure; empty before signing in."""
    organisation = getattr(user, "organisation", None)
    return organisation.profile if organisation else ""


def _may(user: Any, act: str) -> bool:
    return user is not None and user.is_authenticated and user.may_anywhere(act)
