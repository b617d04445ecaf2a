"""What a network's report leaves out: its members keep sites, partners, origins and money."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting import indicators
from reporting.attribution import KEPT_BY_MEMBERS
from reporting.reports.layout import Part
from reporting.scopes import Scope


def part_of(part: Part, scope: Scope) -> tuple[Part, str]:
    """What of a section a scope may be told, and a sentence on the rest; a text if it is all."""
    if scope.network is None:
        return part, ""
    if part.kind == "flow":
        return _without_whence(part)
    if part.kind == "outlets" or (part.kind == "table" and KEPT_BY_MEMBERS & set(part.by)):
        return _as_text(part), _untold()
    return _without_own(part) if part.kind == "table" else (part, "")


def whose(scope: Scope) -> dict[str, Any]:
    """Whose figures a document tells; of a network its name, and how many sites."""
    if scope.network is None:
        return {"scope": scope.describe(), "sites": [site.name for site in scope.sites]}
    network = {"name": scope.network.name, "site_count": len(scope.sites)}
    return {"scope": {**scope.describe(), "sites": []}, "sites": [], "network": network}


def named(document: Mapping[str, Any]) -> str:
    """The same in words."""
    network = document.get("network")
    if network is None:
        return ", ".join(document["sites"])
    told = {"name": network["name"], "n": network["site_count"]}
    return ngettext("%(name)s, %(n)s site", "%(name)s, %(n)s sites", told["n"]) % told


def _without_whence(part: Part) -> tuple[Part, str]:
    """The flow picture begins with categories where it would with origins."""
    if KEPT_BY_MEMBERS & set(part.by):
        return part.model_copy(update={"by": []}), _untold()
    return part, ""


def _without_own(part: Part) -> tuple[Part, str]:
    """A table without the indicators that are each member's own."""
    own = [code for code in part.indicators if not indicators.ALL[code].is_for_networks]
    if not own:
        return part, ""
    names = ", ".join(str(indicators.ALL[code].name) for code in own)
    said = _("Each member of the network keeps to itself: %(indicators)s.") % {"indicators": names}
    left = [code for code in part.indicators if code not in own]
    return (part.model_copy(update={"indicators": left}) if left else _as_text(part)), said


def _as_text(part: Part) -> Part:
    return Part(kind="text", title=part.title, text=part.text)


def _untold() -> str:
    return _("A network's figures do not tell its members' sites, partners and origins.")
