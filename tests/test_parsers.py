"""Whatever is typed, scanned or handed in: it is read right, or refused by a code. Never else."""

import csv
import io
import os
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.flows_file import KNOWN, REQUIRED, read_flows
from inventory import codes
from inventory.forms import EuroField, KgField
from inventory.forms.codes import CodeField, read_code
from inventory.units import (
    exact_euros,
    exact_kg,
    format_euros,
    format_kg,
    parse_euros,
    parse_kg,
)
from organisation.models.structures import validate_siret, weight_code_validator
from organisation.shapes import MAX_PRICE_CENTS, MAX_WEIGHT_G
from reporting.registers.quarters import Quarter

EXAMPLES = 20_000 if os.environ.get("TRACERIE_CAMPAIGN") else 300
settings.register_profile("parsers", settings.get_profile("shared"), max_examples=EXAMPLES)
MOST = 10**12  # beyond every figure: nine digits of kilograms or euros, in grams or cents

BLANKS = st.sampled_from(["", " ", "\u00a0", "\u202f", "\t", "\n", "\u2009", "\ufeff"])
SIGNS = st.sampled_from(["", "-", "+", "\u2212", "\u2013"])
DIGITS = st.one_of(
    st.integers(0, 10**12).map(str),
    st.sampled_from(["٣", "１２", "³", "①", "1e3", "NaN", "inf", "0x10", "1_000", "१"]),
    st.integers(1_000, 10**9).map(lambda n: f"{n:,}".replace(",", "\u202f")),
)
NUMBERS = st.tuples(
    BLANKS, SIGNS, DIGITS, st.sampled_from(["", ",", ".", ",,", "٫"]),
    st.sampled_from(["", "5", "50", "125", "1255", "٣"]), BLANKS,
    st.sampled_from(["", "kg", "KG", "€", "g", "kgkg", "%"]), BLANKS,
).map("".join)  # fmt: skip
ANYTHING = st.one_of(st.text(max_size=60), NUMBERS)


def read(parse, text):
    """What ``text`` is read as; the code of the refusal where it is not."""
    try:
        return parse(text)
    except ValidationError as refusal:
        return [each.code or "no code" for each in refusal.error_list]


@pytest.mark.parametrize(
    ("parse", "code"), [(parse_kg, "bad_weight"), (parse_euros, "bad_price")], ids=["kg", "€"]
)
@settings(settings.get_profile("parsers"))
@given(text=ANYTHING)
@example(text="1,5 kg")
@example(text="9" * 400)
@example(text="0" * 10_000 + ",5")
@example(text="-1,5")
@example(text="1 5")
@example(text="\ud800")
def test_a_figure_is_a_whole_number_within_bounds_or_refused(parse, code, text):
    found = read(parse, text)

    assert found == [code] or (type(found) is int and 0 <= found < MOST)
    assert read(parse, text) == found


@pytest.mark.parametrize("language", ["fr", "en"])
@settings(settings.get_profile("parsers"))
@given(weight_g=st.integers(0, 10**9 - 1))
def test_a_weight_that_was_written_is_read_as_the_same_grams(language, weight_g):
    with translation.override(language):
        assert parse_kg(format_kg(weight_g, 3)) == weight_g
        assert parse_kg(exact_kg(weight_g) + "\u202fkg") == weight_g


@pytest.mark.parametrize("language", ["fr", "en"])
@settings(settings.get_profile("parsers"))
@given(cents=st.integers(0, 10**9 - 1))
def test_a_price_that_was_written_is_read_as_the_same_cents(language, cents):
    with translation.override(language):
        assert parse_euros(exact_euros(cents)) == cents
        assert parse_euros(format_euros(cents)) == cents


@pytest.mark.parametrize(
    ("text", "weight_g"),
    [("1,5", 1500), ("1.5 kg", 1500), ("12\u202f500", 12_500_000),
     ("\u00a01\u00a0250,5\u00a0kg", 1_250_500),
     (",5", None), ("1 2", None), ("12 50", None), ("1,2345", None), ("٣", None), ("１", None),
     ("-1", None), ("1e3", None), ("NaN", None), ("", None), ("kg", None)],
)  # fmt: skip
def test_weights_as_people_write_them(text, weight_g):
    assert read(parse_kg, text) == (["bad_weight"] if weight_g is None else weight_g)


FIELDS = {
    "kg": (KgField(required=False), {"bad_weight", "weight_out_of_range"}, MAX_WEIGHT_G),
    "€": (EuroField(required=False), {"bad_price", "price_out_of_range"}, MAX_PRICE_CENTS),
}


@pytest.mark.parametrize("name", FIELDS)
@settings(settings.get_profile("parsers"))
@given(text=ANYTHING.filter(lambda text: "\x00" not in text))
def test_a_field_takes_what_is_possible_and_nothing_beyond(name, text):
    field, refusals, most = FIELDS[name]
    found = read(field.clean, text)

    assert found is None or (isinstance(found, list) and {*found} <= refusals) or found <= most


# Codes

STEMS = st.text(codes.ALPHABET, min_size=5, max_size=5)
CODES = STEMS.map(lambda stem: stem + codes.check_character(stem))


@settings(settings.get_profile("parsers"))
@given(text=ANYTHING)
@example(text="https://tracerie.example/o/" + "é" * 300)
def test_a_code_is_read_whole_or_refused(text):
    found = read(read_code, text)

    assert found == ["bad_code"] or codes.is_valid(found)
    assert isinstance(read(CodeField(required=False).clean, text.replace("\x00", "")), list | str)


@settings(settings.get_profile("parsers"))
@given(code=CODES, blank=BLANKS.filter(lambda blank: blank != "\ufeff"))
def test_a_code_is_the_same_however_it_is_scanned_or_typed(code, blank):
    typed = code.replace("1", "l").replace("0", "o").replace("V", "u").replace("2", "z").lower()
    for said in (
        code,
        typed,
        f"{blank}{code[:3]}{blank}-{code[3:]}{blank}",
        f"https://tracerie.example/o/{code}",
        f"HTTP://TRACERIE.LAN:8000/O/{code.lower()}/",
        f"https://tracerie.example/o/{code}?source=qr#top",
    ):
        assert read_code(said) == code, said


@settings(settings.get_profile("parsers"))
@given(code=CODES, place=st.integers(0, 5), sign=st.sampled_from(codes.ALPHABET))
def test_one_wrong_sign_is_refused_and_the_right_code_is_near(code, place, sign):
    slip = code[:place] + sign + code[place + 1 :]
    if slip != code:
        assert read(read_code, slip) == ["bad_code"]
        assert code in codes.near(slip)


@settings(settings.get_profile("parsers"))
@given(code=CODES, one=st.integers(0, 5), other=st.integers(0, 5))
def test_two_swapped_signs_are_refused_and_the_right_code_is_near(code, one, other):
    signs = list(code)
    signs[one], signs[other] = signs[other], signs[one]
    if signs != list(code):
        assert read(read_code, "".join(signs)) == ["bad_code"]
        assert code in codes.near("".join(signs))


@pytest.mark.parametrize("check", [validate_siret, weight_code_validator], ids=["siret", "scale"])
@settings(settings.get_profile("parsers"))
@given(text=st.one_of(ANYTHING, st.text("0123456789RIVWC2 ", max_size=16)))
def test_a_number_of_ours_is_right_or_refused_by_its_code(check, text):
    assert read(check, text) in (None, ["bad_siret"], ["bad_weight_code_layout"])


@settings(settings.get_profile("parsers"))
@given(text=st.one_of(ANYTHING, st.from_regex(r"\A[0-9]{4}-?[TQ][0-9]\Z")))
def test_a_quarter_is_read_as_it_is_written_or_refused(text):
    found = read(Quarter.read, text)

    assert found == ["bad_quarter"] or found.code == text


# A flows file

CELLS = st.one_of(
    ANYTHING,
    st.sampled_from(["2026-01-05", "2026-W01-1", "20260105", "٢٠٢٦-٠١-٠٥", "1999-12-31",
                     "in", "out",
                     "canal", "reuse", "weighed", "12,5", "0", "-1", "9" * 30, 'a"b', "a\nb"]),
)  # fmt: skip
DELIMITERS = st.sampled_from(",;\t|")
ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n"])


@st.composite
def files(draw):
    columns = draw(st.lists(st.sampled_from(KNOWN), max_size=11)) if draw(st.booleans()) else KNOWN
    rows = draw(st.lists(st.lists(CELLS, min_size=len(columns), max_size=len(columns)), max_size=4))
    text = io.StringIO()
    how = {"delimiter": draw(DELIMITERS), "lineterminator": draw(ENDS)}
    csv.writer(text, **how).writerows([columns, *rows])
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-8"]))
    return text.getvalue().encode(encoding, errors="replace")


@settings(settings.get_profile("parsers"))
@given(content=st.one_of(files(), st.binary(max_size=300)))
@example(content=b"")
@example(content=b"\xef\xbb\xbf")
@example(content=b"date\x00,site")
@example(content=b'date,site,direction,weight_kg\n"2026')
@example(content=b"a," * 100_000)
@example(content=",".join(REQUIRED).encode() + b"\n" + b"," * 100_000)
@example(content=",".join(REQUIRED).encode() + b"\n" + b"x" * 200_000 + b",,,")
def test_a_flows_file_is_lines_within_bounds_or_refused_line_by_line(content):
    found = read(read_flows, content)

    assert found
    assert "no code" not in found
    for line in found if not isinstance(found[0], str) else ():
        assert 0 < line.weight_g <= MAX_WEIGHT_G
        assert 0 <= line.units < 10**9
        assert line.day.isoformat() == line.cell("date")
        assert len(line.note) <= 500
    assert read(read_flows, content) == found


@settings(settings.get_profile("parsers"))
@given(
    day=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    weight_g=st.integers(1, MAX_WEIGHT_G),
    note=st.text(st.characters(exclude_categories=("C", "Z")), max_size=80),
    delimiter=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_a_line_that_was_written_is_read_as_the_same(day, weight_g, note, delimiter, end, encoding):
    text = io.StringIO()
    table = csv.writer(text, delimiter=delimiter, lineterminator=end)
    table.writerow(["date", "site", "direction", "weight_kg", "note"])
    table.writerow([day, "canal", "in", exact_kg(weight_g), note])

    [line] = read_flows(text.getvalue().encode(encoding))

    assert (line.day, line.weight_g, line.note, line.number) == (day, weight_g, note, 2)


def test_a_bad_cell_says_where_it_is():
    with pytest.raises(ValidationError) as refusal:
        read_flows(b"date,site,direction,weight_kg\n2026-01-05,canal,in,NaN\n2026-W01-1,canal,in,1")

    said = [
        (each.code, each.params["line"], each.params["column"]) for each in refusal.value.error_list
    ]
    assert said == [("bad_weight", 2, "weight_kg"), ("bad_date", 3, "date")]
