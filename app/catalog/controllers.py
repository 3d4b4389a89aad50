from typing import Any
from urllib.parse import urlencode

from litestar import Controller, get, websocket
from litestar.params import FromPath, FromQuery

from app.accounts.authentication import ANYONE
from app.accounts.sockets import signed_out
from app.accounts.tables import Role
from app.agenda.queries import held_times
from app.catalog.forms import SearchForm, TimesForm
from app.catalog.queries import Variant, service_for_page, trades_by_group
from app.catalog.search import search_services
from app.catalog.strips import parts_of, read_strips, write_strips
from app.catalog.times import held_part, times_of, times_part, version_of_held
from app.core import live
from app.core.errors import NotFound
from app.core.forms import Submitted, decode, read_query
from app.core.http import PathId, Request, Response, WebSocket
from app.core.i18n import N_, language_of
from app.core.templating import fragment, page, wants_fragment
from app.places.errors import UnknownPlace
from app.places.geocoder import locate
from app.places.queries import around_point
from app.places.remembered import remember_place
from app.settings import settings

# Parameters that narrow a search, beside its words and its place.
FILTERS = ("tipo", "preco", "data", "raio", "area")
# The parameters of a point, without it.
NOWHERE = {"lat": "", "lng": ""}
WIDEST_KM = 100


class ServicesController(Controller):
    path = "/servicos"
    guards = [ANYONE]

    @get()
    async def index(self, request: Request) -> Response:
        filled = read_query(request, SearchForm)
        language = language_of(request)
        place, pending = await _where(request, filled)
        found = None
        if filled.form and filled.form.edges and not filled.form.area:
            filled.errors["area"] = N_("This is no part of a map. Please move the map again.")
        if filled.form and not filled.errors:
            found = await search_services(filled.form, place, language)
        whole = not wants_fragment(request)
        trades = await trades_by_group(language) if whole or filled.typed["tipo"] else {}
        shown = {
            "filled": filled,
            "found": found,
            "strips": write_strips(found.services) if found else "",
            "place": place,
            "pending": pending,
            "address_again": _address(filled),
            "trades": trades,
            "trade": _name_of(filled.typed["tipo"], trades),
            "next_page": _address(filled, pagina=found.after) if found and found.after else None,
            "without": _without_each(filled),
            "all_over": place and _address(filled, **NOWHERE, onde=place.get("town", "")),
            "tiles": _tiles(),
            "wider": _address(filled, raio=str(WIDEST_KM)),
        }
        status = 422 if filled.errors else 200
        if whole:
            answer = page(request, "catalog/index.html", status=status, **shown)
        else:
            answer = fragment(request, "catalog/_results.html", status=status, **shown)
        if place:
            remember_place(request, answer, place["id"])
        return answer

    @websocket("/ao-vivo")
    async def live(self, socket: WebSocket, tiras: FromQuery[str] = "") -> None:
        """Say which of the times that a page shows have gone. tiras: from write_strips."""
        await socket.accept()
        await live.follow(socket, await parts_of(read_strips(tiras), language_of(socket)))

    @get("/{service:int}")
    async def show(self, request: Request, service: PathId) -> Response:
        """The service with its free times; to htmx, the times of the chosen variant and week."""
        filled = read_query(request, TimesForm)
        found = await _offered(service, language_of(request))
        times = await times_of(found, _chosen(found["variants"], filled), filled.values.get("week"))
        customer = _customer(request)
        held = await held_times(found["provider"], customer) if customer else []
        shown = {
            "service": found,
            "filled": filled,
            "times": times,
            "held": held,
            "held_version": version_of_held(held),
            "tiles": _tiles(),
        }
        status = 422 if filled.errors else 200
        if wants_fragment(request):
            return fragment(request, "catalog/_times.html", status=status, **shown)
        return page(request, "catalog/show.html", status=status, **shown)

    @websocket("/{service:int}/ao-vivo")
    async def live_times(
        self,
        socket: WebSocket,
        service: FromPath[int],
        visto: FromQuery[str] = "",
        reserva: FromQuery[str] = "",
    ) -> None:
        """Send the free times of the week that a page shows whenever they change.

        visto, reserva: the versions that the page shows of them, and of what its reader holds.
        """
        await socket.accept()
        language = language_of(socket)
        filled = decode(TimesForm, dict(socket.query_params.items()))
        try:
            found = await _offered(service, language)
            variant = _chosen(found["variants"], filled)
        except NotFound:
            await socket.close(live.NOTHING_THERE)
            return
        times = await times_of(found, variant, filled.values.get("week"))
        parts = [times_part(times, visto, language)]
        customer = _customer(socket)
        if customer:
            parts.append(held_part(found, customer, reserva, language))
        until = signed_out(socket, socket.scope["user"]) if customer else None
        await live.follow(socket, parts, until)


async def _where(request: Request, filled: Submitted[SearchForm]) -> tuple[Any | None, bool]:
    """What distances are measured from, and whether a better answer to that is on its way."""
    values = filled.values
    if "latitude" in values and "longitude" in values:
        place = await around_point(values["latitude"], values["longitude"])
        filled.typed |= {"lat": str(place["latitude"]), "lng": str(place["longitude"])}
        return place, False
    if "place" not in values:
        return None, False
    try:
        return await locate(values["place"], finished="x-typing" not in request.headers)
    except UnknownPlace as error:
        filled.errors["onde"] = error.message
        return None, error.pending


def _tiles() -> tuple[str, str]:
    return settings().tile_url, settings().tile_attribution


async def _offered(service: int, language: str) -> dict[str, Any]:
    found = await service_for_page(service, language) if 0 < service < 2**63 else None
    if found is None:
        raise NotFound
    return found


def _customer(connection: Request | WebSocket) -> int | None:
    user = connection.scope["user"]
    return user.id if user and user.role == Role.CUSTOMER else None


def _address(filled: Submitted[SearchForm], **changed: str) -> str:
    """The address of this search with some of its parameters changed, from its first page."""
    parameters = {**filled.typed, "pagina": "", **changed}
    return "/servicos?" + urlencode({name: text for name, text in parameters.items() if text})


def _name_of(slug: str, trades: dict[str, list[Any]]) -> str:
    """What the trade is called, or what was asked for where there is no such trade."""
    every = (trade for some in trades.values() for trade in some)
    return next((trade["name"] for trade in every if trade["slug"] == slug), slug)


def _without_each(filled: Submitted[SearchForm]) -> dict[str, str]:
    """Each filter that is in force, with the address of the search without it."""
    without = {name: _address(filled, **{name: ""}) for name in FILTERS if filled.typed[name]}
    if filled.typed["lat"]:
        without["lat"] = _address(filled, **NOWHERE)
    return without


def _chosen(variants: list[Variant], filled: Submitted[TimesForm]) -> Variant:
    """The variant asked for, or the first.

    Raises:
        NotFound: it is not one of this service's.
    """
    wanted = filled.form and filled.form.variant
    if not wanted:
        return variants[0]
    for variant in variants:
        if variant.id == wanted:
            return variant
    raise NotFound
