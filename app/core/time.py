"""Instants are aware; a time is shown in the zone of whoever's agenda it stands in."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_timedelta

from app.core.i18n import LOCALES, translations


def now() -> datetime:
    return datetime.now(UTC)


def from_timestamp(seconds: float) -> datetime:
    """Seconds since 1970 as an instant."""
    return datetime.fromtimestamp(seconds, UTC)


def today_in(zone: str) -> date:
    return now().astimezone(ZoneInfo(zone)).date()


def local_day(instant: datetime, zone: str) -> date:
    """The day on the wall calendar there."""
    return instant.astimezone(ZoneInfo(zone)).date()


def format_wire(instant: datetime) -> str:
    """As addresses and forms carry it: "2026-11-24T12:30:00Z"."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def format_time(instant: datetime, zone: str) -> str:
    """The wall clock there: "09:30"."""
    return instant.astimezone(ZoneInfo(zone)).strftime("%H:%M")


class Moment(NamedTuple):
    """An instant as a strip shows it: "13:00", "today", as addresses have it, and read out."""

    instant: datetime
    clock: str
    day: str
    wire: str
    book: str


@lru_cache(maxsize=10_000)
def moment(instant: datetime, zone: str, today: date, language: str) -> Moment:
    clock, day = (
        format_time(instant, zone),
        format_near_day(local_day(instant, zone), today, language),
    )
    book = translations(language).gettext("%(clock)s %(day)s, book")
    return Moment(instant, clock, day, format_wire(instant), book % {"clock": clock, "day": day})


def format_day(day: date, language: str) -> str:
    """A day of the year: "ter., 24 de nov."."""
    return f"{format_weekday(day, language)}, {format_short_day(day, language)}"


def format_weekday(day: date, language: str) -> str:
    """ "ter."."""
    return format_date(day, "EEE", locale=LOCALES[language])


def format_short_day(day: date, language: str) -> str:
    """Day and month: "24 de nov."."""
    return format_skeleton("dMMM", day, locale=LOCALES[language])


def format_full_day(day: date, language: str) -> str:
    """Day, month and year: "24 de nov. de 2026"."""
    return format_skeleton("yMMMd", day, locale=LOCALES[language])


def format_near_day(day: date, today: date, language: str) -> str:
    """As people say it: "today", "tomorrow", the weekday within a week, else day and month."""
    text = translations(language)
    if day == today:
        return text.gettext("today")
    if day == today + timedelta(days=1):
        return text.gettext("tomorrow")
    if today < day < today + timedelta(days=7):
        return format_date(day, "EEE", locale=LOCALES[language]).rstrip(".")
    return format_short_day(day, language)


def format_ago(instant: datetime, language: str) -> str:
    """How long since then: "há 5 minutos"."""
    return format_timedelta(
        min(instant - now(), timedelta(seconds=-1)), add_direction=True, locale=LOCALES[language]
    )


def format_duration(minutes: int) -> str:
    """ "45 min", "2 h", "2 h 30"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"
