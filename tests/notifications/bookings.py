"""Bookings to tell of."""

from datetime import timedelta
from typing import NamedTuple

from app.bookings.actions.answer import confirm_booking
from app.core.database import fetch, fetch_one
from app.core.time import now
from tests.factories import (
    a_booking,
    a_provider,
    a_user,
    an_offer,
    booking_named,
    free_time,
    in_days,
)
from tests.jobs import do_jobs

NOON = in_days(3, 12)


class Booked(NamedTuple):
    customer: int
    provider: int
    code: str
    id: int


async def booked(
    *, confirmed: bool = False, zone: str = "America/Sao_Paulo", told: bool = True
) -> Booked:
    """A booking at noon UTC three days from now, of which both sides were told."""
    provider = await a_provider(zone=zone)
    await fetch("UPDATE users SET language = 'en' WHERE id = $1", provider)
    offer = await an_offer(provider, minutes=60)
    await free_time(provider, in_days(3, 10), 8)
    customer = await a_user(language="en")
    code = await a_booking(offer, NOON, customer)
    if confirmed:
        await confirm_booking(provider, code)
    if told:
        await do_jobs("tell_move")
    return Booked(customer, provider, code, (await booking_named(code))["id"])


async def a_confirmed_booking(*, hours: float, zone: str = "America/Sao_Paulo") -> str:
    """The code of one that begins so many hours from now, and was agreed on a week ago."""
    made = await booked(confirmed=True, zone=zone)
    await begins(made.code, hours)
    return made.code


async def begins(code: str, hours: float) -> None:
    """As if it had been agreed on a week ago that it begins so many hours from now."""
    await fetch_one(
        """
        WITH moved AS (
            UPDATE booking SET starts_at = $2::timestamptz,
                ends_at = $2::timestamptz + (ends_at - starts_at)
            WHERE code = $1 RETURNING id, starts_at
        )
        UPDATE booking_event e
        SET created_at = now() - interval '7 days', starts_at = moved.starts_at
        FROM moved WHERE e.booking = moved.id RETURNING e.id
        """,
        code,
        now() + timedelta(hours=hours),
    )


async def notifications_to(user: int) -> list[str]:
    """What a user was told, in order."""
    rows = await fetch('SELECT subject FROM notification WHERE "user" = $1 ORDER BY id', user)
    return [row["subject"] for row in rows]
