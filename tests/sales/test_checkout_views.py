"""The checkout as a page: what its buttons do, what it sells, and what it refuses in words."""

import pytest

from inventory import services
from inventory.codes import ALPHABET
from inventory.models import Item, Kind, Movement, Place, UnitWeight, Verb
from inventory.services import Departure, StockLine
from sales.models import SaleLine, Till
from tests.inventory.pages import text
from tests.sales.conftest import category
from tests.sales.pages import Paper, key, refused, rows
from tests.tills import open_till

pytestmark = pytest.mark.database


# Which till


def test_one_till_is_opened_at_once_and_several_are_offered(world, browser, counter):
    client = browser()
    assert client.get("/caisse/").url == "/caisse/C1/"

    Till.objects.create(organisation=world.navette, site=world.canal, code="C2", name="Fond")
    page = text(client.get("/caisse/"))

    assert 'href="/caisse/C1/"' in page
    assert 'href="/caisse/C2/"' in page


def test_without_a_till_those_who_may_add_one_are_led_to_it(world, browser):
    assert 'href="/reglages/caisses/"' in text(browser(world.manager).get("/caisse/"))
    assert 'href="/reglages/caisses/"' not in text(browser().get("/caisse/"))


def test_a_till_is_opened_only_where_one_may_sell(world, browser, counter):
    open_till(world.gare, "G1")
    assert browser(world.sorter).get("/caisse/C1/").status_code == 403
    assert browser(world.cashier).get("/caisse/G1/").status_code == 403
    assert browser(world.anna).get("/caisse/G1/").status_code == 200
    for path in ("C1", "%00", "nowhere"):
        assert browser(world.paul).get(f"/caisse/{path}/").status_code == 404
    Till.objects.filter(code="C1").update(is_active=False)
    assert browser(world.cashier).get("/caisse/C1/").status_code == 404


# Scanning


@pytest.mark.parametrize("read", ["{}", " {} ", "https://ailleurs.fr/o/{}", "https://a.fr/o/{}/"])
def test_a_label_is_scanned_as_code_or_as_address(paper, label, read):
    code = label().own_code

    assert paper.scan(read.format(code)).status_code == 200

    assert paper.fields["lines-0-item"] == code
    assert paper.fields["lines-0-price"] == "15,00"
    assert paper.focused == "code"


def test_a_code_typed_in_small_letters_is_read(paper, label):
    code = label().own_code
    paper.scan(code.lower())
    assert paper.fields["lines-0-item"] == code


def test_a_mistyped_code_says_that_its_check_does_not_fit(paper, label):
    code = label().own_code
    wrong = code[:5] + next(sign for sign in ALPHABET if sign != code[5])
    refused(paper.scan(wrong), "bad_code", wrong)
    refused(paper.scan("bonjour"), "bad_code", "bonjour")


def test_a_sound_code_that_nothing_wears_says_so(paper):
    refused(paper.scan("000000"), "unknown_item", "000000")


@pytest.mark.parametrize("field", ["price", "weight", "off", "reason"])
def test_a_scan_into_a_field_of_a_line_is_a_scan(paper, label, field):
    paper.press("key", "assiette")
    code = label().own_code
    paper.press(**paper.line(**{field: f"https://ailleurs.fr/o/{code}"}))

    assert paper.response.status_code == 200
    assert paper.fields["lines-1-item"] == code
    assert paper.fields.get(f"lines-0-{field}", "") == ""


def test_a_word_of_six_letters_is_a_reason_all_the_same(paper):
    paper.press("key", "assiette")
    paper.press(**paper.line(off="0,20", reason="ABCDEX"))
    assert paper.fields["lines-0-reason"] == "ABCDEX"  # its check fits


def test_a_scan_that_is_refused_leaves_the_ticket_as_it_was(paper, label):
    paper.scan(label().own_code)
    paper.press("key", "assiette")

    refused(paper.scan("bonjour"), "bad_code")

    assert paper.fields["lines-TOTAL_FORMS"] == "2"
    assert paper.fields["seen"] == "1550"


def test_an_object_already_sold_names_its_ticket(paper, label, browser):
    code = label().own_code
    paper.scan(code)
    paper.sell()
    again = Paper(browser())

    response = again.scan(code)

    assert response.status_code == 422
    assert "VE-canal-1" in text(response)
    assert 'href="/tickets/VE-canal-1/"' in text(response)
    assert "lines-0-item" not in again.fields


def test_an_object_of_another_site_names_it(paper, label, world, entry):
    services.open_stock(
        entry=entry(Verb.OPEN, world.gare), lines=[StockLine(category("MOB"), 9_000)]
    )
    refused(paper.scan(label(site=world.gare).own_code), "item_not_there", "Gare")


def test_an_object_on_the_road_says_so(paper, label, world, entry):
    item = label()
    services.send(
        entry=entry(Verb.TRANSFER),
        to_site=world.gare,
        lines=[StockLine(item=Item.objects.get(pk=item.pk))],
    )
    refused(paper.scan(item.own_code), "item_not_there", item.own_code)


def test_an_object_that_was_given_or_recycled_says_so(paper, label, entry):
    item = label()
    line = StockLine(item=Item.objects.get(pk=item.pk))
    services.ship(entry=entry(Verb.SHIP), departure=Departure(Kind.RECYCLING), lines=[line])
    refused(paper.scan(item.own_code), "item_not_there", "recyclé")


def test_an_object_in_the_workshop_is_added_with_a_doubt(paper, label, world, entry):
    workshop = Place.objects.create(
        site=world.canal, code="atelier", name="Atelier", use=Place.Use.WORKSHOP
    )
    item = label()
    line = StockLine(item=Item.objects.get(pk=item.pk))
    services.move(entry=entry(Verb.MOVE), to_place=workshop, lines=[line])

    response = paper.scan(item.own_code)

    assert response.status_code == 200
    assert response.context["checkout"].slip.doubt
    assert paper.sell().status_code == 302


def test_the_same_label_is_not_twice_on_a_ticket(paper, label):
    code = label().own_code
    paper.scan(code)
    refused(paper.scan(code), "item_twice", code)
    assert paper.fields["lines-TOTAL_FORMS"] == "1"


def test_an_object_without_price_asks_for_it_where_the_cursor_is(paper, label):
    paper.scan(label(price_cents=None).own_code)
    assert paper.focused == "lines-0-price"

    refused(paper.sell(), "price_missing", "Chaise bistrot")
    paper.press(**paper.line(price="9"))
    assert paper.focused == "code"
    paper.sell()
    assert rows() == [("Chaise bistrot", 1, 900, 4_200)]


def test_a_label_scanned_while_a_price_is_asked_for_is_still_read(paper, label):
    paper.press("key", "libre")
    code = label().own_code

    paper.press(**paper.line(price=code))

    assert paper.fields["lines-0-price"] == ""
    assert paper.fields["lines-1-item"] == code


def test_a_label_left_in_the_scan_field_is_not_forgotten_at_the_sale(paper, label):
    paper.press("key", "assiette")
    refused(paper.sell(code=label().own_code), "total_changed")
    assert paper.fields["seen"] == "1550"


def test_a_till_may_be_opened_with_a_label_already_scanned(browser, counter, label):
    code = label().own_code
    assert Paper(browser(), f"/caisse/C1/?code={code}").fields["lines-0-item"] == code


# Keys, categories and what is typed


def test_the_same_key_again_counts_on_the_same_line(paper):
    for _n in range(3):
        paper.press("key", "assiette")
    assert paper.fields["lines-TOTAL_FORMS"] == "1"
    assert (paper.fields["lines-0-quantity"], paper.fields["seen"]) == ("3", "150")

    paper.press(**paper.line(off="10", unit="percent", reason="éclat"))
    paper.press("key", "assiette")
    assert paper.fields["lines-TOTAL_FORMS"] == "2"  # what was changed stands alone


@pytest.mark.parametrize("button", [("more", "0"), ("key", "assiette")])
@pytest.mark.parametrize("typed", ["9" * 5_000, "-1", "", "beaucoup"])
def test_a_quantity_that_is_none_is_not_counted_up(paper, typed, button):
    paper.press("key", "assiette")
    response = paper.press(*button, **paper.line(quantity=typed))
    assert response.status_code == 422
    assert paper.fields["lines-0-quantity"] == typed


def test_a_free_price_is_typed_and_each_stands_alone(paper):
    paper.press("key", "libre")
    assert paper.focused == "lines-0-price"
    paper.press("category", "MOB.CHAI", **paper.line(price="3"))
    assert paper.focused == "lines-1-price"
    paper.sell(**paper.line(1, price="7,5"), seen="1050")
    assert [(label, cents) for label, _n, cents, _g in rows()] == [
        ("Prix libre", 300),
        (category("MOB.CHAI").name_fr, 750),
    ]


def test_a_line_is_removed_in_one_tap_and_counted_up_and_down(paper):
    paper.press("key", "assiette")
    paper.press("category", "MOB", **{})
    paper.press("remove", "1")
    paper.press("more", "0")
    paper.press("more", "0")
    paper.press("less", "0")
    assert (paper.fields["lines-TOTAL_FORMS"], paper.fields["lines-0-quantity"]) == ("1", "2")
    for _n in range(4):
        paper.press("less", "0")
    assert paper.fields["lines-0-quantity"] == "1"
    paper.press("remove", "0")
    assert paper.fields["lines-TOTAL_FORMS"] == "0"


def test_quantity_weight_lot_and_discounts_are_typed(paper):
    paper.press("key", "assiette")
    paper.press("category", "MOB", **paper.line(quantity="4", weight="1,5"))
    typed = {
        **paper.line(1, price="10", lot="on", quantity="6", weight="12.25", off="25", reason="lot"),
        "lines-1-unit": "percent",
    }
    paper.press("key", "assiette", **typed)
    paper.press(**paper.line(2, off="0,20", reason="ébréchée"))
    assert paper.sell().status_code == 302

    assert rows() == [
        ("Assiette", 4, 200, 1_500),
        (category("MOB").name_fr, 6, 750, 12_250),
        ("Assiette", 1, 30, None),
    ]
    discounts = SaleLine.objects.order_by("position").values_list("discount_cents", flat=True)
    assert list(discounts) == [0, 250, 20]


def test_the_screen_says_how_each_weight_is_known(paper, world, label):
    UnitWeight.objects.create(site=world.canal, category=category("VAI"), weight_g=4_000, units=10)
    paper.scan(label().own_code)
    paper.press("key", "assiette")
    paper.press("key", "assiette")

    lines = paper.response.context["checkout"].rows

    assert [(line.weight_g, line.weight_source) for line in lines] == [
        (4_200, "label"),
        (800, "average"),
    ]
    assert paper.response.context["checkout"].weight_g == 5_000


def test_a_key_that_was_set_aside_leaves_the_till(paper, counter):
    counter.assiette.is_active = False
    counter.assiette.save()
    assert 'value="assiette"' not in text(paper.client.get(paper.path))
    refused(paper.press("key", "assiette"), "unknown_line")


def test_a_category_or_key_of_elsewhere_is_no_longer_for_sale(paper, world, browser):
    key(world.gare, "lampe", category("PEM"), 500)
    for name, value in (("key", "lampe"), ("key", ""), ("category", "NOPE"), ("category", "\0")):
        refused(paper.press(name, value), "unknown_line")
    typed = paper.line(quantity="1", price="5")
    forged = {**paper.fields, "lines-TOTAL_FORMS": "1", "lines-0-key": "lampe"}
    refused(paper.press("do", "sell", **forged, **typed), "unknown_line")


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("quantity", "0", "min_value"),
        ("quantity", "-1", "min_value"),
        ("quantity", "beaucoup", "invalid"),
        ("quantity", "", "required"),
        ("quantity", "1001", "max_value"),
        ("quantity", "9" * 5_000, "invalid"),
        ("price", "douze", "bad_price"),
        ("price", "-3", "bad_price"),
        ("price", "1,234", "bad_price"),
        ("price", "100000,01", "price_out_of_range"),
        ("weight", "lourd", "bad_weight"),
        ("weight", "0", "weight_out_of_range"),
        ("weight", "-2", "bad_weight"),
        ("off", "beaucoup", "bad_price"),
        ("off", "9" * 30, "max_length"),
        ("reason", "x" * 121, "max_length"),
        ("reason", "a\0b", "null_characters_not_allowed"),
        ("unit", "dollars", "invalid_choice"),
    ],
)
def test_a_field_that_cannot_be_read_stays_on_the_page_and_nothing_is_sold(
    paper, field, typed, code
):
    paper.press("key", "assiette")

    response = paper.sell(**paper.line(**{"off": "1", "reason": "x", field: typed}))

    refused(response, code)
    assert field in response.context["checkout"].lines[0].errors
    assert f'href="#id_lines-0-{field}"' in text(response) or field == "unit"


@pytest.mark.parametrize("off", ["0", "101", "12,5", "-10", "dix", "٣"])
def test_a_percentage_is_whole_and_at_most_100(paper, off):
    paper.press("key", "assiette")
    refused(paper.sell(**paper.line(off=off, reason="x", unit="percent")), "bad_percent")


def test_a_discount_has_a_reason_and_never_exceeds_the_price(paper):
    paper.press("key", "assiette")
    response = paper.sell(**paper.line(off="0,20", unit="cents"))
    refused(response, "reason_missing")
    assert list(response.context["checkout"].lines[0].errors) == ["reason"]
    refused(paper.sell(**paper.line(off="0,60", reason="x")), "discount_too_large", "Assiette")


# Quickly


def test_the_script_is_given_the_ticket_and_the_money_alone(paper):
    response = paper.client.post(
        paper.path, {**paper.fields, "key": "assiette"}, headers={"X-Part": "work"}
    )
    page = text(response)
    assert "<html" not in page
    assert 'name="code"' not in page
    assert 'name="lines-0-key" value="assiette"' in page


def test_ten_objects_cost_no_more_queries_than_one(
    paper, label, django_assert_max_num_queries, django_assert_num_queries
):
    codes = [label(f"Chaise {number}").own_code for number in range(10)]
    paper.scan(codes[0])
    for code in codes[1:-1]:
        paper.scan(code)
    for _n in range(3):
        paper.press("category", "MOB")
    with django_assert_max_num_queries(16):
        paper.scan(codes[-1])
    fields = {f"lines-{number}-price": "5" for number in (9, 10, 11)}
    with django_assert_max_num_queries(13):
        paper.press(**fields)


def test_the_page_of_a_till_opens_with_few_queries(paper, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        paper.client.get(paper.path)


def test_a_sale_is_recorded_with_few_queries(paper, label, django_assert_max_num_queries):
    for number in range(3):
        paper.scan(label(f"Chaise {number}").own_code)
    with django_assert_max_num_queries(45):
        assert paper.sell().status_code == 302
    assert Movement.objects.filter(verb=Verb.SELL).count() == 1
