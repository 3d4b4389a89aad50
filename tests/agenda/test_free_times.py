"""Which times a customer is offered."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.agenda.queries import free_days, free_starts, next_free_start
from app.core.time import now
from tests.factories import a_provider, an_offer, free_time, in_days

NINE = in_days(3, 9)
DAY = timedelta(days=1)


def hours(starts: list[datetime]) -> list[float]:
    return [(start - NINE) / timedelta(hours=1) for start in starts]


async def test_starts_stand_a_step_apart_as_long_as_the_duration_fits():
    offer = await an_offer(await a_provider(step_minutes=30))
    await free_time(offer.provider, NINE, 2)

    assert hours(await free_starts(offer.service, 60, NINE, NINE + DAY)) == [0, 0.5, 1]


async def test_a_stretch_that_begins_off_the_step_is_offered_whole_and_then_on_the_step():
    offer = await an_offer(await a_provider(step_minutes=30))
    await free_time(offer.provider, NINE + timedelta(minutes=10), 1.5)

    starts = await free_starts(offer.service, 30, NINE, NINE + DAY)
    assert [start.minute for start in starts] == [10, 30, 0]


async def test_nothing_is_offered_before_the_earliest_instant():
    offer = await an_offer(await a_provider(step_minutes=30))
    await free_time(offer.provider, NINE, 2)

    starts = await free_starts(offer.service, 30, NINE + timedelta(minutes=31), NINE + DAY)
    assert hours(starts) == [1, 1.5]


async def test_a_stretch_that_is_too_short_is_not_offered():
    offer = await an_offer()
    await free_time(offer.provider, NINE, 0.5)

    assert await free_starts(offer.service, 60, NINE, NINE + DAY) == []


async def test_days_are_those_of_the_providers_own_calendar():
    """23:30 in São Paulo is the next day in UTC already."""
    there = ZoneInfo("America/Sao_Paulo")
    offer = await an_offer(await a_provider(zone=there.key))
    first = in_days(5).date()
    late = datetime(first.year, first.month, first.day, 23, 30, tzinfo=there)
    await free_time(offer.provider, late, 0.5)

    days = await free_days(offer.service, 30, there.key, first, 7)
    assert {day: len(starts) for day, starts in days.items() if starts} == {first: 1}
    assert len(days) == 7


async def test_the_next_free_day_is_found_beyond_an_empty_week():
    offer = await an_offer(await a_provider(zone="America/Sao_Paulo"))
    far = in_days(20, 12)
    await free_time(offer.provider, far, 1)

    today = now().date()
    assert await next_free_start(offer.service, 60, "America/Sao_Paulo", today) == far
    assert await next_free_start(offer.service, 60, "America/Sao_Paulo", date(2099, 1, 1)) is None
