"""https on a local network: an authority that vouches for little, and certificates it renews."""

import re
import ssl
import stat
from datetime import timedelta
from ipaddress import ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.lan import certificates
from config.lan.certificates import Pair


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "https"


def make(*arguments):
    call_command("lan_https", *arguments)


def authority(folder):
    return Pair.read(folder / "ca.pem").certificate


def server(folder):
    return Pair.read(folder / "server.pem").certificate


def part(certificate, kind):
    return certificate.extensions.get_extension_for_class(kind).value


def named(certificate):
    names = part(certificate, x509.SubjectAlternativeName)
    return [str(each.value) for each in names]


def test_the_authority_may_vouch_for_local_names_only(folder):
    make("--name", "caisse.asso.example", "--address", "203.0.113.7")

    permitted = part(authority(folder), x509.NameConstraints)
    names = {each.value for each in permitted.permitted_subtrees}
    domains = {each for each in names if isinstance(each, str)}
    assert domains == {"lan", "local", "home.arpa", "localhost", "caisse.asso.example"}
    public = [each for each in names - domains if not each.is_private]
    assert public == []
    assert ip_network("203.0.113.7/32") in names
    assert permitted.excluded_subtrees is None


def test_the_authority_makes_no_other_authority_and_lasts_ten_years(folder):
    make()

    found = authority(folder)
    basics = part(found, x509.BasicConstraints)
    assert (basics.ca, basics.path_length) == (True, 0)
    assert isinstance(found.public_key().curve, ec.SECP256R1)
    assert timedelta(days=3650) <= found.not_valid_after_utc - timezone.now() + timedelta(hours=1)
    for kind in (x509.NameConstraints, x509.BasicConstraints, x509.KeyUsage):
        assert found.extensions.get_extension_for_class(kind).critical


def test_the_server_is_named_as_asked_and_as_itself(folder):
    make("--name", "Tracerie.LAN.", "--name", "tri.local", "--address", "192.168.1.20")

    assert named(server(folder)) == [
        "tracerie.lan",
        "tri.local",
        "192.168.1.20",
        "localhost",
        "127.0.0.1",
        "::1",
    ]
    line = (folder / "hosts").read_text()
    assert line == "tracerie.lan,tri.local,192.168.1.20,localhost,127.0.0.1,[::1]\n"


@pytest.mark.parametrize(
    ("machine", "names"),
    [
        ("Caisse.home", ["caisse.lan", "caisse.local"]),
        ("PC_DE_ZOÉ", ["pc-de-zo.lan", "pc-de-zo.local"]),
        ("localhost", ["tracerie.lan", "tracerie.local"]),
    ],
)
def test_without_a_name_the_machine_gives_its_own(folder, monkeypatch, machine, names):
    monkeypatch.setattr("socket.gethostname", lambda: machine)

    make()

    assert named(server(folder))[:2] == names


def test_the_server_certificate_serves_and_no_more_for_825_days_at_most(folder):
    make()

    found = server(folder)
    assert list(part(found, x509.ExtendedKeyUsage)) == [x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]
    assert part(found, x509.BasicConstraints).ca is False
    assert part(found, x509.KeyUsage).key_cert_sign is False
    lasts = found.not_valid_after_utc - found.not_valid_before_utc
    assert timedelta(days=800) < lasts <= timedelta(days=825)
    found.verify_directly_issued_by(authority(folder))


def test_again_it_renews_the_certificate_and_keeps_authority_and_names(folder):
    make("--name", "tracerie.lan", "--address", "192.168.1.20")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    make()

    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {name for name in after if after[name] != before[name]} == {"server.pem"}
    assert before.keys() == after.keys()


def test_another_address_leaves_the_names_as_they_were(folder):
    make("--name", "tracerie.lan", "--address", "192.168.1.20")

    make("--address", "192.168.1.30")

    assert named(server(folder))[:3] == ["192.168.1.30", "tracerie.lan", "localhost"]
    assert "192.168.1.20" not in named(server(folder))


def test_only_when_asked_another_authority_takes_over(folder):
    make()
    before = authority(folder)

    make("--new-ca")

    assert authority(folder) != before
    server(folder).verify_directly_issued_by(authority(folder))
    assert Pair.read(folder / "ca.pem").public() == certificates.handed_out().read_bytes()


def test_a_name_that_the_authority_may_not_vouch_for_asks_for_another_one(folder):
    make()
    before = (folder / "server.pem").read_bytes()

    with pytest.raises(CommandError, match=r"caisse\.example.*--new-ca"):
        make("--name", "caisse.example")

    assert (folder / "server.pem").read_bytes() == before
    make("--name", "caisse.example", "--new-ca")
    assert named(server(folder))[0] == "caisse.example"


def test_keys_are_for_their_owner_only_and_the_handed_out_file_holds_none(folder):
    make()

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {
        "ca.pem": 0o600,
        "server.pem": 0o600,
        "tracerie-ca.crt": 0o644,
        "hosts": 0o644,
    }
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert b"PRIVATE" not in certificates.handed_out().read_bytes()


NO_NAMES = [
    "tracerie",
    "com",
    "lan",
    "home.arpa",
    "*.lan",
    "-a.lan",
    "a..lan",
    "a_b.lan",
    "é.lan",
    "http://tracerie.lan",
    "tracerie.lan/x",
    "192.168.1.20",
]
NO_ADDRESSES = [
    "tracerie.lan",
    "0.0.0.0",  # noqa: S104 (an address that is none)
    "::",
    "224.0.0.1",
    "169.254.1.1",
    "255.255.255.255",
    "192.168.1.0/24",
    "fe80::1",
    "fe80::1%eth0",
]


@pytest.mark.parametrize("name", ["", "a b.lan", "a." * 130 + "lan", *NO_NAMES])
def test_nonsense_names_are_refused(folder, name):
    with pytest.raises(CommandError, match=f"“?«?.?{re.escape(name)}.?[”»]"):
        make(f"--name={name}")

    assert not folder.exists()


@pytest.mark.parametrize("address", ["", *NO_ADDRESSES])
def test_nonsense_addresses_are_refused(folder, address):
    with pytest.raises(CommandError, match=r"192\.168\.1\.20"):
        make(f"--address={address}")

    assert not folder.exists()


def test_if_needed_it_renews_only_what_ends_within_a_month(folder, monkeypatch):
    make()
    first = server(folder)

    make("--if-needed")
    assert server(folder) == first

    later = timezone.now() + timedelta(days=800)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    make("--if-needed")
    assert server(folder).not_valid_after_utc > first.not_valid_after_utc


@pytest.mark.parametrize("lost", ["server.pem", "hosts", "tracerie-ca.crt"])
def test_if_needed_it_makes_what_was_lost(folder, lost):
    make()
    kept = authority(folder)
    (folder / lost).unlink()

    make("--if-needed")

    assert (folder / lost).exists()
    assert authority(folder) == kept


def test_an_authority_near_its_end_says_so(folder, monkeypatch):
    make()
    later = timezone.now() + timedelta(days=3640)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)

    with pytest.raises(CommandError, match="--new-ca"):
        make()


def test_a_broken_authority_is_never_replaced_in_silence(folder):
    make()
    (folder / "ca.pem").write_text("broken")

    with pytest.raises(CommandError, match=r"ca\.pem"):
        make("--if-needed")

    assert (folder / "ca.pem").read_text() == "broken"


def test_it_says_what_to_install_and_where_to_go(folder, capsys):
    make("--name", "tracerie.lan")

    said = capsys.readouterr().out
    assert str(folder / "tracerie-ca.crt") in said
    assert certificates.fingerprint() in said
    assert "HOST=0.0.0.0 ./run --https" in said
    assert "https://tracerie.lan:8000/installer/" in said


def test_a_name_outside_its_reach_is_refused_by_tls_itself(folder):
    """Whoever got the key could sign any name: a client that checks accepts none of them."""
    make()
    thief = Pair.read(folder / "ca.pem")
    stolen = certificates._server(thief, ["bank.example"])

    assert "permitted subtree" in handshake(folder, stolen, "bank.example")
    honest = certificates._server(thief, ["tracerie.lan"])
    assert handshake(folder, honest, "tracerie.lan") == ""


def handshake(folder, pair, name):
    """Let a client that trusts the authority meet a server that shows this pair: its complaint."""
    certificates._save(folder / "shown.pem", pair.whole())
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "shown.pem")
    trusting = ssl.create_default_context(cafile=certificates.handed_out())
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server, server_hostname=name)
    other = serving.wrap_bio(to_server, to_client, server_side=True)
    try:
        for side in (client, other, client):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    except ssl.SSLCertVerificationError as refusal:
        return refusal.verify_message
    return ""
