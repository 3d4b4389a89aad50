"""Which times of the free ones can be booked: free_starts against a slow model of the rules."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agenda.agendas import (
    CHANGING_ZONES,
    MINUTE,
    ZONES,
    examples,
    let_tests_say_what_time_it_is,
    stand_at,
)
from tests.agenda.slow_hours import Hours, Period, opened_on, plain_stretches, without
from tests.agenda.slow_starts import Rules, Taken, is_free_for, slow_starts
from tests.factories import a_user, an_offer

HOUR = timedelta(hours=1)
STEPS = [step for step in range(5, 241) if 1440 % step == 0]
BUFFERS = st.sampled_from([0, 0, 5, 15, 30, 60, 240])
FIRST, LAST = datetime(2018, 1, 1, tzinfo=UTC), datetime(2030, 12, 31, tzinfo=UTC)


class Agenda(NamedTuple):
    """As free_starts finds it. holder: a number, 0 for nobody; the customers are 1 and 2."""

    rules: Rules
    free: list[Period]
    taken: list[Taken]
    now: datetime
    duration: timedelta
    earliest: datetime
    latest: datetime
    holder: int


@st.composite
def agendas(draw) -> Agenda:
    """Stretches of time on end or with gaps between them, around a change of the clock."""
    zone = draw(st.sampled_from(CHANGING_ZONES) | st.sampled_from(ZONES))
    changes = [since for since, _, _ in plain_stretches(zone)[1:] if FIRST < since < LAST]
    anywhere = st.integers(0, (LAST - FIRST) // (5 * MINUTE)).map(lambda n: FIRST + n * 5 * MINUTE)
    around = draw(st.sampled_from(changes) | anywhere) if changes else draw(anywhere)
    moment = begin = around - draw(st.integers(0, 12)) * HOUR
    now = begin + draw(st.integers(-1440, 300)) * MINUTE
    length = st.integers(1, 60).map(lambda n: 5 * n) | st.integers(1, 90)
    gap = st.just(0) | st.just(0) | st.integers(1, 20).map(lambda n: 15 * n)
    free, taken = [], []
    for _ in range(draw(st.integers(1, 7))):
        moment += draw(gap) * MINUTE
        period = Period(moment, moment := moment + draw(length) * MINUTE)
        kind = draw(st.sampled_from(["free", "free", "booked", "held"]))
        if kind == "free":
            free.append(period)
        elif kind == "booked":
            taken.append(Taken(period, draw(BUFFERS), draw(BUFFERS)))
        else:
            until = now + draw(st.sampled_from([-5, 0, 5])) * MINUTE
            holder = draw(st.integers(1, 2))
            taken.append(Taken(period, draw(BUFFERS), draw(BUFFERS), holder, until))
    rules = Rules(
        zone, draw(st.sampled_from(STEPS)), draw(BUFFERS), draw(BUFFERS),
        draw(st.sampled_from([0, 60, 300])), draw(st.sampled_from([1, 2, 90])),
    )  # fmt: skip
    return Agenda(
        rules, without(free, []), taken, now, draw(st.integers(1, 30)) * 5 * MINUTE,
        begin + draw(st.sampled_from([-1500, 0, 60, 125])) * MINUTE,
        begin + draw(st.sampled_from([5000, 0, 240, 185])) * MINUTE,
        draw(st.integers(0, 2)),
    )  # fmt: skip


@pytest.fixture
async def clock(connection) -> asyncpg.Connection:
    await let_tests_say_what_time_it_is(connection)
    return connection


@pytest.fixture
async def people(app) -> list[int | None]:
    """Nobody and two customers."""
    return [None, await a_user(), await a_user()]


@pytest.fixture
async def offer(app):
    return await an_offer()


async def write(connection: asyncpg.Connection, offer, people, agenda: Agenda) -> None:
    """The rules come from the provider or, for every second number, from the service."""
    await stand_at(connection, agenda.now)
    rules = agenda.rules
    own = {"step_minutes": rules.step, "buffer_after_minutes": rules.after}
    theirs = {
        "zone": rules.zone,
        "buffer_before_minutes": rules.before,
        "notice_minutes": rules.notice,
        "horizon_days": rules.horizon,
    }
    for table, column, key, values in (
        ("service", "id", offer.service, own),
        ("agenda_settings", "provider", offer.provider, theirs),
    ):
        settings = ", ".join(f"{name} = ${n}" for n, name in enumerate(values, 2))
        await connection.execute(
            f"UPDATE {table} SET {settings} WHERE {column} = $1", key, *values.values()
        )
    await connection.execute("DELETE FROM slot WHERE provider = $1", offer.provider)
    rows = [(*period, False, 0, 0, None, None) for period in agenda.free]
    rows += [
        (*one.period, True, one.before, one.after, one.held_until, people[one.held_by or 0])
        for one in agenda.taken
    ]
    await connection.executemany(
        """
        INSERT INTO slot (provider, starts_at, ends_at, taken, buffer_before_minutes,
            buffer_after_minutes, held_until, held_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        [(offer.provider, *row) for row in rows],
    )


async def starts(
    connection: asyncpg.Connection, offer, people, agenda: Agenda, stretches: int | None = None
) -> list[datetime]:
    rows = await connection.fetch(
        "SELECT * FROM free_starts($1, $2, $3, $4, $5, $6)",
        offer.service,
        agenda.duration,
        agenda.earliest,
        agenda.latest,
        stretches,
        people[agenda.holder],
    )
    return [row[0] for row in rows]


@examples(200)
@given(agenda=agendas())
async def test_what_is_offered_is_what_the_slow_model_offers(clock, offer, people, agenda):
    await write(clock, offer, people, agenda)

    found = await starts(clock, offer, people, agenda)
    assert found == slow_starts(
        agenda.rules, agenda.free, agenda.taken, agenda.duration, agenda.earliest, agenda.latest,
        agenda.holder or None, agenda.now,
    )  # fmt: skip


@examples(100)
@given(agenda=agendas(), stretches=st.integers(1, 4))
async def test_looking_at_few_stretches_gives_the_first_of_what_is_offered(
    clock, offer, people, agenda, stretches
):
    """Once holds that have lapsed are given back: until then the rest of one stands apart."""
    standing = [
        taken for taken in agenda.taken if not is_free_for(taken, agenda.holder, agenda.now)
    ]
    agenda = agenda._replace(taken=standing)
    await write(clock, offer, people, agenda)

    every = await starts(clock, offer, people, agenda)
    some = await starts(clock, offer, people, agenda, stretches)
    assert some == every[: len(some)]
    fitting = [p for p in agenda.free if p.ends - p.begins >= agenda.duration]
    if stretches >= len(fitting):
        assert some == every


def an_agenda(free: list[Period], taken: list[Taken] = [], **other) -> Agenda:  # noqa: B006
    """A day in the small hours of which nothing is asked but what a test says."""
    begins = min(period.begins for period in [*free, *(one.period for one in taken)])
    rules = Rules(zone="UTC", step=30, before=0, after=0, notice=0, horizon=90)
    rules = rules._replace(**{name: other.pop(name) for name in rules._fields if name in other})
    usual = {
        "now": begins - HOUR,
        "duration": HOUR,
        "earliest": begins - HOUR,
        "latest": begins + 24 * HOUR,
        "holder": 0,
    }
    return Agenda(rules, free, taken, **(usual | other))


NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)


def period(begin: float, end: float) -> Period:
    """Hours after nine."""
    return Period(NINE + begin * HOUR, NINE + end * HOUR)


@pytest.mark.parametrize(
    ("zone", "day", "shown"),
    [
        ("America/New_York", date(2027, 3, 14), "00:00 01:00 03:00 04:00 05:00"),
        ("America/New_York", date(2026, 11, 1), "00:00 01:00 01:00 02:00 03:00 04:00 05:00"),
        ("America/Sao_Paulo", date(2018, 11, 4), "01:00 02:00 03:00 04:00 05:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), "00:00 01:00 03:00 04:00 05:00"),
        ("Australia/Lord_Howe", date(2027, 4, 4), "00:00 01:00 02:00 03:00 04:00 05:00"),
        ("Europe/Lisbon", date(2026, 10, 25), "00:00 01:00 01:00 02:00 03:00 04:00 05:00"),
    ],
)
async def test_no_time_is_missing_or_offered_twice_on_a_day_of_change(
    clock, offer, people, zone, day, shown
):
    """Work from midnight to six, an hour each on the hour."""
    works = opened_on(day, Hours(day.isoweekday(), time(), time(6)), zone)
    agenda = an_agenda([works], zone=zone, step=60)
    await write(clock, offer, people, agenda)

    found = await starts(clock, offer, people, agenda)
    assert len(set(found)) == len(found)
    there = ZoneInfo(zone)
    assert [f"{start.astimezone(there):%H:%M}" for start in found] == shown.split()


async def test_an_hour_that_comes_twice_is_offered_both_times(clock, offer, people):
    """And so is a stretch that lies in its first coming alone."""
    first = datetime(2026, 11, 1, 5, tzinfo=UTC)
    agenda = an_agenda(
        [Period(first, first + 45 * MINUTE)], zone="America/New_York", step=15,
        duration=15 * MINUTE,
    )  # fmt: skip
    await write(clock, offer, people, agenda)

    found = await starts(clock, offer, people, agenda)
    assert found == [first, first + 15 * MINUTE, first + 30 * MINUTE]


async def test_who_holds_nothing_leaves_the_buffers_of_somebodys_hold_too(clock, offer, people):
    hold = Taken(period(0, 1), 30, 30, held_by=1, held_until=NINE)
    agenda = an_agenda([period(1, 3)], [hold])
    await write(clock, offer, people, agenda)

    for holder, first in ((0, 1.5), (2, 1.5), (1, 0)):
        found = await starts(clock, offer, people, agenda._replace(holder=holder))
        assert found[0] == NINE + first * HOUR


async def test_a_booking_may_lie_in_what_a_hold_gave_back_and_in_free_time(clock, offer, people):
    """Also when it is asked about that one start alone, as a booking does."""
    hold = Taken(period(0, 1), 0, 0, held_by=1, held_until=NINE - 2 * HOUR)
    agenda = an_agenda([period(1, 2)], [hold], duration=2 * HOUR, earliest=NINE, latest=NINE)
    await write(clock, offer, people, agenda)

    assert await starts(clock, offer, people, agenda) == [NINE]


async def test_between_two_bookings_the_larger_buffer_counts_and_not_their_sum(
    clock, offer, people
):
    earlier, later = Taken(period(-1, 0), 0, 45), Taken(period(4, 5), 30, 0)
    agenda = an_agenda([period(0, 4)], [earlier, later], step=15, before=15, after=60)
    await write(clock, offer, people, agenda)

    found = await starts(clock, offer, people, agenda)
    assert (found[0], found[-1]) == (NINE + 0.75 * HOUR, NINE + 2 * HOUR)


@pytest.mark.parametrize(
    ("taken", "hours"),
    [
        (Taken(period(3.5, 4.5), 180, 0), [0]),
        (Taken(period(6, 7), 240, 0), [0, 0.5, 1, 1.5]),
        (Taken(period(5, 6), 240, 0), [0, 0.5]),
        (Taken(period(-3, -2), 0, 180), [1, 1.5]),
    ],
)
async def test_a_buffer_reaches_over_a_break(clock, offer, people, taken, hours):
    agenda = an_agenda([period(0, 2)], [taken], duration=HOUR / 2, now=NINE - 5 * HOUR)
    await write(clock, offer, people, agenda)

    found = await starts(clock, offer, people, agenda)
    assert [(start - NINE) / HOUR for start in found] == hours
