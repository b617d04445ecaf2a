"""What a line of a category usually weighs at a site, and from when on the screen asks again."""

from collections import defaultdict
from math import ceil
from statistics import median, quantiles

from collection.models import Weighing
from inventory.models import Method, Movement, Verb
from organisation.models import Site

ENOUGH = 30  # lines: fewer say nothing of a site
ARRIVALS = 2_000  # the latest ones; a bound, whatever the age of the books
TIMES = 5


def bounds_g(site: Site) -> dict[int, int]:
    """Category, and top category, → grams beyond which a line is asked about once.

    The larger of the 99th percentile and five times the median of the site's own weighed lines:
    a comma that slipped makes any usual weight ten times what it is, so it is asked about, while
    a real load is about once in a hundred, or never where loads are much alike. Only categories
    with thirty lines or more.
    """
    found: dict[int, list[int]] = defaultdict(list)
    for category, top, weight_g in _weighed(site):
        for key in {category, top or category}:
            found[key].append(weight_g)
    return {key: _bound_g(lines) for key, lines in found.items() if len(lines) >= ENOUGH}


def _bound_g(lines_g: list[int]) -> int:
    return ceil(max(quantiles(lines_g, n=100, method="inclusive")[98], TIMES * median(lines_g)))


def _weighed(site: Site) -> list[tuple[int, int | None, int]]:
    """``(category, its top, grams)`` of what lay on the scale in the site's latest arrivals."""
    latest = Movement.objects.filter(site=site, verb=Verb.COLLECT, reversed_by=None)
    keys = list(latest.order_by("-pk").values_list("pk", flat=True)[:ARRIVALS])
    if not keys:
        return []
    lines = Weighing.objects.filter(
        flow__movement__in=keys, flow__method__in=[Method.WEIGHED, Method.NET_OF_TARE]
    )
    fields = ("flow__from_category", "flow__from_category__top", "flow__weight_g")
    return list(lines.values_list(*fields))
