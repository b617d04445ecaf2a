"""The archive of a site's tills: checked on a machine that has nothing but Python."""

import base64
import csv
import hashlib
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
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from inventory.models import Verb
from sales.archive import Archive, _part, _sealed, make_archive
from sales.archive.verifier import faults, is_signed, raw_key
from sales.journal import keys
from sales.journal.verify import findings
from sales.models import (
    Chain,
    Copy,
    Envelope,
    JournalEntry,
    Method,
    PeriodClosing,
    Regime,
    VoucherIssuer,
)
from sales.services import (
    Count,
    Discount,
    Paid,
    close_months,
    close_session,
    hand_out,
    refund_sale,
    rehearse_sale,
    set_vat,
)
from tests.sales.conftest import mob
from tests.sales.device import Device
from tests.sales.device import mob as typed

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


@pytest.fixture
def whole(closed, entry, counter, world):
    """A day of which a part was sold by a tablet, and a part to learn."""
    for cents in (500, 300):
        rehearse_sale(
            entry=entry(Verb.SELL),
            till=counter.till,
            lines=[mob(cents)],
            payments=[Paid(Method.CASH, cents)],
        )
    device = Device(world.canal, world.cashier).hold("C1")
    device.open()
    _path, ticket = device.sale(typed(1_000, weight_g=400), total=1_000)
    device.move(-200)
    device.send()
    device.refund(ticket["id"], 1, 1_000)
    device.close()
    device.send()
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
    assert (
        len(files["journal.ndjson"].splitlines()) == 5 + 2
    )  # and the beginning and the key, on the site's chain
    assert {"LISEZMOI.txt", "public_key.pem", "manifest.sig", "clotures.csv"} <= files.keys()


def test_an_archive_asked_for_again_is_the_same_to_the_byte(archive, sold, counter, entry):
    before = Archive.of(archive).zipped()
    sold(mob())
    assert Archive.of(JournalEntry.objects.get(pk=archive.pk)).zipped() == before


def test_what_is_still_open_is_not_in_it(archive, sold, counter, entry, closed):
    sold(mob())
    day = closed.session.business_date
    again = make_archive(entry=entry(Verb.SELL), start=day, end=day)
    [part, _of_site] = Archive.of(again).told["chains"]
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


FILES = (
    "journal.ndjson",
    "enveloppes.ndjson",
    "entrainement.ndjson",
    "tickets.csv",
    "lignes.csv",
    "paiements.csv",
    "clotures.csv",
    "technique.csv",
)


@pytest.mark.parametrize("name", [*FILES, "manifest.json", "manifest.sig", "public_key.pem"])
def test_each_file_that_was_changed_is_named(whole, name, tmp_path):
    files = unzipped(Archive.of(whole).zipped())
    middle = len(files[name]) // 2
    old = files[name][middle : middle + 1]
    files[name] = files[name][:middle] + (b"A" if old != b"A" else b"B") + files[name][middle + 1 :]
    code, said = checked(files, tmp_path / "x")
    assert code == 1
    assert name in said or "manifest.json" in said


@pytest.mark.parametrize("name", [*FILES, "manifest.json", "manifest.sig", "public_key.pem"])
def test_each_file_that_is_gone_is_named(whole, name, tmp_path):
    files = unzipped(Archive.of(whole).zipped())
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
    keys.make()
    [found] = findings(chains=Chain.objects.all(), anchors={}, using="default")
    assert (found.wrong, found.chain, found.seq) == ("altered", "navette/canal/SITE", 2)
    code, said = checked(unzipped(Archive.of(archive).zipped()), tmp_path / "x")
    assert code == 1
    assert "signature" in said


@pytest.mark.parametrize("left", [None, b"", b"ruined"])
def test_a_key_that_is_not_here_proves_nothing_and_none_is_made(archive, left):
    path = settings.DATA_DIR / keys.NAME
    path.unlink()
    if left is not None:
        path.write_bytes(left)
    [found] = findings(chains=Chain.objects.all(), anchors={}, using="default")
    assert (found.wrong, found.chain, found.seq) == ("unverifiable", "navette/canal/SITE", 2)
    assert (path.read_bytes() if path.exists() else None) == left


def test_a_closing_signed_by_a_key_that_nobody_named_is_found(archive, tmp_path):
    told = Archive.of(archive).told
    code, said = checked(unzipped(Archive({**told, "keys": []}).zipped()), tmp_path / "x")
    assert code == 1
    assert "modifié · navette/canal/C1 n° 5 · sa clé n'est pas de celles" in said


def test_an_archive_holds_the_months_and_what_they_cite(closed, entry, tmp_path):
    later = timezone.now() + timedelta(days=40)
    close_months(entry=entry(Verb.SELL, at=later))
    day = closed.session.business_date
    made = make_archive(entry=entry(Verb.SELL), start=day, end=day)
    files = unzipped(Archive.of(made).zipped())
    assert checked(files, tmp_path / "x") == (0, "L'archive est intacte.\n")
    rows = files["clotures.csv"].decode("utf-8-sig").splitlines()
    assert [row.split(";")[0] for row in rows][1:4] == ["jour", "mois", "mois"]
    month = PeriodClosing.objects.months().first()
    assert f";{month.first_day};{month.last_day};2;1;1600;1600;1600;" in rows[2]


def test_a_month_that_cites_another_day_is_found(closed, entry, tmp_path):
    close_months(entry=entry(Verb.SELL, at=timezone.now() + timedelta(days=40)))
    day = closed.session.business_date
    forged = Archive.of(make_archive(entry=entry(Verb.SELL), start=day, end=day))
    digest = closed.event.hash
    lines = forged.files["journal.ndjson"]
    cited = f'\\"{digest}\\"]]'.encode()
    assert cited in lines
    lines = lines.replace(cited, f'\\"{"0" * 64}\\"]]'.encode())
    forged.__dict__["files"] = {**forged.files, "journal.ndjson": lines}
    code, said = checked(unzipped(forged.zipped()), tmp_path / "x")
    assert code == 1
    assert "cite une autre empreinte de navette/canal/C1 n° 5" in said


# What tablets wrote, and what was sold to learn


def events_of(content):
    return [json.loads(line) for line in content.splitlines()]


def signed_anew(archive, name, change):
    """The archive as whoever owns the key may forge it: a file changed, and the manifest signed."""
    forged = Archive(Archive.of(archive).told)
    lines = forged.files[name].splitlines(keepends=True)
    changed = b"".join(change(lines))
    assert changed != forged.files[name]
    forged.__dict__["files"] = {**forged.files, name: changed}
    return unzipped(forged.zipped())


def swapped(n, old, new):
    """Line ``n`` with another text."""

    def change(lines):
        assert old in lines[n]
        return [*lines[:n], lines[n].replace(old, new, 1), *lines[n + 1 :]]

    return change


def test_what_tablets_wrote_is_in_it_to_the_byte(whole, tmp_path):
    files = unzipped(Archive.of(whole).zipped())
    assert checked(files, tmp_path / "x") == (0, "L'archive est intacte.\n")
    rows = events_of(files["enveloppes.ndjson"])
    known = Envelope.objects.order_by("seq").values_list("seq", "body", "hash", "event__seq")
    assert [(row["seq"], row["body"], row["hash"], row["of"]) for row in rows] == list(known)
    kinds = [json.loads(row["body"])["kind"] for row in rows]
    assert kinds == ["session_open", "sale", "cash_move", "refund", "close_day"]
    [till, _of_site] = Archive.of(whole).told["chains"]
    assert (till["envelopes"]["first_seq"], till["envelopes"]["last_seq"]) == (1, 5)


def test_a_later_archive_goes_on_from_the_envelopes_before(whole, counter, entry, tmp_path):
    [told, _of_site] = Archive.of(whole).told["chains"]
    begun = Envelope.objects.get(seq=3)
    before = JournalEntry.objects.get(chain=told["name"], seq=begun.event.seq - 1)
    part = {
        **told,
        "first_seq": begun.event.seq,
        "before_hash": before.hash,
        "before_perpetual_cents": json.loads(before.body)["perpetual_cents"],
    }
    part["envelopes"] = _sealed(part)
    assert part["envelopes"]["before_hash"] == Envelope.objects.get(seq=2).hash
    later = Archive({**Archive.of(whole).told, "chains": [part], "training": []})
    assert checked(unzipped(later.zipped()), tmp_path / "x")[0] == 0


def test_lessons_are_in_it_and_count_nowhere(whole, tmp_path):
    files = unzipped(Archive.of(whole).zipped())
    lessons = events_of(files["entrainement.ndjson"])
    assert [row["chain"] for row in lessons] == ["navette/canal/C1-ECOLE"] * 2
    assert all(json.loads(row["body"])["data"]["training"] for row in lessons)
    assert all(json.loads(row["body"])["perpetual_cents"] == 0 for row in lessons)
    others = b"".join(content for name, content in files.items() if name.endswith(".csv"))
    assert b"ECOLE" not in others + files["journal.ndjson"]


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("enveloppes.ndjson", lambda rows: rows[:1] + rows[2:], "manquant · navette/canal/C1 n° "),
        ("enveloppes.ndjson", lambda rows: rows[:-1], "la chaîne s'arrête au n° 4, attendu 5"),
        ("enveloppes.ndjson", lambda _rows: [], "la chaîne s'arrête au n° 0, attendu 5"),
        ("enveloppes.ndjson", lambda rows: [rows[1], rows[0], *rows[2:]], "attendu l'enveloppe"),
        ("enveloppes.ndjson", swapped(1, b"1000", b"1001"), "n'est pas celle de son contenu"),
        ("enveloppes.ndjson", swapped(1, b'"of":', b'"of":9'), "aucun événement ne la nomme"),
        ("enveloppes.ndjson", swapped(0, b'"hash":"', b'"hash":"0'), "une autre enveloppe"),
        ("enveloppes.ndjson", swapped(0, b"{", b"["), "ligne 1 · illisible"),
        ("entrainement.ndjson", lambda rows: rows[1:], "attendu le n° 1"),
        ("entrainement.ndjson", lambda rows: rows[:-1], "la chaîne s'arrête au n° 1, attendu 2"),
        ("entrainement.ndjson", swapped(1, b"300", b"900"), "n'est pas celle de son contenu"),
        (
            "entrainement.ndjson",
            swapped(1, b'training\\":true', b'training\\":1'),
            "un entraînement parmi les ventes",
        ),
    ],
)
def test_what_was_forged_and_signed_anew_is_found(whole, name, change, said, tmp_path):
    code, found = checked(signed_anew(whole, name, change), tmp_path / "x")
    assert code == 1
    assert said in found


def test_an_envelope_written_anew_no_longer_tells_what_its_event_does(whole, tmp_path):
    """All of its chain hashed again: only the journal still says otherwise."""
    kept = Envelope.objects.order_by("seq").first()

    def change(lines):
        row = json.loads(lines[0])
        row["body"] = row["body"].replace('"kind":"session_open"', '"kind":"cash_move"')
        text = f"tracerie/envelope/1\n{'0' * 64}\n{row['body']}"
        row["hash"] = hashlib.sha256(text.encode()).hexdigest()
        assert row["hash"] != kept.hash
        return [json.dumps(row).encode() + b"\n", *lines[1:]]

    code, found = checked(signed_anew(whole, "enveloppes.ndjson", change), tmp_path / "x")
    assert code == 1
    assert "enveloppe n° 1 · l'événement nomme une autre enveloppe" in found
    assert "enveloppe n° 1 · elle dit autre chose que son événement" in found
    assert "enveloppe n° 2 · elle ne suit pas l'enveloppe d'avant" in found


def test_a_lesson_among_the_tickets_is_found(whole, tmp_path):
    """Signed anew, and said by the manifest to be a chain like the others."""
    told = Archive.of(whole).told
    mixed = Archive({**told, "chains": [*told["chains"], *told["training"]], "training": []})
    code, found = checked(unzipped(mixed.zipped()), tmp_path / "x")
    assert code == 1
    assert "navette/canal/C1-ECOLE n° 1 · un entraînement parmi les ventes" in found


@pytest.mark.parametrize("name", FILES[:3])
def test_a_file_that_the_manifest_no_longer_names_is_missed(whole, name, tmp_path):
    forged = Archive(Archive.of(whole).told)
    forged.__dict__["files"] = {of: text for of, text in forged.files.items() if of != name}
    code, found = checked(unzipped(forged.zipped()), tmp_path / "x")
    assert code == 1
    assert f"manquant · {name}" in found


def test_any_byte_that_was_changed_is_found_and_nothing_breaks_the_program(whole):
    files = unzipped(Archive.of(whole).zipped())
    names = sorted(files.keys() - {"verifier.py", "LISEZMOI.txt"})

    @settings_of(max_examples=150, deadline=None)
    @given(st.data())
    def changed(data):
        name = data.draw(st.sampled_from(names))
        at = data.draw(st.integers(0, len(files[name].rstrip(b"\n")) - 1))
        other = data.draw(st.integers(1, 255)) ^ files[name][at]
        text = files[name][:at] + bytes([other]) + files[name][at + 1 :]
        if name in ("manifest.sig", "public_key.pem") and _same_key(text, files[name]):
            return
        assert list(faults({**files, name: text}.__getitem__))

    changed()


def _same_key(one, two):
    """Whether two texts of base64 say the same: the last sign has bits to spare."""
    try:
        return base64.b64decode(_bare(one)) == base64.b64decode(_bare(two))
    except ValueError:
        return False


def _bare(text):
    return b"".join(line for line in text.splitlines() if not line.startswith(b"-----"))


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
    assert sum(int(row.split(";")[2]) for row in payments) == 1_800 + 700 - 900


def rows_of(archive, name):
    text = unzipped(Archive.of(archive).zipped())[name].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def closed_and_archived(counter, entry):
    closing = close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))
    day = closing.session.business_date
    return make_archive(entry=entry(Verb.SELL), start=day, end=day)


def test_payments_name_who_issued_a_voucher(sold, counter, entry, world):
    issuer = VoucherIssuer.objects.create(
        organisation=world.navette, code="ccas", name="CCAS", address="1 rue"
    )
    first = sold(
        mob(2_000),
        paid=[Paid(Method.VOUCHER, 1_500, issuer=issuer, reference="B-12"), Paid(Method.CASH, 500)],
    )
    refund_sale(
        entry=entry(Verb.RETURN),
        till=counter.till,
        sale=first,
        quantities={first.lines.get(): 1},
        method=Method.VOUCHER,
    )
    rows = rows_of(closed_and_archived(counter, entry), "paiements.csv")
    said = [tuple(row.values())[1:] for row in rows]
    assert said == [
        ("voucher", "1500", "ccas", "B-12"),
        ("cash", "500", "", ""),
        ("voucher", "-2000", "ccas", ""),
    ]


def test_tables_say_vat_the_reason_of_a_discount_and_the_ticket_of_a_refund(sold, counter, entry):
    terms = entry(Verb.SELL)
    set_vat(entry=terms, since=terms.day, regime=Regime.NORMAL, rates={"": 2_000})
    why = Discount("Rayé", percent=10)
    first = sold(mob(999, discount=why), mob(1_000), mob(500, quantity=2))
    refund_sale(
        entry=entry(Verb.RETURN),
        till=counter.till,
        sale=first,
        quantities={first.lines.get(position=2): 1},
        method=Method.CASH,
    )
    made = closed_and_archived(counter, entry)
    sale, back = rows_of(made, "tickets.csv")
    assert (sale["régime de TVA"], sale["HT (centimes)"], sale["TVA (centimes)"]) == (
        "normal",
        "2416",
        "483",
    )
    assert (back["rembourse"], back["HT (centimes)"]) == (first.number, "-834")
    *lines, gone = rows_of(made, "lignes.csv")
    assert [line["motif de la remise"] for line in lines] == ["Rayé", "", ""]
    assert sum(int(line["HT (centimes)"]) for line in lines) == 2_416
    assert {line["TVA (centièmes de %)"] for line in lines} == {"2000"}
    assert (gone["rembourse"], gone["HT (centimes)"]) == (first.number, "-834")
    assert gone["TVA (centièmes de %)"] == "2000"


def test_what_happened_around_tickets_is_a_table_too(sold, counter, entry):
    sale = sold(mob(300))
    hand_out(entry=entry(Verb.SELL), sale=sale, way=Copy.Way.PRINT)
    rows = rows_of(closed_and_archived(counter, entry), "technique.csv")
    assert [(row["nature"], row["code"]) for row in rows] == [
        ("reprint", ""),
        ("jet", "260"),
        ("key", ""),
    ]


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
