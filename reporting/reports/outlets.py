"""What partners say becomes of what they get: the grams as sent, and as their keys declare them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from inventory.months import last_day
from inventory.shares import shares
from organisation.models import Organisation
from reporting import rounding
from reporting.indicators import Reading
from reporting.models import PartnerOutlet
from reporting.rounding import FATES

Masses = dict[str, int]


def declared(reading: Reading, organisation: Organisation) -> dict[str, Any] | None:
    """Each partner's grams by fate, as sent and as declared, and both whole; None without a key.

    A month's grams follow the key that holds on its last day; largest remainder, so that every
    gram sent is declared once.
    """
    period = reading.period
    keys = PartnerOutlet.objects.using("report").between(organisation, period.start, period.end)
    by_partner: dict[str, list[PartnerOutlet]] = defaultdict(list)
    for key in keys:
        by_partner[key.partner.code].append(key)
    rows = [_row(held, _sent(reading, code)) for code, held in by_partner.items()]
    rows = [row for row in rows if any(row["sent"].values())]
    if not rows:
        return None
    whole = {fate: reading.balance[f"{fate}_g"] for fate in FATES}
    after = {
        fate: whole[fate] + sum(row["declared"][fate] - row["sent"][fate] for row in rows)
        for fate in FATES
    }
    return {"rows": rows, "sent": _rated(whole), "declared": _rated(after)}


def _sent(reading: Reading, partner: str) -> dict[str, Masses]:
    """Month → fate → grams that this partner was sent."""
    sums: dict[str, Masses] = defaultdict(lambda: dict.fromkeys(FATES, 0))
    for row in reading.flows(("partner", "fate", "month")):
        if row["direction"] == "out" and row["partner"] == partner:
            sums[row["month"]][row["fate"]] += row["weight_g"]
    return sums


def _row(keys: list[PartnerOutlet], sent: dict[str, Masses]) -> dict[str, Any]:
    sent_g, declared_g = dict.fromkeys(FATES, 0), dict.fromkeys(FATES, 0)
    for month, masses in sent.items():
        key = _key_of(keys, month)
        told = _redistributed(masses, key) if key else masses
        for fate in FATES:
            sent_g[fate] += masses[fate]
            declared_g[fate] += told[fate]
    return {
        "code": keys[0].partner.code,
        "partner": keys[0].partner.name,
        "sent": sent_g,
        "declared": declared_g,
        "sources": [
            {"since": key.since.isoformat(), "source": key.source, "key_bp": key.key_bp}
            for key in keys
        ],
    }


def _key_of(keys: Iterable[PartnerOutlet], month: str) -> PartnerOutlet | None:
    """The last key that holds at the end of a month."""
    year, number = map(int, month.split("-"))
    day: date = last_day(year * 100 + number)
    held = [key for key in keys if key.since <= day and (key.until is None or key.until >= day)]
    return held[-1] if held else None


def _redistributed(masses: Masses, key: PartnerOutlet) -> Masses:
    """Grams shared out by the key; what goes below zero in a month stays as it was sent."""
    total_g = sum(masses.values())
    if total_g <= 0 or min(masses.values()) < 0:
        return masses
    split = shares([key.key_bp[fate] for fate in FATES], total_g) or []
    return dict(zip(FATES, split, strict=True))


def _rated(masses: Masses) -> dict[str, Any]:
    return {
        "masses": masses,
        "shares": rounding.published_shares(masses),
        "recovery_rate": rounding.recovery_rate(masses),
    }
