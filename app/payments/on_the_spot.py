"""What is left to pay when the work is done, by Pix from the customer straight to the provider."""

import unicodedata
from typing import Any, NamedTuple

from app.bookings.queries import booking_of
from app.bookings.tables import Status
from app.core.database import fetch_one
from app.payments.gateways.brcode import MOST_CITY_BYTES, MOST_NAME_BYTES, static_brcode
from app.payments.queries import receipt_of


class OnTheSpot(NamedTuple):
    """pix_code: empty where the provider has no Pix key, or nothing is left to pay."""

    booking: Any
    rest: Any
    pix_code: str


async def on_the_spot(user: int, code: str) -> OnTheSpot | None:
    """What either side of a booking may still have paid; None if it is not theirs."""
    booking = await booking_of(user, code)
    if booking is None:
        return None
    rest = (await receipt_of(booking)).rest
    account = await fetch_one(
        """
        SELECT a.pix_key, place.name AS city FROM payout_account a
        JOIN service s ON s.id = $2 JOIN place ON place.id = s.place WHERE a.provider = $1
        """,
        booking["provider"],
        booking["service"],
    )
    agreed = booking["status"] in (Status.CONFIRMED, Status.COMPLETED)
    if account is None or not rest or not agreed:
        return OnTheSpot(booking, rest, "")
    name = _fitting(booking["provider_name"], MOST_NAME_BYTES) or "Prestador"
    city = _fitting(account["city"], MOST_CITY_BYTES) or "Brasil"
    return OnTheSpot(
        booking, rest, static_brcode(account["pix_key"], name, city, rest, txid=booking["code"])
    )


def _fitting(text: str, most: int) -> str:
    """As much of a name as a BR Code has room for, in the letters that it knows."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain if letter.isprintable())[:most].strip()
