"""The pictures of the report: each with its numbers, which are those of the tables."""

import re
from html import unescape

import pytest

from inventory.models import Method, Verb
from tests.reporting.test_bilan import YEAR, Tables, page, steps


def flow_of(english, query=YEAR):
    return english.get(f"/bilan/?{query}").context["page"].flow


@pytest.mark.parametrize("whence", ["category", "origin"])
def test_the_flow_picture_tells_what_its_tables_tell(english, two_years, whence):
    query = f"{YEAR}&whence={whence}"
    html, flow = page(english, query), flow_of(english, query)
    found = Tables(html).found
    for caption in ("From each to its fate", "From each fate to whom"):
        _heads, *rows, total = found[caption]
        told = dict(re.findall(r"<title>([^→<:]+): ([^<]+)</title>", unescape(html)))
        for row in rows:
            assert row[1].replace("≈", "").replace("attributed", "").strip() in told[row[0]]
        assert steps(total[1]) == sum(steps(row[1]) for row in rows)
    assert (
        sum(stream.weight_g for stream in flow.streams)
        == (english.get(f"/bilan/?{query}").context["figures"]["outgoing_g"])
    )


def test_what_came_back_more_than_left_is_said_not_drawn(world, books, english):
    there = books.at(world.canal)
    books.book(there.drop_off, there.bulk, "TEX", 9_000, "2025-12-01")
    books.book(there.bulk, there.reuse, "TEX", 3_000, "2025-12-02", verb=Verb.GIVE)
    books.book(there.reuse, there.bulk, "TEX", 3_000, "2026-01-05", verb=Verb.RETURN)
    books.book(there.bulk, there.disposal, "TEX", 1_000, "2026-01-06")

    html = page(english)

    assert "Not drawn: 3.0\u00a0kg" in html
    assert '<svg class="sankey"' in html


def test_without_anything_the_page_draws_nothing(english):
    html = page(english)
    assert "sankey" not in html.replace("sankey.css", "")
    assert 'id="ages"' not in html
    assert 'id="quality"' not in html


def test_every_drawing_has_a_name_and_no_style(english, two_years):
    html = page(english, f"{YEAR}&compare=year")
    drawings = re.findall(r"<svg [^>]*role=.img[^>]*>", html)
    assert len(drawings) > 20
    for drawing in drawings:
        assert re.search(r'aria-label="[^"]+"', drawing), drawing
    assert 'style="' not in html


def test_months_fate_by_fate_are_at_one_scale_and_say_the_other_year(english, two_years):
    html = page(english, f"{YEAR}&compare=year")
    assert html.count('<figcaption data-fate="') == 4  # nothing was recovered otherwise
    assert re.search(r"<title>March 2026, [\d.]+\u00a0kg; March 2025, [\d.]+\u00a0kg</title>", html)


def test_which_categories_to_weigh_better_is_said(world, books, english):
    there = books.at(world.canal)
    books.book(there.drop_off, there.bulk, "TEX", 6_000, method=Method.ESTIMATED)
    books.book(there.drop_off, there.bulk, "MOB", 2_000, method=Method.UNIT_AVERAGE)
    books.book(there.drop_off, there.bulk, "DIV", 9_000)

    html = unescape(page(english))

    assert re.search(r"Weigh these better: Textiles, \w+\. They make 100\.0\u00a0%", html)
    _heads, *rows, _total = Tables(html).found["How weights are known"]
    assert [row[-1] for row in rows] == ["6.0", "2.0", "–"]
    assert "100\u00a0%" in rows[2][2]


def test_where_all_was_weighed_nothing_is_asked(world, books, english):
    there = books.at(world.canal)
    books.book(there.drop_off, there.bulk, "TEX", 6_000)
    assert "Every gram of what came in and went out was weighed." in page(english)


def test_stock_below_zero_is_said_to_have_no_age(world, books, english):
    there = books.at(world.canal)
    books.book(there.bulk, there.recycling, "TEX", 500)
    books.book(there.drop_off, there.bulk, "MOB", 100)
    assert "−0.5\u00a0kg stands below zero and has no age" in page(english)


def test_ages_add_up_to_the_stock_as_printed(english, two_years):
    found = Tables(page(english)).found
    _heads, *rows, total = found["How long it has been there"]
    stock = next(row for row in found["Mass balance"] if "=" in row[0])
    assert sum(steps(row[1]) for row in rows) == steps(total[1])
    for row in (*rows, total):
        assert sum(steps(cell) for cell in row[2:]) == steps(row[1])
    assert total[1] == stock[1] or "below zero" in page(english)
