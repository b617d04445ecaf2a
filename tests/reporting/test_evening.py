"""The evening sheet: a whole day as one act, exactly once, and cancelled as one."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from collection.models import Intake
from inventory.ledger import close_month
from inventory.models import Balance, Flow, Movement, Origin, Partner, Shipment, Verb
from inventory.months import month_of
from organisation.models import Membership, Organisation, Submission, User
from organisation.permissions import Role
from sales.models import DayPayment, DayTakings
from tests.inventory.pages import text

pytestmark = pytest.mark.database  # one transaction over three rooms, on each engine

PAGE = "/soir/canal/"
BLANK = {"category": "", "weight": "", "mode": "drop_off", "origin": Origin.NOT_ASKED}
STAYS = {"category": "", "weight": "", "way": ""}


def sheet(arrivals=(), departures=(), **fields) -> dict[str, str]:
    """What the page posts; empty lines follow the given ones."""
    data = {"id": str(uuid4()), "comment": ""}
    for name, lines, blank in (("arrivals", arrivals, BLANK), ("departures", departures, STAYS)):
        rows = [*lines, {}, {}]
        data |= {f"{name}-TOTAL_FORMS": str(len(rows)), f"{name}-INITIAL_FORMS": "0"}
        for n, row in enumerate(rows):
            data |= {f"{name}-{n}-{key}": value for key, value in {**blank, **row}.items()}
    return data | fields


DAY = {
    "arrivals": [
        {"category": "TEX", "weight": "120,5"},
        {"category": "LIV", "weight": "80"},
        {"category": "MOB", "weight": "116,3", "mode": "home_pickup", "origin": "75112"},
    ],
    "departures": [
        {"category": "TEX", "weight": "60", "way": "recycling/gebetex"},
        {"category": "LIV", "weight": "12,25", "way": "disposal/", "estimated": "on"},
        {"category": "MOB", "weight": "4", "way": "reuse/"},
        {"category": "VAI", "weight": "1", "way": "recycling/gebetex"},
    ],
    "cash": "184,50",
    "card": "96",
    "customers": "41",
}


@pytest.fixture
def simple(world):
    """La Navette has no till: it writes its day down in the evening."""
    Organisation.objects.filter(pk=world.navette.pk).update(profile="simple")
    return world


@pytest.fixture
def browser(simple, reader):
    return reader(simple.manager)


def written() -> tuple[int, ...]:
    return tuple(m.objects.count() for m in (Movement, Flow, Shipment, DayTakings, Submission))


def refusals(page) -> dict[str, list[str]]:
    found = page.context["form"].errors.as_data()
    return {name: [error.code for error in each] for name, each in found.items()}


def test_a_day_becomes_its_documents_and_its_takings(browser, simple):
    answer = browser.post(PAGE, sheet(**DAY))

    intakes = Intake.objects.order_by("pk").select_related("mode", "origin", "movement")
    assert [
        (i.mode.code, i.origin.code, [f.weight_g for f in i.movement.flows.order_by("pk")])
        for i in intakes
    ] == [
        ("drop_off", "non-demande", [120_500, 80_000]),
        ("home_pickup", "75112", [116_300]),
    ]
    assert [
        (s.movement.verb, s.fate, str(s.partner or ""), sum(f.weight_g for f in s.movement.lines))
        for s in Shipment.objects.order_by("pk").select_related("movement", "partner")
        for s.movement.lines in [list(s.movement.flows.all())]
    ] == [
        ("ship", "recycling", "Gebetex", 61_000),
        ("ship", "disposal", "", 12_250),
        ("give", "reuse", "", 4_000),
    ]
    takings = DayTakings.objects.get()
    assert (takings.site, takings.customers, takings.author) == (simple.canal, 41, simple.manager)
    assert dict(takings.payments.values_list("method", "amount_cents")) == {
        "cash": 18_450,
        "card": 9_600,
    }
    assert Submission.objects.count() == 1
    assert answer.url == f"{PAGE}{Submission.objects.get().uuid}/"


def test_takings_move_no_grams(browser, simple):
    browser.post(PAGE, sheet(cash="500"))

    assert DayTakings.objects.get().total_cents == 50_000
    assert (Flow.objects.count(), Balance.objects.count()) == (0, 0)


def test_an_estimate_is_kept_as_one(browser):
    browser.post(PAGE, sheet(**DAY))

    methods = Flow.objects.order_by("pk").values_list("weight_g", "method")
    assert dict(methods)[12_250] == "estimated"
    assert dict(methods)[60_000] == "weighed"


def test_the_same_sheet_sent_twice_is_recorded_once(browser):
    said = sheet(**DAY)

    first, second = browser.post(PAGE, said), browser.post(PAGE, said)

    assert first.url == second.url
    assert written() == (5, 7, 3, 1, 1)


def test_an_id_used_for_another_sheet_is_told_and_nothing_is_written(browser):
    said = sheet(**DAY)
    browser.post(PAGE, said)

    page = browser.post(PAGE, said | {"cash": "185"})

    assert (page.status_code, refusals(page)) == (422, {"__all__": ["id_reused"]})
    assert f'value="{said["id"]}"' not in page.content.decode()
    assert written() == (5, 7, 3, 1, 1)


SPOILT = {
    "a day to come": ({"day": "2999-01-01"}, "day"),
    "no day": ({"day": "yesterday"}, "day"),
    "takings that are no number": ({"cash": "beaucoup"}, "cash"),
    "takings below zero": ({"cash": "-5"}, "cash"),
    "takings beyond reason": ({"card": "100000000"}, "card"),
    "half a customer": ({"customers": "2,5"}, "customers"),
    "fewer than no customers": ({"customers": "-1"}, "customers"),
    "a comment without end": ({"comment": "x" * 501}, "comment"),
    "a comment of control signs": ({"comment": "a\x00b"}, "comment"),
    "no id": ({"id": ""}, "id"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_sheet_writes_nothing_and_says_where(browser, how):
    spoilt, field = SPOILT[how]

    page = browser.post(PAGE, sheet(**DAY) | spoilt)

    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert written() == (0,) * 5


BAD_LINES = {
    "no category": ("arrivals", {"weight": "5"}, "category"),
    "no weight": ("arrivals", {"category": "TEX"}, "weight"),
    "nothing at all in kilograms": ("arrivals", {"category": "TEX", "weight": "0"}, "weight"),
    "a weight in words": ("arrivals", {"category": "TEX", "weight": "lourd"}, "weight"),
    "a weight beyond reason": ("departures", {"category": "TEX", "weight": "100001"}, "weight"),
    "another's category": ("arrivals", {"category": "nowhere", "weight": "5"}, "category"),
    "another's mode": ("arrivals", {"category": "TEX", "weight": "5", "mode": "own-port"}, "mode"),
    "another's origin": ("arrivals", {"category": "TEX", "weight": "5", "origin": "x"}, "origin"),
    "nowhere to go": ("departures", {"category": "TEX", "weight": "5"}, "way"),
    "a way that is none": ("departures", {"category": "TEX", "weight": "5", "way": "x"}, "way"),
}


@pytest.mark.parametrize("how", BAD_LINES)
def test_a_bad_line_stops_the_whole_day(browser, how):
    section, line, field = BAD_LINES[how]
    day = {**DAY, section: [*DAY[section], line]}

    page = browser.post(PAGE, sheet(**day))

    assert page.status_code == 422
    number = len(DAY[section])
    assert field in page.context[section].errors[number]
    assert f'href="#id_{section}-{number}-{field}"' in page.content.decode()
    assert written() == (0,) * 5
    assert 'value="184,50"' in page.content.decode()  # what was typed is still there


def test_too_many_lines_are_refused(browser):
    page = browser.post(PAGE, sheet() | {"arrivals-TOTAL_FORMS": "501"})

    assert page.status_code == 422
    assert written() == (0,) * 5


def test_an_empty_sheet_is_refused(browser):
    page = browser.post(PAGE, sheet(cash="0"))

    assert (page.status_code, refusals(page)) == (422, {"__all__": ["empty_sheet"]})
    assert written() == (0,) * 5


def test_what_no_scale_could_weigh_stops_the_whole_day(browser, simple):
    heavy = {"category": "MOB", "weight": "2001"}

    page = browser.post(PAGE, sheet(**{**DAY, "arrivals": [*DAY["arrivals"], heavy]}))

    assert refusals(page) == {"__all__": ["above_scale_limit"]}
    assert written() == (0,) * 5


def test_a_manager_writes_an_earlier_day_down(browser, simple):
    day = timezone.localdate() - timedelta(days=3)

    browser.post(PAGE, sheet(**DAY, day=day.isoformat()))

    assert set(Movement.objects.values_list("business_date", flat=True)) == {day}
    assert DayTakings.objects.get().business_date == day


def test_a_closed_month_is_refused_whole(browser, simple, books):
    day = timezone.localdate() - timedelta(days=70)
    at = books.at(simple.canal)
    books.book(at.drop_off, at.bulk, "TEX", 1_000, on=day)
    close_month(site=simple.canal, month=month_of(day))
    before = written()

    for said in (sheet(**DAY), sheet(cash="12")):
        page = browser.post(PAGE, said | {"day": day.isoformat()})
        assert refusals(page) == {"__all__": ["month_closed"]}
    assert written() == before


def test_a_sorter_writes_today_only_and_sees_no_money(simple, reader):
    page = reader(simple.sorter).get(PAGE)
    assert "day" not in page.context["form"].fields
    assert "cash" not in page.context["form"].fields

    answer = reader(simple.sorter).post(PAGE, sheet(**DAY, day="2026-01-05"))

    assert set(Movement.objects.values_list("business_date", flat=True)) == {timezone.localdate()}
    assert DayTakings.objects.count() == 0
    browser_of_the_manager = reader(simple.manager)
    Membership.objects.create(user=simple.sorter, role=Role.CASHIER, site=simple.canal)
    both = reader(User.objects.get(pk=simple.sorter.pk))
    assert "cash" in both.get(PAGE).context["form"].fields
    assert browser_of_the_manager.get(answer.url).status_code == 200


def test_a_structure_with_a_till_notes_no_takings_twice(world, reader):
    assert world.navette.profile == "complete"

    reader(world.manager).post(PAGE, sheet(**DAY))

    assert DayTakings.objects.count() == 0
    assert Movement.objects.count() == 5


def test_more_lines_without_a_script_keep_what_was_typed(browser):
    page = browser.post(PAGE, sheet(**DAY, more="departures"))

    assert page.status_code == 200
    assert len(page.context["arrivals"].forms) == len(DAY["arrivals"]) + 2
    assert len(page.context["departures"].forms) == len(DAY["departures"]) + 2 + 5
    assert 'value="120,5"' in page.content.decode()
    assert 'value="184,50"' in page.content.decode()
    assert written() == (0,) * 5


def test_the_summary_shows_the_documents_and_the_days_list_shows_the_sheet(browser):
    answer = browser.post(PAGE, sheet(**DAY))

    page = text(browser.get(answer.url))
    for number in Movement.objects.values_list("number", flat=True):
        assert reverse("document", kwargs={"number": number}) in page
    assert "<b>316,8</b> kg" in page
    assert "280,50 €" in page
    [(uuid, line)] = browser.get(PAGE).context["latest"]
    assert answer.url.endswith(f"/{uuid}/")
    assert (line.in_g, line.out_g, line.cents) == (316_800, 77_250, 28_050)


def test_a_whole_sheet_is_cancelled_at_once(browser, simple):
    said = sheet(**DAY)
    url = browser.post(PAGE, said).url

    answer = browser.post(f"{url}annuler/", {"id": str(uuid4()), "comment": "mauvais jour"})

    assert answer.url == url
    assert Movement.objects.filter(verb=Verb.REVERSE).count() == 5
    assert sum(Balance.objects.values_list("weight_g", flat=True)) == 0
    assert sum(DayPayment.objects.values_list("amount_cents", flat=True)) == 0
    assert DayTakings.objects.get(reverses=None).reversed_by.note == "mauvais jour"
    page = browser.get(url)
    assert (page.context["found"].stands, page.context["form"]) == (False, None)
    assert browser.get(PAGE).context["latest"] == []


def test_cancelling_twice_is_once_and_then_refused(browser):
    url = browser.post(PAGE, sheet(**DAY)).url
    said = {"id": str(uuid4()), "comment": "mauvais jour"}
    browser.post(f"{url}annuler/", said)
    before = written()

    assert browser.post(f"{url}annuler/", said).status_code == 302
    page = browser.post(f"{url}annuler/", {**said, "id": str(uuid4())})

    assert (page.status_code, refusals(page)) == (422, {"__all__": ["already_reversed"]})
    assert written() == before


def test_a_cancellation_says_why(browser):
    url = browser.post(PAGE, sheet(**DAY)).url

    page = browser.post(f"{url}annuler/", {"id": str(uuid4()), "comment": ""})

    assert (page.status_code, list(refusals(page))) == (422, ["comment"])
    assert DayTakings.objects.count() == 1


def test_what_was_cancelled_alone_is_left_out_of_the_sheets_cancelling(browser):
    url = browser.post(PAGE, sheet(**DAY)).url
    first = Movement.objects.order_by("pk").first()
    cancel = {"id": str(uuid4()), "comment": "double"}
    browser.post(f"/d/{first.number}/annuler/", cancel)

    browser.post(f"{url}annuler/", {"id": str(uuid4()), "comment": "tout"})

    assert Movement.objects.filter(verb=Verb.REVERSE).count() == 5
    assert sum(Balance.objects.values_list("weight_g", flat=True)) == 0


def test_a_sorter_cancels_their_own_within_the_minute_and_no_longer(simple, reader, monkeypatch):
    sorter = reader(simple.sorter)
    url = sorter.post(PAGE, sheet(**DAY)).url
    theirs = reader(simple.manager).post(PAGE, sheet(cash="5")).url
    why = {"id": str(uuid4()), "comment": "double"}

    assert sorter.get(theirs).context["form"] is None
    assert sorter.post(f"{theirs}annuler/", why).status_code == 403
    monkeypatch.setattr("inventory.services.correcting.UNDO_TIME", timedelta(seconds=-1))
    assert sorter.post(f"{url}annuler/", why).status_code == 403
    monkeypatch.undo()
    assert sorter.post(f"{url}annuler/", why).status_code == 302
    assert DayTakings.objects.filter(reverses=None, reversed_by=None).count() == 1


def test_only_sheets_of_the_site_are_shown(browser, simple, reader, submission):
    other = submission()
    elsewhere = reader(simple.anna).post("/soir/gare/", sheet(cash="5")).url

    assert browser.get(f"{PAGE}{other.uuid}/").status_code == 404
    assert browser.get(f"{PAGE}{uuid4()}/").status_code == 404
    assert browser.get(elsewhere.replace("gare", "canal")).status_code == 404
    assert browser.get(elsewhere).status_code == 403
    assert browser.get("/soir/quai/").status_code == 404


def test_a_partner_with_a_usual_fate_is_offered_for_that_one_only(browser, simple):
    Partner.objects.filter(organisation=simple.navette, code="gebetex").update(
        default_fate="recycling"
    )

    ways = browser.get(PAGE).context["departures"].forms[0].offer.ways

    assert [code for code in ways if code.endswith("/gebetex")] == ["recycling/gebetex"]
    assert len([code for code in ways if code.endswith("/tip")]) == 5


def test_the_only_site_is_opened_at_once_and_several_are_offered(simple, reader):
    assert reader(simple.sorter).get("/soir/").url == PAGE
    assert "/soir/gare/" in text(reader(simple.anna).get("/soir/"))


def test_takings_show_in_the_report_of_the_shop(browser, simple, reader):
    browser.post(PAGE, sheet(**DAY))

    page = text(reader(simple.anna).get("/bilan/"))

    assert "280,50" in page


def test_the_sheet_takes_few_queries(browser, django_assert_max_num_queries):
    browser.post(PAGE, sheet(**DAY))

    with django_assert_max_num_queries(24):
        browser.get(PAGE)
