from datetime import timedelta
from typing import Any
from uuid import uuid4

from litestar import Controller, get, post
from litestar.response import Redirect

from app.accounts.authentication import CUSTOMERS, PROVIDERS, SIGNED_IN
from app.agenda.queries import FARTHEST, free_starts
from app.bookings import actions
from app.bookings.errors import SlotTaken, TimePassed
from app.bookings.forms import BookingForm, ChoiceForm
from app.bookings.queries import booking_of, bookings_of_customer, service_of_variant
from app.catalog.queries import service_for_page
from app.core.errors import NotFound
from app.core.forms import Submitted, read_form, read_query
from app.core.http import PathCode, Request, Response
from app.core.i18n import language_of
from app.core.notices import Notice, redirect
from app.core.templating import fragment, page, wants_fragment
from app.core.time import now

# The form offers this many times, beginning a little before the one that was chosen.
OTHER_TIMES = 12
BEFORE = timedelta(hours=2)


class BookingsController(Controller):
    path = "/contratacoes"

    @get(guards=[CUSTOMERS])
    async def index(self, request: Request) -> Response:
        bookings = await bookings_of_customer(request.user.id)
        return page(request, "bookings/index.html", bookings=bookings)

    @get("/nova", guards=[CUSTOMERS])
    async def new(self, request: Request) -> Response:
        filled = read_query(request, ChoiceForm)
        filled.typed["chave"] = str(uuid4())
        return await _booking_page(request, filled, 422 if filled.errors else 200)

    @post(guards=[CUSTOMERS])
    async def create(self, request: Request) -> Response:
        filled = await read_form(request, BookingForm)
        if filled.form is None:
            return await _booking_page(request, filled, 422)
        try:
            code = await actions.book_slot(request.user.id, filled.form)
        except (SlotTaken, TimePassed) as error:
            filled.errors["inicio"] = error.message
            return await _booking_page(request, filled, error.status)
        return Redirect(f"/contratacoes/{code}", status_code=303)

    @get("/{code:str}", guards=[SIGNED_IN])
    async def show(self, request: Request, code: PathCode) -> Response:
        booking = await booking_of(request.user.id, code)
        if booking is None:
            raise NotFound
        return page(request, "bookings/show.html", booking=booking)


class ConfirmationController(Controller):
    path = "/contratacoes/{code:str}/confirmacao"
    guards = [PROVIDERS]

    @post()
    async def create(self, request: Request, code: PathCode) -> Response:
        await actions.confirm_booking(request.user.id, code)
        return redirect("/painel", Notice.ACCEPTED)


class RefusalController(Controller):
    path = "/contratacoes/{code:str}/recusa"
    guards = [PROVIDERS]

    @post()
    async def create(self, request: Request, code: PathCode) -> Response:
        await actions.decline_booking(request.user.id, code)
        return redirect("/painel", Notice.DECLINED)


class CancellationController(Controller):
    path = "/contratacoes/{code:str}/cancelamento"
    guards = [CUSTOMERS]

    @post()
    async def create(self, request: Request, code: PathCode) -> Response:
        await actions.cancel_booking(request.user.id, code)
        return redirect(f"/contratacoes/{code}", Notice.CANCELLED)


async def _booking_page(request: Request, filled: Submitted[Any], status: int) -> Response:
    """The form with what was typed so far and the times that are free now.

    Raises:
        NotFound: neither a variant nor a service that is offered was chosen.
    """
    chosen = filled.values.get("variant")
    service_id = filled.values.get("service") or (chosen and await service_of_variant(chosen))
    service = service_id and await service_for_page(service_id, language_of(request))
    if not service:
        raise NotFound
    cheapest = min(service["variants"], key=lambda variant: variant.price)
    variant = next((one for one in service["variants"] if one.id == chosen), cheapest)
    wanted = filled.values.get("starts_at")
    earliest = max(now(), wanted - BEFORE) if wanted else now()
    times = await free_starts(
        service["id"], variant.minutes, earliest, earliest + FARTHEST, most=OTHER_TIMES
    )
    if not times and wanted:
        # Nothing from then on, so whatever is free before.
        times = await free_starts(
            service["id"], variant.minutes, now(), now() + FARTHEST, most=OTHER_TIMES
        )
    if wanted and wanted not in times and "inicio" not in filled.errors:
        filled.errors["inicio"] = SlotTaken.message
        status = SlotTaken.status
    shown = {
        "filled": filled,
        "service": service,
        "variant": variant,
        "wanted": wanted,
        "times": times,
    }
    if wants_fragment(request):
        return fragment(request, "bookings/_choice.html", status=status, swapped=True, **shown)
    return page(request, "bookings/new.html", status=status, **shown)


CONTROLLERS = [
    BookingsController,
    ConfirmationController,
    RefusalController,
    CancellationController,
]
