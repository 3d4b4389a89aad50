"""Taking time out of an agenda and giving it back."""

from datetime import timedelta

import asyncpg
import pytest

from app.agenda.carving import give_back_time, take_time
from app.core.database import fetch, transaction
from tests.factories import a_provider, free_time, in_days

NINE = in_days(3, 9)


def at(hours: float):
    return NINE + timedelta(hours=hours)


async def agenda_of(provider: int) -> list[tuple[float, float, bool]]:
    """Its slots as hours after nine, in order, and whether they are taken."""
    rows = await fetch(
        "SELECT starts_at, ends_at, taken FROM slot WHERE provider = $1 ORDER BY starts_at",
        provider,
    )
    hour = timedelta(hours=1)
    return [((r[0] - NINE) / hour, (r[1] - NINE) / hour, r[2]) for r in rows]


async def take(provider: int, begin: float, end: float) -> int | None:
    async with transaction():
        return await take_time(provider, at(begin), at(end))


async def give_back(slot: int) -> None:
    async with transaction():
        await give_back_time(slot)


async def test_taking_the_middle_leaves_free_time_on_both_sides():
    provider = await a_provider()
    await free_time(provider, NINE, 3)

    assert await take(provider, 1, 2)
    assert await agenda_of(provider) == [(0, 1, False), (1, 2, True), (2, 3, False)]


async def test_taking_all_leaves_no_free_time():
    provider = await a_provider()
    await free_time(provider, NINE, 3)

    assert await take(provider, 0, 3)
    assert await agenda_of(provider) == [(0, 3, True)]


@pytest.mark.parametrize(("begin", "end"), [(-1, 1), (2.5, 3.5), (5, 6)])
async def test_time_outside_the_free_stretch_is_not_given(begin, end):
    provider = await a_provider()
    await free_time(provider, NINE, 3)

    assert await take(provider, begin, end) is None
    assert await agenda_of(provider) == [(0, 3, False)]


async def test_a_start_between_two_steps_is_not_given():
    provider = await a_provider(step_minutes=30)
    await free_time(provider, NINE, 3)

    assert await take(provider, 0.25, 1.25) is None


async def test_what_remains_can_start_at_its_own_beginning():
    provider = await a_provider(step_minutes=30)
    await free_time(provider, NINE, 3)
    await take(provider, 0, 0.75)

    assert await take(provider, 0.75, 1.75)


async def test_time_given_back_joins_its_free_neighbours():
    provider = await a_provider()
    await free_time(provider, NINE, 3)
    slot = await take(provider, 1, 2)

    await give_back(slot)
    assert await agenda_of(provider) == [(0, 3, False)]


async def test_time_given_back_between_taken_neighbours_stands_alone():
    provider = await a_provider()
    await free_time(provider, NINE, 3)
    middle = await take(provider, 1, 2)
    await take(provider, 0, 1)
    await take(provider, 2, 3)

    await give_back(middle)
    assert await agenda_of(provider) == [(0, 1, True), (1, 2, False), (2, 3, True)]


async def test_the_database_itself_refuses_two_slots_at_one_time():
    provider = await a_provider()
    await free_time(provider, NINE, 1)

    with pytest.raises(asyncpg.ExclusionViolationError):
        await free_time(provider, at(0.5), 1)
