"""Declarations over HTTP: the same rules as the pages, and the same files."""

from uuid import uuid4

import pytest
import time_machine

from inventory.models import Partner
from reporting.models import Declaration
from tests.reporting.declared import Lorries, furnish_papers

YEAR = {"from": "2026-01-01", "to": "2026-12-31"}


@pytest.fixture
def lorries(world, books):
    with time_machine.travel("2026-11-27T10:00:00+01:00", tick=False):
        yield Lorries(furnish_papers(world), books)


def declaration(**more):
    return {"id": str(uuid4()), **YEAR, "site": ["canal", "gare"], **more}


def test_each_line_of_a_period_is_told_with_what_becomes_of_it(world, lorries, api):
    ready = lorries.leave(352_400)
    blocked = lorries.leave(carrier="Le cousin")
    traced = lorries.leave(waste="20 01 35*", bsd="BSD-20")

    told = api(world.manager).get("reporting/declarations/preview", **YEAR).json()

    counts = {name: told[name] for name in ("to_send", "blocked", "traced", "as_sent")}
    assert counts == {"to_send": 1, "blocked": 1, "traced": 1, "as_sent": 0}
    assert [(item["status"], item["document"]) for item in told["items"]] == [
        ("to_send", ready.movement.number),
        ("blocked", blocked.movement.number),
        ("traced", traced.movement.number),
    ]
    first, second, third = told["items"]
    assert (first["id"], first["kind"]) == (f"{ready.movement.number}.200110", "new")
    assert (first["weight_g"], first["partner"], first["reasons"]) == (352_400, "gebetex", [])
    assert [reason["code"] for reason in second["reasons"]] == ["carrier_unknown"]
    assert "Le cousin" in second["reasons"][0]["text"]
    assert (third["bsd"], third["reasons"][0]["code"]) == ("BSD-20", "traced_by_slip")


def test_lines_of_one_kind_are_told_up_to_a_limit(world, lorries, api):
    lorries.leave()
    for _n in range(3):
        lorries.leave(carrier="Le cousin")

    asked = {**YEAR, "status": "blocked", "limit": 2}
    told = api(world.anna).get("reporting/declarations/preview", **asked).json()

    assert (told["to_send"], told["blocked"]) == (1, 3)
    assert [item["status"] for item in told["items"]] == ["blocked"] * 2


def test_a_declaration_sent_twice_makes_one_file(world, lorries, api):
    lorries.leave()
    client, body = api(world.anna), declaration(site=["canal"])

    first = client.post("reporting/declarations", body)
    again = client.post("reporting/declarations", body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (first.json()["lines"], first.json()["sites"]) == (1, ["canal"])
    assert first.json()["items"][0]["cells"]["weightValue"] == "0,352"
    assert Declaration.objects.count() == 1


def test_nothing_to_send_is_refused_with_the_page_s_code(world, lorries, api):
    refusal = api(world.anna).post("reporting/declarations", declaration())

    assert refusal.status_code == 422
    assert refusal.json()["detail"][0]["type"] == "nothing_to_declare"


@pytest.mark.parametrize("site", [[], ["quai"]])
def test_sites_are_named_and_one_s_own(world, lorries, api, site):
    lorries.leave()

    answer = api(world.anna).post("reporting/declarations", declaration(site=site))

    assert answer.status_code in (404, 422)
    assert not Declaration.objects.exists()


def test_a_manager_reads_but_does_not_declare(world, lorries, api):
    lorries.leave()

    assert api(world.manager).post("reporting/declarations", declaration()).status_code == 403


def test_a_file_is_told_and_downloaded_as_the_page_gives_it(world, lorries, api, reader):
    lorries.leave()
    client = api(world.anna)
    made = client.post("reporting/declarations", declaration()).json()
    Partner.objects.filter(pk=world.gebetex.pk).update(name="Autre")
    path, page = f"reporting/declarations/{made['id']}", "/bilan/registres/trackdechets/"

    assert client.get(path).json() == made
    by_page = reader(world.anna).get(f"{page}{made['id']}.csv")
    assert b"".join(client.get(f"{path}.csv")) == b"".join(by_page)
    assert client.get(f"{path}.xlsx").content[:2] == b"PK"


def test_files_are_listed_by_the_site_and_days_of_their_departures(world, lorries, api):
    lorries.leave(on="2026-03-10")
    lorries.leave(on="2026-06-10", site=world.gare)
    client = api(world.anna)
    canal = client.post("reporting/declarations", declaration(site=["canal"])).json()["id"]
    gare = client.post("reporting/declarations", declaration(site=["gare"])).json()["id"]

    def listed(**asked):
        return [row["id"] for row in client.get("reporting/declarations", **asked).json()["items"]]

    assert listed() == [gare, canal]
    assert listed(site="canal") == [canal]
    assert listed(**{"from": "2026-05-01", "to": "2026-12-31"}) == [gare]
    assert listed(site="canal", **{"from": "2026-05-01"}) == []


def test_a_file_that_was_not_sent_is_withdrawn_once(world, lorries, api):
    lorries.leave()
    client = api(world.anna)
    made = client.post("reporting/declarations", declaration()).json()
    path, body = f"reporting/declarations/{made['id']}/withdraw", {"id": str(uuid4())}

    first, again = client.post(path, body), client.post(path, body)
    other = client.post(path, {"id": str(uuid4())})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["withdrawn"]
    assert other.json()["detail"][0]["type"] == "already_withdrawn"
    assert client.get("reporting/declarations/preview", **YEAR).json()["to_send"] == 1
