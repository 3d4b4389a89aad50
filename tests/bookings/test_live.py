"""The socket of one booking."""

from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from app.core.cookies import cookie_name
from app.core.live import NOTHING_THERE
from app.core.sessions import COOKIE
from tests.factories import a_user, token_of


@pytest.mark.parametrize("code", ["ABCD2345", "abc", "abcd%C3%A9345"])
async def test_there_is_nothing_to_follow_where_there_is_no_booking(two_servers, code):
    host = urlsplit(two_servers[0]).netloc
    token = await token_of(await a_user())
    async with connect(
        f"ws://{host}/contratacoes/ao-vivo/{code}",
        origin=f"http://{host}",
        additional_headers={"Cookie": f"{cookie_name(COOKIE)}={token}"},
    ) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd.code == NOTHING_THERE
