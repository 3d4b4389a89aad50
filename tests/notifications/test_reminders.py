"""Reminders: a day and two hours before, once, and only of what still stands."""

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.bookings.actions.change import cancel_booking, reschedule_booking
from app.core.database import fetch, fetch_one
from app.notifications.actions.remind import find_reminders, remind
from tests.factories import booking_named
from tests.jobs import do_jobs
from tests.letters import newest_letter
from tests.notifications.bookings import (
    NOON,
    a_confirmed_booking,
    begins,
    booked,
    notifications_to,
)

COMING = "Your booking is coming up"
SOON = "Your booking begins soon"


async def reminders_of(code: str) -> list[tuple[int, bool]]:
    """How many hours before, and whether it was told."""
    rows = await fetch(
        """
        SELECT r.hours, r.told_at FROM reminder r JOIN booking b ON b.id = r.booking
        WHERE b.code = $1 ORDER BY r.id
        """,
        code,
    )
    return [(row["hours"], row["told_at"] is not None) for row in rows]


async def remind_all() -> None:
    await find_reminders()
    await do_jobs("remind")


async def told_of(code: str) -> list[str]:
    """What its customer was told by reminders."""
    booking = await booking_named(code)
    said = await notifications_to(booking["customer"])
    return [subject for subject in said if subject in (COMING, SOON)]


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (25, []),
        (24.1, []),
        (23.9, [COMING]),
        (12, [COMING]),
        (2.1, [COMING]),
        (1.9, [SOON]),
        (0.1, [SOON]),
        (-0.1, []),
    ],
)
async def test_they_come_a_day_and_two_hours_before(hours, told):
    code = await a_confirmed_booking(hours=hours)
    await remind_all()
    assert await told_of(code) == told


async def test_both_sides_are_reminded():
    code = await a_confirmed_booking(hours=20)
    await remind_all()
    booking = await booking_named(code)
    assert (await notifications_to(booking["customer"]))[-1] == COMING
    assert (await notifications_to(booking["provider"]))[-1] == "A booking is coming up"


async def test_each_comes_once_however_often_it_is_looked():
    code = await a_confirmed_booking(hours=20)
    for _ in range(3):
        await remind_all()
    await begins_in_the_meantime(code, 1.5)
    for _ in range(3):
        await remind_all()
    assert (await told_of(code))[0] == COMING
    assert (await told_of(code)).count(SOON) == 1


async def begins_in_the_meantime(code: str, hours: float) -> None:
    """As if time had passed: of its reminders too."""
    await begins(code, hours)
    await fetch(
        """
        UPDATE reminder r SET starts_at = b.starts_at FROM booking b
        WHERE b.id = r.booking AND b.code = $1
        """,
        code,
    )


async def test_the_second_comes_after_the_first():
    code = await a_confirmed_booking(hours=20)
    await remind_all()
    await begins_in_the_meantime(code, 1.5)
    await remind_all()
    assert await told_of(code) == [COMING, SOON]
    assert await reminders_of(code) == [(24, True), (2, True)]


async def test_two_workers_that_look_at_once_find_each_once():
    code = await a_confirmed_booking(hours=20)
    await asyncio.gather(*(find_reminders() for _ in range(4)))
    assert await reminders_of(code) == [(24, False)]
    row = await fetch_one("SELECT id FROM reminder ORDER BY id DESC LIMIT 1")
    await asyncio.gather(*(remind(row["id"]) for _ in range(4)))
    await do_jobs("remind")
    assert await told_of(code) == [COMING]


async def test_a_request_is_not_reminded_of():
    made = await booked()
    await fetch("UPDATE booking SET expires_at = now() + interval '1 h' WHERE id = $1", made.id)
    await begins(made.code, 20)
    await remind_all()
    assert await reminders_of(made.code) == []


async def test_what_was_cancelled_after_it_was_found_is_not_reminded_of():
    code = await a_confirmed_booking(hours=20)
    await find_reminders()
    booking = await booking_named(code)
    await cancel_booking(booking["customer"], code)
    await do_jobs("remind")
    assert await reminders_of(code) == [(24, False)]
    assert await told_of(code) == []


async def test_what_was_moved_after_it_was_found_is_reminded_of_at_its_new_time_only():
    made = await booked(confirmed=True)
    await fetch(
        "UPDATE booking_event SET created_at = now() - interval '7 days' WHERE booking = $1",
        made.id,
    )
    await fetch(
        "INSERT INTO reminder (booking, hours, starts_at) VALUES ($1, 24, $2)", made.id, NOON
    )
    row = await fetch_one("SELECT id FROM reminder WHERE booking = $1", made.id)
    await reschedule_booking(made.customer, made.code, NOON.replace(hour=14))
    await remind(row["id"])
    assert await told_of(made.code) == []
    await begins(made.code, 20)
    await remind_all()
    assert await told_of(made.code) == [COMING]


async def test_whoever_has_just_agreed_needs_no_reminder():
    code = await a_confirmed_booking(hours=20)
    await fetch(
        """
        UPDATE booking_event e SET created_at = now() - interval '1 h'
        FROM booking b WHERE b.id = e.booking AND b.code = $1 AND e.status = 'confirmed'
        """,
        code,
    )
    await remind_all()
    assert await told_of(code) == []
    await begins(code, 1.5)
    await remind_all()
    assert await told_of(code) == [SOON]


@pytest.mark.parametrize(("hours_left", "told"), [(3, [COMING]), (1, []), (-1, [])])
async def test_one_that_a_worker_comes_too_late_for_is_left_out(hours_left, told):
    code = await a_confirmed_booking(hours=20)
    await find_reminders()
    await begins_in_the_meantime(code, hours_left)
    await do_jobs("remind")
    assert await told_of(code) == told


@pytest.mark.parametrize(
    ("zone", "starts_at"),
    [
        # An hour before the clock is put back, within the hour that comes twice, and after it.
        ("America/New_York", "2027-11-07T04:30:00Z"),
        ("America/New_York", "2027-11-07T05:30:00Z"),
        ("America/New_York", "2027-11-07T06:30:00Z"),
        # Before and after it is put forward.
        ("Europe/Lisbon", "2027-03-28T00:30:00Z"),
        ("Europe/Lisbon", "2027-03-28T01:30:00Z"),
        ("America/Noronha", "2027-01-01T01:30:00Z"),
    ],
)
async def test_times_are_told_on_the_receivers_clock_also_when_that_changes(zone, starts_at):
    starts_at = datetime.fromisoformat(starts_at)
    code = await a_confirmed_booking(hours=20)
    booking = await booking_named(code)
    await fetch("UPDATE users SET zone = $2 WHERE id = $1", booking["customer"], zone)
    row = await fetch_one(
        """
        WITH later AS (
            UPDATE booking
            SET starts_at = $2::timestamptz, ends_at = $2::timestamptz + interval '1 h'
            WHERE id = $1 RETURNING id, starts_at
        )
        INSERT INTO reminder (booking, hours, starts_at) SELECT id, 24, starts_at FROM later
        RETURNING id
        """,
        booking["id"],
        starts_at,
    )
    await remind(row["id"])
    text = (await newest_letter(booking["customer"]))["text"]
    assert f"{starts_at.astimezone(ZoneInfo(zone)):%H:%M} (" in text
    theirs = (await newest_letter(booking["provider"]))["text"]
    assert f", {starts_at.astimezone(ZoneInfo('America/Sao_Paulo')):%H:%M}, with" in theirs


async def test_a_day_before_is_a_day_of_hours_where_the_clock_changes():
    """Found by instants, so that a day of 23 or 25 hours makes none too early or late."""
    code = await a_confirmed_booking(hours=23.99, zone="America/New_York")
    later = await a_confirmed_booking(hours=24.01, zone="America/New_York")
    await find_reminders()
    assert await reminders_of(code) == [(24, False)]
    assert await reminders_of(later) == []
