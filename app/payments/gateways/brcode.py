"""The BR Code of a Pix: what its QR code holds, and what is copied and pasted.

As the central bank's manual has it: fields of EMV's merchant-presented codes, each an id of two
digits, a length of two digits and a value, closed by a CRC.
"""

import binascii
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

DOMAIN = "br.gov.bcb.pix"
REAL = "986"
# No transaction id of our own.
NO_TXID = "***"
MOST_KEY_BYTES = 77
MOST_LOCATION_BYTES = 77
MOST_NAME_BYTES = 25
MOST_CITY_BYTES = 15
# What fits into two digits of length.
MOST_FIELD_BYTES = 99
TXID = re.compile(r"[A-Za-z0-9]{1,25}|\*{3}")
AMOUNT = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?")
LARGEST = Decimal("9999999999.99")
CRC_FIELD = "6304"


class BrCodeError(ValueError):
    """field: which part of the code is wrong."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(f"BR Code: {field}")


class BrCode(NamedTuple):
    """key: of a static code. location: of a dynamic one, where the charge itself is read."""

    name: str
    city: str
    key: str = ""
    location: str = ""
    amount: Decimal | None = None
    txid: str = NO_TXID
    info: str = ""


def static_brcode(
    key: str,
    name: str,
    city: str,
    amount: Decimal | None = None,
    txid: str = NO_TXID,
    info: str = "",
) -> str:
    """A code that can be paid again and again; without an amount the payer chooses it.

    Raises:
        BrCodeError: something is missing, too long or can't be written.
    """
    account = _field("01", _plain("key", key, MOST_KEY_BYTES))
    if info:
        account += _field("02", _plain("info", info, MOST_FIELD_BYTES))
    return _brcode("", account, name, city, amount, txid)


def dynamic_brcode(location: str, name: str, city: str) -> str:
    """The code of one charge, which payers' banks read under its location.

    Raises:
        BrCodeError: something is missing, too long or can't be written.
    """
    location = location.removeprefix("https://")
    account = _field("25", _plain("location", location, MOST_LOCATION_BYTES))
    # Paid once.
    return _brcode(_field("01", "12"), account, name, city, None, NO_TXID)


def _brcode(
    initiation: str, account: str, name: str, city: str, amount: Decimal | None, txid: str
) -> str:
    account = _field("00", DOMAIN) + account
    if len(account) > MOST_FIELD_BYTES:
        raise BrCodeError("info")
    if not TXID.fullmatch(txid):
        raise BrCodeError("txid")
    fields = [
        _field("00", "01"),
        initiation,
        _field("26", account),
        _field("52", "0000"),
        _field("53", REAL),
        "" if amount is None else _field("54", _written(amount)),
        _field("58", "BR"),
        _field("59", _plain("name", name, MOST_NAME_BYTES)),
        _field("60", _plain("city", city, MOST_CITY_BYTES)),
        _field("62", _field("05", txid)),
        CRC_FIELD,
    ]
    code = "".join(fields)
    return code + _crc(code)


def _plain(field: str, text: str, most: int) -> str:
    """The text without accents; programs of banks disagree on what else is allowed, so nothing."""
    parts = unicodedata.normalize("NFKD", text.strip())
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    if not (plain.isascii() and plain.isprintable() and 0 < len(plain) <= most):
        raise BrCodeError(field)
    return plain


def _written(amount: Decimal) -> str:
    if not (amount.is_finite() and 0 < amount <= LARGEST) or amount != round(amount, 2):
        raise BrCodeError("amount")
    return f"{amount:.2f}"


def _field(identifier: str, value: str) -> str:
    # As many bytes as characters: there is nothing but ASCII in it.
    return f"{identifier}{len(value):02}{value}"


def _crc(code: str) -> str:
    """CRC16-CCITT-FALSE."""
    return f"{binascii.crc_hqx(code.encode(), 0xFFFF):04X}"


def read_brcode(code: str) -> BrCode:
    """What a code says.

    Raises:
        BrCodeError: it is none, or not as it was written.
    """
    if not code.isprintable() or code[-8:-4] != CRC_FIELD or _crc(code[:-4]) != code[-4:].upper():
        raise BrCodeError("crc")
    fields = _fields(code)
    account = _account(fields)
    amount = fields.get("54")
    if fields.get("53") != REAL or (amount is not None and not AMOUNT.fullmatch(amount)):
        raise BrCodeError("amount")
    return BrCode(
        name=fields.get("59", ""),
        city=fields.get("60", ""),
        key=account.get("01", ""),
        location=account.get("25", ""),
        amount=None if amount is None else Decimal(amount),
        txid=_fields(fields.get("62", "")).get("05", NO_TXID),
        info=account.get("02", ""),
    )


def _account(fields: dict[str, str]) -> dict[str, str]:
    """The receiver's part of it; codes may hold those of other ways to pay, too."""
    for identifier in map(str, range(26, 52)):
        account = _fields(fields.get(identifier, ""))
        if account.get("00", "").lower() == DOMAIN and ("01" in account) != ("25" in account):
            return account
    raise BrCodeError("account")


def _fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for identifier, value in _split(text.encode()):
        if identifier in fields:
            raise BrCodeError(identifier)
        fields[identifier] = value
    return fields


def _split(rest: bytes) -> Iterator[tuple[str, str]]:
    while rest:
        head, rest = rest[:4], rest[4:]
        if len(head) < 4 or not head.isdigit() or len(rest) < (length := int(head[2:])):
            raise BrCodeError("length")
        value, rest = rest[:length], rest[length:]
        try:
            yield head[:2].decode(), value.decode()
        except UnicodeDecodeError as error:
            raise BrCodeError("length") from error
