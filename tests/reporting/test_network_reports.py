"""Reports of a network: nothing twice, nothing that members keep, the members of that day."""

from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pypdfium2
import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client

from inventory.models import Account, Partner
from organisation.models import Network, Organisation, Site
from reporting.models import PartnerOutlet, Report
from reporting.periods import Period
from reporting.reports import files, mailing, publishing, shipped
from reporting.reports.dossier import dossier
from reporting.reports.drafting import Subject, draft
from reporting.reports.layout import read
from reporting.reports.publishing import Chosen, check, prepare, publish
from reporting.scopes import Scope
from tests.conftest import codes
from tests.reporting.test_networks import network, passed_on  # noqa: F401

pytestmark = pytest.mark.usefixtures("passed_on")

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
KEPT = (
    "Canal",
    "canal",
    "Gare",
    "Quai",
    "quai",
    "Le Port",
    "Gebetex",
    "gebetex",
    "Paris 12e",
    "75112",
)
UNTOLD = "Les chiffres d’un réseau ne disent pas les sites, les partenaires ni les provenances"
MINE = "Chaque membre du réseau garde pour lui"


def subject(world, network, period=YEAR):  # noqa: F811
    return Subject(world.navette, Scope.of_network(network), period, period.year_earlier)


def written(world, network, *parts, **layout):  # noqa: F811
    content = {"title": "Essai", "parts": list(parts)} | layout
    return draft(layout=read(content), subject=subject(world, network))


def table(*indicators, by=()):
    return {"kind": "table", "title": "T", "indicators": [*indicators], "by": [*by]}


@pytest.fixture
def published(world, network, submission):  # noqa: F811
    """The annual report of the network, with every kind of section."""
    layout = shipped.layouts()["rapport-annuel"]
    found = prepare(
        chosen=Chosen("rapport-annuel", 1, layout), subject=subject(world, network), notes=[]
    )
    return publish(found=found, submission=submission(), author=world.anna)


def texts_of(report):
    """Everything that is handed out or shown to the world, by its kind."""
    pdf = pypdfium2.PdfDocument(bytes(report.pdf))
    book = openpyxl.load_workbook(BytesIO(bytes(report.xlsx)))
    page = Client().get(f"/v/{report.code}/").content.decode()
    return {
        "pdf": "\n".join(sheet.get_textpage().get_text_bounded() for sheet in pdf),
        "xlsx": str([(sheet.title, list(sheet.values)) for sheet in book]),
        "csv": report.csv,
        "json": report.document,
        "page": page[page.index("<main") :],
    }


def test_its_figures_are_those_of_the_network_s_bilan_to_the_gram(english, published):
    figures = english.get("/bilan/?from=2026-01-01&to=2026-12-31&network=idf").context["figures"]
    document = files.read(published)
    [balance] = [block for block in document["blocks"] if block["kind"] == "balance"]
    told = {row["name"]: row["now"] for row in balance["rows"]}

    assert told == {name: figures[name] for name in told}
    assert (told["collected_g"], told["outgoing_g"], told["closing_stock_g"]) == (
        10_000, 1_500, 8_500,
    )  # fmt: skip
    [shares] = [block for block in document["blocks"] if block["kind"] == "shares"]
    assert shares["now"]["shares"] == figures["shares"]


def test_what_one_member_sends_to_the_other_counts_once_in_every_table(world, network):  # noqa: F811
    by_month = table("collected", "recycled", by=["month"])
    flow = {"kind": "flow", "title": "F"}
    document = written(world, network, by_month, flow, table("stock"))
    months, picture, stock = document["blocks"]

    assert [cell["now"] for cell in months["total"]] == [10_000, 1_000]
    assert sum(stream["now"] for stream in picture["streams"]) == 1_500
    assert stock["total"][0]["now"] == 8_500  # with the 2 kg on the road between them


def test_no_file_nor_page_names_what_members_keep(world, books, sell, published):
    sell(world.gare, (1_250, 1_000))
    books.book(books.at(world.quai).bulk, books.at(world.quai).recycling, "TEX", 300, "2026-03-06")
    for kind, text in texts_of(published).items():
        for kept in KEPT:
            assert kept not in text, (kind, kept)
    told = texts_of(published)
    assert "Réseau d’Île-de-France, 3 sites" in told["page"]
    assert "Réseau : Réseau d’Île-de-France, 3 sites" in " ".join(told["pdf"].split())
    assert "Réseau d’Île-de-France a collecté 10,0" in " ".join(told["json"].split())


@pytest.mark.parametrize(
    ("part", "kind", "said"),
    [
        (table("collected", by=["site"]), "text", UNTOLD),
        (table("recycled", by=["partner"]), "text", UNTOLD),
        (table("collected", by=["origin"]), "text", UNTOLD),
        (table("collected", by=["category", "site"]), "text", UNTOLD),
        ({"kind": "outlets", "title": "T"}, "text", UNTOLD),
        ({"kind": "flow", "title": "T", "by": ["origin"]}, "flow", UNTOLD),
        (table("sales", "average_basket"), "text", f"{MINE}\u00a0: Ventes, Panier moyen"),
        (table("collected", "sales"), "table", f"{MINE}\u00a0: Ventes."),
        (table("collected", "reused", by=["category"]), "table", ""),
        (table("collected", by=["category", "mode"]), "table", ""),
        (table("quality", by=["method"]), "table", ""),
        (table("stock", "stock_age"), "table", ""),
        ({"kind": "quality", "title": "T"}, "quality", ""),
        ({"kind": "balance", "title": "T"}, "balance", ""),
        ({"kind": "shares", "title": "T"}, "shares", ""),
    ],
)
def test_each_section_tells_what_it_may_and_says_what_it_leaves_out(
    world,
    network,  # noqa: F811
    part,
    kind,
    said,
):
    partner = Partner.objects.get(organisation=world.navette, code="gebetex")
    PartnerOutlet.objects.create(partner=partner, since=YEAR.start, source="x", reuse_bp=10_000)
    document = written(world, network, part)
    [block] = document["blocks"]

    assert (block["kind"], block["title"]) == (kind, "T")
    assert said in block["text"]
    assert bool(block["text"]) == bool(said)
    assert "sales" not in [each["code"] for each in document["sources"]]
    files.pdf(document)
    files.workbook(document, {})


def test_modes_are_called_as_the_one_who_reports_calls_them(world, network):  # noqa: F811
    [block] = written(world, network, table("collected", by=["mode"]))["blocks"]
    assert [row["label"] for row in block["rows"]] == ["Apport volontaire"]


def test_a_text_says_nothing_of_what_members_keep(world, network):  # noqa: F811
    document = written(world, network, intro="{structure} : {sites}, {site_count}, {sales}")
    assert document["intro"] == (
        "Réseau d’Île-de-France : Réseau d’Île-de-France, 3 sites, 3, n.\u00a0d."
    )


def test_every_shipped_template_is_written_for_a_network(world, network):  # noqa: F811
    for code, layout in shipped.layouts().items():
        document = draft(layout=layout, subject=subject(world, network))
        assert document["blocks"], code
        assert files.pdf(document)[:5] == b"%PDF-"
        assert "Canal" not in files.canonical(document), code


def test_who_joins_later_changes_neither_the_report_nor_its_check(
    world,
    network,  # noqa: F811
    books,
    published,
):
    assert check(published, reads_flows=True) == ([], [], True)
    late = Organisation.objects.create(code="tard", name="Tard venue")
    Site.objects.create(organisation=late, code="tard", name="Tard")
    network.members.set([late])

    found = publishing.subject_of(Report.objects.get())
    assert [site.code for site in found.scope.sites] == ["canal", "gare", "quai"]
    assert check(published, reads_flows=True) == ([], [], True)
    assert "les mêmes chiffres" in Client().get(f"/v/{published.code}/").content.decode()


def test_a_correction_at_a_member_is_told_by_day_category_and_grams_alone(world, books, published):
    quai = books.at(world.quai)
    booked = books.book(quai.bulk, quai.recycling, "TEX", 500, "2026-03-20")

    found = check(published, reads_flows=True)
    assert found.flows_hold is True
    assert [tuple(each) for each in found.corrections] == [(date(2026, 3, 20), "Textiles", 500)]
    page = texts_of(published)["page"]
    assert "d’autres chiffres" in page
    assert "20/03/2026" in page
    assert "1,5\u00a0kg" in page
    for kept in (*KEPT, booked.number):
        assert kept not in page, kept


def test_what_two_members_pass_on_since_changes_no_mass_but_begins_a_new_age(
    world, books, published
):
    canal, quai = books.at(world.canal), books.at(world.quai)
    road = Account.transit(world.canal, world.quai)
    books.book(canal.bulk, road, "TEX", 1_000, "2026-03-21")
    books.book(road, quai.bulk, "TEX", 1_000, "2026-03-22")
    assert {each.name for each in check(published).differences} == {"Âge moyen du stock"}


def test_the_network_of_a_published_report_is_never_changed(published):
    for value in (None, Network.objects.create(code="autre", name="Autre").pk):
        with pytest.raises(DatabaseError), transaction.atomic():
            Report.objects.filter(pk=published.pk).update(network=value)


def test_the_choice_is_offered_to_who_reads_the_network_alone(world, reader, network):  # noqa: F811
    page = "/rapports/reseau/?period=2026"
    assert 'value="idf"' in reader(world.anna).get(page).content.decode()
    assert 'value="idf"' not in reader(world.auditor).get(page).content.decode()
    assert reader(world.auditor).get(f"{page}&network=idf").status_code == 422
    assert (
        reader(world.auditor).get("/rapports/reseau/brouillon.pdf?network=idf").status_code == 404
    )
    both = reader(world.anna).get(f"{page}&network=idf&site=canal")
    assert both.status_code == 422
    assert both.context["wanted"].errors.as_data()["network"][0].code == "scope_twice"


def test_a_director_who_reads_the_network_publishes_it(world, reader, network):  # noqa: F811
    asked = {"period": "2026", "network": "idf"}
    client = reader(world.anna)
    html = client.get("/rapports/reseau/", asked).content.decode()
    assert '<input type="hidden" name="network" value="idf">' in html
    assert "Réseau d’Île-de-France a collecté 10,0\u00a0kg" in html
    code = client.post("/rapports/reseau/publier/", asked)["Location"].split("/")[-2]

    report = Report.objects.get(code=code)
    assert (report.organisation, report.network) == (world.navette, network)
    assert report.sites.count() == 3
    page = client.get(f"/rapports/publies/{code}/").content.decode()
    assert "Partager" not in page  # a link for an auditor names sites
    assert "Réseau d’Île-de-France" in client.get("/rapports/").content.decode()


def test_who_may_not_publish_everywhere_or_reads_no_network_is_refused(world, reader, network):  # noqa: F811
    asked = {"period": "2026", "network": "idf"}
    address = "/rapports/reseau/publier/"
    director = world.people["director"]  # of one site
    assert reader(director).post(address, asked).status_code == 404
    network.readers.add(director, world.manager)
    assert reader(director).post(address, asked).status_code == 403
    assert "Publier" not in reader(director).get("/rapports/reseau/", asked).content.decode()
    assert reader(world.manager).post(address, asked).status_code == 403
    assert not Report.objects.exists()


def test_a_published_one_is_read_by_readers_of_the_network_at_its_structure(
    world,
    reader,
    network,  # noqa: F811
    published,
):
    page = f"/rapports/publies/{published.code}/"
    network.readers.add(world.auditor, world.people["paul"])
    assert reader(world.auditor).get(page).status_code == 200  # who reads one site of three
    assert published.title in reader(world.auditor).get("/rapports/").content.decode()
    assert reader(world.people["paul"]).get(page).status_code == 404  # of another structure

    network.readers.remove(world.anna)
    listed = reader(world.anna).get("/rapports/")
    assert reader(world.anna).get(page).status_code == 403
    assert reader(world.anna).get(f"{page}rapport.pdf").status_code == 403
    assert list(listed.context["published"]) == []


def test_months_are_closed_at_one_s_own_sites_and_those_of_others_are_counted(world, network):  # noqa: F811
    with time_machine.travel(datetime(2027, 1, 10, 12, tzinfo=UTC), tick=False):
        asked = subject(world, network)
        assert publishing.lock_months(subject=asked, author=world.anna) == []
        through = dict(Site.objects.values_list("code", "books_closed_through"))
        document = written(world, network, {"kind": "balance"})
    assert (through["canal"], through["gare"], through["quai"]) == (202612, None, None)
    assert [each["msg"] for each in document["warnings"] if each["type"] == "open_months"] == [
        "1 site a des mois qui ne sont pas encore clos."
    ]


def test_months_that_one_may_not_close_are_said_of_the_structure(world, network):  # noqa: F811
    with time_machine.travel(datetime(2027, 1, 10, 12, tzinfo=UTC), tick=False):
        notes = publishing.lock_months(subject=subject(world, network), author=world.auditor)
    assert notes == ["La Navette\u00a0: des mois ne sont pas encore clos."]


def test_the_dossier_reckons_the_observatory_for_the_network(
    world,
    reader,
    network,  # noqa: F811
    published,
):
    def observatory(*networks):
        today, scope = date(2027, 1, 10), Scope.of_sites([world.canal, world.gare])
        found = dossier(world.navette, scope, today, networks)
        return [due for due in found if due.offered.code == "reseau"]

    [due] = observatory(network)
    assert (due.network, due.address) == (network, "period=2026&network=idf")
    assert due.missing[0] == "2 sites ont des mois qui ne sont pas encore clos."
    assert not [line for line in due.missing if "Canal" in line or "Quai" in line]
    assert [due.network for due in observatory()] == [None]
    html = reader(world.anna).get("/rapports/dossier/").content.decode()
    assert "Observatoire de réseau, Réseau d’Île-de-France" in html
    assert "network=idf" in html


def test_no_reminder_is_mailed_of_an_observatory_published_of_the_network(
    world,
    network,  # noqa: F811
    submission,
):
    def reminded(today):
        keys = [key for key, _write in mailing.due(world.navette, today)]
        return {key.split("/")[1] for key in keys if key.startswith("deadline/")}

    assert "reseau" in reminded(date(2027, 2, 25))
    for code in ("reseau", "collectivite"):
        chosen = Chosen(code, 1, shipped.layouts()[code])
        found = prepare(chosen=chosen, subject=subject(world, network), notes=[])
        publish(found=found, submission=submission(), author=world.anna)
    assert "reseau" not in reminded(date(2027, 2, 25))
    assert "collectivite" in reminded(date(2027, 1, 25))  # the structure's own is still to come


def test_a_network_s_report_is_not_the_structure_s_own(world, network, published):  # noqa: F811
    scope = Scope.of_sites([world.canal, world.gare])
    dues = dossier(world.navette, scope, date(2027, 1, 10), [network])
    [annual] = [due for due in dues if due.offered.code == "rapport-annuel"]
    assert annual.published is None


def test_the_api_tells_a_network_s_report_to_its_readers(world, api, published):
    address = f"reporting/reports/{published.submission.uuid}"
    [row] = api().get("reporting/reports", network="idf").json()["items"]
    assert (row["network"], row["sites"]) == ("idf", [])
    assert api().get("reporting/reports", site="canal").json()["items"] == []
    assert api().get(address).json()["document"]["scope"] == {
        "organisation": None, "network": "idf", "sites": [],
    }  # fmt: skip

    refused = api().get("reporting/reports", network="idf", site="canal")
    assert (refused.status_code, codes(refused)) == (422, ["scope_twice"])
    stranger = api(world.auditor)
    assert codes(stranger.get("reporting/reports", network="idf")) == ["unknown_network"]
    assert stranger.get("reporting/reports").json()["items"] == []
    for path in (address, f"{address}.pdf", f"{address}.xlsx", f"{address}.csv"):
        assert stranger.get(path).status_code == 403
