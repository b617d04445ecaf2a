"""``./run --https``: a real server, met by a real client."""

import socket
import ssl

import pytest
from django.core.management import call_command

from config.lan import certificates
from tests.test_scripts import Machine, free_port, ready

APPLICATION = """
import os

async def application(scope, protocol):
    said = scope.scheme, os.environ["PUBLIC_URL"], os.environ["TRACERIE_HOSTS"]
    protocol.response_str(200, [("content-type", "text/plain")], " ".join(said))
"""


@pytest.fixture
def machine(tmp_path, settings):
    """A machine that has its certificates already, for its Python only pretends to manage."""
    found = Machine(tmp_path)
    found.add_python()
    found.add_application()
    (found.home / "config" / "serving.py").write_text(APPLICATION)
    settings.DATA_DIR = found.bin / "my data"
    call_command("lan_https", "--name", "tracerie.lan")
    return found


def asked_over_tls(port, name, trusting):
    """Ask 127.0.0.1 as though it were called ``name``."""
    with (
        socket.create_connection(("127.0.0.1", port), 20) as plain,
        trusting.wrap_socket(plain, server_hostname=name) as secure,
    ):
        secure.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: secure.recv(4096), b"")).decode()


def test_run_serves_https_to_whoever_trusts_the_authority_and_to_nobody_else(machine):
    trusting = ssl.create_default_context(cafile=certificates.handed_out())
    port = free_port()
    with machine.serve(port, "--https") as running:
        said = ready(running)
        answer = asked_over_tls(port, "tracerie.lan", trusting)
        with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
            asked_over_tls(port, "other.lan", trusting)
        with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
            asked_over_tls(port, "tracerie.lan", ssl.create_default_context())
        running.terminate()

    assert f"Tracerie est prête : https://127.0.0.1:{port}/" in said
    assert f"https https://tracerie.lan:{port} tracerie.lan,localhost,127.0.0.1,[::1]" in answer
    assert machine.asked("lan_https --if-needed")


def test_run_tells_other_devices_where_to_go_and_what_to_compare(machine):
    port = free_port()
    with machine.serve(port, "--https", HOST="0.0.0.0") as running:  # noqa: S104
        said = ready(running)
        running.terminate()

    assert f"https://tracerie.lan:{port}/installer/" in said
    assert certificates.fingerprint() in said


def test_run_over_https_refuses_a_public_address_that_is_not(machine):
    answer = machine.start("--https", PORT=str(free_port()), PUBLIC_URL="http://tracerie.lan")

    assert answer.returncode != 0
    assert "https://" in answer.stderr
    assert not machine.asked("upgrade")


def test_without_https_run_makes_and_asks_for_no_certificate(machine):
    with machine.serve(free_port(), PUBLIC_URL="", TRACERIE_HOSTS="") as running:
        assert "Tracerie est prête : http://127.0.0.1:" in ready(running)
        running.terminate()

    assert not machine.asked("lan_https")
