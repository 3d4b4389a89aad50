"""The BR Code as the central bank's manual writes it, and as nothing else may be read."""

from contextlib import suppress
from decimal import Decimal
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.gateways.brcode import (
    LARGEST,
    BrCode,
    BrCodeError,
    dynamic_brcode,
    read_brcode,
    static_brcode,
)
from tests.payments.gateways.codes import sealed

# The examples of the central bank's "Manual do BR Code".
KEY = "123e4567-e12b-12d1-a456-426655440000"
STATIC = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR"
    "5913Fulano de Tal6008BRASILIA62070503***63041D3D"
)
LOCATION = "pix.example.com/8b3da2f39a4140d1a91abd93113bd441"
DYNAMIC = (
    "00020101021226700014br.gov.bcb.pix2548pix.example.com/8b3da2f39a4140d1a91abd93113bd441"
    "5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***630464E4"
)

PRINTABLE = "".join(map(chr, range(32, 127)))
AMOUNTS = st.none() | st.decimals("0.01", LARGEST, places=2)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=24)
TXIDS = st.just("***") | st.text(ascii_letters + digits, min_size=1, max_size=25)


def words(most: int):
    """Text that a code can hold, as it stands in it."""
    return st.text(PRINTABLE, min_size=1, max_size=most).map(str.strip).filter(bool)


def test_the_static_example_of_the_central_bank_is_written():
    assert static_brcode(KEY, "Fulano de Tal", "BRASILIA") == STATIC


def test_the_static_example_of_the_central_bank_is_read():
    assert read_brcode(STATIC) == BrCode("Fulano de Tal", "BRASILIA", key=KEY)


def test_the_dynamic_example_of_the_central_bank_is_written_and_read():
    assert dynamic_brcode(f"https://{LOCATION}", "Fulano de Tal", "BRASILIA") == DYNAMIC
    assert read_brcode(DYNAMIC) == BrCode("Fulano de Tal", "BRASILIA", location=LOCATION)


def test_accents_are_left_out():
    code = static_brcode(KEY, "Pé de Feijão", "São Luís", info="Às 10 h, não antes")
    read = read_brcode(code)
    assert (read.name, read.city, read.info) == ("Pe de Feijao", "Sao Luis", "As 10 h, nao antes")


def test_amount_and_transaction_are_in_it():
    read = read_brcode(static_brcode(KEY, "Fulano", "BRASILIA", Decimal("90.5"), "RP123"))
    assert (read.amount, read.txid) == (Decimal("90.50"), "RP123")


def test_the_longest_of_everything_is_taken():
    static_brcode("k" * 77, "n" * 25, "c" * 15, LARGEST, "t" * 25)
    # 22 bytes of domain and head, then 40 and 37 with theirs.
    static_brcode("k" * 36, "n", "c", info="i" * 37)
    dynamic_brcode("l" * 77, "n" * 25, "c" * 15)


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("key", {"key": ""}),
        ("key", {"key": "k" * 78}),
        ("name", {"name": ""}),
        ("name", {"name": "n" * 26}),
        ("name", {"name": "  "}),
        ("name", {"name": "中国"}),
        ("name", {"name": "two\nlines"}),
        ("city", {"city": "c" * 16}),
        # One character, two bytes, and no letter with an accent.
        ("city", {"city": "ß"}),
        ("amount", {"amount": Decimal(0)}),
        ("amount", {"amount": Decimal(-1)}),
        ("amount", {"amount": Decimal("0.001")}),
        ("amount", {"amount": Decimal("NaN")}),
        ("amount", {"amount": Decimal("Infinity")}),
        ("amount", {"amount": LARGEST + Decimal("0.01")}),
        ("txid", {"txid": ""}),
        ("txid", {"txid": "t" * 26}),
        ("txid", {"txid": "not-plain"}),
        ("txid", {"txid": "**"}),
        ("info", {"info": "i" * 38}),
        ("info", {"info": "i" * 100}),
    ],
)
def test_what_does_not_fit_is_named(field, changed):
    with pytest.raises(BrCodeError) as refused:
        static_brcode(**{"key": KEY, "name": "Fulano", "city": "BRASILIA", **changed})
    assert refused.value.field == field


@pytest.mark.parametrize("location", ["", "https://", "l" * 78])
def test_a_dynamic_code_needs_a_location_that_fits(location):
    with pytest.raises(BrCodeError) as refused:
        dynamic_brcode(location, "Fulano", "BRASILIA")
    assert refused.value.field == "location"


@given(words(36), words(25), words(15), AMOUNTS, TXIDS, st.just("") | words(30))
def test_what_is_written_is_read(key, name, city, amount, txid, info):
    code = static_brcode(key, name, city, amount, txid, info)
    assert read_brcode(code) == BrCode(name, city, key, "", amount, txid, info)


@given(words(77), words(25), words(15))
def test_a_written_location_is_read(location, name, city):
    location = location.removeprefix("https://") or "x"
    code = dynamic_brcode(location, name, city)
    assert read_brcode(code) == BrCode(name, city, location=location.strip())


@given(st.integers(0, len(STATIC) - 5), st.sampled_from(PRINTABLE))
def test_no_changed_character_is_overlooked(place, character):
    changed = STATIC[:place] + character + STATIC[place + 1 :]
    if changed == STATIC:
        return
    with pytest.raises(BrCodeError):
        read_brcode(changed)


@given(st.text())
def test_any_text_is_a_code_or_refused_as_none(text):
    with pytest.raises(BrCodeError):
        read_brcode(text)


@given(st.lists(st.tuples(st.sampled_from(["00", "26", "51", "53", "54", "62"]), TEXTS)))
def test_any_fields_with_a_true_crc_are_read_or_refused(fields):
    body = "".join(f"{name}{len(value.encode()):02}{value}" for name, value in fields)
    with suppress(BrCodeError):
        read_brcode(sealed(body))


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("account", "0002015303986"),
        ("account", "0002012618" + "0014br.gov.bcb.pix" + "5303986"),
        ("account", "0002012622" + "0014br.gov.bcb.xyz0100" + "5303986"),
        # Both a key and a location.
        ("account", "0002012628" + "0014br.gov.bcb.pix0101k2501l" + "5303986"),
        ("amount", "0002012623" + "0014br.gov.bcb.pix0101k" + "5303840"),
        ("amount", "0002012623" + "0014br.gov.bcb.pix0101k" + "53039865404x.00"),
        ("amount", "0002012623" + "0014br.gov.bcb.pix0101k" + "53039865404-1.0"),
        # The same field twice could be read as one or the other.
        ("54", "0002012623" + "0014br.gov.bcb.pix0101k" + "5303986" + "54015" + "54016"),
        ("length", "0002012699" + "0014br.gov.bcb.pix0101k" + "5303986"),
        ("length", "000201260"),
    ],
)
def test_a_true_crc_alone_makes_no_code(field, body):
    with pytest.raises(BrCodeError) as refused:
        read_brcode(sealed(body))
    assert refused.value.field == field


def test_a_domain_in_capitals_and_a_crc_in_small_letters_are_read():
    code = STATIC[:-8].replace("br.gov.bcb.pix", "BR.GOV.BCB.PIX")
    assert read_brcode(sealed(code)).key == KEY
    assert read_brcode(STATIC[:-4] + STATIC[-4:].lower()).key == KEY


def test_an_account_of_pix_among_others_is_found():
    body = "000201" + "2608" + "0004othr" + "2723" + "0014br.gov.bcb.pix0101k" + "5303986"
    assert read_brcode(sealed(body)).key == "k"
