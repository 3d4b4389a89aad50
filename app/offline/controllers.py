from datetime import date
from typing import Any

import litestar
from litestar import Controller, MediaType, get

from app.accounts.authentication import ANYONE
from app.core.http import Request, Response
from app.core.i18n import language_of
from app.core.templating import VARY, render
from app.offline.manifest import manifest
from app.offline.queries import coming_bookings
from app.offline.worker import worker_script

# Tells the time to whoever has booked nothing.
ZONE = "America/Sao_Paulo"


class OfflineController(Controller):
    guards = [ANYONE]

    @get("/sem-conexao")
    async def show(self, request: Request) -> Response:
        """The page that the service worker keeps for when there is no network.

        It is fetched behind the reader's back, so a notice is left for the page they see.
        """
        bookings = await coming_bookings(request.scope["user"])
        html = render(
            "offline/show.html",
            language_of(request),
            user=request.scope["user"],
            path=request.url.path,
            # Where choosing a language leads; not back to here, once there is a network again.
            address="/",
            notice=None,
            bookings=bookings,
            zone=bookings[0]["zone"] if bookings else ZONE,
            # No day is called today, since the page is read later.
            today=date.min,
        )
        return litestar.Response(html, media_type=MediaType.HTML, headers={"Vary": VARY})

    @get("/app.webmanifest", media_type="application/manifest+json")
    async def manifest(self, request: Request) -> litestar.Response[dict[str, Any]]:
        return litestar.Response(manifest(language_of(request)), headers={"Vary": VARY})

    @get("/worker.js", media_type="text/javascript; charset=utf-8", sync_to_thread=False)
    def worker(self) -> str:
        """At the root, because a service worker rules only over what lies beside it."""
        return worker_script()
