"""Links for auditors: what they open, for how long, and that they name nobody."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from inventory.models import Account, Flow, Item, Movement, Partner, Verb
from organisation.models import Site, User
from reporting.models import AuditLink
from reporting.periods import Period
from reporting.services import share, withdraw
from sales.models import Buyer
from tests.routes import furnish

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
NAME = "Zorglub"  # stands wherever a person's name could


@pytest.fixture
def link(world):
    """``link(world.canal, period=…)`` makes a link and returns its address."""

    def made(*sites, period=YEAR, days=30):
        _link, token = share(
            organisation=world.navette, sites=sites, period=period, author=world.anna, days=days
        )
        return f"/audit/{token}/"

    return made


@pytest.fixture
def outside():
    return Client()


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def links_in(html):
    return {unescape(href) for href in re.findall(r'href="(/audit/[^"#]+)"', html)}


def every_page(client, start, most=400):
    """Address → what it says, of every page that can be reached from the first."""
    seen, waiting = {}, [start]
    while waiting and len(seen) < most:
        address = waiting.pop()
        if address not in seen:
            seen[address] = text(client.get(address))
            waiting += sorted(links_in(seen[address]) - seen.keys())
    assert not waiting
    return seen


@pytest.fixture
def few(world, books):
    """A few flows of every kind at canal, some of them outside the period or the scope."""
    canal, gare = books.at(world.canal), books.at(world.gare)
    road = Account.transit(world.canal, world.gare)
    books.book(canal.drop_off, canal.bulk, "TEX", 70_000, "2025-12-30")
    books.book(canal.drop_off, canal.bulk, "MOB", 40_000, "2026-02-03")
    wrong = books.book(canal.drop_off, canal.bulk, "TEX", 999, "2026-03-03")
    undone = books.undo(wrong, "2026-04-04")
    books.book(canal.bulk, canal.reuse, "MOB", 6_000, "2026-04-06", verb=Verb.SELL)
    books.book(canal.bulk, road, "MOB", 1_500, "2026-06-02")
    books.book(road, gare.bulk, "MOB", 1_500, "2026-06-03")
    books.book(gare.drop_off, gare.bulk, "LIV", 123_456, "2026-06-03")
    books.book(canal.bulk, canal.disposal, "TEX", 77, "2026-06-03")
    return {"wrong": wrong.number, "undone": undone.number}


def test_a_link_opens_the_figures_down_to_the_documents_and_every_level_agrees(
    world, few, link, outside
):
    pages = every_page(outside, link(world.canal))
    kinds = {re.sub(r"^/audit/[^/]+/([a-z]*).*", r"\1", address) for address in pages}
    assert kinds == {"", "lignes", "mouvements", "d"}
    for address, html in pages.items():
        assert 'data-equals="no"' not in html, address
        if "/lignes/" in address or "/mouvements/" in address:
            assert 'data-equals="yes"' in html, address
    assert any(few["wrong"] in address for address in pages)


def test_corrections_are_linked_both_ways(world, few, link, outside):
    start = link(world.canal)
    assert f"{start}d/{few['undone']}/" in text(outside.get(f"{start}d/{few['wrong']}/"))
    assert f"{start}d/{few['wrong']}/" in text(outside.get(f"{start}d/{few['undone']}/"))


def test_a_correction_counted_in_another_period_is_told_of_but_not_opened(
    world, books, link, outside
):
    canal = books.at(world.canal)
    late = books.book(canal.drop_off, canal.bulk, "TEX", 500, "2026-02-10")
    for site in (world.canal, Site.objects.get(pk=world.canal.pk)):
        site.books_closed_through = 202602
        site.save()
    undone = books.undo(late, "2026-03-02")
    assert undone.business_date == date(2026, 3, 1)
    start = link(world.canal, period=Period(date(2026, 1, 1), date(2026, 2, 28)))
    html = text(outside.get(f"{start}d/{late.number}/"))
    assert undone.number not in html
    assert "autre période" in html
    assert outside.get(f"{start}d/{undone.number}/").status_code == 404


def test_nothing_of_other_days_or_sites_is_told(world, few, link, outside):
    start = link(world.canal)
    for html in every_page(outside, start).values():
        for beyond in ("123,456", "-gare-", "AP-canal-1/"):
            assert beyond not in html
    for movement in Movement.objects.exclude(
        site=world.canal, business_date__range=(YEAR.start, YEAR.end)
    ):
        assert outside.get(f"{start}d/{movement.number}/").status_code == 404
    assert outside.get(f"{start}lignes/?figure=stock_g").status_code == 404
    assert outside.get(f"{start}lignes/?figure=collected_g&site=gare").status_code == 404
    assert outside.get(f"{start}mouvements/?figure=collected_g").status_code == 404


def test_a_row_of_another_site_opens_nothing(world, few, link, outside):
    both, one = link(world.canal, world.gare), link(world.canal)
    rows = links_in(text(outside.get(f"{both}lignes/?figure=collected_g")))
    answers = {
        outside.get(row.replace(both, one)).status_code for row in rows if "/mouvements/" in row
    }
    assert answers == {200, 404}


def test_no_page_names_anybody(world, api, link, outside):
    def post_json(path, body):
        told = {**body, "comment": NAME} if path != "inventory/crates" else body
        response = api(world.anna).post(path, told)
        return (
            response if response.status_code == 201 else api(world.anna).post(path, body)
        ).json()

    User.objects.update(first_name=NAME, last_name=NAME, email=f"{NAME}@example.org")
    spot = furnish(world.canal, world.anna, post_json)
    donor = {"id": str(uuid4()), "intake": spot["intake"], "name": NAME}
    assert api(world.anna).post("collection/donors", donor).status_code == 201
    Buyer.objects.update(name=NAME, email=f"{NAME}@example.org", note=NAME, address=NAME)
    Item.objects.update(title=NAME)
    gifts = Flow.objects.filter(to_account__kind="reuse").values("to_account__partner")
    Partner.objects.filter(pk__in=gifts).update(name=NAME)
    assert Movement.objects.filter(note=NAME).count() > 5

    today = timezone.localdate()
    period = Period(today - timedelta(days=400), today)
    start = link(world.canal, period=period)
    pages = every_page(outside, start)
    assert sum("/o/" in address for address in pages) > 1
    assert sum("/d/" in address for address in pages) > 9
    for code in Item.objects.known_to(world.navette.pk).values_list("own_code", flat=True):
        pages[code] = outside.get(f"{start}o/{code}/").content.decode()
    usernames = "|".join(User.objects.values_list("username", flat=True))
    for address, html in pages.items():
        body = html.partition("<main")[2]
        assert NAME not in html, address
        assert not re.search(rf">[^<]*\b({usernames})\b[^<]*<", body), address
        assert "<img" not in body, address
        assert "€" not in body, address


@pytest.mark.parametrize("path", ["", "lignes/?figure=collected_g", "d/AP-canal-1/", "o/AAAAAA/"])
def test_unknown_expired_and_ended_links_get_one_and_the_same_answer(
    world, few, link, outside, path
):
    expired, ended = link(world.canal, days=1), link(world.canal)
    withdraw(link=AuditLink.objects.get(expires_at__gt=timezone.now() + timedelta(days=2)))
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        answers = [outside.get(f"{start}{path}") for start in (expired, ended, "/audit/nonsense/")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    for answer in answers:
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]
    assert set(AuditLink.objects.values_list("uses", flat=True)) == {0}


def test_a_page_is_not_kept_not_listed_and_leaves_nothing_with_its_reader(
    world, few, link, outside
):
    answer = outside.get(link(world.canal))
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert not answer.cookies
    assert 'name="robots"' in text(answer)
    assert outside.post(link(world.canal)).status_code == 405


def test_every_visit_is_counted_and_no_visitor_kept(world, few, link, outside):
    start = link(world.canal)
    moment = datetime(2026, 11, 30, 8, tzinfo=UTC)
    made = AuditLink.objects.get()
    assert (made.uses, made.last_used_at) == (0, None)
    with time_machine.travel(moment, tick=False):
        AuditLink.objects.update(expires_at=moment + timedelta(days=9))
        outside.get(start)
        outside.get(f"{start}lignes/?figure=collected_g")
        outside.get(f"{start}d/AP-nowhere-1/")  # opens nothing, counts for nothing
    made.refresh_from_db()
    assert (made.uses, made.last_used_at) == (2, moment)
    names = {field.name for field in AuditLink._meta.get_fields()}
    assert not names & {"ip", "address", "agent", "visitor"}


def test_of_a_token_only_the_digest_is_kept(world, link):
    token = link(world.canal).split("/")[2]
    kept = AuditLink.objects.values_list().get()
    assert len(token) >= 43
    assert token not in map(str, kept)


def test_a_link_lives_thirty_days_unless_told_otherwise(world):
    asked = {"organisation": world.navette, "sites": [world.canal], "period": YEAR, "author": None}
    made, _token = share(**asked)
    assert made.expires_at - made.created_at == timedelta(days=30)
    assert share(**asked, days=365)[0].is_living


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"sites": []}, "no_site"),
        ({"days": 0}, "days_out_of_range"),
        ({"days": 366}, "days_out_of_range"),
        ({"sites": "quai"}, "other_structure"),
    ],
)
def test_what_cannot_be_shared_is_refused(world, wrong, code):
    asked = {"organisation": world.navette, "sites": [world.canal], "period": YEAR, "author": None}
    asked |= wrong
    if asked["sites"] == "quai":
        asked["sites"] = [world.quai]
    with pytest.raises(ValidationError) as refusal:
        share(**asked)
    assert refusal.value.code == code


def test_a_director_makes_a_link_sees_it_once_and_ends_it(world, few, reader, outside):
    office = reader(world.anna)
    form = {"start": "2026-01-01", "end": "2026-12-31", "site": ["canal"], "days": "10"}
    html = text(office.post("/bilan/partages/", form))
    start = re.search(r"/audit/[\w-]+/", html)[0]
    listed = text(office.get("/bilan/partages/"))
    assert start not in listed
    assert text(outside.get(start))
    office.post(f"/bilan/partages/{AuditLink.objects.get().pk}/retirer/")
    assert outside.get(start).status_code == 404
    ended = AuditLink.objects.get().revoked_at
    office.post(f"/bilan/partages/{AuditLink.objects.get().pk}/retirer/")
    assert AuditLink.objects.get().revoked_at == ended


@pytest.mark.parametrize(
    "wrong",
    [
        {"end": "2025-01-01"},
        {"site": ["quai"]},
        {"site": []},
        {"days": "0"},
        {"days": "366"},
        {"start": "1999-01-01"},
    ],
)
def test_a_form_that_asks_too_much_makes_no_link(world, reader, wrong):
    form = {"start": "2026-01-01", "end": "2026-12-31", "site": ["canal"], "days": "10"} | wrong
    assert reader(world.anna).post("/bilan/partages/", form).status_code == 422
    assert not AuditLink.objects.exists()


def test_who_governs_one_site_neither_sees_nor_ends_links_that_open_another(world, link, reader):
    link(world.canal, world.gare)
    one = reader(world.director)  # of canal alone
    assert (
        "2026"
        not in re.sub(
            r"<form.*?</form>", "", text(one.get("/bilan/partages/")), flags=re.S
        ).partition("<main")[2]
    )
    assert one.post(f"/bilan/partages/{AuditLink.objects.get().pk}/retirer/").status_code == 403
    assert AuditLink.objects.get().is_living


@pytest.mark.parametrize("path", ["", "lignes/?figure=collected_g", "mouvements", "d"])
def test_more_rows_ask_no_more_queries(
    world, books, link, outside, path, django_assert_max_num_queries
):
    canal = books.at(world.canal)
    numbers = []

    def fill(days, codes):
        for day in days:
            for code in codes:
                moved = books.book(canal.drop_off, canal.bulk, code, 100, f"2026-03-{day:02}")
                numbers.append(moved.number)

    fill([1], ["MOB"])
    start = link(world.canal)
    asked = f"{start}{path}"
    if path == "mouvements":
        rows = links_in(text(outside.get(f"{start}lignes/?figure=collected_g")))
        [asked] = [row for row in rows if "/mouvements/" in row]
    if path == "d":
        asked = f"{start}d/{numbers[0]}/"
    outside.get(asked)
    with django_assert_max_num_queries(45) as small:
        outside.get(asked)
    fill(range(2, 25), ["MOB", "LIV", "JOU", "TEX"])
    with django_assert_max_num_queries(45) as large:
        outside.get(asked)
    assert len(large) == len(small)


def test_sites_of_a_link_are_those_of_one_structure(world, link):
    link(world.canal)
    assert set(Site.objects.filter(audit_links__isnull=False)) == {world.canal}
