"""Labels are read back by a decoder, measured in dots, and compared with what was asked."""

import random
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from itertools import groupby, product
from types import SimpleNamespace

import pypdfium2
import pytest
import segno
import zxingcpp
from PIL import Image, ImageFilter

from benchmarks.labels import sample
from inventory.codes import ALPHABET, new_code
from inventory.labels import DPIS, SIZES, Label, grid_of, label_png, roll_pdf, sheet_pdf
from inventory.labels.drawing import owner, texts
from inventory.labels.plan import plan
from inventory.labels.symbols import _specimen, address, bars, qr, qr_modules
from inventory.labels.text import Style, clean, line, shorten, width, wrap

INCH_MM, INCH_PT = 25.4, 72
HOSTS = ("http://localhost:8000", "https://tracerie.ressourcerie-du-pays.fr")
LONG = "Manteau d’hiver à capuche, fermeture éclair cassée, taille 44"
LONGER = "Encyclopédie en dix-huit volumes reliés de cuir, quelques pages cornées, " + LONG[:47]
APPLIANCES = "Petit électroménager et appareils de cuisine"
OWNERS = (
    "La Petite Rockette",
    "Recyclerie",
    "Ressourcerie du Pays de la Vallée et des Trois Rivières",
    "Association pour le réemploi solidaire et la réduction des déchets du Grand Ouest",
)
FORMATS = list(product(SIZES, DPIS))


def label(code="7K3MPT", host=HOSTS[0], **fields) -> Label:
    said = {"owner": OWNERS[0], "title": "Chaise bistrot", "category": "Mobilier"}
    said |= {"detail": "4,2\u00a0kg · bon", "price_cents": 800}
    return Label(code=code, url=f"{host}/o/{code}", **(said | fields))


def blank() -> Label:
    return Label(code="7K3MPT", url=f"{HOSTS[0]}/o/7K3MPT", owner=OWNERS[0])


def samples(count=200) -> list[Label]:
    """Labels of a day, of which some lack a text, and some have long ones; always the same."""
    dice = random.Random(20)  # noqa: S311  # plausible labels, not secrets
    found = []
    for made in sample(count, seed=20):
        fields = {"owner": dice.choice(OWNERS)}
        fields["url"] = f"{dice.choice(HOSTS)}/o/{made.code}"
        fields["title"] = dice.choice([made.title] * 6 + ["", LONG, LONGER])
        fields["category"] = dice.choice([made.category] * 4 + ["", APPLIANCES])
        fields["price_cents"] = dice.choice([made.price_cents] * 5 + [None, 0, 9_999_999])
        found.append(replace(made, **fields))
    return [*found[:-10], *(replace(blank(), code=f.code, url=f.url) for f in found[-10:])]


def picture(made: Label, **options) -> Image.Image:
    return Image.open(BytesIO(label_png(made, **options)))


def decoded(image: Image.Image) -> dict[str, str]:
    kinds = [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode]
    read = zxingcpp.read_barcodes(image.convert("L"), formats=kinds)
    return {str(found.format): found.text for found in read}


def expected(made: Label) -> dict[str, str]:
    return {"Code 128": made.code, "QR Code": made.url}


def ink(image: Image.Image):
    """Return the box of what is black."""
    return image.convert("L").point(lambda value: 255 - value).getbbox()


def plan_of(made: Label, size="57x32", dpi=203):
    prefix, ending = address(made.url, made.code)
    return plan(size, dpi, qr_modules(prefix, len(ending)))


# What a decoder reads back.


def as_printed(image: Image.Image, on) -> Image.Image:
    return image


def blurred(image: Image.Image, on) -> Image.Image:
    """As a worn print head and a phone leave it: Gaussian, σ 0.4 of the finest module.

    That is 0.15 mm on a label of 57 × 32 mm at 203 dpi.
    """
    finest = min(on.bar_dots, on.qr_dots)
    return image.convert("L").filter(ImageFilter.GaussianBlur(0.4 * finest))


def turned(image: Image.Image, on) -> Image.Image:
    return image.convert("L").rotate(7, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def unread(labels, condition, **options) -> list[Label]:
    images = ((made, picture(made, **options)) for made in labels)
    return [
        made
        for made, image in images
        if decoded(condition(image, plan_of(made, **options))) != expected(made)
    ]


@pytest.mark.parametrize("condition", [as_printed, blurred, turned])
@pytest.mark.parametrize("dpi", DPIS)
def test_barcode_and_qr_of_every_label_are_read_back(dpi, condition):
    assert unread(samples(), condition, dpi=dpi) == []


@pytest.mark.parametrize("condition", [as_printed, blurred, turned])
@pytest.mark.parametrize(("size", "dpi"), FORMATS)
def test_other_sizes_are_read_back_too(size, dpi, condition):
    assert unread(samples(10), condition, size=size, dpi=dpi) == []


def test_digits_anywhere_in_a_code_are_read_back():
    """Code 128 changes its character set for them; 99 is also the sign of such a change."""
    for signs in product("9A", repeat=6):
        nines = label("".join(signs))
        zeros = label("".join(signs).replace("9", "0"))
        assert decoded(picture(nines)) == expected(nines)
        assert decoded(picture(zeros)) == expected(zeros)


# The two symbols.


@pytest.mark.parametrize("host", HOSTS)
def test_a_qr_put_together_is_the_one_that_segno_makes(host):
    prefix = f"{host}/o/"
    form = _specimen(prefix, 6)
    fixed = {"version": form.version, "error": form.error, "mask": form.mask, "mode": "byte"}
    for code in (new_code() for _ in range(1000)):
        symbol = segno.make(prefix + code, boost_error=False, **fixed)
        rows = "".join("".join("01"[module] for module in row) for row in symbol.matrix)
        assert qr(prefix, code, dots=1, row_bits=len(symbol.matrix)).bits == int(rows, 2), code


def test_every_sign_of_the_alphabet_is_read_from_a_qr():
    for sign in ALPHABET:
        assert decoded(picture(label(sign * 6))) == expected(label(sign * 6))


@pytest.mark.parametrize("url", ["http://localhost:8000/o/7k3mpt", "https://ville.example/?code="])
def test_an_address_that_does_not_end_with_the_code_is_drawn_as_it_is(url):
    other = replace(label(), url=url)
    assert address(url, other.code) == (url, "")
    assert decoded(picture(other)) == expected(other)


def test_an_address_too_long_for_its_label_is_refused():
    with pytest.raises(ValueError, match="too long"):
        label_png(label(host="https://" + "ressourcerie" * 20 + ".fr"), size="40x30")


@pytest.mark.parametrize(("size", "dpi"), FORMATS)
def test_bars_are_whole_modules_between_quiet_zones(size, dpi):
    image, on = picture(label(), size=size, dpi=dpi), plan_of(label(), size, dpi)
    rows = {
        bytes(image.crop((0, y, image.width, y + 1)).convert("L").tobytes())
        for y in range(on.bars_top, on.bars_end)
    }
    assert len(rows) == 1
    runs = [(value, len(list(run))) for value, run in groupby(rows.pop())]
    (before, *inner, after) = runs
    assert {length % on.bar_dots for _value, length in inner} == {0}
    assert {length // on.bar_dots for _value, length in inner} == {1, 2, 3, 4}
    assert before[0] == after[0] == 255
    assert min(before[1], after[1]) >= 10 * on.bar_dots
    assert on.bars_height >= 0.15 * (image.width - before[1] - after[1])


def test_modules_are_as_wide_as_asked():
    narrow, wide = plan_of(label(), dpi=203), plan_of(label(), dpi=300)
    assert (narrow.bar_dots, narrow.qr_dots) == (3, 4)
    assert (wide.bar_dots, wide.qr_dots) == (5, 6)


@pytest.mark.parametrize(("size", "dpi"), FORMATS)
@pytest.mark.parametrize("host", HOSTS)
def test_the_qr_has_four_modules_of_white_around(size, dpi, host):
    for made in samples(20):
        there = replace(made, url=f"{host}/o/{made.code}")
        image, on = picture(there, size=size, dpi=dpi), plan_of(there, size, dpi)
        side = on.right - on.qr_left
        quiet = 4 * on.qr_dots
        around = image.crop(
            (on.qr_left - quiet, on.top - quiet, on.right + quiet, on.top + side + quiet)
        )
        assert ink(around) == (quiet, quiet, quiet + side, quiet + side)


# Sizes.


@pytest.mark.parametrize(("size", "dpi"), FORMATS)
def test_a_png_has_its_exact_size_and_tells_it(size, dpi):
    image = picture(label(), size=size, dpi=dpi)
    across, down = (float(mm) * dpi / INCH_MM for mm in size.split("x"))
    assert image.mode == "1"
    assert image.size == (round(across), round(down))
    assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.02)


def test_a_squeezed_png_shows_the_same_and_is_a_fifth_at_most():
    assert picture(label(), level=1).tobytes() == picture(label()).tobytes()
    assert len(label_png(label(), level=1)) * 5 < len(label_png(label()))


@pytest.mark.parametrize(("size", "dpi"), FORMATS)
def test_a_roll_has_a_page_of_exact_size_for_each_label(size, dpi):
    with pypdfium2.PdfDocument(roll_pdf(samples(3), size=size, dpi=dpi)) as roll:
        sizes = [roll.get_page_size(number) for number in range(len(roll))]
    points = tuple(float(mm) * INCH_PT / INCH_MM for mm in size.split("x"))
    assert sizes == [pytest.approx(points, abs=0.2)] * 3


@pytest.mark.parametrize(("size", "dpi"), FORMATS)
def test_a_roll_prints_the_very_dots_of_the_labels(size, dpi):
    labels = samples(12)
    roll = roll_pdf(labels, size=size, dpi=dpi)
    for made, page in zip(labels, pages(roll, dpi), strict=True):
        assert page.tobytes() == picture(made, size=size, dpi=dpi).convert("L").tobytes()
        assert decoded(page) == expected(made)


def pages(pdf: bytes, dpi: int) -> list[Image.Image]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [
            page.render(scale=dpi / INCH_PT, grayscale=True, no_smoothimage=True).to_pil()
            for page in document
        ]


def cell(sheet: Image.Image, number: int) -> tuple[Image.Image, SimpleNamespace]:
    """Cut a cell out of a sheet at 300 dpi; tell where its ink is, in millimetres of the sheet."""
    row, column = divmod(number, 3)
    left, top = column * 70, 0.5 + row * 37
    box = [round(mm * 300 / INCH_MM) for mm in (left, top, left + 70, top + 37)]
    image = sheet.crop(box)
    inked = ink(image)
    if inked is None:
        return image, None
    at = [(edge + start) * INCH_MM / 300 for edge, start in zip(inked, box[:2] * 2, strict=True)]
    return image, SimpleNamespace(left=at[0] - left, top=at[1] - top)


def test_a_sheet_has_24_labels_each_in_the_middle_of_its_cell():
    labels = samples(24)
    (sheet,) = pages(sheet_pdf(labels), 300)
    assert sheet.size == pytest.approx((2480, 3508), abs=1)  # 210 × 297 mm
    for number, made in enumerate(labels):
        image, at = cell(sheet, number)
        left, top = (edge * INCH_MM / 300 for edge in ink(picture(made, dpi=300))[:2])
        assert at.left == pytest.approx((70 - 57) / 2 + left, abs=0.1)
        assert at.top == pytest.approx((37 - 32) / 2 + top, abs=0.1)
        assert decoded(image) == expected(made)


@pytest.mark.parametrize(
    ("count", "skip", "sheets"), [(1, 0, 1), (24, 0, 1), (25, 0, 2), (5, 20, 2)]
)
def test_labels_that_do_not_fit_a_sheet_go_to_the_next(count, skip, sheets):
    with pypdfium2.PdfDocument(sheet_pdf(samples(24)[:1] * count, skip=skip)) as document:
        assert len(document) == sheets


def test_cells_used_already_stay_empty():
    made, other = samples(2)
    (sheet,) = pages(sheet_pdf([made, other], skip=5), 300)
    inked = [number for number in range(24) if cell(sheet, number)[1]]
    assert inked == [5, 6]
    assert decoded(cell(sheet, 5)[0]) == expected(made)


@pytest.mark.parametrize("size", ["40x30", "62x29"])
def test_smaller_labels_fit_a_sheet_as_well(size):
    (sheet,) = pages(sheet_pdf(samples(3), size=size), 300)
    assert [decoded(cell(sheet, n)[0]) for n in range(3)] == [expected(m) for m in samples(3)]


def test_labels_larger_than_a_cell_have_a_sheet_of_fewer_cells():
    assert (grid_of("70x37").cells, grid_of("100x50").cells, grid_of("110x110").cells) == (
        24,
        10,
        2,
    )
    made = samples(12)
    first, second = pages(sheet_pdf(made, size="100x50", skip=1), 300)
    assert expected(made[8]).items() <= decoded(first.crop((1240, 2800, 2480, 3508))).items()
    assert decoded(second.crop((0, 0, 1240, 700))) == expected(made[9])


def test_a_label_larger_than_a_sheet_is_refused():
    with pytest.raises(ValueError, match="larger"):
        sheet_pdf([label()], size="211x50")


# Texts.

HARD = [
    label(title=title, category=category, detail=detail, price_cents=price, owner=name)
    for title, category, detail, price, name in [
        (LONG, APPLIANCES, "124,25\u00a0kg · à réparer", 9_999_999, OWNERS[3]),
        (LONGER, APPLIANCES, "4,2\u00a0kg · bon", 1250, OWNERS[2]),
        ("W" * 120, "W" * 80, "W" * 60, 2_147_483_647, "W" * 90),
        ("jgqÀÉÇŒ qjp" * 8, "jgqÀÉÇŒ", "jq" * 30, None, "jgqÀÉÇŒ " * 9),
        ("", APPLIANCES + " et de salle de bain", "", 0, ""),
        ("Vélo", "", "", 4500, "q"),
        ("", "", "12\u00a0kg", None, OWNERS[1]),
    ]
]


@pytest.mark.parametrize(("size", "dpi"), FORMATS)
@pytest.mark.parametrize("host", HOSTS)
def test_lines_neither_overlap_nor_leave_their_column(size, dpi, host):
    for made in (replace(hard, url=f"{host}/o/{hard.code}") for hard in [*HARD, *samples(40)]):
        on = plan_of(made, size, dpi)
        above = on.top
        for text in texts(made, on):
            assert width(text.words, text.style) <= on.column
            assert text.base - text.style.capital >= above
            above = text.base + text.style.tail // 2  # tails and accents may share a row
        assert above < on.bars_top


@pytest.mark.parametrize(("size", "dpi"), FORMATS)
def test_nothing_is_printed_at_the_edges(size, dpi):
    edge = 0.8 * SIZES[size].scale * dpi / INCH_MM
    for made in [*HARD, *samples(40), blank()]:
        image = picture(made, size=size, dpi=dpi)
        left, top, right, bottom = ink(image)
        assert min(left, top, image.width - right, image.height - bottom) >= edge


@pytest.mark.parametrize(("size", "dpi"), FORMATS)
def test_code_and_owner_stand_apart_under_the_bars(size, dpi):
    for made in [*HARD, *samples(40)]:
        image, on = picture(made, size=size, dpi=dpi), plan_of(made, size, dpi)
        foot = image.crop((0, on.bars_end, image.width, image.height))
        assert ink(foot)[1] >= on.air // 3
        alone = picture(replace(made, owner=""), size=size, dpi=dpi)
        code_end = ink(alone.crop((0, on.bars_end, image.width, image.height)))[2]
        assert ink(foot.crop((code_end, 0, code_end + on.air, foot.height))) is None


@pytest.mark.parametrize("dpi", DPIS)
def test_long_french_names_fit_whole(dpi):
    made = label(title=LONG, category=APPLIANCES, price_cents=1250)
    said = " ".join(text.words for text in texts(made, plan_of(made, dpi=dpi)))
    assert said == f"{LONG} {APPLIANCES}\u00a0· 4,2\u00a0kg\u00a0· bon 12,50\u00a0€"


@pytest.mark.parametrize(("size", "dpi"), FORMATS)
def test_a_longer_title_ends_with_an_ellipsis_on_its_second_line(size, dpi):
    made = label(title=LONGER)
    first, second, *_others = texts(made, plan_of(made, size, dpi))
    assert second.words.endswith("…")
    assert second.style is first.style
    assert LONGER.startswith(f"{first.words} {second.words[:-1]}")


@pytest.mark.parametrize(("size", "dpi"), FORMATS)
def test_a_long_category_gives_way_to_weight_and_state(size, dpi):
    made = label(title=LONG, category=f"{APPLIANCES}, linge et décoration de la maison")
    said = " ".join(text.words for text in texts(made, plan_of(made, size, dpi)))
    assert "4,2\u00a0kg\u00a0· bon 8\u00a0€" in said


def test_without_a_title_the_category_is_the_heading():
    made = label(title="")
    heading, below, _price = texts(made, plan_of(made))
    assert (heading.words, below.words) == ("Mobilier", "4,2\u00a0kg\u00a0· bon")
    assert heading.style.weight == "Bold"


@pytest.mark.parametrize(
    ("cents", "words"),
    [(0, "0\u00a0€"), (50, "0,50\u00a0€"), (800, "8\u00a0€"), (1250, "12,50\u00a0€"),
     (9_999_999, "99\u00a0999,99\u00a0€")],
)  # fmt: skip
def test_a_price_is_printed_as_people_write_it(cents, words):
    made = label(price_cents=cents)
    assert texts(made, plan_of(made))[-1].words == words


def test_a_label_without_a_price_has_none():
    made = label(price_cents=None)
    assert not any("€" in text.words for text in texts(made, plan_of(made)))
    assert decoded(picture(made)) == expected(made)


@pytest.mark.parametrize(("size", "dpi"), FORMATS)
def test_a_blank_label_is_ruled_to_be_written_on(size, dpi):
    image, on = picture(blank(), size=size, dpi=dpi), plan_of(blank(), size, dpi)
    assert decoded(image) == expected(blank())
    half = on.left + on.column // 2
    rows = [y for y in range(on.bars_top) if ink(image.crop((on.left, y, half, y + 1)))]
    assert len(rows) == 2 * max(1, on.air // 6)
    assert texts(blank(), on) == []


def test_an_owner_is_on_one_line_where_there_is_room():
    on = plan_of(label())
    assert [text.words for text in owner("Recyclerie", on, room=200)] == ["Recyclerie"]
    lines = owner(clean(OWNERS[3]), on, room=200)
    assert len(lines) == 2
    assert lines[0].words.endswith("…")
    assert owner("", on, room=200) == []


@pytest.mark.parametrize("em", [15, 20, 42, 58])
@pytest.mark.parametrize("weight", ["Bold", "Regular"])
def test_french_signs_are_in_the_typeface(weight, em):
    style = Style(weight, em, 400)
    missing = line("\uffff", style).bits
    drawn = {sign: line(sign, style).bits for sign in "àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ€’…«»·–°×²"}
    assert missing not in drawn.values()
    assert 0 not in drawn.values()
    assert len(set(drawn.values())) == len(drawn)


@pytest.mark.parametrize("em", [15, 20, 42, 58])
@pytest.mark.parametrize("text", ["du jus au coq", "Île d’Yeu", "ÉÀÇ, œuvre ; 12,50\u00a0€", "WAV"])
def test_signs_set_one_by_one_look_as_freetype_sets_the_line(text, em):
    from PIL import ImageDraw

    style = Style("Bold", em, 800)
    image = Image.new("1", (800, 3 * em))
    ImageDraw.Draw(image).text((em, 2 * em), text, fill=1, font=style.font, anchor="ls")
    set_here = line(text, style)
    rows = set_here.bits.to_bytes(style.height * 100, "big")
    ours = Image.frombytes("1", (800, style.height), rows)
    whole = image.crop(image.getbbox())
    assert ours.crop(ours.getbbox()).tobytes() == whole.tobytes()


def test_typed_accents_and_spaces_are_made_printable():
    assert clean("  Cafe\u0301\t8\u202f€ \n") == "Café 8\u00a0€"
    assert label_png(label(title="Cafetie\u0300re")) == label_png(label(title="Cafetière"))


def test_lines_are_broken_between_words_and_long_words_between_letters():
    style = Style("Bold", 20, 400)
    assert wrap("", style, 100) == ()
    assert wrap("Lampe de bureau", style, 100) == ("Lampe de", "bureau")
    parts = wrap("Anticonstitutionnellement", style, 100)
    assert "".join(parts) == "Anticonstitutionnellement"
    assert all(width(part, style) <= 100 for part in parts)
    assert shorten("Lampe de bureau", style, 100, 1) == ("Lampe…",)
    assert shorten("Anticonstitutionnellement", style, 100, 1)[0].endswith("…")


# Promises of the module.


def test_the_same_label_gives_the_same_bytes():
    assert label_png(label()) == label_png(label())
    assert roll_pdf(samples(3)) == roll_pdf(samples(3))
    assert sheet_pdf(samples(3)) == sheet_pdf(samples(3))


def test_bars_come_from_python_barcode():
    from barcode.codex import Code128

    (modules,) = Code128("7K3MPT").build()
    assert f"{bars('7K3MPT', dots=1).bits:b}" == modules


def test_nothing_heavy_is_imported_before_a_label_is_drawn():
    load = "import sys, inventory.labels; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", load], capture_output=True, text=True, timeout=60, check=True
    )
    heavy = {"PIL", "barcode", "segno", "typst", "fontpkg_atkinson_hyperlegible"}
    assert heavy & {module.partition(".")[0] for module in loaded.stdout.split()} == set()
