"""VTIMEZONE read as the standard says (RFC 5545, 3.6.5), against zoneinfo."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from app.calendars.zones import timezone

ZONES = [
    "America/Sao_Paulo",
    "America/New_York",
    "Europe/Lisbon",
    "America/Noronha",
    "America/Cuiaba",
    "Australia/Lord_Howe",
]
FIRST, LAST = 2018, 2030


def onsets(zone: str) -> list[tuple[datetime, timedelta]]:
    """What is written, read independently: DTSTART is local time by TZOFFSETFROM."""
    component = Calendar.from_ical(timezone(zone, FIRST, LAST).to_ical())
    assert str(component["TZID"]) == zone
    return sorted(
        (
            (part["DTSTART"].dt - part["TZOFFSETFROM"].td).replace(tzinfo=UTC),
            part["TZOFFSETTO"].td,
        )
        for part in component.subcomponents
    )


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_is_as_far_from_utc_as_zoneinfo_says(zone):
    changes, there = onsets(zone), ZoneInfo(zone)
    at, seen = datetime(FIRST, 1, 1, tzinfo=UTC), 0
    ahead = None
    while at < datetime(LAST + 1, 1, 1, tzinfo=UTC):
        while seen < len(changes) and changes[seen][0] <= at:
            ahead = changes[seen][1]
            seen += 1
        assert at.astimezone(there).utcoffset() == ahead, at
        at += timedelta(minutes=30)


@pytest.mark.parametrize("zone", ZONES)
def test_it_changes_in_the_very_second(zone):
    there = ZoneInfo(zone)
    for instant, ahead in onsets(zone)[1:]:
        assert instant.astimezone(there).utcoffset() == ahead
        before = (instant - timedelta(seconds=1)).astimezone(there)
        assert before.utcoffset() != ahead or before.tzname() != instant.astimezone(there).tzname()


def test_the_hour_that_the_clock_jumps_from_is_written():
    text = timezone("America/New_York", 2027, 2027).to_ical().decode()
    assert "DTSTART:20270314T020000" in text
    assert "DTSTART:20271107T020000" in text


def test_brazil_changes_its_clock_no_more():
    assert len(onsets("America/Sao_Paulo")) == 4
    assert len(timezone("America/Sao_Paulo", 2026, 2028).subcomponents) == 1
