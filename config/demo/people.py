"""Who works, helps and learns in the demo's structure: noted month by month, each once."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from inventory.months import first_day, month_of, span
from organisation.models import Organisation, Site, Submission, User
from reporting.activities.recording import note_activity, note_population
from reporting.models import Activity, ActivityKind, Population
from reporting.models.activities import Contract, Exit, Public

PEOPLE = 58_100
SOURCE = "Recensement, communes desservies (démonstration)"
HOURS = 60
# Of a month, by site: contract, people and hours; volunteers and theirs; people given something.
JOBS = {
    "canal": ((Contract.CDDI, 6, 680), (Contract.CDI, 2, 303)),
    "gare": ((Contract.CDDI, 3, 340), (Contract.CDI, 1, 152)),
}
VOLUNTEERS = {"canal": (14, 160), "gare": (8, 90)}
GIVEN = {"canal": 18, "gare": 9}
EXITS = {6: (Exit.DURABLE, Exit.POSITIVE), 9: (Exit.TRANSITION,), 11: (Exit.OTHER,)}
WORKSHOPS = ((Public.EVERYONE, 1, 12, 2), (Public.SCHOOLS, 2, 46, 3))


def note(sites: list[Site], author: User, start: date, today: date) -> None:
    """What the months since ``start`` are to say; those noted before stay as they are."""
    for site in sites:
        for month in span(month_of(start), month_of(today)):
            for number, activity in enumerate(_of(site, month)):
                claim = _claim(site.organisation, f"{site.code}/{month}/{number}")
                if claim is not None:
                    note_activity(activity=activity, author=author, submission=claim)
    owner = sites[0].organisation
    if claim := _claim(owner, "population"):
        population = Population(organisation=owner, since=start, people=PEOPLE, source=SOURCE)
        note_population(population=population, author=author, submission=claim)


def _of(site: Site, month: int) -> Iterator[Activity]:
    day = first_day(month)

    def noted(kind: ActivityKind, **told: Any) -> Activity:
        return Activity(site=site, kind=kind, day=day, **told)

    for contract, people, hours in JOBS.get(site.code, ()):
        yield noted(ActivityKind.JOBS, what=contract, people=people, minutes=hours * HOURS)
    if site.code in VOLUNTEERS:
        people, hours = VOLUNTEERS[site.code]
        yield noted(ActivityKind.VOLUNTEERS, people=people, minutes=hours * HOURS)
        yield noted(ActivityKind.BENEFICIARIES, people=GIVEN[site.code])
    if site.code == "canal":
        for public, times, people, hours in WORKSHOPS:
            yield noted(
                ActivityKind.WORKSHOPS,
                what=public,
                times=times,
                people=people,
                minutes=hours * HOURS,
            )
        for exit_ in EXITS.get(month % 100, ()):
            yield noted(ActivityKind.EXITS, what=exit_, people=1)


def _claim(owner: Organisation, name: str) -> Submission | None:
    """The submission of this name, if nothing was noted under it before."""
    uuid = uuid5(NAMESPACE_URL, f"tracerie-demo/{owner.code}/{name}")
    made, is_new = Submission.objects.get_or_create(
        organisation=owner, uuid=uuid, defaults={"endpoint": "demo-people", "digest": ""}
    )
    return made if is_new else None
