"""The times of a service's page vanish and return while somebody looks at them."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from app.bookings.actions.hold import give_up_hold
from app.catalog import times as times_module
from app.catalog.queries import service_for_page
from app.catalog.times import times_of, times_part
from app.core import live
from app.core.cookies import cookie_name
from app.core.sessions import COOKIE, end_session, session_id
from app.core.time import format_wire
from tests.browsing import visitor
from tests.dashboard.test_live import is_silent, next_frame
from tests.factories import (
    a_booking,
    a_hold,
    a_user,
    an_offer,
    free_time,
    in_days,
    let_lapse,
    token_of,
)

NINE = in_days(3, 15)
WATCHERS = 500


async def an_offer_at_noon(hours: float = 2):
    offer = await an_offer(minutes=60)
    await free_time(offer.provider, NINE, hours)
    return offer


async def version_of(offer) -> str:
    service = await service_for_page(offer.service, "en")
    return (await times_of(service, service["variants"][0], None)).version


@asynccontextmanager
async def watching(server: str, offer, seen: str, token: str | None = None):
    host = urlsplit(server).netloc
    address = f"ws://{host}/servicos/{offer.service}/ao-vivo?visto={seen}&reserva=0"
    headers = {"Accept-Language": "en"}
    if token:
        headers["Cookie"] = f"{cookie_name(COOKIE)}={token}"
    async with connect(address, origin=f"http://{host}", additional_headers=headers) as socket:
        yield socket


async def test_a_held_time_leaves_a_gap_on_every_process_and_comes_back(two_servers):
    offer, customer = await an_offer_at_noon(), await a_user()
    seen = await version_of(offer)
    async with (
        watching(two_servers[0], offer, seen) as one,
        watching(two_servers[1], offer, seen) as other,
    ):
        assert await is_silent(one)
        hold = await a_hold(offer, NINE, customer)
        for socket in (one, other):
            frame = await next_frame(socket)
            assert format_wire(NINE) not in frame
            assert format_wire(NINE + timedelta(hours=1)) in frame
            assert frame.count('class="gone"') == 2
        await give_up_hold(customer, hold)
        for socket in (one, other):
            frame = await next_frame(socket)
            assert format_wire(NINE) in frame
            assert 'class="gone"' not in frame


async def test_its_holder_alone_is_told_that_it_is_theirs(two_servers):
    offer, customer = await an_offer_at_noon(), await a_user(language="en")
    seen, token = await version_of(offer), await token_of(customer)
    stranger = await token_of(await a_user(language="en"))
    async with (
        watching(two_servers[0], offer, seen, token) as mine,
        watching(two_servers[0], offer, seen, stranger) as theirs,
    ):
        await a_hold(offer, NINE, customer)
        frames = [await next_frame(mine) for _ in range(2)]
        assert any("Kept for you" in frame for frame in frames)
        assert "Kept for you" not in await next_frame(theirs)
        assert await is_silent(theirs)


async def test_who_reads_while_a_hold_lapses_sees_the_time_again(app):
    offer = await an_offer_at_noon(1)
    hold = await a_hold(offer, NINE)
    browser = visitor(app)
    address = f"/servicos/{offer.service}"
    assert format_wire(NINE) not in (await browser.get(address)).text
    await let_lapse(hold)
    assert format_wire(NINE) in (await browser.get(address)).text


class Watcher:
    """A socket that only counts."""

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.closed = asyncio.Event()

    async def send_text(self, text: str) -> None:
        self.frames.append(text)

    async def receive(self) -> dict[str, str]:
        await self.closed.wait()
        return {"type": "websocket.disconnect"}


async def test_500_watchers_cost_one_render_for_each_event_and_language(app, monkeypatch):
    offer = await an_offer_at_noon()
    rendered: list[str] = []
    render = times_module.render

    def counting(template: str, language: str, **context: object) -> str:
        rendered.append(language)
        return render(template, language, **context)

    monkeypatch.setattr(times_module, "render", counting)
    watchers = [Watcher() for _ in range(WATCHERS)]
    async with AsyncExitStack() as stack:
        group = await stack.enter_async_context(asyncio.TaskGroup())
        for number, watcher in enumerate(watchers):
            language = ("pt", "en")[number % 2]
            service = await service_for_page(offer.service, language)
            times = await times_of(service, service["variants"][0], None)
            part = times_part(times, times.version, language)
            group.create_task(live.follow(watcher, [part]))  # type: ignore[arg-type]
        await asyncio.sleep(0.5)
        # Each channel has rendered what it shows; nobody has needed it so far.
        assert sorted(rendered) == ["en", "pt"]
        rendered.clear()
        await a_booking(offer, NINE)
        async with asyncio.timeout(10):
            while not all(watcher.frames for watcher in watchers):
                await asyncio.sleep(0.05)
        assert sorted(rendered) == ["en", "pt"]
        assert all(len(watcher.frames) == 1 for watcher in watchers)
        for watcher in watchers:
            watcher.closed.set()


async def test_who_signs_out_in_another_tab_is_not_sent_what_they_held_any_more(two_servers):
    offer, customer = await an_offer_at_noon(), await a_user()
    token = await token_of(customer)
    async with watching(two_servers[0], offer, "", token) as socket:
        await next_frame(socket)
        await end_session(session_id(token))
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await next_frame(socket)
    assert closed.value.rcvd.code == live.SESSION_ENDED
