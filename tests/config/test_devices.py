"""Pages for whoever holds a device: trust the server, see what the device can do."""

import ssl

import pytest
from django.core.management import call_command

from config.devices import DEVICES, EQUIPMENT, OFFLINE, THIS_DEVICE
from config.lan import certificates


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "https"


@pytest.fixture
def certified(folder):
    call_command("lan_https", "--name", "tracerie.lan")


@pytest.mark.usefixtures("db", "certified")
def test_anyone_may_install_the_certificate_and_nothing_else(client):
    answer = client.get("/installer/tracerie-ca.crt")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/x-x509-ca-cert"
    assert answer.content == certificates.handed_out().read_bytes()
    assert ssl.PEM_cert_to_DER_cert(answer.content.decode())
    assert b"PRIVATE" not in answer.content


@pytest.mark.usefixtures("db", "certified")
def test_the_page_shows_the_fingerprint_that_the_command_shows(client):
    page = client.get("/installer/")

    shown = " ".join(page.context["digest"])
    assert shown == certificates.fingerprint()
    assert all(part in page.content.decode() for part in page.context["digest"])


@pytest.mark.usefixtures("db")
def test_without_a_certificate_both_pages_say_so_kindly(client):
    assert client.get("/installer/").status_code == 200
    refused = client.get("/installer/tracerie-ca.crt")
    assert refused.status_code == 404
    for page in (client.get("/installer/"), refused):
        assert "./run --https" in page.content.decode()


@pytest.mark.usefixtures("db", "certified")
@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("tri.lan", "https://tri.lan/installer/"),
        ("localhost", "https://tracerie.lan:8443/installer/"),
        ("127.0.0.1:8443", "https://tracerie.lan:8443/installer/"),
    ],
)
def test_the_picture_leads_other_devices_here(client, settings, host, address):
    settings.PUBLIC_URL = "https://tracerie.lan:8443"

    page = client.get("/installer/", secure=True, headers={"host": host})

    assert page.context["address"] == address
    assert page.context["picture"].startswith("<svg")


@pytest.mark.usefixtures("db", "certified")
@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Linux; Android 14; SM-T970) Chrome/140", "android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605", "ipad"),
        ("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) Safari/604", "ipad"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/140", "windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140", "linux"),
        ("", "android"),
    ],
)
def test_the_steps_of_the_device_in_hand_are_open(client, agent, device):
    page = client.get("/installer/", headers={"user-agent": agent})

    assert page.context["yours"] == device
    assert page.content.decode().count("<details") == len(DEVICES)
    assert page.content.decode().count(" open>") == 1


def test_the_diagnostic_says_nothing_of_anybody(client, world):
    client.force_login(world.anna)

    page = client.get("/diagnostic/").content.decode()

    assert "Anna" not in page
    assert "csrfmiddlewaretoken" not in page


@pytest.mark.usefixtures("db")
def test_each_check_has_a_sentence_for_either_answer(client):
    page = client.get("/diagnostic/").content.decode()

    for check in (*OFFLINE, *THIS_DEVICE, *EQUIPMENT):
        assert f'data-check="{check.code}"' in page
        assert f'data-word="{check.code}-good"' in page
        assert f'data-word="{check.code}-other"' in page


@pytest.mark.usefixtures("db")
def test_the_diagnostic_is_kept_for_when_there_is_no_network(client):
    worker = client.get("/sw.js").content.decode()

    assert '"/diagnostic/"' in worker
    assert "device.css" in worker


def test_a_manager_finds_both_pages_beside_the_tablets(client, world):
    client.force_login(world.anna)

    page = client.get("/reglages/tablettes/").content.decode()

    assert 'href="/installer/"' in page
    assert 'href="/diagnostic/"' in page
