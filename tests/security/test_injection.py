"""What people type is text in every file and letter that leaves the house: never a command."""

import csv
import io
import re
import zipfile
from uuid import uuid4

import openpyxl
import pypdfium2
import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from inventory.labels import roll_zpl
from sales.models import ShopSettings
from tests.inventory.test_labels import label
from tests.inventory.test_zpl import FORMAT
from tests.reporting.test_exports import runs
from tests.routes import PAGES, fill, furnish, pages
from tests.security.hostile import NAMES, plant

FORMULA = "=HYPERLINK(1)"
# Each begins something in Typst: code, maths, a reference, a label, a heading, a comment…
TYPESET = "= #pagebreak() $x$ @ref <l> *b* _i_ `c` \\u{41} // /* ~ #read(1)"
COMMANDS = ("^XZ^XA^FDx^FS", "~JA", "^GFA,1,1,1,", "\x1bp\x00", "\x10\x14")
NAMED = re.compile(r'(inline|attachment); filename="[A-Za-z0-9._-]+"')
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def handed_out(world, api, settings, tmp_path):
    """``handed_out(text)``: every file that the pages hand out, where people wrote ``text``."""
    settings.DATA_DIR = tmp_path  # its own key signs the archive

    def files(text):
        def as_is(_field):
            return text

        plant(NAMES, as_is)
        spot = furnish(world.canal, world.anna, api(world.anna).made)
        plant(None, as_is)
        client = Client()
        client.force_login(world.anna)
        for route, door in pages().items():
            if door.method != "GET":
                continue
            sample = PAGES[route]
            answer = client.get(door.url(sample, spot), fill(sample.query, spot))
            assert answer.status_code in (200, 302), (route, answer.status_code)
            yield route, answer, b"".join(answer)

    return files


def tables(kind, content):
    """The CSVs in a file."""
    if kind.startswith("text/csv"):
        yield content
    if kind == "application/zip":
        with zipfile.ZipFile(io.BytesIO(content)) as inside:
            yield from (inside.read(name) for name in inside.namelist() if name.endswith(".csv"))


def test_no_file_of_any_page_holds_a_formula(handed_out):
    sheets, told = 0, 0
    for route, answer, content in handed_out(FORMULA):
        kind = answer["Content-Type"]
        for table in tables(kind, content):
            rows = csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""), delimiter=";")
            cells = [cell for row in rows for cell in row]
            assert [cell for cell in cells if runs(cell)] == [], route
            told += sum(FORMULA in cell for cell in cells)
        if kind == BOOK:
            sheets += 1
            book = openpyxl.load_workbook(io.BytesIO(content))
            cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
            assert not [each for each in cells if each.data_type == "f" or each.hyperlink], route
            told += sum(FORMULA in str(cell.value) for cell in cells)
    assert sheets >= 4
    assert told > 20  # it is there, as text


def test_every_paper_prints_what_people_typed_sign_by_sign(handed_out):
    papers = []
    for route, answer, content in handed_out(TYPESET):
        if answer["Content-Type"] == "application/pdf":
            pages = list(pypdfium2.PdfDocument(content))
            text = "".join(page.get_textpage().get_text_range() for page in pages)
            said = re.sub(r"\s", "", text)
            papers.append((route, re.sub(r"\s", "", "#pagebreak() $x$ @ref <l> *b*") in said))
    assert len(papers) > 5
    assert sum(printed for _route, printed in papers) > len(papers) / 2


def test_no_text_names_a_file(handed_out):
    named = {
        (route, answer["Content-Disposition"])
        for route, answer, _content in handed_out('"; x=\r\nSet-Cookie: a=1; ../../é')
        if "Content-Disposition" in answer
    }
    assert len(named) > 10
    assert [each for each in named if not NAMED.fullmatch(each[1])] == []


@given(st.text(max_size=40), st.sampled_from(COMMANDS))
def test_a_label_sends_a_printer_dots_and_no_words(text, command):
    """``^`` and ``~`` command a label printer, ESC and DLE a receipt's: to open its drawer."""
    sent = roll_zpl([label(title=f"{text}{command}")])
    assert FORMAT.sub("", sent) == ""
    assert sent.isascii()


@pytest.mark.parametrize("text", ["Shop\nBcc: all@example.org", "Shop\r\n\r\nbody", "é" * 90])
def test_a_name_adds_no_line_to_the_head_of_a_mail(text, world, api, settings):
    settings.EMAIL_HOST = "localhost"
    spot = furnish(world.canal, world.anna, api(world.anna).made)
    ShopSettings.objects.update(shows_tickets=True)
    type(world.navette).objects.filter(pk=world.navette.pk).update(name=text)
    client = Client()
    client.force_login(world.anna)
    given_ = {"id": str(uuid4()), "way": "mail", "address": "customer@example.org"}
    answer = client.post(f"/tickets/{spot['sale_number']}/remettre/", given_)
    assert answer.status_code == 302, answer
    [sent] = mail.outbox
    assert isinstance(sent, EmailMessage)
    head = sent.message()
    assert head["Bcc"] is None
    assert sent.recipients() == ["customer@example.org"]
    assert "\n" not in sent.subject


@pytest.mark.parametrize(
    "address", ["a@b.fr\nBcc: c@d.fr", "a@b.fr,c@d.fr", "a@b.fr;c@d.fr", "<a@b.fr>", "a b@c.fr"]
)
def test_a_ticket_goes_to_one_address(address, world, api):
    spot = furnish(world.canal, world.anna, api(world.anna).made)
    client = Client()
    client.force_login(world.anna)
    given_ = {"id": str(uuid4()), "way": "mail", "address": address}
    assert client.post(f"/tickets/{spot['sale_number']}/remettre/", given_).status_code == 302
    assert mail.outbox == []
