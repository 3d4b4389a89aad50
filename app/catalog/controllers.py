from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Controller, get

from app.accounts.authentication import ANYONE
from app.agenda.queries import free_days, next_free_start
from app.catalog.forms import SearchForm, TimesForm
from app.catalog.queries import Variant, service_for_page, trades_by_group
from app.catalog.search import Found, search_services
from app.core.errors import NotFound
from app.core.forms import Submitted, blank, read_query
from app.core.http import PathId, Request, Response
from app.core.i18n import N_, language_of
from app.core.templating import fragment, page, wants_fragment
from app.core.time import today_in
from app.places.queries import find_place

ON_HOME = 6
WEEK = 7


class HomeController(Controller):
    path = "/"
    guards = [ANYONE]

    @get()
    async def show(self, request: Request) -> Response:
        language = language_of(request)
        return page(
            request,
            "catalog/home.html",
            filled=blank(),
            trades=await trades_by_group(language),
            found=await search_services(SearchForm(), None, language, ON_HOME),
        )


class ServicesController(Controller):
    path = "/servicos"
    guards = [ANYONE]

    @get()
    async def index(self, request: Request) -> Response:
        filled = read_query(request, SearchForm)
        language = language_of(request)
        found, place = None, None
        if filled.form:
            place = await find_place(filled.form.place) if filled.form.place else None
            if filled.form.place and not place:
                filled.errors["onde"] = N_("We do not know this place. Please try a city.")
            else:
                found = await search_services(filled.form, place, language)
        shown: dict[str, Any] = {
            "filled": filled,
            "found": found,
            "place": place,
            "next_page": _next_page(filled, found),
        }
        status = 422 if filled.errors else 200
        if wants_fragment(request):
            return fragment(request, "catalog/_results.html", status=status, **shown)
        shown["trades"] = await trades_by_group(language)
        return page(request, "catalog/index.html", status=status, **shown)

    @get("/{service:int}")
    async def show(self, request: Request, service: PathId) -> Response:
        """The service with its free times; to htmx, the times of the chosen variant and week."""
        filled = read_query(request, TimesForm)
        found = await service_for_page(service, language_of(request))
        if found is None:
            raise NotFound
        variant = _chosen(found["variants"], filled)
        today = today_in(found["zone"])
        first = _first_day(filled, today)
        days = await free_days(found["provider"], variant.minutes, found["zone"], first, WEEK)
        later = None
        if not any(days.values()):
            after = max(days)
            later = await next_free_start(found["provider"], variant.minutes, found["zone"], after)
        shown = {
            "service": found,
            "variant": variant,
            "filled": filled,
            "days": days,
            "today": today,
            "before": max(first - timedelta(days=WEEK), today) if first > today else None,
            "after": first + timedelta(days=WEEK),
            "later": later,
        }
        status = 422 if filled.errors else 200
        if wants_fragment(request):
            return fragment(request, "catalog/_times.html", status=status, **shown)
        return page(request, "catalog/show.html", status=status, **shown)


def _next_page(filled: Submitted[SearchForm], found: Found | None) -> str | None:
    """The address of the page after this one."""
    if found is None or found.after is None:
        return None
    kept = {name: text for name, text in filled.typed.items() if text and name != "pagina"}
    return "/servicos?" + urlencode({**kept, "pagina": found.after})


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


def _first_day(filled: Submitted[TimesForm], today: date) -> date:
    wanted = filled.form and filled.form.week
    return max(wanted, today) if wanted else today
