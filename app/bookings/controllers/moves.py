from collections.abc import Awaitable, Callable
from datetime import timedelta

from litestar import Controller, get, post

from app.accounts.authentication import PROVIDERS, SIGNED_IN
from app.accounts.tables import Role
from app.agenda.queries import free_days
from app.bookings.actions.answer import (
    complete_booking,
    confirm_booking,
    decline_booking,
    report_no_show,
)
from app.bookings.actions.change import cancel_booking, reschedule_booking
from app.bookings.actions.life import late_fee
from app.bookings.errors import SlotTaken, TimePassed
from app.bookings.forms import TimeForm, WeekForm
from app.bookings.queries import booking_of
from app.core.errors import NotFound
from app.core.forms import Submitted, read_form, read_query
from app.core.http import PathCode, Request, Response
from app.core.notices import Notice, redirect
from app.core.templating import page
from app.core.time import today_in

WEEK = 7


class AnswersController(Controller):
    path = "/contratacoes/{code:str}"
    guards = [PROVIDERS]

    @post("/confirmacao")
    async def confirm(self, request: Request, code: PathCode) -> Response:
        return await _answer(request, code, confirm_booking, Notice.ACCEPTED)

    @post("/recusa")
    async def decline(self, request: Request, code: PathCode) -> Response:
        return await _answer(request, code, decline_booking, Notice.DECLINED)

    @post("/conclusao")
    async def complete(self, request: Request, code: PathCode) -> Response:
        return await _answer(request, code, complete_booking, Notice.COMPLETED)

    @post("/ausencia")
    async def report_no_show(self, request: Request, code: PathCode) -> Response:
        return await _answer(request, code, report_no_show, Notice.NO_SHOW)


async def _answer(
    request: Request, code: str, action: Callable[[int, str], Awaitable[None]], notice: Notice
) -> Response:
    await action(request.user.id, code)
    return redirect("/painel", notice)


class ChangesController(Controller):
    path = "/contratacoes/{code:str}"
    guards = [SIGNED_IN]

    @post("/cancelamento")
    async def cancel(self, request: Request, code: PathCode) -> Response:
        await cancel_booking(request.user.id, code)
        return redirect(f"/contratacoes/{code}", Notice.CANCELLED)

    @get("/remarcacao")
    async def choose_time(self, request: Request, code: PathCode) -> Response:
        return await _show_times(request, code, read_query(request, WeekForm))

    @post("/remarcacao")
    async def reschedule(self, request: Request, code: PathCode) -> Response:
        filled = await read_form(request, TimeForm)
        if filled.form is None:
            return await _show_times(request, code, filled)
        try:
            await reschedule_booking(request.user.id, code, filled.form.starts_at)
        except (SlotTaken, TimePassed) as error:
            filled.errors["inicio"], filled.status = error.message, error.status
            return await _show_times(request, code, filled)
        return redirect(f"/contratacoes/{code}", Notice.MOVED)


async def _show_times(
    request: Request, code: str, filled: Submitted[TimeForm] | Submitted[WeekForm]
) -> Response:
    """A week of times that the booking could have instead.

    Raises:
        NotFound: the user has no such booking, or it cannot be moved any more.
    """
    booking = await booking_of(request.user.id, code)
    if booking is None or booking["status"] not in ("pending", "confirmed"):
        raise NotFound
    zone = booking["zone"]
    today = today_in(zone)
    first = max(filled.values.get("week") or today, today)
    minutes = int((booking["ends_at"] - booking["starts_at"]).total_seconds()) // 60
    return page(
        request,
        "bookings/reschedule.html",
        status=filled.status,
        filled=filled,
        booking=booking,
        days=await free_days(booking["service"], minutes, zone, first, WEEK),
        first=first,
        today=today,
        week=timedelta(days=WEEK),
        fee=late_fee(booking) if request.user.role == Role.CUSTOMER else 0,
    )


CONTROLLERS = [AnswersController, ChangesController]
