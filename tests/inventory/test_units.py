"""Figures as people read them."""

import pytest
from django.utils import translation

from inventory.units import format_euros


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (0, "0 €"),
        (5, "0,05 €"),
        (800, "8 €"),
        (1250, "12,50 €"),
        (123_450, "1 234,50 €"),
        (9_999_999, "99 999,99 €"),
        (-1250, "−12,50 €"),
        (-5, "−0,05 €"),
    ],
)
def test_a_price_is_printed_without_idle_zeros(cents, text):
    assert format_euros(cents).replace("\u00a0", " ") == text


def test_a_price_has_the_decimal_sign_of_the_reader():
    with translation.override("en"):
        assert format_euros(123_450) == "1\u00a0234.50\u00a0€"
