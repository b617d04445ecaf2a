"""What a tablet could not record: an arrival that waits two weeks for somebody's decision."""

import json
from datetime import date, datetime, timedelta
from random import Random
from uuid import NAMESPACE_URL, UUID, uuid5

from config.demo.days import MARK, Day
from inventory.units import exact_kg
from organisation.models import HeldEntry
from organisation.services import decide, hold

INTAKES = "/api/v1/collection/intakes"
BROUGHT = ("TEX", "LIV", "VAI", "JOU")
NOTES = ("Saisi entre-temps au bureau", "Pesé une deuxième fois sur l'autre tablette")
FORTNIGHT = timedelta(days=14)
NO_BREAK = "\N{NO-BREAK SPACE}"


def hold_back(day: Day, at: datetime, dice: Random) -> None:
    """Once a fortnight, one shop then the other: a tablet was withdrawn before it had sent."""
    if day.date.toordinal() // 7 % 4 != 2 * day.world.sites.index(day.site):
        return
    category = day.world.categories[dice.choice(BROUGHT)]
    weight_g = dice.randint(40, 190) * 100
    uuid, brought_at = _identity(day, day.date), at - timedelta(minutes=50)
    content = {
        "id": str(uuid),
        "site": day.site.code,
        "mode": "drop_off",
        "occurred_at": brought_at.isoformat(),
        "lines": [{"category": category.code, "weight_g": weight_g}],
    }
    entry = HeldEntry(
        site=day.site,
        person=day.world.people["tri"],
        uuid=uuid,
        endpoint=INTAKES,
        content=json.dumps(content),
        summary=f"Apport{NO_BREAK}: {category.name}, {exact_kg(weight_g)}{NO_BREAK}kg",
        reason="Cette tablette a été retirée avant l'envoi de la saisie.",
        occurred_at=brought_at,
    )
    held = hold(entry=entry)
    HeldEntry.objects.filter(pk=held.pk).update(received_at=at)


def look_at(day: Day, at: datetime, dice: Random) -> None:
    """What was held back a fortnight ago or more had been written down elsewhere meanwhile."""
    names = [_identity(day, day.date - number * FORTNIGHT) for number in (1, 2, 3)]
    for held in HeldEntry.objects.undecided().filter(site=day.site, uuid__in=names):
        by, outcome = day.world.people["responsable"], HeldEntry.Outcome.DROPPED
        decide(entry=held, outcome=outcome, by=by, note=dice.choice(NOTES))
        HeldEntry.objects.filter(pk=held.pk).update(decided_at=at)


def _identity(day: Day, date_: date) -> UUID:
    return uuid5(NAMESPACE_URL, f"{MARK}{day.site.code}/{date_}/held")
