"""Whatever people type, no export of ours makes a spreadsheet run it.

A hostile text is planted in every text that an export may carry; then each file is read back.
"""

import csv
import io
import re
import unicodedata
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from inventory.models import Category, CollectionMode, Origin, Partner, Place
from organisation.models import Organisation, Site
from organisation.papers.cells import euros, kilograms, neutral, table
from sales.archive import make_archive
from sales.models import BookAccount, Method, PriceKey, Till, VoucherIssuer
from sales.services import Count, Discount, Paid, Wanted, close_session, record_sale
from tests.tills import open_till, till_entry

STARTERS = {
    "equals": "=1+1",
    "plus": "+1",
    "minus": "-1+1",
    "at": "@SUM(1)",
    "tab": "\t=1",
    "return": "\r=1",
    "line": "\n=1",
    "wide equals": "＝1+1",
    "wide plus": "＋1",
    "wide minus": "－1",
    "wide at": "＠SUM(1)",
    "small equals": "﹦1",
    "raised plus": "⁺1",
    "minus sign": "−1",
    "spaces": "   =1",
    "no-break space": "\u00a0=1",
    "thin space": "\u202f=1",
    "wide space": "\u3000＝1",
    "nothing seen": "\u200b\ufeff=1",
    "quoted": '"=1',
    "row of its own": 'x"\r\n=1;=1',
}
NUMBER = re.compile(r"-?[0-9]+(,[0-9]+)?")
NAMED = {
    Site: "name",
    Place: "name",
    Partner: "name",
    Origin: "name",
    Organisation: "name",
    CollectionMode: "name_fr",
    PriceKey: "name_fr",
    Till: "name",
    VoucherIssuer: "name",
}


def runs(text: str) -> bool:
    """Whether a spreadsheet may take a cell for a formula: told otherwise than ``neutral`` does."""
    seen = "".join(
        sign for sign in text if unicodedata.category(sign)[0] not in "ZC" or sign in "\t\r\n"
    )
    plain = unicodedata.normalize("NFKC", seen).replace("−", "-")
    return plain[:1] in set("=+-@\t\r\n") - {""} and not NUMBER.fullmatch(text)


@pytest.fixture
def shop(world, books, settings, tmp_path):
    settings.DATA_DIR = tmp_path  # its own key signs the archive
    return world


def plant(world, books, text):
    """Write ``text`` wherever people write, and do one of everything that exports tell."""
    owner, canal = world.navette, world.canal
    own = Category.objects.create(
        organisation=owner, parent=books.category("MOB"), code="MOB.ICI", name_fr=text
    )
    books.categories["MOB.ICI"] = own
    there = books.at(canal)
    paris = Origin.objects.get(code="75112")
    books.book(there.drop_off, there.bulk, "MOB.ICI", 90_000, timezone.localdate(), origin=paris)
    books.book(there.bulk, there.recycling, "MOB.ICI", 7_000, timezone.localdate())
    issuer = VoucherIssuer.objects.create(organisation=owner, code="ccas", name=text)
    key = PriceKey.objects.create(
        organisation=owner, site=canal, code="k", name_fr=text, category=own, price_cents=500
    )
    BookAccount.objects.create(organisation=owner, purpose="method:cash", number="53", label=text)
    for model, field in NAMED.items():
        model.objects.all().update(**{field: text})
    sold = sale(canal, key, issuer, text)
    closing = close_session(entry=till_entry(canal), till=sold.till, count=Count({}))
    day = closing.session.business_date
    by_anna = replace(till_entry(canal), author=world.anna)
    return make_archive(entry=by_anna, start=day, end=day)


def sale(site, key, issuer, text):
    till = open_till(site)
    Till.objects.update(name=text)
    return record_sale(
        entry=till_entry(site),
        till=till,
        lines=[Wanted(key=key, discount=Discount(text, amount_cents=100), weight_g=900)],
        payments=[Paid(Method.VOUCHER, 400, None, issuer, text[:60])],
    )


def csv_of(content: bytes) -> list[str]:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    return [cell for row in rows for cell in row]


def taken(client, path) -> bytes:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def every_csv(client, archive):
    """Each CSV that the pages hand out, with those inside of zips."""
    year = timezone.localdate().year
    days = f"start={year}-01-01&end={year}-12-31"
    yield "flux", taken(client, "/bilan/flux.csv")
    yield "open data", taken(client, "/bilan/donnees/flux.csv")
    yield "day by day", taken(client, f"/caisse/comptabilite/jours.csv?{days}")
    month = timezone.localdate().strftime("%Y%m")
    yield "statement", taken(client, f"/caisse/bons-tiers/ccas/{month}.csv")
    for path in (f"/caisse/archives/{archive.uuid}.zip", "/bilan/donnees/donnees.zip"):
        with zipfile.ZipFile(io.BytesIO(taken(client, path))) as files:
            for name in files.namelist():
                if name.endswith(".csv"):
                    yield name, files.read(name)


@pytest.mark.parametrize("text", STARTERS.values(), ids=STARTERS)
def test_no_export_runs_what_people_typed(shop, books, text):
    archive = plant(shop, books, text)
    client = Client()
    client.force_login(shop.anna)

    found = 0
    for name, content in every_csv(client, archive):
        cells = csv_of(content)
        assert [cell for cell in cells if runs(cell)] == [], name
        found += sum(text in cell for cell in cells)
    assert found > 10  # the texts are there, as text

    book = openpyxl.load_workbook(io.BytesIO(taken(client, "/bilan/bilan.xlsx?compare=year")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    assert not list(book.defined_names)


@pytest.mark.parametrize("text", STARTERS.values(), ids=STARTERS)
def test_a_hostile_text_comes_out_of_a_table_whole_and_disarmed(text):
    [_head, [cell, _after]] = csv.reader(
        io.StringIO(table(["a", "b"], [[text, "x"]]).removeprefix("\ufeff"), newline=""),
        delimiter=";",
    )
    assert cell in (text, f"'{text}")
    assert not runs(cell)


@given(st.text(max_size=8), st.sampled_from(sorted(STARTERS.values())))
def test_no_text_at_all_runs(before, text):
    assert not runs(neutral(before + text))


@pytest.mark.parametrize("said", ["l'été", "Déchèterie = bof", "12 rue", "", "a-b", "«=»"])
def test_ordinary_texts_are_left_alone(said):
    assert neutral(said) == said


def test_numbers_of_ours_keep_their_sign():
    assert [neutral(cell) for cell in (-3, euros(-1_250), kilograms(-1))] == [
        "-3", "-12,50", "-0,001",
    ]  # fmt: skip
