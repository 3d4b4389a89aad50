from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from litestar import Controller, get, websocket
from litestar.params import FromQuery

from app.accounts.authentication import ANYONE, PROVIDERS
from app.accounts.sockets import accept, follow
from app.accounts.tables import Role
from app.agenda.actions.opening import open_agenda
from app.core import live
from app.core.forms import blank, decode, read_query
from app.core.http import Request, Response, WebSocket
from app.core.templating import fragment, page, render, wants_fragment
from app.dashboard.forms import WeekForm
from app.dashboard.queries import bookings_outside_of
from app.dashboard.week import DAYS, Week, week_of


class AgendaController(Controller):
    path = "/painel/agenda"

    @get(guards=[PROVIDERS])
    async def show(self, request: Request) -> Response:
        filled = read_query(request, WeekForm)
        wanted = filled.values.get("week") or filled.values.get("day")
        zone = (await open_agenda(request.user.id))["zone"]
        whole = filled.values.get("whole", False)
        week = await week_of(request.user.id, zone, wanted, whole=whole)
        shown = _shown(week, filled.values.get("day"), whole)
        status = 422 if filled.errors else 200
        if wants_fragment(request):
            return fragment(request, "agenda/_week.html", status=status, **shown)
        outside = await bookings_outside_of(request.user.id)
        return page(
            request, "agenda/show.html", status=status, filled=blank(), outside=outside, **shown
        )

    @websocket("/ao-vivo", guards=[ANYONE])
    async def live(self, socket: WebSocket, visto: FromQuery[str] = "") -> None:
        """Send the week whenever it changes. visto: the version that the page shows."""
        user = await accept(socket, Role.PROVIDER)
        if user is None:
            return
        wanted = decode(WeekForm, dict(socket.query_params.items())).values
        whole = wanted.get("whole", False)

        async def read() -> tuple[str, Callable[[], str]]:
            zone = (await open_agenda(user.id))["zone"]
            week = await week_of(user.id, zone, wanted.get("week"), whole=whole)
            shown = _shown(week, wanted.get("day"), whole)
            return week.version, partial(render, "agenda/_week.html", user.language, **shown)

        view = f"{user.language} week {wanted.get('week')} {wanted.get('day')} {whole}"
        part = live.Part(f"provider:{user.id}", view, visto, read)
        await follow(socket, user, part)


def _shown(week: Week, day: date | None, whole: bool) -> dict[str, Any]:
    """chosen: the one day that narrow screens show."""
    if day not in week.days:
        day = week.today if week.today in week.days else week.first
    return {
        "week": week,
        "chosen": day,
        "whole": whole,
        "before": week.first - timedelta(days=DAYS),
        "after": week.first + timedelta(days=DAYS),
    }
