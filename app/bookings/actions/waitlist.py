"""Customers who wait for a time to become free on a day: the first is offered it, then the next."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from app.agenda.carving import lock_agenda, take_time
from app.agenda.queries import free_days
from app.bookings.actions.making import end_of, insert_booking
from app.bookings.errors import SomethingFree
from app.bookings.forms import WaitForm
from app.bookings.tables import Status
from app.core import live
from app.core.database import fetch, fetch_one, retried, transaction
from app.core.errors import NotFound
from app.core.jobs import Due, enqueue
from app.core.time import now

OFFERED_FOR = timedelta(minutes=30)
# Days that one customer may wait for at once.
MOST_WAITING = 20


async def wait_for_time(customer: int, form: WaitForm) -> None:
    """Be told, and offered the time for half an hour, if something becomes free on that day.

    Raises:
        NotFound: the variant is not offered, or the day is over.
        SomethingFree: there is a time on that day already.
    """
    async with transaction():
        offer = await fetch_one(
            """
            SELECT v.id AS variant, v.duration_minutes, s.id AS service, a.zone,
                (now() AT TIME ZONE a.zone)::date AS today
            FROM service_variant v
            JOIN service s ON s.id = v.service AND s.active
            JOIN users p ON p.id = s.provider AND p.active
            JOIN agenda_settings a ON a.provider = s.provider
            WHERE v.id = $1 AND v.active
            """,
            form.variant,
        )
        if offer is None or form.day < offer["today"]:
            raise NotFound
        if await _first_start(offer, form.day):
            raise SomethingFree
        await fetch(
            """
            INSERT INTO waitlist_entry (customer, service, variant, day)
            SELECT $1, $2, $3, $4 WHERE $5 > (
                SELECT count(*) FROM waitlist_entry WHERE customer = $1 AND booking IS NULL
            )
            ON CONFLICT (customer, service, day)
                DO UPDATE SET variant = excluded.variant, booking = NULL
                WHERE NOT EXISTS (SELECT FROM booking b
                    WHERE b.id = waitlist_entry.booking AND b.status = 'held')
            """,
            customer,
            offer["service"],
            offer["variant"],
            form.day,
            MOST_WAITING,
        )
    await live.publish(f"user:{customer}")


async def stop_waiting(customer: int, entry: int) -> None:
    """
    Raises:
        NotFound: the customer does not wait for that.
    """
    if not await fetch_one(
        "DELETE FROM waitlist_entry WHERE customer = $1 AND id = $2 RETURNING id", customer, entry
    ):
        raise NotFound
    await live.publish(f"user:{customer}")


@retried
async def offer_freed_times(provider: int) -> None:
    """The job after hours were added: offer what has become free to who waits for it."""
    async with transaction():
        await lock_agenda(provider)
        offered = await offer_waiting(provider)
    if offered:
        await live.publish(f"provider:{provider}")


async def offer_waiting(provider: int) -> list[int]:
    """Hold for everybody who waits, in their order, a time that is free now; gives for whom.

    In the open transaction, which has locked the agenda, so that nobody else comes first.
    """
    waiting = await fetch(
        """
        SELECT w.id AS entry, w.customer, w.day, v.id AS variant, v.name AS variant_name, v.price,
            v.duration_minutes, s.id AS service, s.name AS service_name, s.provider, a.zone,
            a.cancel_free_hours, a.cancel_fee_percent
        FROM waitlist_entry w
        JOIN service_variant v ON v.id = w.variant AND v.active
        JOIN service s ON s.id = w.service AND s.active
        JOIN agenda_settings a ON a.provider = s.provider
        JOIN users p ON p.id = s.provider AND p.active
        JOIN users c ON c.id = w.customer AND c.active
        WHERE s.provider = $1 AND w.booking IS NULL AND w.day >= (now() AT TIME ZONE a.zone)::date
        ORDER BY w.id
        """,
        provider,
    )
    return [one["customer"] for one in waiting if await _offer(one)]


async def _offer(waiting: Any) -> bool:
    starts_at = await _first_start(waiting, waiting["day"])
    if starts_at is None:
        return False
    slot = await take_time(waiting["service"], starts_at, end_of(waiting, starts_at))
    if slot is None:
        return False
    customer, until = waiting["customer"], now() + OFFERED_FOR
    booking = await insert_booking(
        waiting, customer, slot, starts_at, Status.HELD, until, uuid4(), actor=None
    )
    await fetch(
        "UPDATE slot SET held_until = $2, held_by = $3 WHERE id = $1", slot, until, customer
    )
    await fetch(
        "UPDATE waitlist_entry SET booking = $2 WHERE id = $1", waiting["entry"], booking["id"]
    )
    await enqueue(Due("expire_booking", booking["id"], until), Due("tell_move", booking["event"]))
    return True


async def _first_start(offer: Any, day: date) -> Any:
    days = await free_days(offer["service"], offer["duration_minutes"], offer["zone"], day, 1)
    return next(iter(days[day]), None)
