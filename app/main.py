"""The web application: the one place where everything is wired together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, get
from litestar.config.compression import CompressionConfig
from litestar.static_files import create_static_files_router

import app.accounts.api
import app.accounts.controllers
import app.admin.controllers
import app.agenda.controllers
import app.bookings.controllers
import app.calendars.controllers
import app.dashboard.controllers
import app.notifications.controllers
import app.payments.controllers
import app.photos.controllers
import app.privacy.controllers
import app.webhooks.controllers
from app.accounts.authentication import ANYONE, Authentication
from app.catalog.controllers import ServicesController
from app.core import assets, live
from app.core.api import ApiLimit
from app.core.cache import redis
from app.core.client import KnowClient
from app.core.database import connection_pool
from app.core.errors import HANDLERS, NotFound
from app.core.http import Request, Response
from app.core.logs import configure_logs
from app.core.security import ReadablePaths, SameOrigin, add_headers
from app.home.controllers import HomeController
from app.offline.controllers import OfflineController
from app.payments.gateways import gateways
from app.places.controllers import PlacesController
from app.settings import ROOT, settings
from app.styleguide.controllers import StyleguideController

# A form with a text of a megabyte is still read, so that what was typed is not lost.
LARGEST_BODY = 2_000_000
# Quality 5 takes a third of a millisecond for a page of results. A page that shows a secret (a new
# key, recovery codes) repeats nothing that another site could have sent, so nobody can guess it
# from the length.
COMPRESSION = CompressionConfig(
    "brotli",
    brotli_quality=5,
    gzip_compress_level=5,
    exclude=[r"\.(woff2|png)$", "^/fotos/"],
)


def create_app() -> Litestar:
    configure_logs()
    # A gateway that is set up wrongly is known of now, and not when somebody pays.
    gateways()
    return Litestar(
        route_handlers=[
            HomeController,
            ServicesController,
            PlacesController,
            *app.agenda.controllers.CONTROLLERS,
            *app.dashboard.controllers.CONTROLLERS,
            OfflineController,
            *app.accounts.controllers.CONTROLLERS,
            *app.photos.controllers.CONTROLLERS,
            *app.privacy.controllers.CONTROLLERS,
            *app.bookings.controllers.CONTROLLERS,
            *app.payments.controllers.CONTROLLERS,
            *app.calendars.controllers.CONTROLLERS,
            *app.notifications.controllers.CONTROLLERS,
            *app.webhooks.controllers.CONTROLLERS,
            *app.admin.controllers.CONTROLLERS,
            *app.accounts.api.API,
            *([] if settings().production else [StyleguideController]),
            stylesheet,
            nothing_here,
            create_static_files_router("/static", directories=[ROOT / "static"], guards=[ANYONE]),
        ],
        middleware=[ReadablePaths(), KnowClient(), SameOrigin(), Authentication(), ApiLimit()],
        exception_handlers=HANDLERS,
        before_send=[add_headers],
        compression_config=COMPRESSION,
        lifespan=[connection_pool_lifespan, live_lifespan],
        request_max_body_size=LARGEST_BODY,
        openapi_config=None,
        # Unexpected errors are logged where they are answered.
        logging_config=None,
        # Also if the environment says otherwise: a page with a stack trace tells too much.
        debug=False,
    )


@get("/estilo.css", guards=[ANYONE], media_type="text/css; charset=utf-8", sync_to_thread=False)
def stylesheet() -> str:
    return assets.stylesheet()


@get("/{path:path}", guards=[ANYONE])
async def nothing_here(request: Request) -> Response:
    """Any other address, so that the page that says so knows who is signed in."""
    raise NotFound


@asynccontextmanager
async def connection_pool_lifespan(_: Litestar) -> AsyncIterator[None]:
    async with connection_pool():
        yield


@asynccontextmanager
async def live_lifespan(_: Litestar) -> AsyncIterator[None]:
    async with live.running():
        yield
    await redis().aclose()
