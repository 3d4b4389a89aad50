"""When a provider works, worked out slowly and without SQL: what the database must agree with.

A weekly stretch opens and closes at the first instant at which the wall clock there shows its time
or, where the clock jumps over it, a later one. What closes at or before it opens does so on the
next day, and what has no length is nothing. Time off wins over hours and extra hours.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
# What the offsets are looked up for: more than any test asks about.
FIRST, LAST = datetime(2016, 1, 1, tzinfo=UTC), datetime(2033, 1, 1, tzinfo=UTC)
SHORTEST_BETWEEN_CHANGES = DAY


class Hours(NamedTuple):
    """weekday: 1 is Monday, 7 is Sunday."""

    weekday: int
    opens: time
    closes: time


class Period(NamedTuple):
    begins: datetime
    ends: datetime


def working_time(
    zone: str,
    weekly: Iterable[Hours],
    extra: Iterable[Period],
    off: Iterable[Period],
    first: date,
    last: date,
) -> list[Period]:
    """From the midnight that begins the first day to that which ends the last one."""
    # What opened the day before may still be open.
    days = [first + n * DAY for n in range(-1, (last - first).days + 1)]
    hours = [
        opened_on(day, stretch, zone)
        for day in days
        for stretch in weekly
        if stretch.weekday == day.isoweekday()
    ]
    hours += extra
    off = list(off)
    edges = {first_showing(at_midnight(first), zone), first_showing(at_midnight(last + DAY), zone)}
    begins, ends = min(edges), max(edges)
    return stretches_where(
        lambda t: begins <= t < ends and any_has(t, hours) and not any_has(t, off),
        [begins, ends, *(edge for period in [*hours, *off] for edge in period)],
    )


def opened_on(day: date, stretch: Hours, zone: str) -> Period:
    closing_day = day if stretch.closes > stretch.opens else day + DAY
    return Period(
        first_showing(datetime.combine(day, stretch.opens), zone),
        first_showing(datetime.combine(closing_day, stretch.closes), zone),
    )


def first_showing(shown: datetime, zone: str) -> datetime:
    """The first instant at which the wall clock there shows this time or a later one.

    Between two changes the clock is plainly ahead of UTC: the first of those stretches in which it
    comes so far is the one.
    """
    for since, until, ahead in plain_stretches(zone):
        instant = max(since, (shown - ahead).replace(tzinfo=UTC))
        if instant < until:
            return instant
    raise ValueError(f"{shown} is not within the years that are known here")


@lru_cache
def plain_stretches(zone: str) -> list[tuple[datetime, datetime, timedelta]]:
    """Since when and until when the clock is how far ahead of UTC, in order."""
    steps = int((LAST - FIRST) / SHORTEST_BETWEEN_CHANGES)
    seen = [FIRST + n * SHORTEST_BETWEEN_CHANGES for n in range(steps + 1)]
    changes = [
        _change_between(earlier, later, zone)
        for earlier, later in pairwise(seen)
        if ahead_at(earlier, zone) != ahead_at(later, zone)
    ]
    return [
        (since, until, ahead_at(since, zone)) for since, until in pairwise([FIRST, *changes, LAST])
    ]


def change_days(zone: str) -> list[date]:
    """The days there on which the clock is changed, those before a jump at midnight too."""
    return sorted(
        {
            (instant + offset).astimezone(ZoneInfo(zone)).date()
            for instant, _, _ in plain_stretches(zone)[1:]
            for offset in (-timedelta(seconds=1), timedelta())
        }
    )


def ahead_at(instant: datetime, zone: str) -> timedelta:
    ahead = instant.astimezone(ZoneInfo(zone)).utcoffset()
    assert ahead is not None
    return ahead


def _change_between(earlier: datetime, later: datetime, zone: str) -> datetime:
    """To the second."""
    before = ahead_at(earlier, zone)
    while later - earlier > timedelta(seconds=1):
        middle = earlier + timedelta(seconds=(later - earlier) // timedelta(seconds=2))
        if ahead_at(middle, zone) == before:
            earlier = middle
        else:
            later = middle
    return later


def at_midnight(day: date) -> datetime:
    """The wall-clock time, in no zone."""
    return datetime.combine(day, time())


def any_has(instant: datetime, periods: Iterable[Period]) -> bool:
    return any(period.begins <= instant < period.ends for period in periods)


def stretches_where(holds: Callable[[datetime], bool], edges: Iterable[datetime]) -> list[Period]:
    """The periods throughout which it holds, none touching another; it changes at edges only."""
    found: list[Period] = []
    for begins, ends in pairwise(sorted(set(edges))):
        if not holds(begins):
            continue
        if found and found[-1].ends == begins:
            begins = found.pop().begins
        found.append(Period(begins, ends))
    return found


def without(periods: Iterable[Period], taken: Iterable[Period]) -> list[Period]:
    periods, taken = list(periods), list(taken)
    return stretches_where(
        lambda t: any_has(t, periods) and not any_has(t, taken),
        [edge for period in [*periods, *taken] for edge in period],
    )


def within(periods: Iterable[Period], begins: datetime, ends: datetime) -> list[Period]:
    """Cut off before and after."""
    cut = (Period(max(p.begins, begins), min(p.ends, ends)) for p in periods)
    return [period for period in cut if period.begins < period.ends]
