"""Unsold goods over HTTP: several takers in one act, each a departure of its own."""

import pytest

from inventory.models import Item, Movement, ShipmentWeights, Verb
from tests.conftest import codes
from tests.inventory.test_api import out, stock

pytestmark = pytest.mark.database


@pytest.fixture
def call(world, api):
    """Canal holds 100 kg of furniture and 50 kg of textiles."""
    lines = [{"category": "MOB", "weight_g": 100_000}, {"category": "TEX", "weight_g": 50_000}]
    found = api(world.anna)
    found.post("inventory/opening-stock", site="canal", lines=lines)
    return found


@pytest.fixture
def cleared(call):
    """A chair to the free shelf, textiles to two sorters, furniture to the bin."""
    chair = call.post("inventory/items", site="canal", category="MOB.CHAI", weight_g=4_200).json()
    textiles = [{"category": "TEX", "weight_g": 1_000, "estimated": True}]
    to = [
        {"public": True, "fate": "reuse", "lines": [{"item": chair["code"]}]},
        {"partner": "gebetex", "fate": "recycling", "lines": textiles},
        {"partner": "tip", "fate": "recycling", "lines": textiles},
        {
            "partner": "tip",
            "fate": "disposal",
            "lines": [{"category": "MOB", "weight_g": 300}],
        },
    ]
    made = call.post("inventory/clearings", site="canal", to=to)
    assert made.status_code == 201, made.json()
    return made.json()


def test_a_clearing_is_a_gift_and_departures(call, cleared):
    numbers = [departure["number"] for departure in cleared["departures"]]
    assert numbers == ["DO-canal-1", "DE-canal-1", "DE-canal-2", "DE-canal-3"]
    assert cleared["weight_g"] == 6_500
    assert (out("reuse"), out("recycling"), out("disposal")) == (4_200, 2_000, 300)
    assert Item.objects.get().state == Item.State.GIVEN
    assert call.get(f"inventory/clearings/{cleared['id']}").json() == cleared


def test_each_taker_s_own_weights_are_told_by_the_number(call, cleared):
    path = f"inventory/shipments/{cleared['id']}/weights"
    lines = [{"category": "TEX", "weight_g": 1_300}]
    assert codes(call.post(path, lines=lines)) == ["several_departures"]
    assert call.post(path, lines=lines, number="DE-canal-9").status_code == 404

    confirmed = call.post(path, lines=lines, number="DE-canal-2")

    assert confirmed.status_code == 201, confirmed.json()
    shipment = ShipmentWeights.objects.get().shipment
    assert (shipment.movement.number, shipment.partner.code) == ("DE-canal-2", "tip")
    assert out("recycling") == 2_300


def test_a_gift_weighed_again_stays_a_gift(call):
    """What went to a partner as a gift, in a clearing, keeps its kind and its numbers."""
    line = {"category": "TEX", "weight_g": 1_000, "estimated": True}
    to = [{"partner": "gebetex", "fate": "reuse", "lines": [line]}]
    given = call.post("inventory/clearings", site="canal", to=to).json()
    path = f"inventory/shipments/{given['id']}/weights"
    call.post(path, lines=[{"category": "TEX", "weight_g": 900}])
    verbs = Movement.objects.filter(number__startswith="DO-").values_list("verb", flat=True)
    assert list(verbs) == [Verb.GIVE, Verb.GIVE]
    assert out("reuse") == 900


def test_nothing_is_cleared_where_one_heap_is_refused(call):
    line = {"category": "MOB", "weight_g": 300}
    to = [
        {"public": True, "fate": "reuse", "lines": [line]},
        {"partner": "tip", "fate": "disposal", "lines": [{"item": "2ACAN"}]},
    ]
    before = stock()
    assert call.post("inventory/clearings", site="canal", to=to).status_code in (404, 422)
    assert stock() == before
