"""The reference files are read as they are shipped, without a database."""

import csv
import re
from pathlib import Path

import lucide
import pytest

ROOT = Path(__file__).parents[2]
TOKENS = (ROOT / "config" / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
COLOURS = set(re.findall(r"--cat-(\w+):", TOKENS))
FILES = {"categories": 125, "containers": 7, "modes": 7}
FILES |= {"epr_streams": 24, "treatment_codes": 27, "waste_codes": 64}
FATES = {"reuse", "recycling", "other_recovery", "energy", "disposal", "by_final_destination"}


def read(name):
    path = ROOT / "inventory" / "reference" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def codes(name):
    return {row["code"] for row in read(name)}


@pytest.mark.parametrize("name", FILES)
def test_each_code_stands_once_and_no_cell_is_ragged(name):
    rows = read(name)
    assert len(rows) == FILES[name] == len(codes(name))
    for row in rows:
        assert None not in row, row
        assert all(text is not None and text == text.strip() for text in row.values()), row


@pytest.mark.parametrize("name", ["categories", "modes", "containers"])
def test_each_icon_can_be_drawn(name):
    for row in read(name):
        assert lucide._render_icon(row["icon"], 24).startswith("<svg"), row["code"]


@pytest.mark.parametrize("name", [name for name in FILES if name != "modes"])
def test_each_row_says_where_it_comes_from(name):
    assert all(row["source"] for row in read(name))


def test_each_category_hangs_under_a_top_and_knows_its_stream_waste_code_and_colour():
    tops = {row["code"] for row in read("categories") if not row["parent"]}
    assert len(tops) == 18
    for row in read("categories"):
        assert row["parent"] in tops or row["code"] in tops
        assert row["code"].split(".")[0] == (row["parent"] or row["code"])
        assert row["epr_stream"] in codes("epr_streams")
        assert row["default_waste_code"] in codes("waste_codes")
        assert row["colour"] in COLOURS
        assert row["name_fr"]
        assert row["name_en"]


def test_an_average_weight_names_its_source_and_is_plausible():
    for row in read("categories"):
        if row["unit_weight_g"]:
            assert row["weight_source"]
            assert 0 < int(row["unit_weight_g"]) <= int(row["plausible_max_g"])


def test_what_is_measured_otherwise_than_by_unit_has_grams_per_measure():
    for row in read("categories"):
        if row["measure_unit"] == "unit":
            assert row["g_per_measure"] == ""
        else:
            assert row["measure_unit"] in {"kg", "metre", "litre"}
            assert int(row["g_per_measure"]) > 0
        if row["measure_unit"] == "kg":
            assert row["g_per_measure"] == "1000"
        if row["measure_unit"] in {"metre", "litre"}:
            assert "our estimate" in row["source"]


def test_a_star_marks_hazardous_waste():
    for row in read("waste_codes"):
        assert re.fullmatch(r"\d\d \d\d \d\d\*?", row["code"])
        assert row["hazardous"] == str(int(row["code"].endswith("*")))


def test_a_treatment_leads_to_a_known_fate():
    for row in read("treatment_codes"):
        assert set(row["indicator_bucket"].split("|")) <= FATES


def test_modes_are_in_order_and_have_a_status():
    assert [int(row["position"]) for row in read("modes")] == list(range(1, 8))
    assert {row["waste_status"] for row in read("modes")} == {"product", "waste"}


def test_a_container_weighs_something():
    assert all(0 < int(row["tare_g"]) < 100_000 for row in read("containers"))
