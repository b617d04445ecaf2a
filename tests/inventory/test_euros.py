"""Euros as people type them, cents as the program holds them."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from inventory.forms import EuroField
from inventory.units import exact_euros, parse_euros


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("0", 0),
        ("8", 800),
        ("12,50", 1_250),
        ("12.5", 1_250),
        ("0,05", 5),
        ("12,", 1_200),
        (" 12,50 € ", 1_250),
        ("1 234,50", 123_450),
        ("1\u00a0234,50\u00a0€", 123_450),
        ("1\u202f234\u202f567", 123_456_700),
    ],
)
def test_a_price_is_read_with_comma_or_point_and_thousands_apart(typed, cents):
    assert parse_euros(typed) == cents


@pytest.mark.parametrize(
    "typed",
    [
        "",
        ",",
        ",5",
        "douze",
        "-3",
        "+3",
        "1e3",
        "12,505",
        "1.234",
        "1,234.50",
        "1 2",
        "12 34",
        "1234 567",
        "1 234 567 890",
        "12€50",
        "٣",
        "²",
        "7K3MPT",
        "9" * 5_000,
    ],
)
def test_what_may_be_another_price_is_none(typed):
    with pytest.raises(ValidationError) as refusal:
        parse_euros(typed)
    assert refusal.value.code == "bad_price"


@given(cents=st.integers(0, 10_000_000))
def test_what_is_printed_is_read_back_to_the_cent(cents):
    assert parse_euros(exact_euros(cents)) == cents
    assert EuroField().clean(EuroField().prepare_value(cents)) == cents


def test_a_field_of_euros_is_empty_or_within_reason():
    field = EuroField(required=False)
    assert field.clean("") is None
    with pytest.raises(forms.ValidationError) as refusal:
        field.clean("100000,01")
    assert refusal.value.code == "price_out_of_range"
    assert field.has_changed(1_250, "12,50") is False
    assert field.has_changed(1_250, "beaucoup") is True
    assert field.prepare_value("beaucoup") == "beaucoup"
