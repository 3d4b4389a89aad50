"""Keeping a time for a customer while they fill in the form."""

from datetime import datetime, timedelta
from typing import Any

from app.agenda.carving import take_time
from app.bookings.actions.life import lock_booking, move
from app.bookings.actions.making import end_of, insert_hold, lock_offer
from app.bookings.errors import SlotTaken, TimePassed, TooManyHolds
from app.bookings.forms import HoldForm
from app.bookings.tables import Status
from app.core import limits
from app.core.database import fetch, retried, transaction
from app.core.errors import NotFound
from app.core.time import now

HELD_FOR = timedelta(minutes=5)
MOST_HOLDS = 2


async def hold_slot(customer: int, form: HoldForm) -> str:
    """Hold a time for five minutes and give the hold's code; what is held already stays so.

    Raises:
        NotFound: the variant is not offered. TimePassed. SlotTaken: the time can't be had.
        TooManyHolds: this customer holds two others. TooMany: they try all too often.
    """
    await limits.take(limits.HOLD, str(customer))
    if form.starts_at <= now():
        raise TimePassed
    return await _hold(customer, form)


@retried
async def _hold(customer: int, form: HoldForm) -> str:
    async with transaction():
        offer = await lock_offer(form.variant, customer, alone=True)
        holds = await _holds_of(customer)
        for hold in holds:
            if (hold["variant"], hold["starts_at"]) == (form.variant, form.starts_at):
                return str(hold["code"])
        place = (form.replaces, offer["provider"])
        replaced = [hold for hold in holds if (hold["code"], hold["provider"]) == place]
        others = [hold for hold in holds if hold not in replaced and not hold["offered"]]
        if len(others) >= MOST_HOLDS:
            raise TooManyHolds
        for hold in replaced:
            await move(hold, Status.CANCELLED, customer, offer_later=True)
        slot = await take_or_release(offer, customer, form.starts_at)
        hold = await insert_hold(offer, customer, slot, form.starts_at, HELD_FOR, actor=customer)
    return str(hold["code"])


async def _holds_of(customer: int) -> list[Any]:
    """What somebody holds now; offered: what the waitlist holds for them."""
    return await fetch(
        """
        SELECT b.*, EXISTS (SELECT FROM waitlist_entry w WHERE w.booking = b.id) AS offered
        FROM booking b
        WHERE b.customer = $1 AND b.status = 'held' AND b.address = '' AND b.expires_at > now()
        """,
        customer,
    )


async def take_or_release(offer: Any, customer: int, starts_at: datetime) -> int:
    """Take the time for a customer, if need be by giving back what stands in its way for nobody.

    That is what others have ceased to hold, and what the customer holds there themselves.

    Raises:
        SlotTaken: it can't be had.
    """
    ends_at = end_of(offer, starts_at)
    slot = await take_time(offer["service"], starts_at, ends_at)
    if slot is None and await release_holds(offer["provider"], customer, starts_at, ends_at):
        slot = await take_time(offer["service"], starts_at, ends_at)
    if slot is None:
        raise SlotTaken
    return slot


async def release_holds(
    provider: int, customer: int, starts_at: datetime, ends_at: datetime
) -> bool:
    """Give back lapsed holds, and the customer's own around this time; whether there were any.

    Not what they have booked, and pay just now.
    """
    holds = await fetch(
        """
        SELECT *, expires_at <= now() AS lapsed FROM booking
        WHERE provider = $1 AND status = 'held' AND (expires_at <= now()
            OR customer = $2 AND address = '' AND starts_at < $4::timestamptz + interval '4 h'
                AND ends_at > $3::timestamptz - interval '4 h')
        """,
        provider,
        customer,
        starts_at,
        ends_at,
    )
    for hold in holds:
        if hold["lapsed"]:
            await move(hold, Status.EXPIRED, None)
        else:
            await move(hold, Status.CANCELLED, customer, offer_later=True)
    return bool(holds)


@retried
async def give_up_hold(customer: int, code: str) -> None:
    """Let go of a held time; do nothing if it is not held any more.

    Raises:
        NotFound: it never was this customer's.
    """
    async with transaction():
        hold = await lock_booking("b.customer = $1 AND b.code = $2", customer, code)
        if hold is None:
            raise NotFound
        if hold["status"] != Status.HELD:
            return
        await move(hold, Status.CANCELLED, customer)
