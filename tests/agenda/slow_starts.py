"""Which times can be booked, worked out minute by minute: what free_starts must agree with.

The rules are looked at one by one for every minute there is. A booking lies in free time as a
whole; to the booking before it, and to the one after it, it leaves the larger of the two buffers
that meet there; it begins neither before the notice nor after the horizon; and it begins either as
early as its stretch of free time allows, or on a step of the provider's wall clock.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.agenda.slow_hours import Period, without

MINUTE = timedelta(minutes=1)


class Rules(NamedTuple):
    """All but the zone in minutes; the horizon in days."""

    zone: str
    step: int
    before: int
    after: int
    notice: int
    horizon: int


class Taken(NamedTuple):
    """A booking, or a hold of somebody (held_by) until some time."""

    period: Period
    before: int
    after: int
    held_by: int | None = None
    held_until: datetime | None = None


def slow_starts(
    rules: Rules,
    free: list[Period],
    taken: list[Taken],
    duration: timedelta,
    earliest: datetime,
    latest: datetime,
    holder: int | None,
    now: datetime,
) -> list[datetime]:
    """Everything given lies on whole minutes."""
    lapsed = [hold for hold in taken if is_free_for(hold, holder, now)]
    booked = [booking for booking in taken if not is_free_for(booking, holder, now)]
    stretches = without([*free, *(hold.period for hold in lapsed)], [])
    first = max(earliest, now + rules.notice * MINUTE)
    last = min(latest, now + timedelta(days=rules.horizon))
    found = []
    for stretch in stretches:
        if stretch.begins > last or stretch.ends < first:
            continue
        own_beginning = None
        start = stretch.begins
        while start + duration <= stretch.ends:
            if keeps_buffers(Period(start, start + duration), rules, booked):
                own_beginning = own_beginning or start
                offered = start == own_beginning or is_on_step(start, rules)
                if offered and first <= start <= last:
                    found.append(start)
            start += MINUTE
    return found


def is_free_for(taken: Taken, holder: int | None, now: datetime) -> bool:
    if taken.held_until is None:
        return False
    return taken.held_until <= now or (holder is not None and taken.held_by == holder)


def keeps_buffers(wanted: Period, rules: Rules, booked: list[Taken]) -> bool:
    earlier = [other for other in booked if other.period.ends <= wanted.begins]
    later = [other for other in booked if other.period.begins >= wanted.ends]
    if earlier:
        neighbour = max(earlier, key=lambda other: other.period.ends)
        between = wanted.begins - neighbour.period.ends
        if between < max(neighbour.after, rules.before) * MINUTE:
            return False
    if later:
        neighbour = min(later, key=lambda other: other.period.begins)
        between = neighbour.period.begins - wanted.ends
        if between < max(neighbour.before, rules.after) * MINUTE:
            return False
    return True


def is_on_step(start: datetime, rules: Rules) -> bool:
    clock = start.astimezone(ZoneInfo(rules.zone))
    return (clock.hour * 60 + clock.minute) % rules.step == 0
