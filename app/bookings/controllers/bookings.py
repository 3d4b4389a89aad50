from litestar import Controller, get, post
from litestar.response import Redirect

from app.accounts.authentication import CUSTOMERS, SIGNED_IN
from app.bookings.actions.book import book_slot
from app.bookings.actions.life import late_fee
from app.bookings.controllers.choice import show_choice
from app.bookings.errors import SlotTaken, SomeTaken, TimePassed
from app.bookings.forms import BookingForm, ChoiceForm
from app.bookings.queries import booking_of, bookings_of_customer, history_of, series_of
from app.core.errors import NotFound
from app.core.forms import read_form, read_query
from app.core.http import PathCode, Request, Response
from app.core.templating import page
from app.places.errors import UnknownPlace


class BookingsController(Controller):
    path = "/contratacoes"

    @get(guards=[CUSTOMERS])
    async def index(self, request: Request) -> Response:
        return page(
            request, "bookings/index.html", mine=await bookings_of_customer(request.user.id)
        )

    @get("/nova", guards=[CUSTOMERS])
    async def new(self, request: Request) -> Response:
        filled = read_query(request, ChoiceForm)
        return await show_choice(request, filled)

    @post(guards=[CUSTOMERS])
    async def create(self, request: Request) -> Response:
        filled = await read_form(request, BookingForm)
        if filled.form is None:
            return await show_choice(request, filled)
        missing = []
        try:
            code = await book_slot(request.user.id, filled.form)
        except (SlotTaken, TimePassed) as error:
            filled.errors["inicio"], filled.status = error.message, error.status
        except UnknownPlace as error:
            filled.errors["onde"], filled.status = error.message, error.status
        except SomeTaken as error:
            filled.errors["vezes"], filled.status = error.message, error.status
            missing = list(error.missing)
        else:
            return Redirect(f"/contratacoes/{code}", status_code=303)
        return await show_choice(request, filled, missing=missing)

    @get("/{code:str}", guards=[SIGNED_IN])
    async def show(self, request: Request, code: PathCode) -> Response:
        booking = await booking_of(request.user.id, code)
        if booking is None:
            raise NotFound
        if booking["status"] == "held":
            booked = f"/contratacoes/{code}/pagamento"
            chosen = f"/contratacoes/nova?reserva={code}"
            return Redirect(booked if booking["address"] else chosen, status_code=303)
        return page(
            request,
            "bookings/show.html",
            booking=booking,
            history=await history_of(booking["id"]),
            series=await series_of(booking),
            late_fee=late_fee(booking),
        )


CONTROLLERS = [BookingsController]
