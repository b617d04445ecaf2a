"""What a screen on the wall tells: today's kilograms at one site, and the word of the day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collection.models import Intake
from inventory.models import EXITS, Kind
from inventory.units import NO_BREAK, format_kg
from organisation.models import Site
from reporting import cube
from reporting.indicators import Tally
from reporting.periods import Period
from reporting.scopes import Border, Scope


@dataclass(frozen=True, slots=True)
class Wall:
    """A site's day so far. It names nobody."""

    site: Site
    day: date
    arrivals: int
    collected_g: int
    gone_g: dict[str, int]
    reused_units: int

    @property
    def outgoing_g(self) -> int:
        return sum(self.gone_g.values())

    @property
    def gone(self) -> list[tuple[str, Any, int]]:
        """Every fate: its name, its word, and its grams."""
        return [(kind.value, kind.label, self.gone_g[kind.value]) for kind in EXITS]

    @property
    def today(self) -> str:
        return capfirst(date_format(self.day, "l j F"))

    @property
    def word(self) -> str:
        """What somebody wrote, or a sober sentence from the figures."""
        return self.site.daily_word or self._sentence()

    def _sentence(self) -> str:
        said = []
        if self.collected_g > 0:
            said.append(_("%(kg)s collected") % {"kg": _kg(self.collected_g)})
        if self.reused_units > 0:
            n = self.reused_units
            said.append(
                ngettext("%(n)s object gone again", "%(n)s objects gone again", n) % {"n": n}
            )
        elif (reused_g := self.gone_g[Kind.REUSE]) > 0:
            said.append(_("%(kg)s reused") % {"kg": _kg(reused_g)})
        return ", ".join(said) or _("The day begins: nothing on the scale yet.")


def wall(site: Site) -> Wall:
    """Today at ``site``, on its own clock; what was cancelled today is taken off."""
    day = site.business_date(timezone.now())
    with transaction.atomic(using="report"):
        border, tally, reused_units = Border(Scope.of_sites([site])), Tally(), 0
        for cell in cube.within(border, Period(day, day)):
            tally.add(border, [cell])
            effects = dict(border.effects(cell.from_account_id, cell.to_account_id))
            reused_units += effects.get("reuse_g", 0) * cell.pieces
        arrivals = Intake.objects.using("report").on({site: day}).count()
    return Wall(
        site=site,
        day=day,
        arrivals=arrivals,
        collected_g=tally["collected_g"],
        gone_g={kind.value: tally[f"{kind.value}_g"] for kind in EXITS},
        reused_units=reused_units,
    )


def _kg(grams: int) -> str:
    return f"{format_kg(grams)}{NO_BREAK}kg"
