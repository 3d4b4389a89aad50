"""When somebody else's calendar is busy, as far as the agenda asks."""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.calendars import apart
from app.calendars.apart import busy_periods_apart
from app.calendars.parsing import MOST_EVENTS, MOST_PERIODS, busy_periods
from app.calendars.problems import CannotRead, Problem
from app.settings import ROOT

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
NEW_YORK = """
BEGIN:VTIMEZONE
TZID:Eastern
BEGIN:STANDARD
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
END:VTIMEZONE
"""


def at(day: int, hour: int = 0, minute: int = 0, zone: ZoneInfo = SAO_PAULO) -> datetime:
    """An instant of March 2027, by the wall clock there."""
    return datetime(2027, 3, day, hour, minute, tzinfo=zone)


FIRST, LAST = at(1), at(31)


def event(*lines: str, uid: str = "1") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20270101T000000Z", *lines,
                      "END:VEVENT"])  # fmt: skip


def a_calendar(*parts: str) -> bytes:
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *parts, "END:VCALENDAR"]
    return "\r\n".join("\n".join(whole).strip().split("\n")).encode() + b"\r\n"


def busy(*parts: str, zone: str = "America/Sao_Paulo") -> list[tuple[datetime, datetime]]:
    return busy_periods(a_calendar(*parts), zone, FIRST, LAST)


def days(found: list[tuple[datetime, datetime]]) -> list[int]:
    return [start.astimezone(SAO_PAULO).day for start, _ in found]


def test_an_event_in_utc_keeps_its_instant():
    found = busy(event("DTSTART:20270310T120000Z", "DTEND:20270310T133000Z"))
    assert found == [(at(10, 9), at(10, 10, 30))]


def test_a_duration_says_as_much_as_an_end():
    assert busy(event("DTSTART:20270310T120000Z", "DURATION:PT1H30M")) == [
        (at(10, 9), at(10, 10, 30))
    ]


@pytest.mark.parametrize("tzid", ["America/New_York", "Eastern Standard Time"])
def test_a_zone_is_known_by_its_name(tzid):
    start = f"DTSTART;TZID={tzid}:20270310T090000"
    found = busy(event(start, "DURATION:PT1H"))
    assert found[0][0] == at(10, 9, zone=ZoneInfo("America/New_York"))


def test_a_zone_of_the_calendars_own_is_read_from_it():
    found = busy(NEW_YORK, event("DTSTART;TZID=Eastern:20270320T090000", "DURATION:PT1H"))
    assert found[0][0] == at(20, 9, zone=ZoneInfo("America/New_York"))


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "Europe/Lisbon", "Australia/Lord_Howe"])
def test_a_floating_time_is_meant_where_the_provider_lives(zone):
    found = busy(event("DTSTART:20270310T090000", "DTEND:20270310T100000"), zone=zone)
    assert found == [(at(10, 9, zone=ZoneInfo(zone)), at(10, 10, zone=ZoneInfo(zone)))]


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "Europe/Lisbon", "Australia/Lord_Howe"])
@pytest.mark.parametrize("end", ["DTEND;VALUE=DATE:20270312", "DURATION:P2D"])
def test_whole_days_are_those_of_the_provider(zone, end):
    found = busy(event("DTSTART;VALUE=DATE:20270310", end), zone=zone)
    there = ZoneInfo(zone)
    assert found == [(at(10, zone=there), at(12, zone=there))]


def test_a_day_without_an_end_is_one_day():
    assert busy(event("DTSTART;VALUE=DATE:20270310")) == [(at(10), at(11))]


def test_a_day_on_which_the_clock_changes_has_its_own_length():
    found = busy(event("DTSTART;VALUE=DATE:20270328"), zone="Europe/Lisbon")
    ((start, end),) = found
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=23)


def test_a_moment_keeps_nobody_busy():
    assert busy(event("DTSTART:20270310T120000Z")) == []
    assert busy(event("DTSTART:20270310T120000Z", "DTEND:20270310T120000Z")) == []


@pytest.mark.parametrize("line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "transp:transparent"])
def test_what_takes_no_time_or_is_off_does_not_count(line):
    assert busy(event("DTSTART:20270310T120000Z", "DTEND:20270310T130000Z", line)) == []


@pytest.mark.parametrize("line", ["TRANSP:OPAQUE", "STATUS:TENTATIVE", "CLASS:PRIVATE"])
def test_everything_else_counts(line):
    assert len(busy(event("DTSTART:20270310T120000Z", "DTEND:20270310T130000Z", line))) == 1


def test_what_is_no_event_does_not_count():
    todo = "BEGIN:VTODO\nUID:9\nDTSTAMP:20270101T000000Z\nDTSTART:20270310T120000Z"
    assert busy(f"{todo}\nDUE:20270310T130000Z\nEND:VTODO") == []


def test_overlaps_are_merged_and_the_rest_is_in_order():
    found = busy(
        event("DTSTART:20270312T120000Z", "DURATION:PT1H", uid="d"),
        event("DTSTART:20270310T120000Z", "DURATION:PT2H", uid="a"),
        event("DTSTART:20270310T130000Z", "DURATION:PT2H", uid="b"),
        event("DTSTART:20270310T150000Z", "DURATION:PT1H", uid="c"),
        event("DTSTART:20270310T121500Z", "DURATION:PT5M", uid="e"),
    )
    assert found == [(at(10, 9), at(10, 13)), (at(12, 9), at(12, 10))]


def test_only_what_lies_in_the_window_is_kept():
    found = busy(
        event("DTSTART:20270101T000000Z", "DTEND:20270301T120000Z", uid="a"),
        event("DTSTART:20270330T120000Z", "DTEND:20280101T000000Z", uid="b"),
        event("DTSTART:20260310T120000Z", "DTEND:20260310T130000Z", uid="c"),
        event("DTSTART:20280310T120000Z", "DTEND:20280310T130000Z", uid="d"),
    )
    assert found == [(FIRST, at(1, 9)), (at(30, 9), LAST)]


def test_a_rule_comes_up_until_it_ends():
    start = ("DTSTART;TZID=America/Sao_Paulo:20270301T090000", "DURATION:PT1H")
    assert days(busy(event(*start, "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4"))) == [1, 3, 8, 10]
    assert days(busy(event(*start, "RRULE:FREQ=DAILY;INTERVAL=9;UNTIL=20270320"))) == [1, 10, 19]
    assert days(busy(event(*start, "RRULE:FREQ=MONTHLY;BYDAY=2TH"))) == [1, 11]


def test_a_rule_that_began_long_ago_still_counts():
    found = busy(event("DTSTART:19990101T120000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"))
    assert days(found) == [5, 12, 19, 26]


def test_a_rule_keeps_its_wall_clock_over_a_change():
    # New York changes on March 14.
    zone = ZoneInfo("America/New_York")
    found = busy(
        event("DTSTART;TZID=America/New_York:20270312T090000", "DURATION:PT1H",
              "RRULE:FREQ=DAILY;COUNT=4")
    )  # fmt: skip
    assert [start for start, _ in found] == [at(day, 9, zone=zone) for day in (12, 13, 14, 15)]


def test_left_out_and_added_dates_are_honoured():
    found = busy(
        event(
            "DTSTART;TZID=America/Sao_Paulo:20270301T090000",
            "DURATION:PT1H",
            "RRULE:FREQ=WEEKLY;COUNT=4",
            "EXDATE;TZID=America/Sao_Paulo:20270308T090000",
            "EXDATE:20270315T120000Z",
            "RDATE;TZID=America/Sao_Paulo:20270317T090000",
        )
    )
    assert days(found) == [1, 17, 22]


@pytest.mark.parametrize(
    "replaced",
    ["RECURRENCE-ID;TZID=America/Sao_Paulo:20270308T230000", "RECURRENCE-ID:20270309T020000Z"],
)
def test_a_moved_occurrence_is_where_it_was_moved_to(replaced):
    series = event(
        "DTSTART;TZID=America/Sao_Paulo:20270301T230000", "DURATION:PT30M",
        "RRULE:FREQ=WEEKLY;COUNT=3",
    )  # fmt: skip
    moved = event(replaced, "DTSTART;TZID=America/Sao_Paulo:20270310T100000", "DURATION:PT1H")
    for parts in ((series, moved), (moved, series)):
        assert busy(*parts) == [
            (at(1, 23), at(1, 23, 30)),
            (at(10, 10), at(10, 11)),
            (at(15, 23), at(15, 23, 30)),
        ]


@pytest.mark.parametrize("line", ["STATUS:CANCELLED", "TRANSP:TRANSPARENT"])
def test_an_occurrence_that_is_off_leaves_the_others(line):
    found = busy(
        event("DTSTART:20270301T120000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3"),
        event("RECURRENCE-ID:20270308T120000Z", "DTSTART:20270308T120000Z", "DURATION:PT1H", line),
    )
    assert days(found) == [1, 15]


def test_an_occurrence_moved_out_of_the_window_is_gone_and_one_moved_in_is_there():
    found = busy(
        event("DTSTART:20270301T120000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=20"),
        event("RECURRENCE-ID:20270308T120000Z", "DTSTART:20270601T120000Z", "DURATION:PT1H"),
        event("RECURRENCE-ID:20270412T120000Z", "DTSTART:20270310T120000Z", "DURATION:PT1H"),
    )
    assert days(found) == [1, 10, 15, 22, 29]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY",
        "FREQ=MINUTELY;INTERVAL=1",
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=DAILY;BYMINUTE=0,1,2",
        "FREQ=YEARLY;BYSECOND=0,1",
    ],
)
def test_a_rule_more_frequent_than_daily_is_ignored(rule):
    found = busy(event("DTSTART:20270310T120000Z", "DURATION:PT10S", f"RRULE:{rule}"))
    assert found == [(at(10, 9), at(10, 9) + timedelta(seconds=10))]


def test_the_zone_in_which_a_calendar_is_shown_changes_no_instant():
    for zone in ("America/New_York", "Nowhere/Land", ""):
        parts = (f"X-WR-TIMEZONE:{zone}", event("DTSTART:20270310T120000Z", "DURATION:PT1H"))
        assert busy(*parts) == [(at(10, 9), at(10, 10))]


def test_odd_events_are_left_out_and_the_others_count():
    found = busy(
        event("SUMMARY:without a time", uid="a"),
        event("DTSTART:20270399T990000", "DURATION:PT1H", uid="b"),
        event("DTSTART:20270310T120000Z", "DTEND:20270310T110000Z", uid="c"),
        event("DTSTART;VALUE=DATE:20270312", "DTEND;VALUE=DATE:20270311", uid="d"),
        event("DTSTART:20270320T120000Z", "DURATION:PT1H", uid="e"),
    )
    assert found == [(at(12), at(13)), (at(20, 9), at(20, 10))]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"BEGIN:VCALENDAR",
        b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        b"<html></html>",
        b"\x00\xff\xfe" * 1000,
        a_calendar() + a_calendar(),
        a_calendar(event("DTSTART:20270310T120000Z", "DURATION:PT1H", "RRULE:FREQ=X;COUNT=Y")),
    ],
)
def test_what_is_no_calendar_is_told(content):
    with pytest.raises(CannotRead) as refused:
        busy_periods(content, "America/Sao_Paulo", FIRST, LAST)
    assert refused.value.problem is Problem.NO_CALENDAR


def test_too_many_events_are_told():
    one = event("DTSTART:20270310T120000Z", "DURATION:PT1H")
    assert len(busy(*[one] * 200)) == 1
    with pytest.raises(CannotRead) as refused:
        busy(*[one] * (MOST_EVENTS + 1))
    assert refused.value.problem is Problem.TOO_MANY


def test_too_many_busy_periods_are_told():
    step = (LAST - FIRST) / (MOST_PERIODS + 1)
    events = [
        event(f"DTSTART:{FIRST.astimezone(UTC) + step * n:%Y%m%dT%H%M%SZ}", "DURATION:PT1M",
              uid=str(n))
        for n in range(MOST_PERIODS + 1)
    ]  # fmt: skip
    assert len(busy(*events[:-1])) == MOST_PERIODS
    with pytest.raises(CannotRead) as refused:
        busy(*events)
    assert refused.value.problem is Problem.TOO_MANY


async def test_a_process_apart_finds_the_same():
    content = a_calendar(event("DTSTART;VALUE=DATE:20270310", "RRULE:FREQ=WEEKLY"))
    found = await busy_periods_apart(content, "America/Sao_Paulo", FIRST, LAST)
    assert found == busy_periods(content, "America/Sao_Paulo", FIRST, LAST)
    assert days(found) == [10, 17, 24]


async def test_a_process_apart_says_what_is_wrong():
    with pytest.raises(CannotRead) as refused:
        await busy_periods_apart(b"x", "America/Sao_Paulo", FIRST, LAST)
    assert refused.value.problem is Problem.NO_CALENDAR


@pytest.mark.parametrize(
    "bomb",
    [
        # None of them ever comes up: the library looks for it up to the year 9999.
        "DTSTART:00010101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "DTSTART:00010101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
    ],
)
async def test_a_rule_that_takes_hours_is_given_up_while_all_else_goes_on(monkeypatch, bomb):
    monkeypatch.setattr(apart, "SECONDS", 2.0)
    content = a_calendar(*[event(bomb, uid=str(n)) for n in range(MOST_EVENTS)])
    began = time.monotonic()
    with pytest.raises(CannotRead) as refused:
        await busy_periods_apart(content, "America/Sao_Paulo", FIRST, LAST)
    assert refused.value.problem is Problem.TOO_HARD
    assert time.monotonic() - began < 6


def test_the_process_ends_itself_too():
    text = (
        "import sys; from app.calendars import parsing; parsing.CPU_SECONDS = 1;"
        " parsing.busy_periods = lambda *_: [None for _ in iter(int, 1)];"
        f" sys.argv = ['', 'UTC', {FIRST.isoformat()!r}, {LAST.isoformat()!r}]; parsing.main()"
    )
    ended = subprocess.run([sys.executable, "-c", text], cwd=ROOT, input=b"", timeout=20,
                           capture_output=True, check=False)  # fmt: skip
    assert ended.returncode < 0
    assert not ended.stdout


def test_what_the_process_writes_is_json():
    content = a_calendar(event("DTSTART:20270310T120000Z", "DURATION:PT1H"))
    arguments = ["America/Sao_Paulo", FIRST.isoformat(), LAST.isoformat()]
    said = subprocess.run(
        [sys.executable, "-m", "app.calendars.parsing", *arguments],
        cwd=ROOT, input=content, capture_output=True, check=True, env={},
    ).stdout  # fmt: skip
    assert len(json.loads(said)["periods"]) == 1
