"""A week of an agenda, as blocks in seven columns of the provider's wall clock."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from app.agenda.queries import exceptions_of
from app.core.database import fetch
from app.core.time import now, today_in

Period = tuple[datetime, datetime]

DAYS = 7
DAY_MINUTES = 24 * 60
# Positions are rounded to this, so that a stylesheet can know them all.
GRAIN = 5
# What is shown of a day at least, in hours.
EARLIEST, LATEST = 8, 18
# Statuses of bookings for which the provider should be there.
COMING = {"pending", "confirmed"}


class Block(NamedTuple):
    """Something in a column. begin, end: minutes after the day's midnight on the wall clock.

    kind: open, off, extra, free, or a booking's status. row: what it was made of. again: it begins
    when the wall clock shows an hour for the second time. outside: it lies outside of the hours.
    """

    kind: str
    begin: int
    end: int
    row: Any
    again: bool = False
    outside: bool = False


@dataclass(frozen=True)
class Week:
    """from_hour, to_hour: what of each day is shown. start_hour: when work begins first."""

    first: date
    today: date
    zone: str
    days: dict[date, list[Block]]
    from_hour: int
    to_hour: int
    start_hour: int
    now_minute: int

    @property
    def version(self) -> str:
        shown = [
            (day, block._replace(row=tuple(block.row.items())))
            for day, blocks in self.days.items()
            for block in blocks
        ]
        return hashlib.sha256(f"{self.today}{shown}".encode()).hexdigest()[:16]


async def week_of(provider: int, zone: str, wanted: date | None, *, whole: bool = False) -> Week:
    """The week, from its Monday on, in which a day lies; today's if none is wanted.

    whole: all 24 hours of each day, and not only those in which there is something.
    """
    today = today_in(zone)
    day = wanted or today
    first = day - timedelta(days=day.weekday())
    begin, end = _midnight(first, zone), _midnight(first + timedelta(days=DAYS), zone)
    stretches = await _stretches(provider, zone, begin, end)
    open_at = [(row["starts_at"], row["ends_at"]) for kind, row in stretches if kind == "open"]
    days: dict[date, list[Block]] = {first + timedelta(days=n): [] for n in range(DAYS)}
    for kind, row in stretches:
        outside = kind in COMING and not _within(row, open_at, begin, end)
        for on, block in _blocks(kind, row, zone):
            if on in days:
                days[on].append(block._replace(outside=outside))
    from_hour, to_hour = (0, 24) if whole else _hours(days)
    local = now().astimezone(ZoneInfo(zone))
    return Week(
        first=first,
        today=today,
        zone=zone,
        days={day: _cut(blocks, from_hour, to_hour) for day, blocks in days.items()},
        from_hour=from_hour,
        to_hour=to_hour,
        start_hour=_start_hour(open_at, begin, zone),
        now_minute=local.hour * 60 + local.minute,
    )


async def _stretches(
    provider: int, zone: str, begin: datetime, end: datetime
) -> list[tuple[str, Any]]:
    """What lies in the week: hours behind time off, free time and bookings."""
    hours = await fetch(
        """
        SELECT 'open' AS kind, lower(stretch) AS starts_at, upper(stretch) AS ends_at
        FROM unnest(working_time($1, ($2::timestamptz AT TIME ZONE $4)::date - 1,
                ($3::timestamptz AT TIME ZONE $4)::date)
            * tstzmultirange(tstzrange($2, $3))) stretch
        UNION ALL
        SELECT 'free', starts_at, ends_at FROM slot
        WHERE provider = $1 AND NOT taken AND ends_at > greatest($2, now()) AND starts_at < $3
        """,
        provider,
        begin,
        end,
        zone,
    )
    bookings = await fetch(
        """
        SELECT b.code, b.status AS kind, b.starts_at, b.ends_at, b.service_name, b.variant_name,
            customer.name AS customer_name
        FROM booking b JOIN users customer ON customer.id = b.customer
        WHERE b.provider = $1 AND b.ends_at > $2 AND b.starts_at < $3
            AND (b.status IN ('pending', 'confirmed', 'completed', 'no_show')
                OR b.status = 'held' AND b.expires_at > now())
        ORDER BY b.starts_at
        """,
        provider,
        begin,
        end,
    )
    exceptions = await exceptions_of(provider, begin, end)
    return [(row["kind"], row) for row in [*hours, *exceptions, *bookings]]


def _start_hour(stretches: list[Period], week: datetime, zone: str) -> int:
    """When work begins at the earliest, apart from what goes on from the week before."""
    starts = [opens.astimezone(ZoneInfo(zone)).hour for opens, _ in stretches if opens > week]
    return min(starts, default=EARLIEST)


def _within(row: Any, stretches: list[Period], begin: datetime, end: datetime) -> bool:
    """Whether somebody works throughout the part of this that lies in the week, or it is over."""
    first, last = max(row["starts_at"], begin), min(row["ends_at"], end)
    return row["ends_at"] <= now() or any(
        opens <= first and last <= closes for opens, closes in stretches
    )


def _blocks(kind: str, row: Any, zone: str) -> list[tuple[date, Block]]:
    """One block for each day of the calendar that it touches."""
    there = ZoneInfo(zone)
    begin, end = row["starts_at"].astimezone(there), row["ends_at"].astimezone(there)
    blocks: list[tuple[date, Block]] = []
    day = begin.date()
    while day <= end.date():
        starts_here = day == begin.date()
        first = _minute(begin) if starts_here else 0
        last = _minute(end) if day == end.date() else DAY_MINUTES
        if end.fold and starts_here and not begin.fold and day == end.date():
            # It goes on when the clock is put back at the full hour, and so up to there.
            last = (last // 60 + 1) * 60
        if last > 0 or starts_here:
            block = Block(
                kind, first, max(last, first + GRAIN), row, starts_here and bool(begin.fold)
            )
            blocks.append((day, block))
        day += timedelta(days=1)
    return blocks


def _cut(blocks: list[Block], from_hour: int, to_hour: int) -> list[Block]:
    """What of them lies between two hours."""
    first, last = from_hour * 60, to_hour * 60
    return [
        block._replace(begin=max(block.begin, first), end=min(block.end, last))
        for block in blocks
        if block.end > first and block.begin < last
    ]


def _minute(local: datetime) -> int:
    return (local.hour * 60 + local.minute) // GRAIN * GRAIN


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def _hours(days: dict[date, list[Block]]) -> tuple[int, int]:
    """The hours between which everything lies; time off says nothing about when one works."""
    blocks = [block for some in days.values() for block in some if block.kind != "off"]
    first = min((block.begin // 60 for block in blocks), default=EARLIEST)
    last = max((-(-block.end // 60) for block in blocks), default=LATEST)
    return min(first, EARLIEST), max(last, LATEST)
