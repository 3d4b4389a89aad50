"""What has to be so of any agenda and its bookings, whatever was done to them."""

from collections import defaultdict
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from app.bookings.tables import ACTIVE, MOVES, Status
from app.core.database import fetch, fetch_one
from app.core.time import now
from tests.agenda.slow_hours import (
    DAY,
    Hours,
    Period,
    at_midnight,
    first_showing,
    within,
    without,
    working_time,
)

FIRST = {Status.HELD, Status.PENDING, Status.CONFIRMED}
# What was done or missed keeps the time that it had.
HAS_SLOT = ACTIVE | {Status.COMPLETED, Status.NO_SHOW}
MOST_HOLDS = 2
slow_working_time = lru_cache(maxsize=64)(working_time)


async def check_agenda(provider: int) -> None:
    """
    Raises:
        AssertionError: it is not as it has to be.
    """
    slots = await fetch("SELECT * FROM slot WHERE provider = $1 ORDER BY starts_at", provider)
    bookings = await fetch("SELECT * FROM booking WHERE provider = $1 ORDER BY starts_at", provider)
    for earlier, later in pairwise(slots):
        assert earlier["ends_at"] <= later["starts_at"], "two slots overlap"
    active = [booking for booking in bookings if booking["status"] in ACTIVE]
    for earlier, later in pairwise(active):
        assert earlier["ends_at"] <= later["starts_at"], "two bookings overlap"
    await _check_free_time(provider, slots)
    _check_slots(slots, bookings)
    _check_buffers(slots)
    _check_events(
        bookings,
        await fetch("SELECT * FROM booking_event WHERE provider = $1 ORDER BY id", provider),
    )


async def check_holds(customer: int) -> None:
    row = await fetch_one(
        """
        SELECT count(*) FROM booking b WHERE customer = $1 AND status = 'held'
            AND expires_at > now() AND address = ''
            AND NOT EXISTS (SELECT FROM waitlist_entry w WHERE w.booking = b.id)
        """,
        customer,
    )
    assert row["count"] <= MOST_HOLDS, "somebody holds too much"


async def _check_free_time(provider: int, slots: list) -> None:
    """Free and taken together are the hours without time off; bookings may lie outside."""
    taken = [Period(slot["starts_at"], slot["ends_at"]) for slot in slots if slot["taken"]]
    free = [Period(slot["starts_at"], slot["ends_at"]) for slot in slots if not slot["taken"]]
    assert free == without(free, []), "free stretches that touch are not one"
    settings, hours = await hours_of(provider)
    until = settings["written_until"]
    begins = first_showing(at_midnight(today_of(settings)), settings["zone"])
    works = slow_working_time(
        settings["zone"], *hours, today_of(settings) - DAY, _day(until, settings["zone"]) + 30 * DAY
    )
    expected = without(within(works, begins, until), taken)
    assert within(free, begins, until) == expected, "free time is not hours without what is taken"
    beyond = within(free, until, until + 400 * DAY)
    assert without(beyond, works) == [], "there is free time at which nobody works"


async def bookings_outside(provider: int) -> int:
    """How many that are to come lie outside of the hours, by the slow model."""
    coming = await fetch(
        """
        SELECT starts_at, ends_at FROM booking
        WHERE provider = $1 AND slot IS NOT NULL AND status <> 'held' AND ends_at > now()
        """,
        provider,
    )
    return await count_outside(provider, [Period(*row) for row in coming])


async def count_outside(provider: int, periods: list[Period]) -> int:
    """How many of these lie outside of the hours, in part or as a whole."""
    settings, hours = await hours_of(provider)
    today = today_of(settings)
    works = slow_working_time(settings["zone"], *hours, today - DAY, today + 30 * DAY)
    return sum(bool(without([period], works)) for period in periods)


async def hours_of(provider: int) -> tuple:
    """The settings; and weekly hours, extra hours and time off."""
    settings = await fetch_one("SELECT * FROM agenda_settings WHERE provider = $1", provider)
    weekly = await fetch(
        "SELECT weekday, opens, closes FROM weekly_hours WHERE provider = $1", provider
    )
    extra, off = [
        tuple(
            Period(*row)
            for row in await fetch(
                f"SELECT starts_at, ends_at FROM {table} WHERE provider = $1 ORDER BY id", provider
            )
        )
        for table in ("extra_hours", "time_off")
    ]
    return settings, (tuple(Hours(*row) for row in weekly), extra, off)


def today_of(settings):
    return _day(now(), settings["zone"])


def _day(instant: datetime, zone: str):
    return instant.astimezone(ZoneInfo(zone)).date()


def _check_slots(slots: list, bookings: list) -> None:
    by_id = {slot["id"]: slot for slot in slots}
    used = set()
    for booking in bookings:
        if booking["slot"] is None:
            assert booking["status"] not in HAS_SLOT, "a booking has lost its time"
            continue
        assert booking["status"] in HAS_SLOT, "what is given up keeps its time"
        slot = by_id[booking["slot"]]
        assert slot["taken"], "a booking's time is free"
        assert _period(slot) == _period(booking), "a booking and its time differ"
        assert booking["slot"] not in used, "two bookings have one time"
        used.add(booking["slot"])
        held = booking["status"] == Status.HELD
        chosen_by = None if booking["address"] else booking["customer"]
        holds = (chosen_by, booking["expires_at"]) if held else (None, None)
        assert (slot["held_by"], slot["held_until"]) == holds, "a hold and its time differ"
    assert used == {slot["id"] for slot in slots if slot["taken"]}, "time is taken by nobody"


def _check_buffers(slots: list) -> None:
    """Between neighbours; what is not held any more is none."""
    standing = [
        slot
        for slot in slots
        if slot["taken"] and (slot["held_until"] is None or slot["held_until"] > now())
    ]
    for earlier, later in pairwise(standing):
        buffer = max(earlier["buffer_after_minutes"], later["buffer_before_minutes"])
        between = later["starts_at"] - earlier["ends_at"]
        assert between >= timedelta(minutes=buffer), "a buffer is not kept"


def _check_events(bookings: list, events: list) -> None:
    history = defaultdict(list)
    for event in events:
        history[event["booking"]].append(event)
    for booking in bookings:
        told = history.pop(booking["id"])
        assert told[0]["status"] in FIRST, "it began as what it can't begin as"
        for before, after in pairwise(told):
            status = Status(after["status"])
            moved = before["status"] == status and before["starts_at"] != after["starts_at"]
            assert moved or status in MOVES[Status(before["status"])], "a move that is not allowed"
        last = (told[-1]["status"], told[-1]["starts_at"])
        assert last == (booking["status"], booking["starts_at"]), "a move was not told"
        assert booking["revision"] == len(told) - 1, "a calendar would miss a move"
    assert not history


def _period(row) -> tuple[datetime, datetime]:
    return row["starts_at"], row["ends_at"]
