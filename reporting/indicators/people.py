"""People: jobs, exits, volunteers, workshops, who brings, who buys, who is served."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from django.db.models import Count, F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from collection.models import Intake
from reporting import rounding
from reporting.indicators.measure import Group, Indicator, Key, Reckon, Unit, Value
from reporting.indicators.reading import Reading, written_month
from reporting.models import Activity, ActivityKind, Exit
from sales.models import DayTakings, Visitors

NOTED = _("activities noted")
DYNAMIC = (Exit.DURABLE, Exit.TRANSITION, Exit.POSITIVE)
KILOTONNE_G = 10**9


def noted(kind: ActivityKind, amount: str) -> Reckon:
    """The sum of an amount of what was noted."""

    def reckon(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
        yield from _values(_sums(_of(reading, kind), by, amount), by)

    return reckon


def _fullest(kind: ActivityKind) -> Reckon:
    """People who are the same from month to month: those of each site's month with the most."""

    def reckon(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
        rows = _of(reading, kind)
        if "month" not in by:
            months: dict[int, Counter[Any]] = defaultdict(Counter)
            for row in rows:
                months[row.site_id][row.day] += row.people
            fullest = {
                site: max(found, key=lambda d: (found[d], d)) for site, found in months.items()
            }
            rows = [row for row in rows if row.day == fullest[row.site_id]]
        yield from _values(_sums(rows, by, "people"), by)

    return reckon


def _fte(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    """Hundredths of a full-time year."""
    for key, years in _years(reading, by).items():
        yield Value(key, rounding.ratio(100 * years.numerator, years.denominator))


def _fte_per_kt(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    years, grams = _years(reading, by)[()], reading.balance["collected_g"]
    part = 100 * KILOTONNE_G * years.numerator
    is_told = bool(years) and reading.ground.categories is None
    yield Value((), rounding.ratio(part, grams * years.denominator) if is_told else None)


def _years(reading: Reading, by: Sequence[str]) -> dict[Key, Fraction]:
    """Paid hours ÷ the hours of a full-time year at each structure."""
    years: dict[Key, Fraction] = defaultdict(Fraction)
    if not by:
        years[()] = Fraction()
    for row in _of(reading, ActivityKind.JOBS):
        hours = reading.settings[row.site.organisation_id].fte_hours
        years[_key(row, by)] += Fraction(row.minutes, 60 * hours)
    return years


def _dynamic(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    """Dynamic exits of all exits; told by exit, what each makes of them."""
    rows, others = _of(reading, ActivityKind.EXITS), [name for name in by if name != "exit"]
    bases = _sums(rows, others, "people")
    wanted = rows if "exit" in by else [row for row in rows if row.what in DYNAMIC]
    parts = _sums(wanted, by, "people")
    for key in parts.keys() | (bases.keys() if "exit" not in by else set()):
        base = tuple(code for name, code in zip(by, key, strict=True) if name != "exit")
        yield Value(key, rounding.percent(parts[key], bases[base]))


def _donors(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    """Arrivals at the gate, those cancelled taken off in the period of the cancellation."""
    sums: Counter[Key] = Counter() if by else Counter({(): 0})
    if reading.ground.categories is None:
        for moved, sign in (("movement", 1), ("movement__reversed_by", -1)):
            for *codes, count in _arrivals(reading, moved):
                told = dict(zip(("month", "site", "mode", "origin"), codes, strict=True))
                told["month"] = written_month(told["month"])
                sums[tuple(told[name] for name in by)] += sign * count
    yield from _values(sums, by)


def _arrivals(reading: Reading, moved: str) -> Any:
    """How many by month, site, mode and origin, of the period in which they ``moved``."""
    rows = Intake.objects.using("report").filter(
        movement__site__in=reading.scope.sites,
        **{f"{moved}__business_date__range": (reading.period.start, reading.period.end)},
    )
    spot = (f"{moved}__month", "movement__site__code", "mode__code", "origin__code")
    return rows.order_by().values_list(*spot).annotate(Count("pk"))


def _buyers(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    """Tickets, and customers noted with a day's takings."""
    sums: Counter[Key] = Counter() if by else Counter({(): 0})
    for ticket in reading.tickets:
        sums[_coded(by, ticket.site, ticket.month)] += ticket.number
    if reading.ground.categories is None:
        days = (reading.scope.sites, reading.period.start, reading.period.end)
        rows = DayTakings.objects.using("report").between(*days)
        said = Coalesce(F("customers"), -F("reverses__customers"), 0)
        for site, day, count in rows.values_list("site__code", "business_date", said):
            sums[_coded(by, site, f"{day:%Y-%m}")] += count
    yield from _values(sums, by)


def _visitors(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    """People counted at a till, and on days when there was none."""
    sums = _sums(_of(reading, ActivityKind.VISITORS), by, "people")
    if reading.ground.categories is None:
        rows = Visitors.objects.using("report").filter(
            till__site__in=reading.scope.sites,
            day__range=(reading.period.start, reading.period.end),
        )
        for site, day, count in rows.values_list("till__site__code", "day", "count"):
            sums[_coded(by, site, f"{day:%Y-%m}")] += count
    yield from _values(sums, by)


def _of(reading: Reading, kind: ActivityKind) -> list[Activity]:
    return [row for row in reading.activities if row.kind == kind]


def _sums(rows: Sequence[Activity], by: Sequence[str], amount: str) -> Counter[Key]:
    sums: Counter[Key] = Counter() if by else Counter({(): 0})
    for row in rows:
        sums[_key(row, by)] += getattr(row, amount)
    return sums


def _key(row: Activity, by: Sequence[str]) -> Key:
    codes: dict[str, str | None] = {
        "month": f"{row.day:%Y-%m}",
        "site": row.site.code,
        "partner": row.partner.code if row.partner else None,
    }
    return tuple(codes.get(name, row.what) for name in by)


def _coded(by: Sequence[str], site: str, month: str) -> Key:
    return tuple({"site": site, "month": month}[name] for name in by)


def _values(sums: Counter[Key], by: Sequence[str]) -> Iterator[Value]:
    """One value per key; without dimensions one that may be 0, else none that is."""
    for key, amount in sums.items():
        if amount or not by:
            yield Value(key, amount)


def _people(number: int, code: str, name: Any, reckon: Reckon, **more: Any) -> Indicator:
    told: dict[str, Any] = {
        "unit": Unit.COUNT,
        "source": NOTED,
        "dimensions": ("month", "site"),
        "group": Group.PEOPLE,
    } | more
    return Indicator(number=number, code=code, name=name, reckon=reckon, **told)


PEOPLE = (
    _people(
        18,
        "headcount",
        _("People in employment"),
        _fullest(ActivityKind.JOBS),
        formula=_("people under contract, in the month with the most at each site"),
        dimensions=("contract", "month", "site"),
        adds_up=False,
    ),
    _people(
        18,
        "fte",
        _("Full-time equivalents"),
        _fte,
        unit=Unit.FTE,
        formula=_("paid hours ÷ the hours of a full-time year (1,820 unless set otherwise)"),
        dimensions=("contract", "month", "site"),
        adds_up=False,
    ),
    _people(
        19,
        "exits",
        _("Exits from integration"),
        noted(ActivityKind.EXITS, "people"),
        formula=_("Σ exits that count"),
        dimensions=("exit", "month", "site"),
    ),
    _people(
        19,
        "dynamic_exits",
        _("Dynamic exits"),
        _dynamic,
        unit=Unit.PERCENT,
        formula=_("(durable + transition + positive) ÷ exits that count"),
        dimensions=("exit", "month", "site"),
        adds_up=False,
    ),
    _people(
        20,
        "fte_per_kt",
        _("Full-time equivalents per 1,000 t"),
        _fte_per_kt,
        unit=Unit.FTE_PER_KT,
        formula=_("full-time equivalents ÷ thousands of tonnes collected"),
        source=_("activities noted, ledger of flows"),
        dimensions=(),
        adds_up=False,
    ),
    _people(
        21,
        "workshops",
        _("Awareness workshops"),
        noted(ActivityKind.WORKSHOPS, "times"),
        formula=_("Σ sessions"),
        dimensions=("public", "month", "site"),
    ),
    _people(
        21,
        "workshop_people",
        _("Participants in workshops"),
        noted(ActivityKind.WORKSHOPS, "people"),
        formula=_("Σ participants of each session"),
        dimensions=("public", "month", "site"),
    ),
    _people(
        21,
        "workshop_minutes",
        _("Hours of workshops"),
        noted(ActivityKind.WORKSHOPS, "minutes"),
        unit=Unit.MINUTES,
        formula=_("Σ time that the sessions took"),
        dimensions=("public", "month", "site"),
    ),
    _people(
        22,
        "donors",
        _("Arrivals of donors"),
        _donors,
        formula=_("arrivals recorded − arrivals cancelled; nobody is recognised"),
        source=_("intakes"),
        dimensions=("origin", "mode", "month", "site"),
    ),
    _people(
        22,
        "buyers",
        _("Buyers"),
        _buyers,
        formula=_("tickets + customers noted with the takings of a day"),
        source=_("the tills' tickets, takings of days"),
    ),
    _people(
        22,
        "visitors",
        _("Visitors"),
        _visitors,
        formula=_("people counted at the tills + those noted for other days"),
        source=_("the tills' counters, activities noted"),
    ),
    _people(
        22,
        "volunteers",
        _("Volunteers"),
        _fullest(ActivityKind.VOLUNTEERS),
        formula=_("people who helped, in the month with the most at each site"),
        adds_up=False,
    ),
    _people(
        22,
        "volunteer_minutes",
        _("Hours of volunteers"),
        noted(ActivityKind.VOLUNTEERS, "minutes"),
        unit=Unit.MINUTES,
        formula=_("Σ hours given"),
    ),
    _people(
        25,
        "other_activities",
        _("Other activities"),
        noted(ActivityKind.OTHER, "times"),
        formula=_("Σ what each was counted in: meals, repairs, trainees…"),
        dimensions=("activity", "month", "site"),
    ),
    _people(
        25,
        "other_takings",
        _("Takings of other activities"),
        noted(ActivityKind.OTHER, "cents"),
        unit=Unit.CENTS,
        formula=_("Σ takings noted; not among the sales of the shop"),
        dimensions=("activity", "month", "site"),
        is_for_networks=False,
    ),
)
