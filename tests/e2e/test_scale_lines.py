"""What scales and barcodes say, read by the station's own modules in a page of its own."""

import random

import pytest
from django.templatetags.static import static

pytestmark = pytest.mark.browser

CALL = "async ([path, name, ...given]) => (await import(path))[name](...given)"
READ = """async ([path, name, line]) =>
    (await import(path)).drivers.find((each) => each.name === name).read(line)"""
SPLIT = """async ([path, chunks]) => {
    const split = (await import(path)).splitter();
    return chunks.flatMap((chunk) => split(Uint8Array.from(chunk)));
}"""


@pytest.fixture
def page(visit):
    with visit("/connexion/", login=None) as page:
        yield page


@pytest.fixture
def read(page):
    """``read("mt-sics", line)``: what that driver makes of a line."""
    return lambda driver, line: page.evaluate(READ, [static("station/scales.js"), driver, line])


@pytest.fixture
def split(page):
    return lambda chunks: page.evaluate(SPLIT, [static("station/scales.js"), chunks])


@pytest.fixture
def call(page):
    return lambda module, name, *given: page.evaluate(
        CALL, [static(f"station/{module}.js"), name, *given]
    )


def weight(grams, is_stable=True):
    return {"grams": grams, "stable": is_stable}


def fault(name):
    return {"grams": None, "stable": False, "fault": name}


def test_mt_sics_is_read_to_the_gram(read):
    said = {
        "S S     12.500 kg": weight(12_500),
        "S D     12.498 kg": weight(12_498, False),
        "S S      -0.02 kg": weight(-20),
        "S S       0.00 kg": weight(0),
        "S S     100.00 g": weight(100),
        "S S   150.4996 kg": weight(150_500),
        "S S       0.29 kg": weight(290),  # 0.29 × 1000 is 289.99… in floats
        "S +": fault("over"),
        "S -": fault("under"),
        "S I": None,
        "ES": None,
        "S S     12.500 lb": None,
        "S S     12.500": None,
        "S S     12.5.0 kg": None,
        "S S     12.500 kgkg": None,
        "S S  999999999 kg": None,
    }
    assert {line: read("mt-sics", line) for line in said} == said


@pytest.mark.parametrize("driver", ["continuous", "and"])
def test_headed_lines_are_read_whoever_made_the_scale(read, driver):
    said = {
        "ST,GS,+  12.500kg": weight(12_500),
        "ST,NT,+0012.34 kg": weight(12_340),
        "ST,+00012.78  kg": weight(12_780),
        "ST,GS,   12,500,kg": weight(12_500),
        "US,GS,+  12.480kg": weight(12_480, False),
        "ST,NT,-   0.340kg": weight(-340),
        "ST,GS,+    350  g": weight(350),
        "OL,GS,+     .   kg": fault("over"),
        "OL,+9999999E+19": fault("over"),
        "ST,TR,+   1.200kg": None,
        "ST,GS,+  27.500lb": None,
        "QT,+00000012  PC": None,
        "ST,GS,+  12.5": None,
        ",GS,+  12.500kg": None,
    }
    assert {line: read(driver, line) for line in said} == said


def test_lines_are_whole_however_the_cable_cuts_them(split):
    chance = random.Random(20)  # noqa: S311  # repeatable, not secret
    wanted = [f"ST,GS,+{chance.randrange(200_000) / 1000:8.3f}kg" for _ in range(200)]
    ends = ["\r\n", "\n", "\r", "\r\n\r\n"]
    sent = "S,+ 99.999kg\r\n" + "".join(line + chance.choice(ends) for line in wanted)
    for longest in (1, 3, 17, 64, 5_000):
        chunks, rest = [], list((sent + "ST,GS,+ 1").encode())
        while rest:
            size = chance.randint(1, longest)
            chunks.append(rest[:size])
            rest = rest[size:]
        assert split(chunks) == wanted


def test_noise_spoils_its_own_line_and_no_other(split):
    chance = random.Random(21)  # noqa: S311  # repeatable, not secret
    line, noise = b"ST,GS,+  12.500kg", [*range(10), 11, 12, *range(14, 32), *range(127, 256)]
    for _ in range(50):
        at = chance.randrange(2, len(line))
        spoilt = line[:at] + bytes([chance.choice(noise)]) + line[at:]
        lines = split([[13, *spoilt, 13, 10], list(line), [13]])
        assert lines == [line.decode()]


def test_what_never_ends_is_dropped_and_frames_are_taken_off(split):
    endless = [ord("7")] * 10_000
    framed = [2, *b"ST,GS,+  12.500kg", 3, 13]
    assert split([[10], endless, [10], framed]) == ["ST,GS,+  12.500kg"]


def test_a_weight_typed_by_a_scale_has_a_decimal_sign_or_a_unit(call):
    said = {
        "  12.500": 12_500,
        "12,500 kg": 12_500,
        "+0012.50": 12_500,
        "350 g": 350,
        "12KG": 12_000,
        "12": None,
        "2012345012509": None,
        "-0.5": None,
        "12.5 lb": None,
        "1.2.3": None,
        "": None,
    }
    assert {text: call("scales", "typedWeight", text) for text in said} == said


DEFAULT = "2RIIIIIWWWWWC"


def test_a_barcode_holds_its_weight_where_the_layout_says(call):
    said = {
        ("2012345012509", DEFAULT): {"item": "12345", "weight_g": 1_250},
        ("2912345012502", DEFAULT): {"item": "12345", "weight_g": 1_250},
        ("2012345012509", "20IIIIVWWWWWC"): {"item": "1234", "weight_g": 1_250},
        ("2012345012509", "2RIIIIWWWWWWC"): {"item": "1234", "weight_g": 501_250},
        ("2012345012509", "21IIIIIWWWWWC"): None,  # not one of these
        ("3012345012508", DEFAULT): None,
        ("2012345012509", ""): None,  # the site reads none
        ("201234501250", DEFAULT): None,
    }
    assert {given: call("ean", "decode", *given) for given in said} == said


def test_a_barcode_with_one_wrong_digit_is_never_read(call):
    code = "2012345012509"
    for at in range(13):
        for digit in set("0123456789") - {code[at]}:
            misread = code[:at] + digit + code[at + 1 :]
            assert call("ean", "decode", misread, DEFAULT) is None


READ_EACH = """async ([path, lines]) => {
    const scales = await import(path);
    const readers = [...scales.drivers.map(({ read }) => read), (line) => {
        const grams = scales.typedWeight(line);
        return grams === null ? null : { grams, stable: true };
    }];
    const read = (line) => readers.map((each) => each(line));
    return [lines.map(read), lines.map(read)];
}"""
PIECES = [
    *("S S ", "S D ", "S +", "S I", "ST,", "US,", "GS,", "NT,", "OL,", "kg", "KG", "g", "lb", "t"),
    *("12.500", "12,5", "0", "999999999", "1e3", "NaN", "Infinity", "٣", "１", "0.0005", "-", "+"),
    *(" ", "\u00a0", "\u202f", ",", ".", "\x00", "\x02", "\r", "é", "💥", "9" * 400, ""),
]


def test_no_line_breaks_a_driver_and_what_is_read_is_whole_grams_within_bounds(page):
    chance = random.Random(22)  # noqa: S311  # repeatable, not secret
    lines = ["".join(chance.choices(PIECES, k=chance.randrange(1, 9))) for _line in range(20_000)]
    first, again = page.evaluate(READ_EACH, [static("station/scales.js"), lines])
    assert first == again
    readings = [
        (line, reading)
        for line, each in zip(lines, first, strict=True)
        for reading in each
        if reading
    ]
    assert len(readings) > 300  # some are lines after all
    for line, reading in readings:
        if reading["grams"] is None:
            assert reading["fault"] in ("over", "under")
        else:
            assert reading["grams"] == int(reading["grams"])
            assert abs(reading["grams"]) <= 10**9
            assert "٣" not in line
