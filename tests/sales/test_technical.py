"""Technical events: what happens around tickets, chained like them."""

import io
import json
from dataclasses import replace
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone, translation

from inventory import triggers
from inventory.models import Verb
from organisation.services import change_roles, set_active
from sales import journal
from sales.archive import make_archive
from sales.journal import technical
from sales.journal.technical import Code
from sales.journal.verify import findings
from sales.models import Chain, Copy, JournalEntry, Kind, Method, Regime
from sales.services import Count, Paid, close_session, hand_out, record_sale, set_vat
from tests.inventory.pages import text
from tests.sales.conftest import mob
from tests.sales.test_tampering import tamper

pytestmark = pytest.mark.database


def faults():
    return [
        (each.wrong, each.seq, each.why)
        for each in findings(chains=Chain.objects.all(), anchors={}, using="default")
        if "trigger" not in each.why
    ]


def said(kind=Kind.JET):
    """What the events of a kind say, in their order."""
    events = JournalEntry.objects.filter(kind=kind).order_by("pk")
    return [json.loads(event.body)["data"] for event in events]


def test_another_person_at_the_till_is_noted_before_what_they_sell(sold, counter, entry, world):
    first = sold(mob())
    by_cashier = replace(entry(Verb.SELL), author=world.cashier)
    close_session(entry=by_cashier, till=counter.till, count=Count({}))
    [told] = [told for told in said() if told["code"] == Code.PERSON]
    assert told == {
        "code": 80,
        "what": "person",
        "by": world.cashier.pk,
        "before": world.anna.pk,
    }
    event = JournalEntry.objects.get(kind=Kind.JET, body__contains='"code":80,')
    assert (event.chain_id, event.seq) == ("navette/canal/C1", first.event.seq + 1)
    assert faults() == []


def test_the_same_person_is_not_noted_again(sold):
    sold(mob())
    sold(mob())
    assert said() == []


def test_another_version_of_the_program_is_noted_at_the_next_event(sold, monkeypatch):
    sold(mob())
    monkeypatch.setattr(journal, "SOFTWARE", "tracerie/9.9")
    sold(mob())
    assert said() == [{"code": 250, "what": "version", "before": "tracerie/1.0"}]
    assert faults() == []


def test_the_journal_of_a_site_says_where_it_begins(counter, world, entry):
    technical.note(entry=entry(Verb.SELL), code=Code.EXPORT, facts={"of": "fec"})
    technical.note(entry=entry(Verb.SELL), code=Code.EXPORT, facts={"of": "fec"})
    assert [told["code"] for told in said()] == [260, 110, 110]
    assert Chain.objects.get(till=None).name == "navette/canal/SITE"
    assert faults() == []


def test_between_two_sessions_a_till_notes_what_happens(sold, counter, entry):
    sale = sold(mob())
    close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))
    hand_out(entry=entry(Verb.SELL), sale=sale, way=Copy.Way.PDF)
    sold(mob())
    assert faults() == []


def test_what_is_handed_out_while_somebody_counts_does_not_make_them_count_again(
    sold, counter, entry
):
    sale = sold(mob())
    seen = Chain.objects.get().last_seq
    hand_out(entry=entry(Verb.SELL), sale=sale, way=Copy.Way.PRINT)
    closing = close_session(
        entry=entry(Verb.SELL), till=counter.till, count=Count({}), last_seq=seen
    )
    assert closing.figures["last_seq"] == seen + 1
    assert faults() == []


# Tickets handed out


def test_the_first_is_the_original_and_the_others_are_duplicates(sold, entry):
    sale = sold(mob())
    for way in Copy.Way:
        hand_out(entry=entry(Verb.SELL), sale=sale, way=way)
    assert said(Kind.REPRINT) == [
        {"of": sale.movement.number, "n": 0, "way": "print"},
        {"of": sale.movement.number, "n": 1, "way": "pdf"},
        {"of": sale.movement.number, "n": 2, "way": "mail"},
    ]
    assert faults() == []


def test_each_ticket_has_its_own_original(sold, entry):
    for sale in (sold(mob()), sold(mob())):
        assert hand_out(entry=entry(Verb.SELL), sale=sale, way=Copy.Way.PRINT).number == 0


# Around tickets


def test_a_drawer_opened_without_a_sale_is_noted_with_its_reason(counter, browser, world):
    form = {"id": str(uuid4()), "reason": "change"}
    client = browser()
    for _twice in range(2):
        assert client.post("/caisse/C1/tiroir/ouvrir/", form).url == "/caisse/C1/tiroir/"
    assert said() == [{"code": 170, "what": "drawer", "reason": "change"}]
    event = JournalEntry.objects.get(kind=Kind.JET)
    assert json.loads(event.body)["operator"] == world.cashier.pk


@pytest.mark.parametrize("reason", ["", "because", "\0"])
def test_a_drawer_without_a_reason_is_not_opened(counter, browser, reason):
    browser().post("/caisse/C1/tiroir/ouvrir/", {"id": str(uuid4()), "reason": reason})
    assert said() == []


def test_a_ticket_given_up_is_noted_and_the_next_one_is_empty(paper, counter):
    paper.press("key", "assiette")
    paper.press("key", "assiette")
    before = paper.fields["id"]
    paper.press("do", "abandon")
    assert said() == [{"code": 320, "what": "abandoned", "lines": 1, "total_cents": 100}]
    assert paper.fields["lines-TOTAL_FORMS"] == "0"
    assert paper.fields["id"] != before
    assert faults() == []


def test_an_empty_ticket_is_given_up_without_a_word(paper):
    paper.press("do", "abandon")
    assert said() == []


def test_a_ticket_given_up_by_mistake_is_still_sold_from_its_page(paper, counter):
    paper.press("key", "assiette")
    page = dict(paper.fields)
    paper.press("do", "abandon")
    paper.fields = page
    assert paper.sell().status_code == 302


# What the proof finds, who may do what, who took an archive away


def run(*arguments):
    out = io.StringIO()
    with translation.override("en"), pytest.raises(SystemExit):
        call_command("caisse_verify", *arguments, database="default", stdout=out)
    return out.getvalue()


def test_a_defect_is_noted_once(sold):
    sold(mob())
    with transaction.atomic():
        tamper("UPDATE sales_sale SET total_cents = 1")
        triggers.install(connection)
        run("--no-journal")
        assert said() == []
        assert "of them noted in the journal" in run()
        count = len(said())
        assert "of them noted" not in run()
        assert len(said()) == count
        assert {told["code"] for told in said()} == {260, 90}
        assert [told["wrong"] for told in said() if told["code"] == 90][-1] == "altered"
        transaction.set_rollback(True)


def test_rights_that_change_are_noted_by_numbers(sold, world, browser):
    sold(mob())
    change_roles(person=world.cashier, grants=[(world.canal, "manager")], by=world.anna)
    change_roles(person=world.cashier, grants=[(world.canal, "manager")], by=world.anna)
    set_active(person=world.cashier, is_active=False, by=world.anna)
    told = [each for each in said() if each["code"] == 130]
    assert [(each["roles"], each["active"]) for each in told] == [
        (["manager@canal"], True),
        (["manager@canal"], False),
    ]
    assert {each["person"] for each in told} == {world.cashier.pk}


def test_rights_are_not_noted_where_there_is_no_journal(world):
    set_active(person=world.cashier, is_active=False, by=world.anna)
    assert not JournalEntry.objects.exists()


# Who leaves the till


def left():
    return [told for told in said() if told["code"] == Code.LEFT]


@pytest.fixture
def at_till(sold, counter, world, entry):
    """The cashier opened nothing, and was the last to sell at C1."""
    sold(mob())
    record_sale(
        entry=replace(entry(Verb.SELL), author=world.cashier),
        till=counter.till,
        lines=[mob()],
        payments=[Paid(Method.CASH, 1_000)],
    )
    return counter.till


def test_a_cashier_who_signs_out_of_an_open_till_is_noted_once(at_till, browser, world):
    client = browser()
    assert client.post("/deconnexion/").status_code == 302
    assert left() == [{"code": 40, "what": "left"}]
    event = JournalEntry.objects.filter(kind=Kind.JET).latest("pk")
    assert event.chain_id == "navette/canal/C1"
    assert json.loads(event.body)["operator"] == world.cashier.pk
    assert client.get("/caisse/").status_code == 302
    browser().post("/deconnexion/")
    client.post("/deconnexion/")
    assert len(left()) == 1
    assert faults() == []


def test_who_sold_nothing_last_or_at_a_closed_till_leaves_no_trace(
    at_till, browser, world, counter, entry
):
    browser(world.manager).post("/deconnexion/")
    assert left() == []
    by_cashier = replace(entry(Verb.SELL), author=world.cashier)
    close_session(entry=by_cashier, till=counter.till, count=Count({}))
    browser().post("/deconnexion/")
    assert left() == []


def test_a_tablet_that_is_left_to_somebody_else_is_noted(at_till, browser):
    client = browser()
    assert client.post("/tablette/verrouiller/").status_code == 302
    assert len(left()) == 1
    assert "_auth_user_id" not in client.session


# Tills and prices


def settings_said():
    return [told for told in said() if told["code"] == Code.SETTING]


KEY = "/reglages/sites/canal/prix/assiette/"


def typed(page, **changes):
    """The fields of a form as they are on a page, some of them typed anew."""
    form = page.context["form"]
    fields = {field.name: field.value() for field in form}
    said = {**fields, **changes}
    return {name: value for name, value in said.items() if value is not None and value is not False}


def test_a_price_that_changes_is_noted_with_both_prices(sold, browser, world):
    sold(mob())
    client = browser(world.manager)
    form = typed(client.get(KEY), price_cents="0,60")
    assert client.post(KEY, form).status_code == 302
    client.post(KEY, form)
    [told] = settings_said()
    assert told == {
        "code": 270,
        "what": "setting",
        "of": "pricekey",
        "which": "assiette",
        "act": "changed",
        "changed": ["price_cents"],
        "prices": {"price_cents": [50, 60]},
    }
    event = JournalEntry.objects.filter(kind=Kind.JET).latest("pk")
    assert event.chain_id == "navette/canal/SITE"
    page = client.get("/caisse/journal/?code=270").content.decode()
    assert "assiette" in page
    assert "0,60" in page
    assert faults() == []


def test_a_price_that_is_named_anew_or_set_aside_is_noted_without_its_name(sold, browser, world):
    sold(mob())
    client = browser(world.manager)
    client.post(KEY, typed(client.get(KEY), name_fr="Chez Paul"))
    client.post(KEY, {"do": "offer"})
    client.post(KEY, {"do": "offer"})
    assert [(told["act"], told["changed"]) for told in settings_said()] == [
        ("changed", ["name_fr"]),
        ("retired", []),
        ("offered", []),
    ]
    assert not JournalEntry.objects.filter(kind=Kind.JET, body__contains="Paul").exists()


def test_tills_that_come_and_go_are_noted(sold, browser, world):
    sold(mob())
    client = browser(world.manager)
    to = "/reglages/sites/canal/caisses/"
    client.post(f"{to}nouveau/", {"name": "Caisse de Marie", "code": "C9", "position": "9"})
    client.post(f"{to}C9/", {"name": "Caisse 9", "position": "9"})
    client.post(f"{to}C9/", {"do": "offer"})
    client.post(f"{to}C9/", {"do": "delete"})
    assert [(told["of"], told["which"], told["act"]) for told in settings_said()] == [
        ("till", "C9", "created"),
        ("till", "C9", "changed"),
        ("till", "C9", "retired"),
        ("till", "C9", "deleted"),
    ]
    assert not JournalEntry.objects.filter(kind=Kind.JET, body__contains="Marie").exists()
    assert faults() == []


def test_what_is_refused_is_not_noted(sold, browser, world):
    sold(mob())
    client = browser(world.manager)
    assert client.post(KEY, typed(client.get(KEY), price_cents="peu")).status_code != 302
    client.post("/reglages/sites/canal/caisses/C1/", {"do": "delete"})
    assert settings_said() == []


def test_a_site_without_a_journal_notes_no_price(counter, browser, world):
    client = browser(world.director)
    to = "/reglages/sites/gare/caisses/"
    client.post(f"{to}nouveau/", {"name": "Caisse 9", "code": "C9", "position": "9"})
    assert not Chain.objects.filter(site=world.gare).exists()


def test_who_takes_an_archive_away_is_noted(sold, counter, entry, browser, world):
    sold(mob())
    closing = close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))
    day = closing.session.business_date
    archive = make_archive(entry=entry(Verb.SELL), start=day, end=day)
    for reader in (world.manager, world.auditor):
        assert browser(reader).get(f"/caisse/archives/{archive.uuid}.zip").status_code == 200
    assert [told["code"] for told in said()] == [260, 30, 280]
    assert said()[-1]["archive"] == archive.seq


# The page


def test_the_page_lists_events_by_day_and_code(sold, browser, world, entry):
    sale = sold(mob())
    hand_out(entry=entry(Verb.SELL), sale=sale, way=Copy.Way.PRINT)
    hand_out(entry=entry(Verb.SELL), sale=sale, way=Copy.Way.PDF)
    technical.note(entry=entry(Verb.SELL), code=Code.EXPORT, facts={"of": "fec"})
    client = browser(world.manager)

    def listed(query=""):
        return [row["code"] for row in client.get(f"/caisse/journal/{query}").context["events"]]

    today = world.canal.business_date(timezone.now()).isoformat()
    assert listed() == [110, 260, "", ""]
    assert listed("?code=110") == [110]
    assert listed("?code=ticket") == ["", ""]
    assert listed(f"?day={today}&code=260") == [260]
    assert listed("?day=2020-01-01") == []
    page = text(client.get("/caisse/journal/"))
    assert "DUPLICATA 1" in page
    assert "anna" in page.lower()
    assert client.get("/caisse/journal/?code=9").status_code == 422
    assert "anna" not in text(browser(world.auditor).get("/caisse/journal/")).lower()
    assert browser(world.cashier).get("/caisse/journal/").status_code == 403


def test_a_vat_regime_is_listed_among_the_settings(counter, browser, world, entry):
    terms = entry(Verb.SELL)
    set_vat(entry=terms, since=terms.day, regime=Regime.FRANCHISE, rates={})
    technical.note(entry=entry(Verb.SELL), code=Code.SETTING, facts={"of": "ticket_foot"})
    page = browser(world.manager).get("/caisse/journal/?code=270")
    assert [row["code"] for row in page.context["events"]] == [270, 270]
    assert "293 B" in text(page)


def test_another_structure_s_events_are_not_listed(sold, browser, world, entry):
    technical.note(entry=entry(Verb.SELL), code=Code.EXPORT, facts={"of": "fec"})
    assert browser(world.paul).get("/caisse/journal/").context["events"] == []
