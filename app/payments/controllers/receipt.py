from litestar import Controller, get

from app.accounts.authentication import SIGNED_IN
from app.bookings.queries import booking_of
from app.core.errors import NotFound
from app.core.http import PathCode, Request, Response
from app.core.templating import page
from app.payments.queries import receipt_of


class ReceiptController(Controller):
    path = "/contratacoes/{code:str}/recibo"
    guards = [SIGNED_IN]

    @get()
    async def show(self, request: Request, code: PathCode) -> Response:
        booking = await booking_of(request.user.id, code)
        if booking is None or not booking["paid"]:
            raise NotFound
        return page(
            request,
            "payments/receipt.html",
            booking=booking,
            receipt=await receipt_of(booking),
        )
