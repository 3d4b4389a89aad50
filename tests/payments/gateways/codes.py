"""Codes as somebody else writes them."""

from app.payments.gateways.brcode import CRC_FIELD, _crc


def sealed(body: str) -> str:
    """These fields with their true CRC behind them."""
    return body + CRC_FIELD + _crc(body + CRC_FIELD)
