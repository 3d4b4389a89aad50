from typing import Annotated

from litestar import Controller, get
from litestar.params import QueryParameter

from app.accounts.authentication import ANYONE
from app.core.http import Request, Response
from app.core.templating import fragment
from app.places.queries import suggest_places


class PlacesController(Controller):
    path = "/lugares"
    guards = [ANYONE]

    @get()
    async def index(
        self, request: Request, onde: Annotated[str, QueryParameter(max_length=90)] = ""
    ) -> Response:
        places = await suggest_places(onde.replace("\0", "")) if onde.strip() else []
        return fragment(request, "places/_options.html", places=places)
