"""What every page knows: the doors its reader may open."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Door(NamedTuple):
    """A way into one room: a URL name, its word, its icon and the act it asks for."""

    url: str
    label: Promise
    hint: Promise
    icon: str
    act: str | None


DOORS = (
    Door("home", _("Home"), _("The year so far"), "house", None),
    Door("weigh", _("Weigh"), _("An arrival on the scale"), "scale", "collect"),
    Door("shipments", _("Departures"), _("What leaves, and for what"), "truck", "ship"),
    Door("stock", _("Stock"), _("What is where"), "warehouse", "read_stock"),
    Door("bilan", _("Reports"), _("The year's figures"), "chart-column", "read_figures"),
    Door("settings", _("Settings"), _("Categories, containers, partners"), "settings", "configure"),
)


def navigation(request: HttpRequest) -> dict[str, object]:
    """Return the doors permitted to the reader (`nav`) and the current URL's name (`current`)."""
    match = getattr(request, "resolver_match", None)
    return {
        "nav": _permitted(getattr(request, "user", None)),
        "current": match.url_name if match else None,
    }


def _permitted(user: Any) -> list[Door]:
    if user is None or not user.is_authenticated:
        return []
    return [door for door in DOORS if not door.act or user.may_anywhere(door.act)]
