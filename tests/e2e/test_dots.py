"""The week's dots in a real Chromium: set, seen by all, printed on one page for the wall."""

import io

import pypdfium2
import pytest

from tests.e2e.looks import faults

pytestmark = pytest.mark.browser


def test_a_calendar_is_set_in_one_tap_read_by_all_and_fits_one_sheet(visit, violations):
    with visit("/reglages/pastilles/", login="anna", size="phone") as page:
        page.locator("form .btn.go").click()  # what is proposed is sound
        page.wait_for_url("**/pastilles/")
        assert page.locator(".dot-week [data-dot='blue']").is_visible()
        assert page.locator(".dot-weeks tbody tr").count() == 7
        assert faults(page, violations) == []
        with pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True))) as sheet:
            assert len(sheet) == 1
            assert sheet.get_page_size(0) == pytest.approx((595, 842), abs=1)
        page.goto("/reglages/pastilles/")
        assert faults(page, violations) == []
