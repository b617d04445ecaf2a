"""Who may do what: the one table that API and pages obey."""

from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from organisation.models import Site, Station, User


class CallerRequest(HttpRequest):
    """A request past its guard: who asks, to do what, and at which site where it names one."""

    user: "User"
    act: str
    station: "Station | None"  # the tablet it came from, withdrawn or not
    site: "Site"  # type: ignore[assignment]  # Django's own is of its sites framework


class Role(models.TextChoices):
    SORTER = "sorter", _("sorter")
    CASHIER = "cashier", _("cashier")
    MANAGER = "manager", _("manager")
    DIRECTOR = "director", _("director")
    AUDITOR = "auditor", _("auditor")


EVERYONE = frozenset(Role)
OFFICE = frozenset({Role.MANAGER, Role.DIRECTOR})
FLOOR = OFFICE | {Role.SORTER}
READERS = OFFICE | {Role.AUDITOR}

ACTS: dict[str, frozenset[Role]] = {
    "look_up": EVERYONE,  # codes: sites, categories, places, containers, partners, origins
    "read_stock": EVERYONE,  # what is where, and the documents that put it there
    "read_figures": READERS,
    "collect": FLOOR,
    "sort": FLOOR,  # share out bulk, take an object apart
    "label": FLOOR,  # give objects a code, describe and price them
    "move": FLOOR,
    "transfer": FLOOR,
    "ship": FLOOR,
    "sell": OFFICE | {Role.CASHIER},
    "read_sales": READERS | {Role.CASHIER},
    "undo": FLOOR,  # one's own record, within the minute; beyond that, `reverse`
    "reverse": OFFICE,
    "backdate": OFFICE,
    "open_stock": OFFICE,
    "count": OFFICE,
    "settle": OFFICE,
    "configure": OFFICE,
    "close_month": frozenset({Role.DIRECTOR}),
    "publish": frozenset({Role.DIRECTOR}),  # a report, for good
    "govern": frozenset({Role.DIRECTOR}),  # the structure itself: its name, its sites
    "manage_people": frozenset({Role.DIRECTOR}),  # who signs in, with which roles and keys
}

# Four digits typed before everybody open none of these: they ask for a password.
WITH_PASSWORD = frozenset({"configure", "close_month", "publish", "govern", "manage_people"})


def require_act(act: str | None) -> str:
    """Return ``act`` or refuse, at import, a route that declares none or an unknown one."""
    if act not in ACTS:
        raise ImproperlyConfigured(f"A route must declare one of {sorted(ACTS)}, not {act!r}.")
    return act
