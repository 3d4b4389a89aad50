"""Taking time out of an agenda and giving it back."""

from datetime import timedelta

import asyncpg
import pytest

from app.agenda.carving import give_back_time, take_time
from app.core.database import fetch, transaction
from tests.factories import Offer, a_provider, an_offer, free_time, in_days

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


async def take(offer: Offer, begin: float, end: float) -> int | None:
    async with transaction():
        return await take_time(offer.service, at(begin), at(end))


async def give_back(slot: int) -> None:
    async with transaction():
        await give_back_time(slot)


async def test_taking_the_middle_leaves_free_time_on_both_sides():
    offer = await an_offer()
    await free_time(offer.provider, NINE, 3)

    assert await take(offer, 1, 2)
    assert await agenda_of(offer.provider) == [(0, 1, False), (1, 2, True), (2, 3, False)]


async def test_taking_all_leaves_no_free_time():
    offer = await an_offer()
    await free_time(offer.provider, NINE, 3)

    assert await take(offer, 0, 3)
    assert await agenda_of(offer.provider) == [(0, 3, True)]


@pytest.mark.parametrize(("begin", "end"), [(-1, 1), (2.5, 3.5), (5, 6)])
async def test_time_outside_the_free_stretch_is_not_given(begin, end):
    offer = await an_offer()
    await free_time(offer.provider, NINE, 3)

    assert await take(offer, begin, end) is None
    assert await agenda_of(offer.provider) == [(0, 3, False)]


async def test_a_start_between_two_steps_is_not_given():
    offer = await an_offer(await a_provider(step_minutes=30))
    await free_time(offer.provider, NINE, 3)

    assert await take(offer, 0.25, 1.25) is None


async def test_what_remains_can_start_at_its_own_beginning():
    offer = await an_offer(await a_provider(step_minutes=30))
    await free_time(offer.provider, NINE, 3)
    await take(offer, 0, 0.75)

    assert await take(offer, 0.75, 1.75)


async def test_time_given_back_joins_its_free_neighbours():
    offer = await an_offer()
    await free_time(offer.provider, NINE, 3)
    slot = await take(offer, 1, 2)

    await give_back(slot)
    assert await agenda_of(offer.provider) == [(0, 3, False)]


async def test_time_given_back_between_taken_neighbours_stands_alone():
    offer = await an_offer()
    await free_time(offer.provider, NINE, 3)
    middle = await take(offer, 1, 2)
    await take(offer, 0, 1)
    await take(offer, 2, 3)

    await give_back(middle)
    assert await agenda_of(offer.provider) == [(0, 1, True), (1, 2, False), (2, 3, True)]


async def test_the_database_itself_refuses_two_slots_at_one_time():
    offer = await an_offer()
    await free_time(offer.provider, NINE, 1)

    with pytest.raises(asyncpg.ExclusionViolationError):
        await free_time(offer.provider, at(0.5), 1)
