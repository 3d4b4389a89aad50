"""The bell counts what is new the moment it is told, whichever process tells it."""

from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect

from app.accounts.tables import Role
from app.core.cookies import cookie_name
from app.core.database import fetch
from app.core.sessions import COOKIE, end_session, session_id
from app.emails.actions import deliver_email
from app.notifications.actions.reading import open_notification, read_all
from app.notifications.queries import notifications_of
from tests.dashboard.test_live import code_of_closing, is_silent, next_frame
from tests.factories import a_provider, a_user, token_of
from tests.notifications.test_telling import told


@asynccontextmanager
async def page_of(server: str, user: int | None, path: str, origin: str = ""):
    """A socket as a page of this user opens it."""
    host = urlsplit(server).netloc
    token = await token_of(user) if user else "none"
    async with connect(
        f"ws://{host}{path}",
        origin=origin or f"http://{host}",
        additional_headers={"Cookie": f"{cookie_name(COOKIE)}={token}"},
    ) as socket:
        yield socket


async def test_the_count_grows_and_shrinks_on_every_process(two_servers):
    user = await a_user(language="en")
    one, other = two_servers
    address = "/avisos/ao-vivo?sino=0"
    async with page_of(one, user, address) as first, page_of(other, user, address) as second:
        row = await told(user)
        for socket in (first, second):
            frame = await next_frame(socket)
            assert 'hx-target="#sino"' in frame
            assert "1 is new" in frame
        await open_notification(user, row["id"])
        for socket in (first, second):
            assert "new" not in (await next_frame(socket)).partition("</span>")[0]


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/contratacoes/ao-vivo", Role.CUSTOMER),
        ("/painel/ao-vivo", Role.PROVIDER),
        ("/painel/agenda/ao-vivo", Role.PROVIDER),
    ],
)
async def test_it_rides_on_the_sockets_that_pages_have_anyway(two_servers, path, role):
    user = await (a_user() if role is Role.CUSTOMER else a_provider())
    await fetch("UPDATE users SET language = 'en' WHERE id = $1", user)
    async with page_of(two_servers[0], user, f"{path}?sino=0") as socket:
        # First what the page itself shows.
        assert 'hx-target="#sino"' not in await next_frame(socket)
        await told(user)
        assert "1 is new" in await next_frame(socket)


async def test_whoever_has_seen_it_is_left_in_peace_and_nobody_hears_of_others(two_servers):
    user = await a_user()
    await told(user)
    async with page_of(two_servers[0], user, "/avisos/ao-vivo?sino=1") as socket:
        assert await is_silent(socket)
        await told(await a_user())
        assert await is_silent(socket)


async def test_whoever_comes_back_is_caught_up(two_servers):
    user = await a_user(language="en")
    await told(user)
    async with page_of(two_servers[0], user, "/avisos/ao-vivo?sino=0") as socket:
        assert "1 is new" in await next_frame(socket)


async def test_the_list_shows_by_itself_what_is_new_and_what_became_of_a_letter(
    two_servers, mail_server
):
    user = await a_user(language="en")
    version = (await notifications_of(user)).version
    async with page_of(two_servers[0], user, f"/avisos/ao-vivo?visto={version}") as socket:
        row = await told(user)
        frame = await next_frame(socket)
        assert 'hx-target="#lista-de-avisos"' in frame
        assert "on its way" in frame
        await deliver_email(row["email"])
        assert "sent" in await next_frame(socket)
        await read_all(user, row["id"])
        assert "unread" not in await next_frame(socket)


async def test_a_socket_ends_with_its_session_and_is_for_nobody_else(two_servers):
    user = await a_user()
    token = await token_of(user)
    host = urlsplit(two_servers[0]).netloc
    async with connect(
        f"ws://{host}/avisos/ao-vivo?sino=0",
        origin=f"http://{host}",
        additional_headers={"Cookie": f"{cookie_name(COOKIE)}={token}"},
    ) as socket:
        await end_session(session_id(token))
        assert await code_of_closing(socket) == 4401
    async with page_of(two_servers[0], None, "/avisos/ao-vivo?sino=0") as socket:
        assert await code_of_closing(socket) == 4401
