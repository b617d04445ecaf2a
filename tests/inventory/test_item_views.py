"""Objects on their pages: found by scan, slip or words; their life; labelled, described, listed."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from inventory import codes, services
from inventory.models import Flow, Item, ItemCode, Kind, Movement, Place, Transfer, Verb
from inventory.services import Departure, Draft, StockLine
from organisation.models import Organisation
from tests.inventory.pages import category, several_places, text

CHAIR = {"title": "Chaise bistrot", "price_cents": 1_500, "condition": "good"}


@pytest.fixture
def label(stocked, entry):
    """Label objects at canal; return them, each with its code."""

    def made(code="MOB.CHAI", weight_g=4_200, day=None, place=None, **said):
        draft = Draft(category(code), weight_g, **said)
        [item] = services.label(entry=entry(Verb.LABEL, day=day), place=place, drafts=[draft])
        return item

    return made


@pytest.fixture
def arrival(world, api):
    """A chair of 4.2 kg and 20 kg of textiles, brought from the 12e."""
    lines = [
        {"category": "MOB.CHAI", "weight_g": 4_200, "units": 1},
        {"category": "TEX", "weight_g": 20_000},
    ]
    return (
        api()
        .post("collection/intakes", site="canal", mode="home_pickup", origin="75112", lines=lines)
        .json()
    )


def labelling(**fields):
    return {"id": str(uuid4()), "category": "MOB.CHAI", "weight": "4,2", **fields}


# Found


def test_a_scanned_label_opens_the_object(browser, label, world):
    item = label(**CHAIR)
    for scanned in (item.own_code, item.own_code.lower(), f"http://ailleurs/o/{item.own_code}"):
        response = browser(world.sorter).get("/chercher/", {"q": scanned})
        assert response.url == f"/o/{item.own_code}/"
    assert browser().get(f"/o/{item.own_code}").status_code == 200  # as the QR says it


def test_a_slip_of_the_keyboard_is_told_and_what_was_meant_is_shown(browser, label):
    item = label(**CHAIR)
    first = "A" if item.own_code[0] != "A" else "B"
    mistyped = first + item.own_code[1:]
    page = browser().get("/chercher/", {"q": mistyped})
    assert page.context["is_mistyped"]
    assert [near.own_code for near in page.context["near"]] == [item.own_code]
    assert browser().get(f"/o/{mistyped}/").status_code == 404


def test_a_right_code_that_nobody_wears_says_so(browser, stocked):
    code = codes.new_code()
    page = browser().get("/chercher/", {"q": code})
    assert page.context["is_unknown"]
    assert browser().get(f"/o/{code}/").status_code == 404


def test_words_find_objects_in_stock_whatever_their_accents(browser, label):
    chair, _table = label(title="Chaise d’écolier"), label(code="MOB", title="Table")
    for said in ("ecolier", "CHAISE", "chaise écolier", "mobilier écolier"):
        found = browser().get("/chercher/", {"q": said}).context["found"]
        assert [item.own_code for item in found] == [chair.own_code], said
    assert not list(browser().get("/chercher/", {"q": "armoire"}).context["found"])


def test_a_document_s_number_opens_it_whatever_its_capitals(browser, arrival):
    for said in ("AP-canal-1", "ap-canal-1", "AP-CANAL-1"):
        assert browser().get("/chercher/", {"q": said}).url == "/d/AP-canal-1/"


def test_a_hundred_words_are_searched_as_fast_as_eight(browser, label):
    label(title="Chaise")
    page = browser().get("/chercher/", {"q": "chaise " * 100})
    assert len(page.context["found"]) == 1
    assert browser().get("/objets/", {"q": "e " * 60}).status_code == 200


def test_a_search_for_nothing_or_nonsense_finds_nothing(browser, label):
    label(**CHAIR)
    for said in ("", " ", "\x00", "%", "_", "é" * 500, "'; DROP TABLE"):
        page = browser().get("/chercher/", {"q": said})
        assert page.status_code == 200
        assert not list(page.context["found"]), said


# The line of life


def test_the_page_tells_a_life_from_the_donor_to_the_exit(browser, arrival, entry, world, api):
    line = Flow.objects.named("AP-canal-1.1").get()
    draft = Draft(category("MOB.CHAI"), 4_200, arrival=line, **CHAIR)
    [item] = services.label(entry=entry(Verb.LABEL), place=None, drafts=[draft])
    gone = Departure(Kind.RECYCLING)
    whole = Item.objects.select_related("account", "category").get(pk=item.pk)
    services.ship(entry=entry(Verb.SHIP), departure=gone, lines=[StockLine(item=whole)])

    page = browser().get(f"/o/{item.own_code}/")

    said = text(page)
    for part in ("Chaise bistrot", "4,2 kg", "15 €", "Paris 12e", "AP-canal-1", "DE-canal-1"):
        assert part in said
    verbs = [event.movement.verb for event in page.context["events"]]
    assert verbs == [Verb.COLLECT, Verb.LABEL, Verb.SHIP]
    assert "sorti 4,2 kg" in said
    assert "Anna" in said
    auditor = text(browser(world.auditor).get(f"/o/{item.own_code}/"))
    assert "Anna" not in auditor
    assert "direct" in auditor  # the role instead


def test_what_may_be_done_depends_on_where_it_is_and_who_asks(browser, label, entry, world):
    item = label(**CHAIR)
    path = f"/o/{item.own_code}/"
    here = text(browser(world.sorter).get(path))
    assert "Démanteler" in here
    assert "Démanteler" not in text(browser(world.auditor).get(path))
    whole = Item.objects.select_related("account", "category").get(pk=item.pk)
    gone = Departure(Kind.REUSE)
    services.ship(entry=entry(Verb.SHIP), departure=gone, lines=[StockLine(item=whole)])
    after = text(browser(world.sorter).get(path))
    assert "On nous le redonne" in after
    assert "Démanteler" not in after


def test_every_state_is_told_in_its_own_word():
    words = [str(state.label) for state in Item.State]
    assert words == [
        "en stock",
        "vendu",
        "donné",
        "recyclé",
        "éliminé",
        "démantelé",
        "en route",
        "perdu",
    ]
    words = [str(state.label) for state in Transfer.State]
    assert words == ["en route", "reçu en partie", "reçu", "annulé"]


def test_acts_that_the_profile_does_without_are_not_offered(browser, arrival, label, world):
    path = f"/o/{label(**CHAIR).own_code}/"
    for profile, sells, labels in (("complete", 1, 2), ("giving", 0, 2), ("simple", 0, 0)):
        Organisation.objects.filter(pk=world.navette.pk).update(profile=profile)
        assert text(browser().get(path)).count("Vendre") == sells
        assert text(browser().get("/d/AP-canal-1/")).count("Étiqueter") == labels


def test_a_cancelled_act_stays_on_the_line_and_is_marked(browser, label, entry, world):
    place = several_places(world.canal)
    item = label(**CHAIR)
    whole = Item.objects.select_related("account", "category").get(pk=item.pk)
    moved = services.move(entry=entry(Verb.MOVE), to_place=place, lines=[StockLine(item=whole)])
    services.cancel(entry=entry(Verb.REVERSE, note="wrong shelf"), movement=moved)
    page = browser().get(f"/o/{item.own_code}/")
    assert [bool(event.reversed_by) for event in page.context["events"]] == [False, True, False]
    assert "wrong shelf" in text(page)


def test_another_structure_s_object_does_not_exist(browser, label, world):
    item = label(**CHAIR)
    for path in (f"/o/{item.own_code}/", f"/o/{item.own_code}/etiquette.png"):
        assert browser(world.paul).get(path).status_code == 404
    found = browser(world.paul).get("/chercher/", {"q": item.own_code})
    assert found.context["is_unknown"]


# Described


def test_a_price_changes_and_what_it_was_stays_in_the_history(browser, label):
    item = label(**CHAIR)
    sent = {"title": "Chaise bistrot", "price_cents": "12,50", "condition": "worn"}
    response = browser().post(f"/o/{item.own_code}/description/", sent)
    assert response.url == f"/o/{item.own_code}/"
    assert Item.objects.get(pk=item.pk).price_cents == 1_250
    page = browser().get(f"/o/{item.own_code}/")
    changed, _made = page.context["changes"]
    assert changed.by == "Anna"
    assert [(before, after) for _label, before, after in changed.lines] == [
        ("bon", "usé"),
        ("15,00", "12,50"),
    ]
    assert "12,50" in text(page)


@pytest.mark.parametrize("price", ["-1", "douze", "12,505", "100000,01", "1e3"])
def test_a_price_that_is_none_is_refused_and_nothing_changes(browser, label, price):
    item = label(**CHAIR)
    response = browser().post(
        f"/o/{item.own_code}/description/", {"title": "x", "price_cents": price}
    )
    assert response.status_code == 422
    assert Item.objects.get(pk=item.pk).title == "Chaise bistrot"


# Labelled


def test_a_label_is_made_in_one_form_and_printed_next(browser, stocked):
    data = labelling(title="Chaise bistrot", price="15")
    response = browser().post("/objets/nouveau/?site=canal", data)
    item = Item.objects.get()
    code = ItemCode.objects.get().code
    assert response.url.startswith(f"/etiquettes/?code={code}")
    assert (item.weight_g, item.price_cents, item.title) == (4_200, 1_500, "Chaise bistrot")
    printed = browser().get(response.url)
    assert [label.code for label in printed.context["labels"]] == [code]


def test_the_same_form_sent_twice_labels_once(browser, stocked):
    data = labelling()
    first, again = (browser().post("/objets/nouveau/?site=canal", data) for _n in range(2))
    assert first.url == again.url
    assert Item.objects.count() == 1


def test_an_arrival_offers_its_lines_and_the_object_remembers_it(browser, arrival):
    page = text(browser().get("/d/AP-canal-1/"))
    assert page.count("Étiqueter") == 2
    form = browser().get("/objets/nouveau/?site=canal&line=AP-canal-1.1")
    assert form.context["form"]["weight"].value() == "4,2"  # one piece: its weight is known
    assert form.context["form"]["category"].value() == "MOB.CHAI"
    browser().post("/objets/nouveau/?site=canal", labelling(line="AP-canal-1.1"))
    assert Item.objects.get().arrival.line_name == "AP-canal-1.1"
    left = browser().get("/objets/nouveau/?site=canal&line=AP-canal-1.1").context["line"]
    assert left["left_g"] == 0


def test_an_object_is_drawn_from_the_place_where_its_arrival_was_put(browser, world, api):
    several_places(world.canal)
    lines = [{"category": "MOB.CHAI", "weight_g": 4_200, "units": 1, "destination": "atelier"}]
    made = api().post("collection/intakes", site="canal", mode="drop_off", lines=lines)
    assert made.status_code == 201, made.json()
    form = browser().get("/objets/nouveau/?site=canal&line=AP-canal-1.1").context["form"]
    assert form["place"].value() == "atelier"


def test_once_a_line_is_used_up_the_way_leads_back_to_its_arrival(browser, arrival):
    data = labelling(line="AP-canal-1.1")
    printed = browser().get(browser().post("/objets/nouveau/?site=canal", data).url)
    assert printed.context["onward"] == "/d/AP-canal-1/"
    data = labelling(line="AP-canal-1.2", category="TEX", weight="1")
    printed = browser().get(browser().post("/objets/nouveau/?site=canal", data).url)
    assert "line=AP-canal-1.2" in printed.context["onward"]


def test_a_line_of_a_site_without_role_tells_nothing(browser, world, api):
    lines = [{"category": "TEX", "weight_g": 7_777}]
    api().post("collection/intakes", site="gare", mode="drop_off", lines=lines)
    page = browser(world.sorter).get("/objets/nouveau/?site=canal&line=AP-gare-1.1")
    assert page.context["line"] is None
    assert "7,777" not in text(page)


@pytest.mark.parametrize(
    ("fields", "name", "code"),
    [
        ({"category": ""}, "category", "required"),
        ({"weight": ""}, "weight", "required"),
        ({"weight": "0"}, "weight", "weight_out_of_range"),
        ({"weight": "beaucoup"}, "weight", "bad_weight"),
        ({"price": "cher"}, "price", "bad_price"),
        ({"code": "ABCDEF"}, "code", "bad_code"),
        ({"line": "AP-canal-9.1"}, "line", "unknown"),
    ],
)
def test_a_label_that_says_nothing_sure_is_refused(browser, stocked, fields, name, code):
    response = browser().post("/objets/nouveau/?site=canal", labelling(**fields))
    assert response.status_code == 422
    assert response.context["form"].has_error(name, code)
    assert not Item.objects.exists()


def test_a_blank_label_is_stuck_first_and_weighed_later(browser, stocked):
    drawn = browser().post("/etiquettes/vierges/?site=canal", {"id": str(uuid4()), "count": "24"})
    blank = re.findall(r"code=(\w+)", drawn.url)
    assert len(set(blank)) == 24
    assert len(browser().get(drawn.url).context["labels"]) == 24
    browser().post("/objets/nouveau/?site=canal", labelling(code=blank[0]))
    assert Item.objects.get().codes.get().code == blank[0]


def test_a_blank_label_that_is_scanned_offers_to_label_an_object_with_it(browser, stocked, world):
    [blank] = services.draw_codes(organisation=world.navette, count=1)
    for scanned in (blank, blank.lower(), f"http://ailleurs/o/{blank}"):
        assert browser().get("/chercher/", {"q": scanned}).url == f"/o/{blank}/"
    page = browser(world.sorter).get(f"/o/{blank}/")
    assert page.status_code == 200
    assert f"/objets/nouveau/?code={blank}" in page.content.decode()
    form = browser().get(f"/objets/nouveau/?code={blank}").context["form"]
    assert form["code"].value() == blank
    done = browser().post("/objets/nouveau/?site=canal", labelling(code=blank))
    assert "stuck=1" in done.url
    assert browser().get(done.url).context["starts"] == ""  # its label is on it already
    assert browser().get(f"/o/{blank}/").context["item"].weight_g == 4_200


def test_a_blank_label_tells_its_auditor_no_more_than_that(browser, world):
    [blank] = services.draw_codes(organisation=world.navette, count=1)
    assert "/objets/nouveau/" not in browser(world.auditor).get(f"/o/{blank}/").content.decode()
    assert browser(world.paul).get(f"/o/{blank}/").status_code == 404


def test_the_api_tells_a_blank_label_from_a_worn_one(api, label, world):
    worn = label().own_code
    [blank] = services.draw_codes(organisation=world.navette, count=1)
    told = [api().get(f"inventory/codes/{code}").json() for code in (worn, blank.lower())]
    assert told == [{"code": worn, "is_blank": False}, {"code": blank, "is_blank": True}]
    assert api(world.paul).get(f"inventory/codes/{blank}").status_code == 404
    made = api().post(
        "inventory/items", site="canal", category="MOB.CHAI", weight_g=900, code=blank
    )
    assert made.status_code == 201
    assert api().get(f"inventory/codes/{blank}").json()["is_blank"] is False


@pytest.mark.parametrize(
    ("output", "where"),
    [
        ("page", "/etiquettes/?code="),
        ("sheet", "/etiquettes/?code="),
        ("roll", "/etiquettes/rouleau.pdf?code="),
        ("zpl", "/etiquettes/rouleau.zpl?code="),
    ],
)
def test_a_label_is_printed_again_in_one_tap_as_the_site_prints(
    browser, label, world, output, where
):
    world.canal.label_output = output
    world.canal.save()
    code = label().own_code
    url = browser().get(f"/o/{code}/").context["print_url"]
    assert url == f"{where}{code}"
    assert browser().get(url).status_code == 200


def test_blank_labels_asked_for_twice_are_drawn_once(browser, stocked):
    data = {"id": str(uuid4()), "count": "3"}
    first, again = (browser().post("/etiquettes/vierges/?site=canal", data) for _n in range(2))
    assert first.url == again.url
    assert ItemCode.objects.count() == 3


def test_blank_labels_of_a_used_id_are_asked_for_again_under_a_new_one(browser, stocked):
    data = {"id": str(uuid4()), "count": "3"}
    browser().post("/etiquettes/vierges/?site=canal", data)
    refused = browser().post("/etiquettes/vierges/?site=canal", {**data, "count": "4"})
    assert refused.status_code == 422
    renewed = refused.context["form"]["id"].value()
    assert str(renewed) != data["id"]
    again = {"id": renewed, "count": "4"}
    assert browser().post("/etiquettes/vierges/?site=canal", again).status_code == 302


def test_labels_come_as_pictures_rolls_and_sheets(browser, label):
    worn = [label(**CHAIR).own_code for _n in range(2)]
    query = {"code": worn}
    assert browser().get(f"/o/{worn[0]}/etiquette.png").content.startswith(b"\x89PNG")
    for path in ("/etiquettes/rouleau.pdf", "/etiquettes/planche.pdf"):
        response = browser().get(path, query)
        assert response.headers["Content-Type"] == "application/pdf"
        assert response.content.startswith(b"%PDF")


FILES = ("/etiquettes/rouleau.pdf", "/etiquettes/rouleau.zpl", "/etiquettes/planche.pdf")


@pytest.mark.parametrize("query", [{}, {"code": "ABCDEF"}, {"code": "\x00"}])
def test_labels_of_nothing_are_not_found(browser, world, query):
    for path in ("/etiquettes/", *FILES):
        assert browser().get(path, query).status_code == 404


@pytest.mark.parametrize("query", [{"size": "9x9"}, {"dpi": "72"}, {"skip": "24"}])
def test_labels_on_no_paper_are_not_drawn_and_the_page_says_why(browser, label, query):
    query = {"code": label(**CHAIR).own_code, **query}
    for path in FILES:
        assert browser().get(path, query).status_code == 404
    answer = browser().get("/etiquettes/", query)
    assert answer.status_code == 422
    assert 'class="err"' in answer.content.decode()
    assert f"/o/{query['code']}/etiquette.png?size=57x32&amp;dpi=300" in answer.content.decode()


def test_somebody_else_s_codes_are_not_printed(browser, label, world):
    code = label(**CHAIR).own_code
    assert browser(world.paul).get("/etiquettes/", {"code": code}).status_code == 404


# Listed


def listed(response):
    return [item.own_code for item in response.context["items"]]


def test_objects_are_listed_by_page_in_either_order(browser, label):
    made = [label(weight_g=1_000 + n).own_code for n in range(53)]
    newest = browser().get("/objets/?site=canal")
    assert listed(newest) == made[:2:-1]
    rest = browser().get(f"/objets/?{newest.context['next']}")
    assert listed(rest) == made[2::-1]
    assert rest.context["next"] == ""
    oldest = browser().get("/objets/?site=canal&order=oldest")
    assert listed(oldest) == made[:50]
    assert listed(browser().get(f"/objets/?{oldest.context['next']}")) == made[50:]


def test_the_oldest_come_first_by_the_day_they_came(browser, label, world):
    today = world.canal.business_date(timezone.now())
    days = [today - timedelta(days=n) for n in (3, 9, 1, 9)]
    made = [label(weight_g=1_000 + n, day=day).own_code for n, day in enumerate(days)]
    oldest = listed(browser().get("/objets/?site=canal&order=oldest"))
    assert oldest == [made[1], made[3], made[0], made[2]]
    seen = Item.objects.get(codes__code=made[3]).pk
    rest = listed(browser().get(f"/objets/?site=canal&order=oldest&seen={seen}"))
    assert rest == [made[0], made[2]]


def test_objects_are_filtered_by_place_category_words_and_age(browser, label, world):
    place = several_places(world.canal)
    today = world.canal.business_date(timezone.now())
    old = label(title="Vieille chaise", day=today.replace(year=today.year - 1), place=place)
    new = label(code="TEX", title="Manteau", weight_g=900)
    for query, found in (
        ({"place": "atelier"}, [old]),
        ({"category": "MOB"}, [old]),
        ({"category": "TEX"}, [new]),
        ({"q": "mant"}, [new]),
        ({"q": old.own_code}, [old]),
        ({"older": "26"}, [old]),
        ({"site": "gare"}, []),
        ({"older": "never", "seen": "x", "order": "sideways"}, [new, old]),
    ):
        response = browser().get("/objets/", {"site": "canal", **query})
        assert listed(response) == [item.own_code for item in found], query


def test_a_page_of_objects_takes_few_queries_however_many_there_are(
    browser, label, world, django_assert_max_num_queries
):
    for n in range(30):
        label(weight_g=1_000 + n)
    client = browser()
    client.get("/objets/")
    with django_assert_max_num_queries(12):
        client.get("/objets/")


def test_the_page_of_an_object_takes_few_queries_however_long_its_life(
    browser, label, entry, world, django_assert_max_num_queries
):
    place = several_places(world.canal)
    item = label(**CHAIR)
    for n in range(12):
        whole = Item.objects.select_related("account", "category").get(pk=item.pk)
        to_place = place if n % 2 == 0 else Place.objects.main(world.canal)
        services.move(entry=entry(Verb.MOVE), to_place=to_place, lines=[StockLine(item=whole)])
    client = browser()
    client.get(f"/o/{item.own_code}/")
    with django_assert_max_num_queries(32):
        client.get(f"/o/{item.own_code}/")


# Taken apart, given back


def parts(*lines, **fields):
    data = {"id": str(uuid4()), "lines-TOTAL_FORMS": str(len(lines)), "lines-INITIAL_FORMS": "0"}
    for n, line in enumerate(lines):
        data |= {f"lines-{n}-{name}": value for name, value in line.items()}
    return {**data, **fields}


def test_an_object_is_taken_apart_on_its_page(browser, label):
    item = label(weight_g=10_000)
    data = parts(
        {"category": "MOB.CHAI", "weight": "6", "title": "Assise", "labelled": "on"},
        {"category": "MOB", "weight": "4"},
    )
    response = browser().post(f"/o/{item.own_code}/demontage/", data)
    assert response.url == "/d/DM-canal-1/"
    part = Item.objects.get(part_of=item)
    assert (part.title, part.weight_g) == ("Assise", 6_000)
    assert part.codes.get().code in text(browser().get(f"/o/{item.own_code}/"))


def test_a_second_tap_on_taking_apart_gets_the_same_answer(browser, label):
    item = label(weight_g=10_000)
    data = parts({"category": "MOB", "weight": "10"})
    taps = [browser().post(f"/o/{item.own_code}/demontage/", data) for _tap in "12"]
    assert [tap.url for tap in taps] == ["/d/DM-canal-1/"] * 2
    assert browser().get(f"/o/{item.own_code}/demontage/").url == f"/o/{item.own_code}/"
    late = browser().post(f"/o/{item.own_code}/demontage/", {**data, "id": str(uuid4())})
    assert late.context["form"].has_error("__all__", "item_not_there")


def test_parts_that_weigh_something_else_are_refused_with_the_reason(browser, label):
    item = label(weight_g=10_000)
    data = parts({"category": "MOB", "weight": "9,999"})
    response = browser().post(f"/o/{item.own_code}/demontage/", data)
    assert response.status_code == 422
    assert "10 kg" in text(response)
    assert not Movement.objects.filter(verb=Verb.DISMANTLE).exists()


def test_an_object_given_back_gets_a_second_life(browser, label, entry):
    item = label(**CHAIR)
    whole = Item.objects.select_related("account", "category").get(pk=item.pk)
    gone = Departure(Kind.REUSE)
    services.ship(entry=entry(Verb.SHIP), departure=gone, lines=[StockLine(item=whole)])
    path = f"/peser/retour/{item.own_code}/?site=canal"
    form = browser().get(path).context["form"]
    assert form["weight"].value() == "4,2"
    data = {"id": str(uuid4()), "mode": "drop_off", "origin": "75112", "weight": "4,1"}

    response = browser().post(path, {**data, "title": "Chaise bistrot", "price": "10"})

    second = Item.objects.get(former=item)
    assert response.url == f"/etiquettes/?code={second.codes.get().code}"
    assert (second.weight_g, second.arrival.origin.code) == (4_100, "75112")
    collected = Movement.objects.get(verb=Verb.COLLECT)
    assert [flow.weight_g for flow in collected.lines] == [4_100]
    assert second.codes.get().code in text(browser().get(f"/o/{item.own_code}/"))


def test_what_is_still_here_is_not_given_back(browser, label):
    item = label(**CHAIR)
    data = {"id": str(uuid4()), "mode": "drop_off", "weight": "4"}
    path = f"/peser/retour/{item.own_code}/?site=canal"
    assert browser().get(path).status_code == 404
    assert browser().post(path, data).status_code == 404
    assert not Movement.objects.filter(verb=Verb.COLLECT).exists()


def test_an_object_that_a_count_had_missed_is_put_back_on_its_page(browser, label, entry, world):
    item = label(**CHAIR)
    main, path = Place.objects.main(world.canal), f"/o/{item.own_code}/"
    services.count(entry=entry(Verb.COUNT), place=main, weights={}, items=[], reason="loss")
    page = text(browser().get(path))
    assert "On nous le redonne" not in page
    assert f"{path}retrouve/" in page
    assert f"{path}retrouve/" not in text(browser(world.sorter).get(path))
    data = {"id": str(uuid4())}
    assert "0,0" not in text(browser().get(f"{path}retrouve/"))
    for _tap in "12":
        assert browser().post(f"{path}retrouve/", data).url == path
    assert Item.objects.select_related("account").get(pk=item.pk).is_here
    again = browser().post(f"{path}retrouve/", {"id": str(uuid4())})
    assert again.context["form"].has_error("__all__", "not_lost")
