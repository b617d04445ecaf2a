"""The checkout as a page: what its buttons do, what it sells, and what it refuses in words."""

import pytest
from django.utils.html import conditional_escape

from inventory import services
from inventory.codes import ALPHABET
from inventory.models import Flow, Item, Kind, Movement, Place, UnitWeight, Verb
from inventory.services import Departure, StockLine
from sales.models import Payment, Sale, SaleLine, Till
from tests.inventory.pages import text
from tests.sales.conftest import category
from tests.sales.pages import Paper, key, rows

pytestmark = pytest.mark.database


def refused(response, code, *words) -> None:
    """The page refuses with this code, in a sentence that it shows; nothing was sold."""
    page, checkout = text(response), response.context["checkout"]
    said = [checkout.slip.refusal] if checkout.slip.refusal else []
    for form in (checkout.form, *checkout.lines, *checkout.payments):
        said += [error for errors in form.errors.as_data().values() for error in errors]
    assert response.status_code == 422
    assert code in [error.code for error in said]
    sentences = [conditional_escape(" ".join(error.messages)) for error in said]
    assert [each for each in sentences if each.replace("\u00a0", " ") not in page] == []
    for word in words:
        assert word in page
    assert not Sale.objects.exists()


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
    Till.objects.create(organisation=world.navette, site=world.gare, code="G1", name="Gare")
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


# Money


def test_nothing_typed_is_exact_and_cash(paper, label):
    paper.scan(label().own_code)
    response = paper.sell()

    assert response.url == "/tickets/VE-canal-1/?vente=1"
    sale = Sale.objects.get()
    assert (sale.total_cents, sale.change_cents, sale.till.code) == (1_500, 0, "C1")
    assert list(Payment.objects.values_list("method", "amount_cents")) == [("cash", 1_500)]
    assert rows() == [("Chaise bistrot", 1, 1_500, 4_200)]
    flow = Flow.objects.get(movement=sale.movement)
    assert (flow.weight_g, flow.to_account.kind) == (4_200, Kind.REUSE)
    assert sale.movement.author.username == "cashier"


def test_what_is_received_above_the_total_is_given_back(paper, label):
    paper.scan(label().own_code)
    paper.press("cash", "2000")
    assert paper.fields["received"] == "20,00"
    assert paper.response.context["checkout"].change_cents == 500
    assert "5,00 €" in text(paper.response)

    paper.sell()

    assert Sale.objects.get().change_cents == 500


def test_exact_takes_back_what_was_typed(paper, label):
    paper.scan(label().own_code)
    paper.press("cash", "5000")
    paper.press("cash", "exact")
    assert paper.fields["received"] == ""


def test_several_payments_share_a_ticket_and_one_is_taken_back(paper, label):
    paper.scan(label().own_code)
    paper.press("do", "pay", method="voucher", received="4")
    paper.press("do", "pay", method="card", received="6")
    paper.press("unpay", "1")
    paper.press("do", "pay", method="cheque", received="6,50")
    assert paper.response.context["checkout"].rest_cents == 450
    assert paper.fields["method"] == "cash"

    paper.sell(received="5")

    assert list(Payment.objects.order_by("pk").values_list("method", "amount_cents")) == [
        ("voucher", 400),
        ("cheque", 650),
        ("cash", 500),
    ]
    assert Sale.objects.get().change_cents == 50


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"received": "14,99"}, "payments_do_not_cover"),
        ({"received": "20", "method": "card"}, "change_without_cash"),
        ({"received": "vingt"}, "bad_price"),
        ({"received": "-15"}, "bad_price"),
        ({"received": "999999"}, "price_out_of_range"),
        ({"method": "gold"}, "invalid_choice"),
    ],
)
def test_money_that_does_not_fit_is_refused_and_the_ticket_stays(paper, label, typed, code):
    paper.scan(label().own_code)
    refused(paper.sell(**typed), code)
    assert paper.fields["lines-0-price"] == "15,00"


def test_an_empty_ticket_is_not_sold(paper):
    refused(paper.sell(), "no_lines")


def test_a_total_that_the_cashier_has_not_seen_is_shown_before_it_is_taken(paper):
    paper.press("key", "assiette")
    refused(paper.sell(**paper.line(price="8")), "total_changed", "8,00 €")
    assert paper.sell().status_code == 302
    assert Sale.objects.get().total_cents == 800


@pytest.mark.parametrize("received", ["0", "0,00"])
def test_a_payment_of_nothing_is_not_noted(paper, received):
    paper.press("key", "assiette")
    refused(paper.press("do", "pay", received=received), "payment_of_nothing")
    assert paper.fields["pays-TOTAL_FORMS"] == "0"


def test_a_payment_of_nothing_that_was_forged_sells_nothing(paper):
    paper.press("key", "assiette")
    forged = {"pays-TOTAL_FORMS": "1", "pays-0-method": "cash", "pays-0-amount": "0"}
    refused(paper.sell(**forged), "payment_of_nothing")


def test_a_coin_given_for_what_is_free_is_change(paper):
    paper.press("key", "libre")
    paper.press(**paper.line(price="0"))
    paper.press(received="2")
    assert paper.response.context["checkout"].change_cents == 200
    paper.sell()
    assert (Sale.objects.get().total_cents, Sale.objects.get().change_cents) == (0, 200)


def test_what_costs_nothing_is_sold_without_payment(paper):
    paper.press("key", "libre")
    paper.press(**paper.line(price="0"))
    assert paper.sell().status_code == 302
    assert not Payment.objects.exists()


# Once


def test_a_double_post_sells_once(paper, label):
    paper.scan(label().own_code)
    data = dict(paper.fields)

    first = paper.client.post(paper.path, {**data, "do": "sell"})
    second = paper.client.post(paper.path, {**data, "do": "sell"})

    assert first.url == second.url == "/tickets/VE-canal-1/?vente=1"
    assert Sale.objects.count() == 1


def test_a_ticket_already_taken_is_not_taken_again_under_another_id(paper):
    paper.press("key", "assiette")
    data = dict(paper.fields)
    paper.client.post(paper.path, {**data, "do": "sell"})

    response = paper.read(paper.client.post(paper.path, {**data, "key": "assiette"}))
    response = paper.sell()

    assert response.status_code == 422
    assert paper.fields["id"] == data["id"]
    assert Sale.objects.count() == 1
    assert 'href="/tickets/VE-canal-1/"' in text(response)
    assert 'name="do" value="new"' in text(response)

    paper.press("do", "new")
    assert paper.fields["id"] != data["id"]
    assert paper.fields["lines-TOTAL_FORMS"] == "0"
    paper.press("key", "assiette")
    assert paper.sell().status_code == 302
    assert Sale.objects.count() == 2


def test_the_panel_that_is_open_is_no_part_of_the_ticket(paper):
    paper.press("key", "assiette")
    data = {**paper.fields, "do": "sell"}

    first = paper.client.post(paper.path, data)
    again = paper.client.post(paper.path, {**data, "show": "MOB", "others": "1"})

    assert first.url == again.url == "/tickets/VE-canal-1/?vente=1"
    assert Sale.objects.count() == 1


def test_an_object_sold_meanwhile_at_another_till_is_refused_and_the_rest_stays(
    paper, label, browser
):
    code = label().own_code
    paper.scan(code)
    paper.press("key", "assiette")
    other = Paper(browser())
    other.scan(code)
    other.sell()

    response = paper.sell()

    assert response.status_code == 422
    assert paper.fields["lines-TOTAL_FORMS"] == "2"
    assert Sale.objects.count() == 1
    paper.press("remove", "0")
    assert paper.sell().status_code == 302


@pytest.mark.parametrize("id", ["", "nonsense", "\0", "5"])
def test_an_id_that_is_none_is_replaced(paper, id):
    paper.press("key", "assiette")
    refused(paper.sell(id=id), "invalid" if id else "required")
    assert paper.fields["id"] != id
    paper.sell()
    assert Sale.objects.count() == 1


@pytest.mark.parametrize("name", ["remove", "more", "less", "unpay", "cash"])
@pytest.mark.parametrize("value", ["", "x", "-1", "1e3", "٣", "9" * 5_000])
def test_a_button_that_does_not_exist_does_nothing(paper, name, value):
    paper.press("key", "assiette")
    refused(paper.press(name, value), "unknown_order")
    assert paper.fields["lines-TOTAL_FORMS"] == "1"


@pytest.mark.parametrize("name", ["remove", "more", "less", "unpay"])
def test_a_line_that_is_not_there_changes_nothing(paper, name):
    paper.press("key", "assiette")
    assert paper.press(name, "99").status_code == 200
    assert paper.fields["seen"] == "50"


@pytest.mark.parametrize("claimed", ["9" * 5_000, "-1", "x", "501", ""])
def test_a_number_of_lines_that_is_absurd_sells_nothing(paper, claimed):
    response = paper.sell(**{"lines-TOTAL_FORMS": claimed, "pays-TOTAL_FORMS": claimed})
    assert response.status_code == 422
    assert not Sale.objects.exists()


def test_a_ticket_holds_eighty_lines(paper, world):
    for number in range(81):
        response = paper.press("category", "MOB")
        assert response.status_code == (200 if number < 80 else 422)
    assert paper.fields["lines-TOTAL_FORMS"] == "80"


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
    with django_assert_max_num_queries(13):
        paper.scan(codes[-1])
    fields = {f"lines-{number}-price": "5" for number in (9, 10, 11)}
    with django_assert_max_num_queries(13):
        paper.press(**fields)


def test_the_page_of_a_till_opens_with_few_queries(paper, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        paper.client.get(paper.path)


def test_a_sale_is_recorded_with_few_queries(paper, label, django_assert_max_num_queries):
    for number in range(3):
        paper.scan(label(f"Chaise {number}").own_code)
    with django_assert_max_num_queries(45):
        assert paper.sell().status_code == 302
    assert Movement.objects.filter(verb=Verb.SELL).count() == 1
