from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any

from litestar import Controller, get, post

from app.accounts.authentication import PROVIDERS
from app.agenda.actions.opening import open_agenda
from app.agenda.actions.time_off import (
    add_extra_hours,
    add_time_off,
    remove_extra_hours,
    remove_time_off,
    take_days_off,
)
from app.agenda.controllers.outside import saved
from app.agenda.errors import NoPeriod
from app.agenda.forms import BackForm, PeriodForm
from app.agenda.holidays import coming_holidays
from app.agenda.queries import booked_days, exceptions_of
from app.core.forms import Submitted, blank, read_form, read_query, show_form
from app.core.http import PathId, Request, Response
from app.core.i18n import language_of
from app.core.time import now, today_in

PATH = "/painel/agenda/folgas"
AHEAD = timedelta(days=400)


class TimeOffController(Controller):
    path = "/painel/agenda"
    guards = [PROVIDERS]

    @get("/folgas")
    async def index(self, request: Request) -> Response:
        return await _show(request, blank())

    @post("/folgas")
    async def add_time_off(self, request: Request) -> Response:
        async def add(begin: datetime, end: datetime, note: str) -> int:
            return await add_time_off(request.user.id, begin, end, note)

        return await _add(request, add)

    @post("/folgas/{entry:int}/remocao")
    async def remove_time_off(self, request: Request, entry: PathId) -> Response:
        await remove_time_off(request.user.id, entry)
        return saved(_back(request), 0)

    @post("/extras")
    async def add_extra_hours(self, request: Request) -> Response:
        async def add(begin: datetime, end: datetime, _: str) -> int:
            await add_extra_hours(request.user.id, begin, end)
            return 0

        return await _add(request, add)

    @post("/extras/{entry:int}/remocao")
    async def remove_extra_hours(self, request: Request, entry: PathId) -> Response:
        return saved(_back(request), await remove_extra_hours(request.user.id, entry))

    @post("/feriados")
    async def take_holidays(self, request: Request) -> Response:
        """Take the holidays off whose days were ticked."""
        agenda = await open_agenda(request.user.id)
        names = coming_holidays(today_in(agenda["zone"]), language_of(request))
        sent = {value for _, value in (await request.form()).multi_items()}
        days = {day: name for day, name in names.items() if day.isoformat() in sent}
        coming = await exceptions_of(request.user.id, now(), now() + AHEAD)
        for day in _days_off(coming, agenda["zone"], list(days)):
            del days[day]
        return saved(PATH, await take_days_off(request.user.id, days))


async def _add(
    request: Request, add: Callable[[datetime, datetime, str], Awaitable[int]]
) -> Response:
    filled = await read_form(request, PeriodForm)
    zone = (await open_agenda(request.user.id))["zone"]

    async def act(form: PeriodForm) -> int:
        return await add(*form.between(zone), form.note)

    outside = await filled.then(act, {NoPeriod: "fim"})
    if outside is None:
        return await _show(request, filled)
    return saved(_week_with(filled.values["first_day"]), outside)


def _back(request: Request) -> str:
    """The week from which something was removed, or else the list."""
    day = read_query(request, BackForm).values.get("day")
    return _week_with(day) if day else PATH


def _week_with(day: date) -> str:
    return f"/painel/agenda?semana={day - timedelta(days=day.weekday())}&dia={day}"


async def _show(request: Request, filled: Submitted[Any]) -> Response:
    provider = request.user.id
    agenda = await open_agenda(provider)
    zone, today = agenda["zone"], today_in(agenda["zone"])
    coming = await exceptions_of(provider, now(), now() + AHEAD)
    holidays = coming_holidays(today, language_of(request))
    return show_form(
        request,
        "agenda/time_off.html",
        filled,
        zone=zone,
        today=today,
        coming=coming,
        holidays=holidays,
        taken=_days_off(coming, zone, list(holidays)),
        booked=await booked_days(provider, zone, list(holidays)),
    )


def _days_off(coming: list[Any], zone: str, days: list[date]) -> set[date]:
    """Which of these days are off from midnight to midnight."""
    form = {day: PeriodForm(first_day=day).between(zone) for day in days}
    return {
        day
        for day, (begin, end) in form.items()
        if any(
            row["kind"] == "off" and row["starts_at"] <= begin and row["ends_at"] >= end
            for row in coming
        )
    }
