"""The archive of a site's tills: checked on a machine that has nothing but Python."""

import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from inventory.models import Verb
from sales.archive import Archive, _part, make_archive
from sales.archive.verifier import is_signed, raw_key
from sales.journal import keys
from sales.journal.verify import findings
from sales.models import Chain, Copy, JournalEntry, Method
from sales.services import Count, Discount, Paid, close_session, hand_out, refund_sale
from tests.sales.conftest import mob

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _own_key(tmp_path, settings):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def closed(sold, counter, entry):
    """A day with two tickets, one of them given back in part, and its Z."""
    why = Discount("=HYPERLINK(1)", percent=10)
    first = sold(mob(1_000, quantity=2, weight_g=900, discount=why))
    sold(mob(700), paid=[Paid(Method.CARD, 700)])
    refund_sale(
        entry=entry(Verb.RETURN),
        till=counter.till,
        sale=first,
        quantities={first.lines.get(): 1},
        method=Method.CASH,
    )
    return close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({5_000: 2}))


@pytest.fixture
def archive(closed, entry):
    day = closed.session.business_date
    return make_archive(entry=entry(Verb.SELL), start=day, end=day)


def unzipped(content):
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        return {name: found.read(name) for name in found.namelist()}


def checked(files, folder):
    """What the archive's own program says of it, alone: no library, no Tracerie."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verifier.py"],
        cwd=folder,
        env={"PYTHONIOENCODING": "utf-8", "PATH": os.environ["PATH"]},
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    return done.returncode, done.stdout.decode()


def test_an_archive_is_checked_without_us(archive, tmp_path):
    files = unzipped(Archive.of(archive).zipped())
    assert checked(files, tmp_path / "x") == (0, "L'archive est intacte.\n")
    assert len(files["journal.ndjson"].splitlines()) == 5
    assert {"LISEZMOI.txt", "public_key.pem", "manifest.sig", "clotures.csv"} <= files.keys()


def test_an_archive_asked_for_again_is_the_same_to_the_byte(archive, sold, counter, entry):
    before = Archive.of(archive).zipped()
    sold(mob())
    assert Archive.of(JournalEntry.objects.get(pk=archive.pk)).zipped() == before


def test_what_is_still_open_is_not_in_it(archive, sold, counter, entry, closed):
    sold(mob())
    day = closed.session.business_date
    again = make_archive(entry=entry(Verb.SELL), start=day, end=day)
    [part] = Archive.of(again).told["chains"]
    assert part["last_seq"] == closed.event.seq


def test_what_is_noted_between_two_days_is_in_the_later_archive(
    archive, closed, sold, counter, entry, tmp_path
):
    sale = sold(mob(300))
    close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))
    noted = hand_out(entry=entry(Verb.SELL), sale=sale, way=Copy.Way.PDF)
    sold(mob(200))
    close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))
    [chain] = Chain.objects.filter(till=counter.till)
    part = _part(chain, closed.session.business_date, closed.session.business_date)
    assert part["first_seq"] == 1
    assert part["first_seq"] <= noted.event.seq <= part["last_seq"]
    day = closed.session.business_date
    whole = make_archive(entry=entry(Verb.SELL), start=day, end=day)
    assert checked(unzipped(Archive.of(whole).zipped()), tmp_path / "x")[0] == 0


def test_a_later_archive_goes_on_from_the_one_before(archive, sold, counter, entry, tmp_path):
    sold(mob(300))
    close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))
    told = Archive.of(archive).told["chains"][0]
    later = Archive({**Archive.of(archive).told, "chains": [_after(told)]})
    assert checked(unzipped(later.zipped()), tmp_path / "x")[0] == 0


def _after(told):
    chain = Chain.objects.get(name=told["name"])
    before = chain.entries.get(seq=told["last_seq"])
    return {
        "name": chain.name,
        "first_seq": told["last_seq"] + 1,
        "last_seq": chain.last_seq,
        "before_hash": told["last_hash"],
        "last_hash": chain.last_hash,
        "before_perpetual_cents": json.loads(before.body)["perpetual_cents"],
    }


def test_days_without_a_closing_have_no_archive(closed, entry):
    day = closed.session.business_date - timedelta(days=9)
    with pytest.raises(ValidationError) as refusal:
        make_archive(entry=entry(Verb.SELL), start=day, end=day)
    assert refusal.value.code == "nothing_to_archive"


# Tampering


FILES = ("journal.ndjson", "tickets.csv", "lignes.csv", "paiements.csv", "clotures.csv")


@pytest.mark.parametrize("name", [*FILES, "manifest.json", "manifest.sig", "public_key.pem"])
def test_each_file_that_was_changed_is_named(archive, name, tmp_path):
    files = unzipped(Archive.of(archive).zipped())
    middle = len(files[name]) // 2
    old = files[name][middle : middle + 1]
    files[name] = files[name][:middle] + (b"A" if old != b"A" else b"B") + files[name][middle + 1 :]
    code, said = checked(files, tmp_path / "x")
    assert code == 1
    assert name in said or "manifest.json" in said


@pytest.mark.parametrize("name", [*FILES, "manifest.json", "manifest.sig", "public_key.pem"])
def test_each_file_that_is_gone_is_named(archive, name, tmp_path):
    files = unzipped(Archive.of(archive).zipped())
    del files[name]
    code, said = checked(files, tmp_path / "x")
    assert code == 1
    assert "manquant" in said


def test_a_ticket_cut_out_and_signed_anew_breaks_the_chain(archive, tmp_path):
    """Whoever owns the key can sign again: the chain itself still tells."""
    forged = Archive(Archive.of(archive).told)
    lines = forged.files["journal.ndjson"].splitlines(keepends=True)
    forged.__dict__["files"] = {**forged.files, "journal.ndjson": b"".join(lines[:2] + lines[3:])}
    code, said = checked(unzipped(forged.zipped()), tmp_path / "x")
    assert code == 1
    assert "manquant · navette/canal/C1 n° 4 · attendu le n° 3" in said


def test_a_key_that_was_swapped_is_found(archive, tmp_path):
    assert list(findings(chains=Chain.objects.all(), anchors={}, using="default")) == []
    (settings.DATA_DIR / keys.NAME).unlink()
    [found] = findings(chains=Chain.objects.all(), anchors={}, using="default")
    assert (found.wrong, found.chain) == ("altered", "navette/canal/SITE")
    code, said = checked(unzipped(Archive.of(archive).zipped()), tmp_path / "x")
    assert code == 1
    assert "signature" in said


# The key


def test_the_key_is_its_owner_s_alone_and_made_once():
    first = keys.public_pem()
    assert keys.public_pem() == first
    assert (settings.DATA_DIR / keys.NAME).stat().st_mode & 0o777 == 0o600
    assert [each.name for each in settings.DATA_DIR.glob("*.pem*")] == [keys.NAME]


@given(st.binary(max_size=200), st.integers(0, 511))
def test_our_own_reckoning_of_a_signature_agrees_with_the_library_s(content, bit):
    public, signature = raw_key(keys.public_pem()), keys.sign(content)
    assert is_signed(public, content, signature)
    forged = bytearray(signature)
    forged[bit // 8] ^= 1 << bit % 8
    assert not is_signed(public, content, bytes(forged))
    assert not is_signed(public, content + b"x", signature)


# Tables, command, pages


def test_tables_say_it_in_rows_and_run_in_no_spreadsheet(archive):
    files = unzipped(Archive.of(archive).zipped())
    tickets = files["tickets.csv"].decode("utf-8-sig").splitlines()
    assert len(tickets) == 4
    assert ";remboursement;" in tickets[3]
    assert "'=HYPERLINK(1)" in files["lignes.csv"].decode()
    payments = files["paiements.csv"].decode("utf-8-sig").splitlines()[1:]
    assert sum(int(row.split(";")[-1]) for row in payments) == 1_800 + 700 - 900


def test_the_command_checks_a_zip(archive, tmp_path, capsys):
    path = tmp_path / "a.zip"
    path.write_bytes(Archive.of(archive).zipped())
    with pytest.raises(SystemExit) as end:
        call_command("caisse_verify", archive=str(path))
    assert end.value.code == 0
    assert "intacte" in capsys.readouterr().out


def test_a_director_makes_one_and_an_auditor_takes_it(closed, browser, world):
    day = closed.session.business_date.isoformat()
    asked = {"id": str(uuid4()), "of": "canal", "start": day, "end": day}
    assert browser(world.manager).post("/caisse/archives/nouvelle/", asked).status_code == 403
    client = browser(world.director)
    for _twice in range(2):
        assert client.post("/caisse/archives/nouvelle/", asked).url == "/caisse/archives/"
    made = JournalEntry.objects.get(kind="archive")
    address = f"/caisse/archives/{made.uuid}.zip"
    assert address in client.get("/caisse/archives/").content.decode()
    taken = browser(world.auditor).get(address)
    assert taken["Content-Type"] == "application/zip"
    assert browser(world.paul).get(address).status_code == 404
    assert browser(world.sorter).get(address).status_code == 403


@pytest.mark.parametrize(
    "fields", [{}, {"of": ""}, {"start": "2030-01-02", "end": "2030-01-01"}, {"start": "hier"}]
)
def test_an_archive_that_makes_no_sense_is_refused(closed, browser, world, fields):
    asked = {"id": str(uuid4()), "of": "canal", "start": "2020-01-01", "end": "2020-01-02"}
    page = browser(world.director).post("/caisse/archives/nouvelle/", {**asked, **fields})
    assert page.status_code == 422
    assert not JournalEntry.objects.filter(kind="archive").exists()
