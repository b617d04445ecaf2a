"""The report of a network: nothing twice, and nothing that its members keep to themselves."""

import io
import re

import openpyxl
import pytest

from inventory.models import Account, Origin, Verb
from organisation.models import Network

YEAR = "from=2026-01-01&to=2026-12-31"


@pytest.fixture
def network(world):
    found = Network.objects.create(code="idf", name="Réseau d’Île-de-France")
    found.members.set([world.navette, world.port])
    found.readers.add(world.anna)
    return found


@pytest.fixture
def passed_on(world, books):
    """Canal passes goods to a site of another member, who ships them."""
    canal, quai = books.at(world.canal), books.at(world.quai)
    road = Account.transit(world.canal, world.quai)
    paris = Origin.objects.get(code="75112")
    books.book(canal.drop_off, canal.bulk, "TEX", 10_000, "2026-03-01", origin=paris)
    books.book(canal.bulk, road, "TEX", 6_000, "2026-03-02")
    books.book(road, quai.bulk, "TEX", 4_000, "2026-03-03")
    books.book(quai.bulk, quai.recycling, "TEX", 1_000, "2026-03-04")
    books.book(quai.bulk, quai.reuse, "TEX", 500, "2026-03-05", verb=Verb.GIVE)


def report(client, query):
    answer = client.get(f"/bilan/?{YEAR}&{query}")
    assert answer.status_code == 200
    return answer


def test_what_members_pass_to_each_other_counts_once(english, network, passed_on):
    figures = report(english, "network=idf").context["figures"]

    assert figures["collected_g"] == 10_000
    assert (figures["received_g"], figures["sent_g"]) == (0, 0)
    assert (figures["recycling_g"], figures["reuse_g"]) == (1_000, 500)
    assert figures["outgoing_g"] == 1_500
    assert figures["closing_stock_g"] == 8_500
    assert figures["in_transit_g"] == 2_000
    assert sum(s.weight_g for s in report(english, "network=idf").context["page"].flow.streams) == (
        1_500
    )
    alone = report(english, "").context["figures"]
    assert (alone["collected_g"], alone["sent_g"], alone["closing_stock_g"]) == (
        10_000,
        6_000,
        4_000,
    )


def test_no_site_partner_or_origin_of_a_member_is_told(english, network, passed_on):
    html = report(english, "network=idf&compare=year&whence=origin").content.decode()

    assert "Réseau d’Île-de-France, 3 sites" in html
    main = html[html.index("<section") :]
    for kept in ("Quai", "Canal", "Gebetex", "Paris 12e"):
        assert kept not in main
    assert 'class="fig"' not in main  # no movement behind it opens
    assert {"origin", "partner", "shops"}.isdisjoint(re.findall(r'<h2 id="(\w+)"', html))
    assert {"flow", "ages", "quality", "categories"} <= set(re.findall(r'<h2 id="(\w+)"', html))


def test_its_movements_and_flows_are_the_members_own(english, network, passed_on):
    for page in ("mouvements/?figure=collected_g&", "flux.csv?"):
        assert english.get(f"/bilan/{page}{YEAR}&network=idf").status_code == 404
    workbook = english.get(f"/bilan/bilan.xlsx?{YEAR}&network=idf")
    assert workbook.status_code == 200


def test_its_workbook_and_indicators_tell_no_more(english, network, passed_on):
    answer = english.get(f"/bilan/bilan.xlsx?{YEAR}&network=idf&compare=year&whence=origin")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    values = {cell for sheet in book for row in sheet.values for cell in row}

    assert {"Flow by fate and partner", "Age of the stock", "Data quality"} <= {*book.sheetnames}
    assert {"By origin", "By partner", "By shop"}.isdisjoint(book.sheetnames)
    for kept in ("Quai", "Canal", "Gebetex", "Paris 12e"):
        assert not any(kept in str(value) for value in values)
    codes = {row[0] for row in book["Indicators"].values}
    assert "collected" in codes
    assert {"sales", "average_basket"}.isdisjoint(codes)
    assert english.get(f"/bilan/indicateurs/?{YEAR}&network=idf").status_code == 200


def test_who_does_not_read_the_network_cannot_ask_for_it(world, reader, network, passed_on):
    answer = reader(world.auditor).get(f"/bilan/?{YEAR}&network=idf")
    assert answer.status_code == 422
    assert 'name="network"' not in reader(world.auditor).get(f"/bilan/?{YEAR}").content.decode()


def test_a_network_and_sites_together_are_refused(english, network):
    answer = english.get(f"/bilan/?{YEAR}&network=idf&site=canal")
    assert answer.status_code == 422
    assert answer.context["asked"].errors.as_data()["network"][0].code == "scope_twice"


def test_the_choice_is_offered_and_kept(english, network, passed_on):
    html = report(english, "network=idf").content.decode()
    assert re.search(r'name="network" value="idf"[^>]*checked', html)
    assert "network=idf" in re.search(r'<a class="chip" href="([^"]+)"', html)[1]
    assert "network=idf" in report(english, "network=idf").context["xlsx"]
