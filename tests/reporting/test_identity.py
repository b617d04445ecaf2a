"""Whatever happened, the balance closes: random histories on three sites of two structures."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.models import Account, Flow, Kind, Movement, Verb
from inventory.models.ledger import EXITS
from organisation.models import Network
from reporting.indicators import diversion
from reporting.periods import Period
from reporting.scopes import Scope
from tests.reporting.test_indicators import gap_g

FIRST = date(2026, 1, 15)
CODES = ("MOB", "MOB.CHAI", "TEX", "DIV.VRAC")
ACTS = ("collect", "open", "sort", "reuse", "recycling", "disposal", "straight", "return")
acts = st.tuples(
    st.sampled_from((*ACTS, "send", "receive", "count", "find", "undo")),
    st.integers(0, 2),  # site
    st.integers(1, 2),  # how many sites further a transfer goes
    st.sampled_from(CODES),
    st.sampled_from(CODES),
    st.integers(1, 5_000),
    st.integers(0, 120),  # day
)
days = st.integers(0, 120).map(lambda n: FIRST + timedelta(n))


def play(books, sites, act):
    """Book one act where the kernel allows it."""
    name, here, further, code, other, grams, day = act
    site, far = sites[here], sites[(here + further) % 3]
    mine, on = books.at(site), FIRST + timedelta(day)
    road = Account.transit(site, far)
    if name == "undo":
        latest = Movement.objects.filter(site=site).order_by("-pk").first()
        if latest:
            books.undo(latest, on)
        return
    pairs = {
        "collect": (mine.drop_off, mine.bulk),
        "open": (mine.opening, mine.bulk),
        "sort": (mine.bulk, mine.bulk),
        "straight": (mine.drop_off, mine.disposal),
        "return": (mine.reuse, mine.bulk),
        "send": (mine.bulk, road),
        "receive": (road, books.at(far).bulk),
        "count": (mine.bulk, mine.adjustment),
        "find": (mine.adjustment, mine.bulk),
    }
    start, end = pairs.get(name) or (mine.bulk, getattr(mine, name))
    more = {"to": other} if name == "sort" else {}
    if name == "return":
        more["verb"] = Verb.RETURN
    books.book(start, end, code, grams, on, **more)


def summed(sites, period):
    """The same figures by other means: every flow, one by one."""
    inside = {site.pk for site in sites}
    flows = Flow.objects.select_related("movement", "from_account", "to_account")
    told = dict.fromkeys(("collected_g", "outgoing_g", "closing_stock_g", "opening_stock_g"), 0)
    for flow in flows:
        day, ends = flow.movement.business_date, (flow.from_account, flow.to_account)
        for sign, account in zip((-1, 1), ends, strict=True):
            ours = account.site_id in inside
            if account.kind == Kind.TRANSIT:
                ours = ours and account.to_site_id in inside
            if not ours:
                continue
            if account.kind in (Kind.STOCK, Kind.TRANSIT):
                told["closing_stock_g"] += sign * flow.weight_g * (day <= period.end)
                told["opening_stock_g"] += sign * flow.weight_g * (day < period.start)
            elif period.start <= day <= period.end:
                told["collected_g"] -= sign * flow.weight_g * (account.kind == Kind.SOURCE)
                told["outgoing_g"] += sign * flow.weight_g * (account.kind in EXITS)
    return told


@pytest.mark.database
@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    history=st.lists(acts, min_size=4, max_size=14),
    period=st.tuples(days, days).map(lambda pair: Period(*sorted(pair))),
)
def test_the_balance_closes_for_every_scope_category_and_period(world, books, history, period):
    sites = [world.canal, world.gare, world.quai]
    with transaction.atomic():
        for act in history:
            try:
                with transaction.atomic():
                    play(books, sites, act)
            except ValidationError as refusal:
                assert refusal.code in {  # noqa: PT017
                    "transit_overdrawn",
                    "flow_not_allowed",
                    "already_reversed",
                    "cannot_reverse",
                }
        network = Network.objects.create(code="idf", name="Île-de-France")
        network.members.set([world.navette, world.port])
        scopes = [Scope.of_sites([site]) for site in sites]
        scopes += [Scope.of_sites(sites[:2]), Scope.of_network(network)]
        for scope in scopes:
            answer = diversion(scope=scope, period=period)
            assert gap_g(answer) == 0
            assert answer["reclassified_g"] == 0
            told = summed(scope.sites, period)
            assert {name: answer[name] for name in told} == told
            parts = [
                diversion(scope=scope, period=period, category=books.category(code))
                for code in ("MOB", "TEX", "DIV")
            ]
            assert [gap_g(part) for part in parts] == [0, 0, 0]
            for name in (*told, "reclassified_g", "sent_g", "received_g", "adjusted_g"):
                assert sum(part[name] for part in parts) == answer[name]
        transaction.set_rollback(True)
