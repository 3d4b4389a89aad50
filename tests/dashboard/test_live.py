"""A booking made through one process arrives on a dashboard that hangs on another."""

import asyncio
import re
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.bookings.actions.answer import confirm_booking
from app.core.cache import redis
from app.core.cookies import cookie_name
from app.core.database import fetch
from app.core.live import HEARTBEAT_SECONDS
from app.core.sessions import COOKIE, end_session, session_id
from app.dashboard.queries import board_of
from tests.factories import (
    a_booking,
    a_provider,
    a_user,
    an_offer,
    free_time,
    in_days,
    token_of,
)

NINE = in_days(3, 9)
SOON = 5


async def an_offer_at_nine(provider: int | None = None):
    offer = await an_offer(provider, minutes=60)
    await free_time(offer.provider, NINE, 3)
    return offer


@asynccontextmanager
async def dashboard(server: str, token: str, seen: str = "", origin: str | None = None):
    host = urlsplit(server).netloc
    async with connect(
        f"ws://{host}/painel/ao-vivo?visto={seen}",
        origin=origin or f"http://{host}",
        additional_headers={"Cookie": f"{cookie_name(COOKIE)}={token}"},
    ) as socket:
        yield socket


async def next_frame(socket) -> str:
    async with asyncio.timeout(SOON):
        return await socket.recv()


async def is_silent(socket, seconds: float = 0.3) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await socket.recv()
    except TimeoutError:
        return True
    return False


async def code_of_closing(socket) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        await next_frame(socket)
    return closed.value.rcvd.code


async def version_of(provider: int) -> str:
    return (await board_of(provider)).version


async def test_a_new_booking_appears_on_every_process(two_servers):
    offer = await an_offer_at_nine()
    token, seen = await token_of(offer.provider), await version_of(offer.provider)
    one, other = two_servers
    async with dashboard(one, token, seen) as first, dashboard(other, token, seen) as second:
        code = await a_booking(offer, NINE)
        for socket in (first, second):
            frame = await next_frame(socket)
            assert code in frame
            assert 'data-pending="1"' in frame


async def test_the_frame_is_the_very_partial_of_the_page(two_servers):
    offer = await an_offer_at_nine()
    token = await token_of(offer.provider)
    await a_booking(offer, NINE)
    async with dashboard(two_servers[0], token) as socket:
        frame = await next_frame(socket)
    async with httpx.AsyncClient(cookies={cookie_name(COOKIE): token}) as client:
        page = (await client.get(f"{two_servers[1]}/painel")).text
    assert " ".join(frame.split()) in " ".join(page.split())


async def test_an_answer_given_on_one_screen_moves_the_card_on_the_other(two_servers):
    offer = await an_offer_at_nine()
    code = await a_booking(offer, NINE)
    seen = await version_of(offer.provider)
    async with dashboard(two_servers[0], await token_of(offer.provider), seen) as socket:
        await confirm_booking(offer.provider, code)
        frame = await next_frame(socket)
    assert re.search(rf'id="proximas".*{code}', frame, re.DOTALL)
    assert 'data-pending="0"' in frame


async def test_whoever_comes_back_is_caught_up(two_servers):
    offer = await an_offer_at_nine()
    token, seen = await token_of(offer.provider), await version_of(offer.provider)
    code = await a_booking(offer, NINE)

    async with dashboard(two_servers[0], token, seen) as socket:
        assert code in await next_frame(socket)


async def test_whoever_has_seen_it_all_is_left_in_peace(two_servers):
    offer = await an_offer_at_nine()
    await a_booking(offer, NINE)
    token, seen = await token_of(offer.provider), await version_of(offer.provider)

    async with dashboard(two_servers[0], token, seen) as socket:
        assert await is_silent(socket)


async def test_nobody_sees_somebody_elses_bookings(two_servers):
    offer, other = await an_offer_at_nine(), await a_provider()
    seen = await version_of(other)
    async with dashboard(two_servers[0], await token_of(other), seen) as socket:
        await a_booking(offer, NINE)
        assert await is_silent(socket)


async def test_a_lost_subscription_loses_no_booking(two_servers):
    offer = await an_offer_at_nine()
    token, seen = await token_of(offer.provider), await version_of(offer.provider)
    async with dashboard(two_servers[0], token, seen) as socket:
        await redis().execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        code = await a_booking(offer, NINE)
        assert code in await next_frame(socket)


async def test_the_language_is_the_readers(two_servers):
    offer = await an_offer_at_nine()
    await fetch("UPDATE users SET language = 'en' WHERE id = $1", offer.provider)
    await a_booking(offer, NINE)
    async with dashboard(two_servers[0], await token_of(offer.provider)) as socket:
        assert "Waiting for your answer" in await next_frame(socket)


async def test_signing_out_closes_the_socket_for_good(two_servers):
    provider = await a_provider()
    token, seen = await token_of(provider), await version_of(provider)
    async with dashboard(two_servers[0], token, seen) as socket:
        await asyncio.sleep(0.2)
        await end_session(session_id(token))
        assert await code_of_closing(socket) == 4401


async def test_a_session_that_ended_unheard_closes_the_socket_at_the_next_heartbeat(two_servers):
    provider = await a_provider()
    token, seen = await token_of(provider), await version_of(provider)
    async with dashboard(two_servers[0], token, seen) as socket:
        await fetch("UPDATE users SET active = false WHERE id = $1", provider)
        async with asyncio.timeout(HEARTBEAT_SECONDS + SOON):
            await socket.wait_closed()
        assert socket.close_code == 4401


async def test_a_visitor_is_turned_away_for_good(two_servers):
    async with dashboard(two_servers[0], "no-such-token") as socket:
        assert await code_of_closing(socket) == 4401


async def test_a_customer_is_turned_away_for_good(two_servers):
    async with dashboard(two_servers[0], await token_of(await a_user())) as socket:
        assert await code_of_closing(socket) == 4401


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_another_sites_page_gets_no_socket(two_servers, origin):
    token = await token_of(await a_provider())
    with pytest.raises(InvalidStatus):
        async with dashboard(two_servers[0], token, origin=origin):
            pass
