"""What people call the codes by which flows are summed: modes, origins, partners, streams."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from inventory.models import CollectionMode, EprStream, Origin, Partner
from reporting.intakes import UNKNOWN

NONE = "-"  # in an address: without a partner, outside every stream; no code starts so
LISTS: Mapping[str, type[Model]] = {
    "mode": CollectionMode,
    "origin": Origin,
    "partner": Partner,
    "stream": EprStream,
}
WITHOUT = {
    "origin": _("Not noted"),
    "partner": _("Without a partner"),
    "stream": _("Outside EPR streams"),
}
NOT_KNOWN = _("Unknown")


def names_of(dimension: str, organisation_id: int | None) -> dict[str | None, Any]:
    """Code → name, in the order of the settings; then what has none, and what is unknown."""
    rows: Any = LISTS[dimension]._default_manager.using("report")
    if dimension != "stream":
        rows = rows.filter(organisation=organisation_id)
    names: dict[str | None, Any] = {row.code: row.name for row in rows.all()}
    if dimension in WITHOUT:
        names[None] = WITHOUT[dimension]
    names.setdefault(UNKNOWN, NOT_KNOWN)
    return names
