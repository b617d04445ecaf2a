"""The flow picture: conserved to the tenth of a pixel, nothing on top of anything, all told."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import fontpkg_atkinson_hyperlegible as typeface
import pypdfium2
import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from reporting.rounding import FATES
from reporting.sankey import NARROW, PAPER, WIDE, Stream, Words, draw, folded, layout
from reporting.sankey.layout import END, FATE, START, spread

STARTS = [f"Category {n}" for n in range(9)]
ENDS = [f"Partner {n}" for n in range(9)]
SHAPES = [WIDE, *NARROW]

streams = st.lists(
    st.builds(
        Stream,
        st.sampled_from(STARTS),
        st.sampled_from(FATES),
        st.sampled_from(ENDS),
        st.one_of(st.integers(1, 50), st.integers(1, 10**12)),
    ),
    min_size=1,
    max_size=40,
)
shapes = st.sampled_from(SHAPES)


def words(label="Flows"):
    return Words(
        label=label,
        heads=("Category", "Fate", "With whom"),
        fates={fate: fate.title() for fate in FATES},
        mass=lambda column, name, fate: f"{column} {name} {fate} g",
    )


def by_column(picture):
    found = {column: [] for column in picture.shape.columns}
    for node in picture.nodes:
        found[node.column].append(node)
    return found


@given(streams, shapes)
def test_every_column_holds_all_the_grams_and_is_as_high_as_the_others(told, shape):
    picture = layout(told, shape)

    whole_g = sum(stream.weight_g for stream in told)
    for nodes in by_column(picture).values():
        assert sum(node.weight_g for node in nodes) == whole_g
        assert sum(node.height for node in nodes) == shape.height


@given(streams, shapes)
def test_bands_fill_their_nodes_exactly_at_both_ends(told, shape):
    picture = layout(told, shape)

    for column, nodes in by_column(picture).items():
        if column == FATE:
            continue
        bands = [band for band in picture.bands if band.column == column]
        for node in nodes:
            own = [band for band in bands if band.name == node.name]
            _fills(node, [(b.y if column == START else b.to_y, b.height) for b in own])
        for fate in by_column(picture)[FATE]:
            own = [band for band in bands if band.fate == fate.name]
            assert sum(band.weight_g for band in own) == fate.weight_g
            _fills(fate, [(b.to_y if column == START else b.y, b.height) for b in own])


def _fills(node, parts):
    """They follow each other from its top to its foot."""
    y = node.y
    for top, height in sorted(parts):
        assert top == y
        assert height >= 0
        y += height
    assert y == node.y + node.height


@given(streams, shapes)
def test_nodes_and_labels_never_lie_on_each_other_nor_outside(told, shape):
    picture = layout(told, shape)

    for nodes in by_column(picture).values():
        for above, below in pairwise(nodes):
            assert above.y + above.height <= below.y
            assert below.label_y - above.label_y >= shape.line
        assert nodes[0].label_y - shape.line // 2 >= shape.top
        assert nodes[-1].y + nodes[-1].height <= picture.height
        assert nodes[-1].label_y + shape.line // 2 <= picture.height


@given(streams, shapes)
def test_heights_are_proportional_to_the_grams(told, shape):
    picture = layout(told, shape)

    whole_g = sum(stream.weight_g for stream in told)
    for band in picture.bands:  # rounded twice: its fate, then its part of it
        assert abs(band.height - band.weight_g * shape.height / whole_g) < 2


@given(streams, st.integers(1, 9), st.integers(1, 9))
def test_folding_keeps_the_grams_of_each_fate(told, starts, ends):
    found = folded(told, {START: starts, END: ends}, "Others")

    assert _fates(found) == _fates(told)
    assert len({stream.start for stream in found}) <= starts + 1
    assert len({stream.end for stream in found}) <= ends + 1


def _fates(told):
    sums = Counter()
    for stream in told:
        sums[stream.fate] += stream.weight_g
    return sums


@given(st.lists(st.integers(0, 5_000), max_size=12).map(sorted), st.integers(1, 400))
def test_labels_keep_their_order_and_their_distance(wanted, line):
    placed = spread(wanted, line, 0, 5_000)

    assert len(placed) == len(wanted)
    assert all(b - a >= line for a, b in pairwise(placed))
    if len(placed) * line <= 5_000 and placed:
        assert placed[0] >= line // 2
        assert placed[-1] <= 5_000 - line // 2


@given(streams, shapes, st.sampled_from([PAPER, None]))
def test_the_drawing_is_sound_has_no_style_and_tells_every_band(told, shape, paint):
    picture = layout(told, shape)
    drawn = draw(picture, words("A & <b>"), *([paint] if paint else []))

    root = ElementTree.fromstring(drawn)  # noqa: S314 (our own)
    assert root.get("role") == "img"
    assert root.get("aria-label") == "A & <b>"
    assert "style" not in drawn
    titles = [each.text for each in root.iter("{http://www.w3.org/2000/svg}title")]
    seen = [band for band in picture.bands if band.height]
    assert len(titles) == len(seen) + len(picture.nodes)
    for band in seen:
        assert any(f"{band.column} {band.name} {band.fate} g" in title for title in titles)


SMALL = [
    Stream("Textiles", "reuse", "Shop", 600),
    Stream("Textiles", "recycling", "Gebetex", 300),
    Stream("Furniture", "disposal", "Tip", 100),
]


def test_titles_say_names_mass_and_share():
    drawn = draw(layout(SMALL), words())

    assert "<title>Textiles → Reuse: 0 Textiles reuse g, 60" in drawn
    assert "<title>Recycling → Gebetex: 2 Gebetex recycling g, 30" in drawn
    assert "<title>Furniture: 0 Furniture  g, 10" in drawn


def test_what_is_no_reuse_has_a_pattern_beside_its_colour():
    drawn = draw(layout(SMALL), words())

    assert set(re.findall(r"url\(#pat-(\w+)\)", drawn)) == {"recycling", "disposal"}
    assert 'class="link" data-fate="reuse"' in drawn
    assert "<pattern" not in drawn  # the page has them


def test_on_paper_it_stands_alone():
    drawn = draw(layout(SMALL), words(), PAPER)

    assert "class=" not in drawn.replace('class="sankey"', "")
    assert 'font-family="Atkinson Hyperlegible"' in drawn
    assert 'fill="#23794a"' in drawn
    for name in re.findall(r"url\(#([\w-]+)\)", drawn):
        assert f'id="{name}"' in drawn


def test_names_come_by_weight_partners_beside_their_fate_and_the_rest_last():
    told = [*SMALL, Stream("Others", "reuse", "Others", 5_000)]
    columns = by_column(layout(told, last="Others"))

    assert [node.name for node in columns[START]] == ["Textiles", "Furniture", "Others"]
    assert [node.name for node in columns[END]] == ["Shop", "Gebetex", "Tip", "Others"]


def test_one_too_many_keeps_its_name():
    assert {s.start for s in folded(SMALL, {START: 1}, "Others")} == {"Textiles", "Furniture"}


@pytest.mark.parametrize("told", [[], [Stream("Textiles", "reuse", "Shop", -1)]])
def test_what_came_back_or_nothing_at_all_is_not_drawn(told):
    with pytest.raises(ValueError, match="above zero"):
        layout(told)


def test_a_document_draws_it_without_a_font_or_style_of_the_machine(tmp_path):
    drawn = draw(layout(SMALL), words(), PAPER)
    (tmp_path / "flow.svg").write_text(drawn, encoding="utf-8")
    page = '#set page(width: 30cm, height: 20cm)\n#image("flow.svg", alt: "Flows")'
    (tmp_path / "page.typ").write_text(page, encoding="utf-8")
    fonts = [str(Path(typeface.__file__).parent)]

    pdf = typst.compile(tmp_path / "page.typ", font_paths=fonts, ignore_system_fonts=True)

    [told] = [each.get_textpage().get_text_bounded() for each in pypdfium2.PdfDocument(pdf)]
    for name in ("Category", "Textiles", "Gebetex", "Disposal"):
        assert name in told
