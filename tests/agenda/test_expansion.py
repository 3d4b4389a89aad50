"""From weekly hours to free time, on any day and through every change of the clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agenda.actions.hours import Stretch, set_weekly_hours
from app.agenda.actions.rules import set_rules
from app.agenda.actions.time_off import add_time_off
from app.agenda.forms import RulesForm
from app.core.database import fetch, fetch_one
from tests.agenda.agendas import (
    MINUTE,
    ZONES,
    apart,
    examples,
    let_tests_say_what_time_it_is,
    periods,
    slots_of,
    stand_at,
    weeks,
    working_time_in_sql,
    write_agenda,
    zones_and_days,
)
from tests.agenda.slow_hours import (
    DAY,
    Hours,
    Period,
    at_midnight,
    change_days,
    first_showing,
    within,
    without,
    working_time,
)
from tests.factories import a_booking, a_provider, an_offer, in_days

HOUR = timedelta(hours=1)


@pytest.fixture
async def provider(app) -> int:
    return await a_provider()


def walk_to(shown: datetime, zone: str) -> datetime:
    """As first_showing, minute by minute."""
    instant = shown.replace(tzinfo=UTC) - DAY
    while instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < shown:
        instant += MINUTE
    return instant


@pytest.mark.parametrize("zone", ZONES)
def test_the_slow_wall_clock_is_right_itself(zone):
    for day in [*change_days(zone), date(2026, 11, 24)][-4:]:
        for quarter in range(0, 30 * 4, 3):
            shown = at_midnight(day) + quarter * 15 * MINUTE
            assert first_showing(shown, zone) == walk_to(shown, zone)


@examples(150)
@given(where=zones_and_days(), seconds=st.integers(0, 14 * 86400))
async def test_the_wall_clock_is_the_slow_ones(connection, where, seconds):
    zone, first, _ = where
    for shown in (
        at_midnight(first) + timedelta(seconds=seconds // 300 * 300),
        at_midnight(first) + timedelta(seconds=seconds // 60 * 60),
    ):
        found = await connection.fetchval("SELECT wall_clock($1, $2)", shown, zone)
        assert found == first_showing(shown, zone)


@examples(150)
@given(data=st.data())
async def test_working_time_is_hours_and_extra_hours_without_time_off(connection, provider, data):
    zone, first, last = data.draw(zones_and_days())
    weekly = data.draw(weeks)
    extra, off = data.draw(periods(first, last, 4)), data.draw(periods(first, last, 4))

    await write_agenda(connection, provider, zone, weekly, extra, off)
    in_sql = await working_time_in_sql(connection, provider, zone, first, last)
    assert in_sql == working_time(zone, weekly, extra, off, first, last)


@examples(120)
@given(data=st.data())
async def test_free_time_is_working_time_without_what_is_taken(connection, provider, data):
    """Written once, and once more after everything was edited some time later."""
    zone, first, last = data.draw(zones_and_days())
    horizon = (last - first).days + 1
    taken = apart(data.draw(periods(first, last, 4, 300)))
    transaction = connection.transaction()
    await transaction.start()
    await let_tests_say_what_time_it_is(connection)
    await connection.execute(
        "UPDATE agenda_settings SET horizon_days = $2 WHERE provider = $1", provider, horizon
    )
    await connection.executemany(
        "INSERT INTO slot (provider, starts_at, ends_at, taken) VALUES ($1, $2, $3, true)",
        [(provider, *period) for period in taken],
    )
    try:
        for moved_on in (0, data.draw(st.integers(0, 3))):
            today = first + moved_on * DAY
            weekly = data.draw(weeks)
            extra, off = data.draw(periods(first, last, 3)), data.draw(periods(first, last, 3))
            moment = first_showing(at_midnight(today), zone) + data.draw(
                st.integers(0, 22 * 60).map(lambda n: n * MINUTE)
            )
            since = data.draw(
                st.none() | st.integers(-300, 4000).map(lambda n, at=moment: at + n * MINUTE)
            )
            before = await slots_of(connection, provider)
            await write_agenda(connection, provider, zone, weekly, extra, off)
            await stand_at(connection, moment)
            await connection.execute("SELECT write_free_time($1, $2)", provider, since)

            free = await slots_of(connection, provider)
            local_day = moment.astimezone(ZoneInfo(zone)).date()
            begins = since or first_showing(at_midnight(local_day), zone)
            ends = first_showing(at_midnight(local_day + (horizon + 1) * DAY), zone)
            works = working_time(zone, weekly, extra, off, first - 2 * DAY, last + 20 * DAY)
            assert within(free, begins, ends) == without(within(works, begins, ends), taken)
            assert within(free, max(begins, ends), ends + 400 * DAY) == []
            # No stretch is cut in two, and what was before stays unless it reached in.
            assert free == without(free, [])
            untouched = [period for period in before if period.ends < begins]
            assert [period for period in free if period.ends < begins][
                : len(untouched)
            ] == untouched
            assert await slots_of(connection, provider, taken=True) == taken
    finally:
        await transaction.rollback()


NEW_YORK, LORD_HOWE, SAO_PAULO = "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo"
SPRING, AUTUMN = date(2027, 3, 14), date(2026, 11, 1)
ALL_WEEK = range(1, 8)


@pytest.mark.parametrize(
    ("zone", "day", "opens", "closes", "hours"),
    [
        # An hour is missing, or comes twice, in the middle of the night's work.
        (NEW_YORK, SPRING, "00:00", "06:00", 5),
        (NEW_YORK, AUTUMN, "00:00", "06:00", 7),
        (NEW_YORK, SPRING, "09:00", "17:00", 8),
        (NEW_YORK, AUTUMN, "09:00", "17:00", 8),
        # It closes when it opens: the next day.
        (NEW_YORK, AUTUMN - DAY, "09:00", "09:00", 25),
        (NEW_YORK, SPRING - DAY, "09:00", "09:00", 23),
        # Through midnight into the change.
        (NEW_YORK, SPRING - DAY, "22:00", "04:00", 5),
        (NEW_YORK, AUTUMN - DAY, "22:00", "04:00", 7),
        # It closes, or opens, at a time that does not exist.
        (NEW_YORK, SPRING, "01:00", "02:30", 1),
        (NEW_YORK, SPRING, "02:30", "04:00", 1),
        # It lies wholly in the missing hour.
        (NEW_YORK, SPRING, "02:00", "03:00", 0),
        (NEW_YORK, SPRING, "02:15", "02:45", 0),
        # In the doubled hour it opens and closes the first time; ending after it, it has both.
        (NEW_YORK, AUTUMN, "01:00", "01:30", 0.5),
        (NEW_YORK, AUTUMN, "01:00", "02:00", 2),
        (NEW_YORK, AUTUMN, "00:30", "01:30", 1),
        # Half an hour of daylight saving.
        (LORD_HOWE, date(2027, 4, 4), "00:00", "06:00", 6.5),
        (LORD_HOWE, date(2026, 10, 4), "00:00", "06:00", 5.5),
        (LORD_HOWE, date(2026, 10, 4), "02:00", "02:30", 0),
        ("Europe/Lisbon", date(2027, 3, 28), "00:00", "06:00", 5),
        ("Europe/Lisbon", date(2026, 10, 25), "00:00", "06:00", 7),
        # Brazil had no midnight on 4 November 2018, and two hours from 23:00 on 17 February 2018.
        (SAO_PAULO, date(2018, 11, 4), "00:00", "06:00", 5),
        (SAO_PAULO, date(2018, 11, 3), "20:00", "00:00", 4),
        (SAO_PAULO, date(2018, 11, 3), "20:00", "00:30", 4),
        (SAO_PAULO, date(2018, 2, 17), "20:00", "00:00", 5),
        (SAO_PAULO, date(2018, 2, 17), "23:00", "23:30", 0.5),
        (SAO_PAULO, date(2018, 2, 18), "00:00", "06:00", 6),
        (SAO_PAULO, date(2026, 11, 1), "00:00", "06:00", 6),
    ],
)  # fmt: skip
async def test_hours_have_their_right_length_on_a_day_of_change(
    connection, provider, zone, day, opens, closes, hours
):
    stretch = Hours(day.isoweekday(), time.fromisoformat(opens), time.fromisoformat(closes))
    await write_agenda(connection, provider, zone, [stretch])

    found = await working_time_in_sql(connection, provider, zone, day, day + DAY)
    assert sum((period.ends - period.begins for period in found), timedelta()) == hours * HOUR
    assert len(found) == bool(hours)
    assert found == working_time(zone, [stretch], [], [], day, day + DAY)


def rules(**chosen) -> RulesForm:
    usual = {
        "zone": SAO_PAULO, "step": 30, "buffer_before": 0, "buffer_after": 0, "notice": 60,
        "horizon": 90, "answer": 1440, "free_hours": 24, "fee_percent": 0,
    }  # fmt: skip
    return RulesForm(**(usual | chosen))


@pytest.mark.parametrize("there", [ZoneInfo("America/Noronha"), ZoneInfo(NEW_YORK)])
async def test_who_moves_keeps_hours_on_the_wall_and_bookings_at_their_instant(there):
    here = ZoneInfo(SAO_PAULO)
    offer = await an_offer(await a_provider(zone=here.key))
    week = [Hours(weekday, time(9), time(18)) for weekday in ALL_WEEK]
    await set_weekly_hours(offer.provider, [Stretch(*stretch) for stretch in week])
    day = in_days(6).date()
    noon = datetime.combine(day, time(12), here)
    await a_booking(offer, noon)
    await add_time_off(offer.provider, noon + 3 * HOUR, noon + 4 * HOUR, "")

    await set_rules(offer.provider, rules(zone=there.key))
    slots = await fetch(
        "SELECT starts_at, ends_at, taken FROM slot WHERE provider = $1 ORDER BY 1",
        offer.provider,
    )
    booked = Period(noon, noon + HOUR)
    assert [Period(*row[:2]) for row in slots if row["taken"]] == [booked]
    settings = await fetch_one(
        "SELECT written_until FROM agenda_settings WHERE provider = $1", offer.provider
    )
    begins, ends = datetime.combine(day - DAY, time(), there), settings["written_until"]
    off = Period(*(datetime.combine(day, time(hour), there) for hour in (15, 16)))
    works = working_time(there.key, week, [], [off], day - DAY, ends.astimezone(there).date())
    free = [Period(*row[:2]) for row in slots if not row["taken"]]
    assert within(free, begins, ends) == without(within(works, begins, ends), [booked])
    assert ends.astimezone(there).timetz() == time(tzinfo=there)
