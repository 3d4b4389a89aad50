"""When somebody else's calendar is busy.

Run as a program it reads a calendar from its input and writes the periods: app.calendars.apart
does so, since rules can be written that take hours to unfold. It imports little, to start quickly.
"""

import json
import os
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import recurring_ical_events
from icalendar import Calendar
from icalendar.error import BrokenCalendarProperty

from app.calendars.problems import CannotRead, Problem

MOST_EVENTS = 5_000
MOST_PERIODS = 2_000
# Rules that can't come up more often than once a day, apart from what DAY_PARTS add.
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
DAY_PARTS = ("BYHOUR", "BYMINUTE", "BYSECOND")
# What reading one may take, as a program.
CPU_SECONDS = 15
MOST_MEMORY = 1_000_000_000
# Further than any two zones are apart.
ZONES_APART = timedelta(days=2)

Period = tuple[datetime, datetime]


def busy_periods(content: bytes, zone: str, first: datetime, last: datetime) -> list[Period]:
    """The busy times between two instants, merged and in order.

    zone: in which all-day events and floating times are meant.

    Raises:
        CannotRead: it is no calendar, or has too much in it.
    """
    if content.upper().count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise CannotRead(Problem.TOO_MANY)
    there = ZoneInfo(zone)
    try:
        calendar = _prepared(Calendar.from_ical(content), first)
        found = recurring_ical_events.of(calendar).between(first - ZONES_APART, last + ZONES_APART)
        periods = [period for event in found if (period := _period(event, there, first, last))]
    except Exception as error:
        # Somebody else's calendar makes the libraries raise whatever they come upon.
        raise CannotRead(Problem.NO_CALENDAR) from error
    merged = list(_merged(periods))
    if len(merged) > MOST_PERIODS:
        raise CannotRead(Problem.TOO_MANY)
    return merged


def _prepared(calendar: Any, first: datetime) -> Calendar:
    """The events of a calendar as the library can take them."""
    prepared = Calendar()
    shown_in = str(calendar.get("X-WR-TIMEZONE", ""))
    if shown_in in available_timezones():
        prepared.add("X-WR-TIMEZONE", shown_in)
    events = [event for event in calendar.walk("VEVENT") if _has_time(event)]
    started = {
        str(event.get("UID")): event["DTSTART"].dt
        for event in events
        if "RECURRENCE-ID" not in event
    }
    for event in events:
        if "RECURRENCE-ID" in event:
            event.pop("RRULE", None)
            _move_recurrence(event, started.get(str(event.get("UID"))))
        elif "RRULE" in event and not _is_plain(event["RRULE"]):
            event.pop("RRULE")
        if not _is_over(event, first - ZONES_APART):
            prepared.add_component(event)
    return prepared


def _has_time(event: Any) -> bool:
    """Whether it begins, and ends no sooner; an end that makes no sense is taken away."""
    try:
        start = event["DTSTART"].dt
    except (KeyError, AttributeError, BrokenCalendarProperty):
        return False
    end, zone = event.get("DTEND"), getattr(start, "tzinfo", None)
    if end is not None and _clock(end.dt, zone) < _clock(start, zone):
        event.pop("DTEND")
    return isinstance(start, date)


def _clock(moment: date, zone: tzinfo | None) -> datetime:
    """A moment that can be compared: days begin and floating times are there; None: all float."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(), zone)
    return moment if moment.tzinfo and zone else moment.replace(tzinfo=zone)


def _move_recurrence(event: Any, started: date | None) -> None:
    """Name the replaced occurrence in the zone of the first: it is looked up by its day there."""
    replaced = event["RECURRENCE-ID"].dt
    zone = getattr(started, "tzinfo", None)
    if zone and getattr(replaced, "tzinfo", None):
        event["RECURRENCE-ID"].dt = replaced.astimezone(zone)


def _is_plain(rule: Any) -> bool:
    """Whether a rule comes up at most once a day."""
    if isinstance(rule, list):
        return False
    often = any(len(rule.get(part, [])) > 1 for part in DAY_PARTS)
    return {str(one).upper() for one in rule.get("FREQ", [])} <= FREQUENCIES and not often


def _is_over(event: Any, first: datetime) -> bool:
    """Whether its rule ended long ago, so that unfolding it would be for nothing."""
    rule = event.get("RRULE")
    if rule is None or "RDATE" in event or not rule.get("UNTIL"):
        return False
    until = _clock(rule["UNTIL"][0], UTC)
    start, end = event["DTSTART"].dt, event.get("DTEND")
    length = _clock(end.dt, UTC) - _clock(start, UTC) if end else timedelta(days=1)
    return "DURATION" not in event and until + length < first


def _period(event: Any, there: ZoneInfo, first: datetime, last: datetime) -> Period | None:
    """The part of an occurrence that keeps its owner busy between two instants."""
    kinds = str(event.get("TRANSP", "")).upper(), str(event.get("STATUS", "")).upper()
    if kinds[0] == "TRANSPARENT" or kinds[1] == "CANCELLED":
        return None
    start, end = event["DTSTART"].dt, event["DTEND"].dt
    if not isinstance(start, datetime) and end <= start:
        end = start + timedelta(days=1)
    starts_at = max(_clock(start, there), first)
    ends_at = min(_clock(end, there), last)
    return (starts_at, ends_at) if starts_at < ends_at else None


def _merged(periods: list[Period]) -> Iterator[Period]:
    """Without overlaps and touching ends."""
    kept: Period | None = None
    for starts_at, ends_at in sorted(periods):
        if kept and starts_at <= kept[1]:
            kept = kept[0], max(kept[1], ends_at)
            continue
        if kept:
            yield kept
        kept = starts_at, ends_at
    if kept:
        yield kept


def main() -> None:
    """Arguments: zone, first and last instant. Input: the calendar. Output: periods or problem."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    os.nice(10)
    zone, first, last = sys.argv[1:]
    try:
        periods = busy_periods(
            sys.stdin.buffer.read(),
            zone,
            datetime.fromisoformat(first),
            datetime.fromisoformat(last),
        )
    except CannotRead as error:
        json.dump({"problem": error.problem}, sys.stdout)
    else:
        json.dump({"periods": [(a.isoformat(), b.isoformat()) for a, b in periods]}, sys.stdout)


if __name__ == "__main__":
    main()
