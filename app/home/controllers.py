from typing import Any

from litestar import Controller, get

from app.accounts.authentication import ANYONE
from app.bookings.queries import most_booked
from app.catalog.forms import SearchForm
from app.catalog.queries import trades_by_group
from app.catalog.search import posters, search_services
from app.catalog.strips import write_strips
from app.core.forms import blank
from app.core.http import Request, Response
from app.core.i18n import language_of
from app.core.templating import page
from app.places.remembered import remembered_place

POSTERS = 6


class HomeController(Controller):
    path = "/"
    guards = [ANYONE]

    @get()
    async def show(self, request: Request) -> Response:
        """What is near the place that the visitor last searched at, and what is booked most.

        Where little is booked yet, the newest fill up the wall.
        """
        language = language_of(request)
        place = await remembered_place(request)
        near, wall = [], await posters(await most_booked(POSTERS), language)
        if place:
            near = (await search_services(SearchForm(), place, language, POSTERS)).services
            wall = _besides(near, wall)
        if len(wall) < POSTERS:
            newest = await search_services(SearchForm(), None, language, 3 * POSTERS)
            wall += _besides(near + wall, newest.services)
        return page(
            request,
            "home/show.html",
            filled=blank(onde=place["label"] if place else ""),
            trades=await trades_by_group(language),
            place=place,
            near=near,
            wall=wall[:POSTERS],
            strips=write_strips(near + wall[:POSTERS]),
        )


def _besides(there: list[Any], services: list[Any]) -> list[Any]:
    """Those that are not there yet."""
    ids = {service["id"] for service in there}
    return [service for service in services if service["id"] not in ids]
