"""The free times of a service's page, kept true while somebody looks at them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from app.agenda.queries import free_days, held_times, next_free_start
from app.catalog.queries import Variant
from app.core.live import Part, Read
from app.core.templating import render
from app.core.time import today_in

WEEK = 7


@dataclass(frozen=True)
class Times:
    """A week of one variant's free times.

    before, after: where the weeks next to it begin. later: the next free time, if there is none.
    """

    service: dict[str, Any]
    variant: Variant
    first: date
    today: date
    days: dict[date, list[datetime]]
    later: datetime | None

    @property
    def version(self) -> str:
        """Another whenever another time can be booked."""
        starts = (str(start) for starts in self.days.values() for start in starts)
        shown = f"{self.today} {self.later} {' '.join(starts)}"
        return hashlib.sha256(shown.encode()).hexdigest()[:16]

    @property
    def before(self) -> date | None:
        return max(self.first - timedelta(days=WEEK), self.today) if self._is_later else None

    @property
    def after(self) -> date:
        return self.first + timedelta(days=WEEK)

    @property
    def _is_later(self) -> bool:
        return self.first > self.today


async def times_of(service: dict[str, Any], variant: Variant, wanted: date | None) -> Times:
    """The week from a day on, from today on if that is over or none is wanted."""
    zone = service["zone"]
    today = today_in(zone)
    first = max(wanted, today) if wanted else today
    days = await free_days(service["id"], variant.minutes, zone, first, WEEK)
    later = None
    if not any(days.values()):
        later = await next_free_start(service["id"], variant.minutes, zone, max(days))
    return Times(service, variant, first, today, days, later)


def times_part(times: Times, seen: str, language: str) -> Part:
    """What every page with this week of this variant follows, whoever looks at it."""
    service = times.service
    return Part(
        topic=f"provider:{service['provider']}",
        view=f"{language} {service['id']} {times.variant.id} {times.first}",
        seen=seen,
        read=_reader(times, language),
    )


def _reader(shown: Times, language: str) -> Read:
    # What was free since somebody began to look leaves a gap, so that the others stay in place.
    known = {day: set(starts) for day, starts in shown.days.items()}

    async def read() -> tuple[str, Callable[[], str]]:
        times = await times_of(shown.service, shown.variant, shown.first)
        for day, starts in times.days.items():
            known.setdefault(day, set()).update(starts)
        gaps = {day: sorted(starts) for day, starts in known.items()}
        return times.version, partial(
            render, "catalog/_live_times.html", language, times=times, gaps=gaps
        )

    return read


def held_part(service: dict[str, Any], customer: int, seen: str, language: str) -> Part:
    """What a customer's own page follows besides: what they hold themselves."""

    async def read() -> tuple[str, Callable[[], str]]:
        held = await held_times(service["provider"], customer)
        return version_of_held(held), partial(
            render, "catalog/_live_held.html", language, service=service, held=held
        )

    view = f"{language} held {service['provider']}"
    return Part(f"user:{customer}", view, seen, read)


def version_of_held(held: list[datetime]) -> str:
    return "-".join(str(int(start.timestamp())) for start in held) or "0"
