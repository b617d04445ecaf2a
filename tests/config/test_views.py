"""The home page, as each of us finds it in the morning."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import timezone
from lucide import IconDoesNotExist

from config.context import BESIDE, DOORS
from inventory import services
from inventory.forms.looks import CATEGORY_ICONS, CONTAINER_ICONS, MODE_ICONS
from inventory.ledger import Entry
from inventory.models import Category, Kind, Verb
from inventory.services import Departure, Draft, StockLine
from inventory.trace import ICONS
from organisation.models import Organisation
from organisation.views.settings import CARDS


@pytest.fixture
def home(client):
    def open_as(user):
        client.force_login(user)
        return client.get("/")

    return open_as


def ship(world, submission, weight_g):
    entry = Entry(world.canal, Verb.SHIP, submission(), world.anna, timezone.now())
    line = StockLine(Category.objects.get(code="TEX"), weight_g)
    services.ship(entry=entry, departure=Departure(Kind.REUSE), lines=[line])


def test_a_director_sees_the_year_and_what_is_below_zero(home, world, submission):
    ship(world, submission, 4_321)

    page = home(world.anna)

    assert page.context["figures"]["reuse_g"] == 4_321
    assert [case["weight_g"] for case in page.context["todo"]["negatives"]] == [-4_321]
    assert [half["total_g"] for half in page.context["week"]] == [0, 4_321]


def test_a_sorter_sees_the_doors_and_no_figures(home, world):
    page = home(world.sorter)

    assert "figures" not in page.context
    assert doors(page) == ["home", "weigh", "sort-station", "shipments", "stock"]


def doors(page):
    return [door.url for door in page.context["nav"]]


def test_a_profile_hides_the_doors_it_does_not_use(home, world):
    shown = {}
    for profile in Organisation.Profile:
        Organisation.objects.filter(pk=world.navette.pk).update(profile=profile)
        page = home(world.anna)
        shown[profile] = {*doors(page), *(door.url for door in page.context["beside"])}

    assert shown["complete"] - shown["giving"] == {"checkout", "tickets", "buyers"}
    assert shown["giving"] - shown["simple"] == {
        "sort-station",
        "label-item",
        "track",
        "count-shelf",
        "clear",
    }
    assert {"weigh", "shipments", "stock", "bilan", "settle"} <= shown["simple"]


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/", "home"),
        ("/peser/refus/", "weigh"),
        ("/stock/inventaire/", "stock"),
        ("/trier/", "sort-station"),
        ("/stock/tri/", "stock"),
        ("/objets/", "stock"),
        ("/transferts/", "shipments"),
        ("/departs/invendus/", "shipments"),
        ("/bilan/mois/", "bilan"),
        ("/reglages/", ""),
        ("/mon-compte/", ""),
    ],
)
def test_every_page_marks_the_door_it_lies_behind(client, world, path, door):
    client.force_login(world.anna)
    assert client.get(path).context["current"] == door


def test_what_is_on_its_way_and_what_stayed_long_is_to_be_looked_at(home, world, submission):
    entry = Entry(world.canal, Verb.TRANSFER, submission(), world.anna, timezone.now())
    line = StockLine(Category.objects.get(code="TEX"), 7_000)
    sent = services.send(entry=entry, to_site=world.gare, lines=[line])
    long_ago = timezone.now() - timedelta(weeks=9)
    entry = Entry(world.canal, Verb.LABEL, submission(), world.anna, long_ago)
    draft = Draft(Category.objects.get(code="MOB"), 4_200)
    services.label(entry=entry, place=None, drafts=[draft])

    todo = home(world.anna).context["todo"]

    assert (list(todo["coming"]), todo["unsold"]) == ([sent], 1)
    assert home(world.cashier).context["todo"]["unsold"] == 0  # not theirs to clear


def test_a_new_structure_is_told_that_nothing_has_left_yet(home, world):
    assert home(world.anna).context["figures"]["shares"] is None


def test_the_home_page_takes_few_queries(client, world, django_assert_max_num_queries):
    client.force_login(world.anna)
    with django_assert_max_num_queries(36):
        client.get("/")


def test_a_stranger_is_asked_who_they_are(client, db):
    assert client.get("/").url == "/connexion/?next=/"


def test_english_is_a_choice_of_the_reader_not_of_the_tablet(client, world):
    client.force_login(world.sorter)
    assert client.get("/", headers={"accept-language": "en"}).headers["Content-Language"] == "fr"
    client.post("/langue/", {"language": "en", "next": "/"})
    assert client.get("/").headers["Content-Language"] == "en"


def test_every_icon_that_is_named_exists():
    """One that does not breaks a page, and only in the state that shows it."""
    rooms = ("config", "organisation", "inventory", "collection", "sales", "reporting")
    templates = [t for room in rooms for t in Path(settings.BASE_DIR, room).rglob("*.html")]
    drawn = "".join(template.read_text(encoding="utf-8") for template in templates)
    named = set(re.findall(r'\{% lucide "([^"]+)"', drawn))
    chosen = (*CATEGORY_ICONS, *CONTAINER_ICONS, *MODE_ICONS)
    named |= {*ICONS.values(), *(icon for icon, _label in chosen if icon)}
    named |= {door.icon for door in (*DOORS, *BESIDE, *CARDS)}
    assert len(named) > 100
    draw = Template("{% load lucide %}{% lucide icon %}")
    missing = {icon for icon in named if not _is_drawn(draw, icon)}
    assert missing == set()


def _is_drawn(draw, icon) -> bool:
    try:
        return "<svg" in draw.render(Context({"icon": icon}))
    except IconDoesNotExist:
        return False


def test_the_home_page_prints_what_the_report_prints(client, world, submission):
    """Rounded once, so that what is printed adds up: on both pages the same."""
    entry = Entry(world.canal, Verb.SHIP, submission(), world.anna, timezone.now())
    lines = [StockLine(Category.objects.get(code=code), 5_005_000) for code in ("TEX", "MOB")]
    services.ship(entry=entry, departure=Departure(Kind.RECYCLING), lines=lines)
    client.force_login(world.anna)

    home, bilan = client.get("/").context, client.get("/bilan/").context

    assert home["unit"] == bilan["page"].unit.word == "t"
    for name in ("opening_stock_g", "collected_g", "outgoing_g", "closing_stock_g"):
        assert home["written"][name] == bilan["page"].unit.write(
            abs(bilan["page"].now.printed[name])
        )
