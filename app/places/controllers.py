from typing import Annotated

from litestar import Controller, MediaType, get
from litestar.params import QueryParameter

from app.accounts.authentication import ANYONE
from app.core.http import Request, Response
from app.core.templating import fragment
from app.places.areas import EDGES, area_within
from app.places.queries import NamedPoint, largest_places, nearest_place, suggest_places

Latitude = Annotated[float, QueryParameter(ge=-90, le=90)]
Longitude = Annotated[float, QueryParameter(ge=-180, le=180)]


class PlacesController(Controller):
    path = "/lugares"
    guards = [ANYONE]

    @get()
    async def index(
        self, request: Request, onde: Annotated[str, QueryParameter(max_length=90)] = ""
    ) -> Response:
        """Places to choose from while one is typed."""
        places = await suggest_places(onde.replace("\0", "")) if onde.strip() else []
        return fragment(request, "places/_options.html", places=places)

    @get("/mapa")
    async def named(self, area: Annotated[str, QueryParameter(pattern=EDGES)]) -> list[NamedPoint]:
        """The largest places in a part of a map, which a map without tiles has to show."""
        within = area_within(area)
        return await largest_places(within) if within else []

    @get("/perto", media_type=MediaType.TEXT)
    async def nearest(self, latitude: Latitude, longitude: Longitude) -> str:
        """The name of the place around a point, in degrees: "São Carlos, SP"."""
        return str((await nearest_place(latitude, longitude))["label"])
