from typing import Annotated, Any
from urllib.parse import urlsplit

import litestar
from litestar import Controller, get, post
from litestar.params import PathParameter

from app.accounts.authentication import ANYONE, PROVIDERS, SIGNED_IN
from app.calendars.actions.external import add_calendar, ask_reading, remove_calendar
from app.calendars.actions.feeds import make_feed, read_feed, switch_off_feed
from app.calendars.errors import MESSAGES, AddedAlready, BadAddress
from app.calendars.forms import ExternalCalendarForm
from app.calendars.problems import Problem
from app.calendars.queries import calendars_of, feed_since
from app.core.client import client
from app.core.forms import Submitted, blank, read_form, show_form
from app.core.http import PathId, Request, Response
from app.core.limits import TooMany
from app.core.notices import Notice, redirect
from app.core.templating import page
from app.settings import settings

CALENDARS = "/painel/agenda/calendarios"
FeedFile = Annotated[str, PathParameter(pattern=r"^[A-Za-z0-9_-]{43}\.ics$")]


class FeedController(Controller):
    """For calendar programs: whoever knows the address reads it, and nobody is signed in."""

    path = "/calendario"
    guards = [ANYONE]

    @get("/{file:str}")
    async def show(self, request: Request, file: FeedFile) -> Response:
        seen = request.headers.get("if-none-match", "")
        try:
            feed = await read_feed(file.removesuffix(".ics"), client().network, seen)
        except TooMany as error:
            # Not by way of the usual page, which would log the address.
            return litestar.Response(b"", status_code=error.status, headers={**error.headers})
        return litestar.Response(
            feed.content or b"",
            status_code=304 if feed.content is None else 200,
            media_type="text/calendar",
            headers={
                "Cache-Control": "private, no-cache",
                "ETag": feed.etag,
                "Content-Disposition": 'inline; filename="mini-marketplace.ics"',
            },
        )


class OwnFeedController(Controller):
    path = "/conta/calendario"
    guards = [SIGNED_IN]

    @get()
    async def show(self, request: Request) -> Response:
        return await _show_feed(request, None)

    @post()
    async def create(self, request: Request) -> Response:
        token = await make_feed(request.user.id)
        return await _show_feed(request, f"{settings().base_url}/calendario/{token}.ics")

    @post("/desligamento")
    async def switch_off(self, request: Request) -> Response:
        await switch_off_feed(request.user.id)
        return redirect("/conta/calendario", Notice.FEED_OFF)


class ExternalCalendarsController(Controller):
    path = CALENDARS
    guards = [PROVIDERS]

    @get()
    async def index(self, request: Request) -> Response:
        return await _show_calendars(request, blank())

    @post()
    async def create(self, request: Request) -> Response:
        filled = await read_form(request, ExternalCalendarForm)
        await filled.then(
            lambda form: add_calendar(request.user.id, form),
            {BadAddress: "endereco", AddedAlready: "endereco"},
        )
        if filled.errors:
            return await _show_calendars(request, filled)
        return redirect(CALENDARS, Notice.CALENDAR_ADDED)

    @post("/{calendar:int}/leitura")
    async def read(self, request: Request, calendar: PathId) -> Response:
        await ask_reading(request.user.id, calendar)
        return redirect(CALENDARS, Notice.CALENDAR_READING)

    @post("/{calendar:int}/remocao")
    async def remove(self, request: Request, calendar: PathId) -> Response:
        await remove_calendar(request.user.id, calendar)
        return redirect(CALENDARS, Notice.CALENDAR_REMOVED)


async def _show_feed(request: Request, address: str | None) -> Response:
    """The page; address: the one that was made just now, and is never shown again."""
    since = await feed_since(request.user.id)
    subscribe = address and "webcal:" + address.partition(":")[2]
    return page(
        request, "calendars/feed.html", since=since, feed_address=address, subscribe=subscribe
    )


async def _show_calendars(request: Request, filled: Submitted[Any]) -> Response:
    rows = [
        {
            "id": row["id"],
            "name": row["name"],
            # The rest of an address is often its secret.
            "host": urlsplit(row["url"]).hostname,
            "synced_at": row["synced_at"],
            "problem": MESSAGES[Problem(row["error"])] if row["error"] else None,
        }
        for row in await calendars_of(request.user.id)
    ]
    return show_form(request, "calendars/external.html", filled, rows=rows)


CONTROLLERS = [FeedController, OwnFeedController, ExternalCalendarsController]
