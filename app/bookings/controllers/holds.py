from litestar import Controller, post

from app.accounts.authentication import CUSTOMERS
from app.bookings.actions.hold import give_up_hold, hold_slot
from app.bookings.controllers.choice import show_choice
from app.bookings.errors import SlotTaken, TimePassed, TooManyHolds
from app.bookings.forms import HoldForm
from app.core.forms import read_form
from app.core.http import PathCode, Request, Response
from app.core.notices import Notice, redirect


class HoldsController(Controller):
    """What a customer keeps for themselves while they fill in the form."""

    path = "/reservas"
    guards = [CUSTOMERS]

    @post()
    async def create(self, request: Request) -> Response:
        """Hold what is chosen, and show the choice with it; without a time there is none."""
        filled = await read_form(request, HoldForm)
        if filled.form is None:
            filled.errors.pop("inicio", None)
            filled.status = 200
            return await show_choice(request, filled)
        try:
            await hold_slot(request.user.id, filled.form)
        except (SlotTaken, TimePassed, TooManyHolds) as error:
            filled.errors["inicio"], filled.status = error.message, error.status
        return await show_choice(request, filled)

    @post("/{code:str}/desistencia")
    async def give_up(self, request: Request, code: PathCode) -> Response:
        await give_up_hold(request.user.id, code)
        return redirect("/contratacoes", Notice.GIVEN_UP)


CONTROLLERS = [HoldsController]
