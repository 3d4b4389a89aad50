"""Pix keys: what the five kinds look like, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.gateways.pix_key import normalise


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("111.444.777-35", "11144477735"),
        (" 11144477735 ", "11144477735"),
        # Its first check digit is 0, for what would be 10.
        ("12345678909", "12345678909"),
        ("00.000.000/0001-91", "00000000000191"),
        ("33000167000101", "33000167000101"),
        # The example of the tax authority for numbers with letters.
        ("12.ABC.345/01DE-35", "12ABC34501DE35"),
        ("12abc34501de35", "12ABC34501DE35"),
        ("Fulano@Example.COM", "fulano@example.com"),
        ("a.b+c@mail.example.com.br", "a.b+c@mail.example.com.br"),
        ("+55 (11) 98765-4321", "+5511987654321"),
        ("+551132654321", "+551132654321"),
        ("123E4567-E12B-12D1-A456-426655440000", "123e4567-e12b-12d1-a456-426655440000"),
    ],
)
def test_keys_are_written_as_the_directory_has_them(typed, key):
    assert normalise(typed) == key
    assert normalise(key) == key


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "11144477734",
        "11144477725",
        "111.111.111-11",
        "1114447773",
        "00000000000000",
        "33000167000102",
        "12ABC34501DE36",
        # Check digits have no letters.
        "12ABC34501DE3A",
        "fulano@example",
        "fulano@@example.com",
        "fulano @example.com",
        "a" * 70 + "@ex.com.br",
        "+5511887654321",
        "+550987654321",
        "+14155552671",
        "5511987654321",
        "+55 11 98765 432",
        "123e4567e12b12d1a456426655440000",
        "123e4567-e12b-12d1-a456-42665544000g",
        # Digits, but of another script.
        "١١١٤٤٤٧٧٧٣٥",
    ],
)
def test_what_is_no_key_is_refused_without_repeating_it(typed):
    with pytest.raises(ValueError, match=r"^no Pix key$"):
        normalise(typed)


@given(st.integers(0, 13), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_a_mistyped_sign_of_a_company_is_noticed(place, sign):
    """Most are: signs whose values differ by 11 can't be told apart, as the rule has it."""
    number = "12ABC34501DE35"
    typed = number[:place] + sign + number[place + 1 :]
    if (ord(sign) - ord(number[place])) % 11 == 0:
        return
    with pytest.raises(ValueError, match="no Pix key"):
        normalise(typed)


@given(st.text())
def test_any_text_is_a_key_or_refused(text):
    try:
        assert normalise(normalise(text)) == normalise(text)
    except ValueError as refused:
        assert str(refused) == "no Pix key"  # noqa: PT017
