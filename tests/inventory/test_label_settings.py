"""Labels are as large as the site says; too small a one is refused, any other is legible."""

import io

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from inventory import services
from inventory.labels import DPIS, fits, label_png
from inventory.labels.drawing import texts
from inventory.labels.text import width
from inventory.models import Verb
from inventory.printed import is_size
from inventory.services import Draft
from tests.inventory.pages import category
from tests.inventory.test_labels import HARD, HOSTS, decoded, expected, label, plan_of
from tests.inventory.test_zpl import printed

AT = "/reglages/etiquettes/?site=canal"
millimetres = st.integers(15, 110)


def said(width_mm=38, height_mm=25, dpi=203, output="zpl"):
    return {
        "label_width_mm": width_mm,
        "label_height_mm": height_mm,
        "label_dpi": dpi,
        "label_output": output,
    }


@settings(max_examples=40, deadline=None)
@given(millimetres, millimetres, st.sampled_from(DPIS), st.sampled_from(HOSTS))
def test_whatever_size_is_accepted_all_texts_fit_and_both_symbols_are_read(across, down, dpi, host):
    size = f"{across}x{down}"
    if not fits(size, dpi, f"{host}/o/7K3MPT"):
        return
    for made in [label(host=host), *HARD[:1]]:
        on = plan_of(made, size, dpi)
        above = on.top
        for text in texts(made, on):
            assert width(text.words, text.style) <= on.column
            assert text.base - text.style.capital >= above
            above = text.base
        assert above < on.bars_top
        picture = Image.open(io.BytesIO(label_png(made, size=size, dpi=dpi)))
        assert decoded(picture) == expected(made)


@pytest.mark.parametrize("size", ["31x20", "38x25", "40x30", "50x30", "57x32", "62x29", "100x50"])
def test_usual_rolls_are_sizes(size):
    assert is_size(size)


@pytest.mark.parametrize("size", ["20x10", "25x15", "9x9", "111x50", "57x32mm", "057x32", "", "x"])
def test_what_no_scanner_would_read_is_no_size(size):
    assert not is_size(size)


@pytest.fixture
def chair(stocked, entry):
    draft = Draft(category("MOB.CHAI"), 4_200, title="Chaise bistrot")
    return services.label(entry=entry(Verb.LABEL), place=None, drafts=[draft])[0].own_code


def test_every_output_follows_the_site(browser, world, chair, api):
    assert browser().post(AT, said()).status_code == 302
    dots = (304, 200)  # 38 × 25 mm of 203 dots per inch
    client = browser()
    png = Image.open(io.BytesIO(client.get(f"/o/{chair}/etiquette.png").content))
    assert png.size == dots
    answer = client.get("/etiquettes/rouleau.zpl", {"code": chair})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="etiquettes.zpl"'
    assert answer.headers["Content-Type"] == "text/plain"
    [page] = printed(answer.content.decode())
    assert page.tobytes() == png.tobytes()
    with pypdfium2.PdfDocument(client.get(f"/etiquettes/rouleau.pdf?code={chair}").content) as roll:
        assert roll.get_page_size(0) == pytest.approx((38 * 72 / 25.4, 25 * 72 / 25.4), abs=0.2)
    shown = client.get("/etiquettes/", {"code": chair})
    assert (shown.context["size"], shown.context["dpi"]) == ("38x25", 203)
    assert shown.context["starts"] == "zpl"
    css = client.get("/etiquettes/papier-38x25.css").content.decode()
    assert "size: 38mm 25mm" in css
    told = api().get(f"inventory/items/{chair}/label.zpl")
    assert told.content == answer.content
    other = api().get(f"inventory/items/{chair}/label.png?size=62x29&dpi=300")
    assert Image.open(io.BytesIO(other.content)).size == (732, 343)


def test_a_site_s_labels_are_its_own(browser, world, chair):
    browser().post("/reglages/etiquettes/?site=gare", said())
    assert Image.open(io.BytesIO(browser().get(f"/o/{chair}/etiquette.png").content)).width == 456


@pytest.mark.parametrize(
    ("fields", "name", "code"),
    [
        ({"width_mm": 25, "height_mm": 15}, "__all__", "label_too_small"),
        ({"width_mm": 30, "height_mm": 20}, "__all__", "label_too_small"),
        ({"width_mm": 24}, "label_width_mm", "min_value"),
        ({"width_mm": 111}, "label_width_mm", "max_value"),
        ({"height_mm": 14}, "label_height_mm", "min_value"),
        ({"height_mm": -5}, "label_height_mm", "min_value"),
        ({"height_mm": 10**30}, "label_height_mm", "max_value"),
        ({"width_mm": "large"}, "label_width_mm", "invalid"),
        ({"width_mm": "57.5"}, "label_width_mm", "invalid"),
        ({"width_mm": ""}, "label_width_mm", "required"),
        ({"dpi": 72}, "label_dpi", "invalid_choice"),
        ({"output": "fax"}, "label_output", "invalid_choice"),
    ],
)
def test_a_size_that_makes_no_label_is_refused(browser, world, fields, name, code):
    answer = browser().post(AT, said(**fields))
    assert answer.status_code == 422
    assert answer.context["form"].has_error(name, code)
    world.canal.refresh_from_db()
    assert (world.canal.label_width_mm, world.canal.label_output) == (57, "page")


def test_who_changed_the_labels_is_kept(browser, world):
    browser().post(AT, said())
    [changed, *_rest] = browser().get(AT).context["changes"]
    assert ("57", "38") in {(before, after) for _label, before, after in changed.lines}


def test_the_specimen_is_of_the_site_s_size(browser, world):
    browser().post(AT, said(50, 30))
    picture = browser().get("/reglages/etiquettes/exemple.png?site=canal").content
    assert Image.open(io.BytesIO(picture)).size == (400, 240)
