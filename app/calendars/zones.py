"""Time zones as calendars carry them: every change of the clock between two years (RFC 5545)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

# No zone has ever changed its clock twice in so short a time.
LOOK = timedelta(days=7)


class Onset(NamedTuple):
    """A change of the clock; wall: what it shows just before, on which the change is reckoned."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str
    daylight: bool


@lru_cache(maxsize=200)
def timezone(zone: str, first_year: int, last_year: int) -> Timezone:
    """The VTIMEZONE that holds from the first day of one year to the last of another.

    icalendar's own writes the hour that the clock jumps to, where the standard has the hour that
    it jumps from (3.6.5: DTSTART is reckoned with TZOFFSETFROM).
    """
    component = Timezone()
    component.add("TZID", zone)
    for onset in _onsets(ZoneInfo(zone), first_year, last_year):
        part = TimezoneDaylight() if onset.daylight else TimezoneStandard()
        part.add("DTSTART", onset.wall)
        part.add("TZNAME", onset.name)
        part.add("TZOFFSETFROM", onset.before)
        part.add("TZOFFSETTO", onset.after)
        component.add_component(part)
    return component


def _onsets(zone: ZoneInfo, first_year: int, last_year: int) -> Iterator[Onset]:
    """How the clock stands at first, then every change of it."""
    # A day early and late: the year begins elsewhere at another instant.
    at = datetime(first_year, 1, 1, tzinfo=UTC) - timedelta(days=1)
    end = datetime(last_year + 1, 1, 1, tzinfo=UTC) + timedelta(days=1)
    yield _onset(zone, at, _ahead(zone, at))
    while at < end:
        later = at + LOOK
        if _state(zone, at) != _state(zone, later):
            change = _change_between(zone, at, later)
            yield _onset(zone, change, _ahead(zone, change - timedelta(seconds=1)))
        at = later


def _onset(zone: ZoneInfo, instant: datetime, before: timedelta) -> Onset:
    local = instant.astimezone(zone)
    wall = (instant + before).replace(tzinfo=None)
    return Onset(wall, before, _ahead(zone, instant), local.tzname() or "", bool(local.dst()))


def _change_between(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    """The first second of the later state."""
    state = _state(zone, early)
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if _state(zone, middle) == state:
            early = middle
        else:
            late = middle
    return late


def _state(zone: ZoneInfo, instant: datetime) -> tuple[timedelta | None, str | None]:
    local = instant.astimezone(zone)
    return local.utcoffset(), local.tzname()


def _ahead(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
