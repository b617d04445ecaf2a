"""What a report reads: each month of intakes once, and days by their index."""

from datetime import date

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from reporting import cube
from reporting.breakdown import side_by_side
from reporting.periods import Period
from reporting.scopes import Border, Scope

Y2026 = Period(date(2026, 1, 1), date(2026, 12, 31))


def test_two_periods_read_each_month_of_intakes_once(world, two_years):
    scope = Scope.of_sites([world.canal, world.gare])
    with CaptureQueriesContext(connections["report"]) as queries:
        side_by_side(scope=scope, period=Y2026, compared=Y2026.year_earlier)

    origins = [
        query["sql"] for query in queries if 'FROM "inventory_monthlyorigin"' in query["sql"]
    ]
    assert [sql.count("202502") for sql in origins] == [1, 0]
    assert [sql.count("202412") for sql in origins] == [0, 1]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by its statistics")
def test_the_days_of_a_period_are_found_by_their_index(world, two_years):
    border = Border(Scope.of_sites([world.canal, world.gare]))
    days = Period(date(2026, 3, 3), date(2026, 3, 9))

    plan = cube.flows(border, [days]).explain()

    assert "movement_site_day" in plan
