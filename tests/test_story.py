"""The black-box story: one chair from the donor's hands to the buyer's, twice, over HTTP alone."""

import pytest
from django.utils import timezone

from tests.conftest import codes
from tests.tills import open_till

FIGURES = (
    "collected_g",
    "reuse_g",
    "recycling_g",
    "disposal_g",
    "outgoing_g",
    "adjusted_g",
    "closing_stock_g",
)


@pytest.fixture
def shop(world):
    return open_till(world.canal)


def test_a_chair_is_weighed_labelled_sold_returned_and_sold_again(world, api, shop):
    call = api(world.anna)
    year = timezone.localdate().year

    def figures():
        asked = {"from": f"{year}-01-01", "to": f"{year}-12-31", "site": "canal"}
        found = call.get("reporting/diversion", **asked).json()
        return {name: found[name] for name in FIGURES if found[name]}

    def done(path, **fields):
        response = call.post(path, **fields)
        assert response.status_code == 201, response.content
        return response.json()

    # What comes in
    done(
        "collection/intakes",
        site="canal",
        mode="drop_off",
        origin="75112",
        lines=[
            {"category": "MOB", "weight_g": 12_500},
            {"category": "TEX", "weight_g": 4_321},
        ],
    )
    assert figures() == {"collected_g": 16_821, "closing_stock_g": 16_821}

    # A label moves nothing in or out
    [arrival] = call.get("collection/intakes", site="canal").json()["items"]
    chair = done(
        "inventory/items",
        site="canal",
        category="MOB.CHAI",
        weight_g=4_200,
        price_cents=1_500,
        title="Chaise bistrot",
        intake_line=f"{arrival['number']}.1",
    )
    code = chair["code"]
    assert figures() == {"collected_g": 16_821, "closing_stock_g": 16_821}
    assert call.get(f"inventory/items/{code}").json()["state"] == "in_stock"

    # 321 g to a sorter
    done(
        "inventory/shipments",
        site="canal",
        partner="gebetex",
        fate="recycling",
        lines=[{"category": "TEX", "weight_g": 321}],
    )
    after_shipment = {
        "collected_g": 16_821,
        "recycling_g": 321,
        "outgoing_g": 321,
        "closing_stock_g": 16_500,
    }
    assert figures() == after_shipment

    # Sold at 15 € for 20 € in cash
    line = {"item": code}
    cash = [{"method": "cash", "amount_cents": 2_000}]
    ticket = done("sales/sales", till="C1", lines=[line], payments=cash)
    assert (ticket["total_cents"], ticket["change_cents"]) == (1_500, 500)
    [sold] = ticket["lines"]
    assert (sold["weight_g"], sold["weight_source"]) == (4_200, "label")
    sold_figures = {
        "collected_g": 16_821,
        "reuse_g": 4_200,
        "recycling_g": 321,
        "outgoing_g": 4_521,
        "closing_stock_g": 12_300,
    }
    assert figures() == sold_figures
    assert call.get(f"inventory/items/{code}").json()["state"] == "sold"

    # Nobody sells it twice
    again = call.post("sales/sales", till="C1", lines=[line], payments=cash)
    assert (again.status_code, codes(again)) == (409, ["item_already_sold"])
    assert figures() == sold_figures

    # Brought back, then sold again
    back = done(
        f"sales/sales/{ticket['id']}/refunds",
        till="C1",
        lines=[{"line": 1, "quantity": 1}],
        method="cash",
        reason="too small",
    )
    assert back["total_cents"] == 1_500
    assert figures() == after_shipment
    assert call.get(f"inventory/items/{code}").json()["state"] == "in_stock"
    done("sales/sales", till="C1", lines=[line], payments=cash)
    assert figures() == sold_figures

    events = call.get(f"inventory/items/{code}/trace").json()["events"]
    assert [(e["verb"], e["from"], e["to"], e["weight_g"]) for e in events] == [
        ("collect", "source/drop_off/product", "stock/principal/bulk", 12_500),
        ("label", "stock/principal/bulk", "stock/principal/items", 4_200),
        ("sell", "stock/principal/items", "reuse//sold", 4_200),
        ("return", "reuse//sold", "stock/principal/items", 4_200),
        ("sell", "stock/principal/items", "reuse//sold", 4_200),
    ]
    assert {event["by"] for event in events} == {"anna"}
