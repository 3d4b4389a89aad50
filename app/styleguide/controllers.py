from litestar import Controller, get

from app.accounts.authentication import ANYONE
from app.core.http import Request, Response
from app.core.i18n import N_, language_of
from app.core.templating import page
from app.core.time import today_in
from app.styleguide import samples


class StyleguideController(Controller):
    """Every component in every state, for whoever works on the look. Not in production."""

    path = "/estilo"
    guards = [ANYONE]

    @get()
    async def show(self, request: Request) -> Response:
        return page(
            request,
            "styleguide/show.html",
            posters=samples.posters(language_of(request)),
            bookings=samples.bookings(),
            filled=samples.filled_form(),
            today=today_in(samples.ZONE),
            notices={
                False: N_("Accepted. It is on your agenda now."),
                True: N_(
                    "A part of our service is away for a moment. Please try again in a minute."
                ),
            },
        )
