"""Customers who wait for a time to become free on a day: the first is offered it, then the next."""

from datetime import date, timedelta
from typing import Any

from app.agenda.carving import lock_agenda, take_time
from app.agenda.queries import free_days
from app.bookings.actions.making import announce, end_of, insert_hold, lock_offer
from app.bookings.errors import SomethingFree, TooManyWaits
from app.bookings.forms import WaitForm
from app.catalog.queries import PREPAID
from app.core import live
from app.core.database import fetch, fetch_one, retried, transaction
from app.core.errors import NotFound
from app.core.time import today_in

OFFERED_FOR = timedelta(minutes=30)
# Days that one customer may wait for at once.
MOST_WAITING = 20


@retried
async def wait_for_time(customer: int, form: WaitForm) -> None:
    """Be told, and offered the time for half an hour, if something becomes free on that day.

    Raises:
        NotFound: the variant is not offered, or the day is over.
        SomethingFree: there is a time on that day already.
        TooManyWaits: this customer waits for as many other days as one may.
    """
    async with transaction():
        # As the agenda's one writer, so that nothing becomes free unnoticed meanwhile.
        offer = await lock_offer(form.variant, customer, alone=True)
        if form.day < today_in(offer["zone"]):
            raise NotFound
        if await _first_start(offer, form.day):
            raise SomethingFree
        entry = (customer, offer["service"], form.day)
        # Whoever has let an offer go stands at the end of the line again.
        await fetch(
            """
            DELETE FROM waitlist_entry w USING booking b
            WHERE w.customer = $1 AND w.service = $2 AND w.day = $3
                AND b.id = w.booking AND b.status <> 'held'
            """,
            *entry,
        )
        if await _days_waited_for_besides(*entry) >= MOST_WAITING:
            raise TooManyWaits
        await fetch(
            """
            INSERT INTO waitlist_entry (customer, service, day, variant) VALUES ($1, $2, $3, $4)
            ON CONFLICT (customer, service, day)
                DO UPDATE SET variant = excluded.variant WHERE waitlist_entry.booking IS NULL
            """,
            *entry,
            offer["variant"],
        )
        live.publish_after_commit(f"user:{customer}")


async def _days_waited_for_besides(customer: int, service: int, day: date) -> int:
    row = await fetch_one(
        """
        SELECT count(*) AS days FROM waitlist_entry
        WHERE customer = $1 AND booking IS NULL AND (service, day) <> ($2, $3::date)
        """,
        customer,
        service,
        day,
    )
    return int(row["days"])


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


async def offer_all_freed_times() -> None:
    """Offer what has become free by itself, as days do that an agenda is opened for."""
    rows = await fetch(
        """
        SELECT DISTINCT s.provider FROM waitlist_entry w
        JOIN service s ON s.id = w.service AND s.active
        WHERE w.booking IS NULL AND w.day >= current_date - 1
        """
    )
    for row in rows:
        await offer_freed_times(row["provider"])


@retried
async def offer_freed_times(provider: int) -> None:
    """The job after hours were added: offer what has become free to who waits for it."""
    async with transaction():
        await lock_agenda(provider)
        await offer_waiting(provider)


async def offer_waiting(provider: int, freed: Any | None = None) -> None:
    """Hold for everybody who waits, in their order, a time that is free now.

    In the open transaction, which has locked the agenda, so that nobody else comes first.
    freed: the period that alone has become free; without it all of the agenda is looked at.
    """
    waiting = await fetch(
        f"""
        SELECT w.id AS entry, w.customer, w.day, v.id AS variant, v.name AS variant_name, v.price,
            v.duration_minutes, s.id AS service, s.name AS service_name, s.provider, a.zone,
            a.cancel_free_hours, a.cancel_fee_percent, {PREPAID} AS prepaid,
            category.commission_percent
        FROM waitlist_entry w
        JOIN service_variant v ON v.id = w.variant AND v.active
        JOIN service s ON s.id = w.service AND s.active
        JOIN category ON category.id = s.category
        JOIN agenda_settings a ON a.provider = s.provider
        JOIN users p ON p.id = s.provider AND p.active
        JOIN users c ON c.id = w.customer AND c.active
        WHERE s.provider = $1 AND w.booking IS NULL AND w.day >= (now() AT TIME ZONE a.zone)::date
            -- What is free before and after it may be of another day.
            AND ($2::timestamptz IS NULL OR w.day BETWEEN ($2 AT TIME ZONE a.zone)::date - 1
                AND ($3::timestamptz AT TIME ZONE a.zone)::date + 1)
        ORDER BY w.id
        """,
        provider,
        freed and freed["starts_at"],
        freed and freed["ends_at"],
    )
    for one in waiting:
        await _offer(one)


async def _offer(waiting: Any) -> None:
    starts_at = await _first_start(waiting, waiting["day"])
    if starts_at is None:
        return
    slot = await take_time(waiting["service"], starts_at, end_of(waiting, starts_at))
    if slot is None:
        return
    hold = await insert_hold(waiting, waiting["customer"], slot, starts_at, OFFERED_FOR, actor=None)
    await fetch(
        "UPDATE waitlist_entry SET booking = $2 WHERE id = $1", waiting["entry"], hold["id"]
    )
    await announce(hold["event"])


async def _first_start(offer: Any, day: date) -> Any:
    days = await free_days(offer["service"], offer["duration_minutes"], offer["zone"], day, 1)
    return next(iter(days[day]), None)
