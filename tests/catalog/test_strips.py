"""A strip that somebody tears off is gone from every open page."""

from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect

from app.bookings.actions.change import cancel_booking
from app.catalog.strips import Strips, read_strips, write_strips
from tests.dashboard.test_live import is_silent, next_frame
from tests.factories import a_booking, a_user, an_offer, free_time, in_days

NINE = in_days(3, 9)


async def an_offer_at_nine():
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NINE, 3)
    return offer, [NINE + timedelta(hours=step / 2) for step in range(5)]


def shown(offer, times) -> str:
    return write_strips([{"id": offer.service, "times": times}])


@asynccontextmanager
async def page(server: str, strips: str):
    host = urlsplit(server).netloc
    address = f"ws://{host}/servicos/ao-vivo?tiras={strips}"
    headers = {"Accept-Language": "en"}
    async with connect(address, origin=f"http://{host}", additional_headers=headers) as socket:
        yield socket


async def test_a_time_that_is_booked_leaves_a_gap_on_every_process(two_servers):
    offer, times = await an_offer_at_nine()
    one, other = two_servers
    async with page(one, shown(offer, times)) as first, page(other, shown(offer, times)) as second:
        assert await is_silent(first)
        await a_booking(offer, NINE)
        for socket in (first, second):
            frame = await next_frame(socket)
            # Half an hour later the hour is not free any more either.
            assert frame.count('class="gone"') == 2
            assert f"#tiras-{offer.service}" in frame
            assert "has just gone" in frame


async def test_a_time_that_is_given_back_hangs_again(two_servers):
    offer, times = await an_offer_at_nine()
    customer = await a_user()
    async with page(two_servers[0], shown(offer, times)) as socket:
        code = await a_booking(offer, NINE, customer)
        assert "gone" in await next_frame(socket)
        await cancel_booking(customer, code)
        frame = await next_frame(socket)
        assert 'class="gone"' not in frame
        assert "06:00" in frame


async def test_what_went_before_the_socket_was_open_is_told_at_once(two_servers):
    offer, times = await an_offer_at_nine()
    await a_booking(offer, NINE)
    async with page(two_servers[0], shown(offer, times)) as socket:
        assert (await next_frame(socket)).count('class="gone"') == 2


async def test_bookings_of_others_are_none_of_a_pages_business(two_servers):
    offer, times = await an_offer_at_nine()
    another, _ = await an_offer_at_nine()
    async with page(two_servers[0], shown(offer, times)) as socket:
        await a_booking(another, NINE)
        assert await is_silent(socket)


@pytest.mark.parametrize("strips", ["", "x", "12", "12.", "9" * 18 + ".1", "1.zz", "0.fffffff"])
async def test_a_socket_that_asks_for_nonsense_is_told_nothing(two_servers, strips):
    async with page(two_servers[0], strips) as socket:
        assert await is_silent(socket)


async def test_what_is_written_is_read():
    offer, times = await an_offer_at_nine()
    assert read_strips(shown(offer, times)) == [Strips(offer.service, tuple(times))]
