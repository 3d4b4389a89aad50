"""HTTPS to servers whose address somebody else has chosen: public ones only, and not for long."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from functools import cache
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import httpcore

from app.core.i18n import N_
from app.core.networks import NotPublic, PublicOnly, Resolve, resolve

LONGEST_ADDRESS = 2000
# A name or a number, also one of IPv6.
HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
SAFE = "/%:@!$&'()*+,;=~-._?"


class Trouble(StrEnum):
    """What can go wrong on the way to a server, as codes that are kept."""

    ADDRESS = "address"
    NOT_PUBLIC = "not-public"
    NO_ANSWER = "no-answer"
    CERTIFICATE = "certificate"
    TOO_SLOW = "too-slow"


MESSAGES = {
    Trouble.ADDRESS: N_("Please give an address that begins with https://, without a password."),
    Trouble.NOT_PUBLIC: N_("There is no server on the internet at this address."),
    Trouble.NO_ANSWER: N_("The server does not answer as it should."),
    Trouble.CERTIFICATE: N_("The server's certificate is not valid."),
    Trouble.TOO_SLOW: N_("The server takes too long to answer."),
}


class CannotReach(Exception):
    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble
        super().__init__(trouble.value)


class Reach(NamedTuple):
    """How servers are found and trusted."""

    resolve: Resolve
    dial: httpcore.AsyncNetworkBackend
    trust: ssl.SSLContext


@cache
def internet() -> Reach:
    return Reach(resolve, httpcore.AnyIOBackend(), httpcore.default_ssl_context())


def clean_address(address: str) -> str:
    """An address as we ask for it.

    Raises:
        CannotReach: it is none, or leads to anything but the usual port of HTTPS.
    """
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").encode("idna").decode()
        usual = parts.scheme == "https" and parts.port in (None, 443)
    except ValueError as error:
        raise CannotReach(Trouble.ADDRESS) from error
    named = HOST.fullmatch(host) and "@" not in parts.netloc
    if not usual or not named or not address.strip().isprintable() or "\\" in address:
        raise CannotReach(Trouble.ADDRESS)
    host = f"[{host}]" if ":" in host else host
    query = f"?{quote(parts.query, SAFE)}" if parts.query else ""
    cleaned = f"https://{host}{quote(parts.path or '/', SAFE)}{query}"
    if len(cleaned) > LONGEST_ADDRESS:
        raise CannotReach(Trouble.ADDRESS)
    return cleaned


@asynccontextmanager
async def reaching(
    seconds: float, reach: Reach | None = None
) -> AsyncIterator[httpcore.AsyncConnectionPool]:
    """Connections to public servers, for so many seconds altogether.

    Raises:
        CannotReach: whatever goes wrong on the way, also while what comes back is read.
    """
    reach = reach or internet()
    try:
        async with (
            asyncio.timeout(seconds),
            httpcore.AsyncConnectionPool(
                ssl_context=reach.trust,
                max_keepalive_connections=0,
                network_backend=PublicOnly(reach.resolve, reach.dial),
            ) as pool,
        ):
            yield pool
    except NotPublic as error:
        raise CannotReach(Trouble.NOT_PUBLIC) from error
    except (TimeoutError, httpcore.TimeoutException) as error:
        raise CannotReach(Trouble.TOO_SLOW) from error
    except httpcore.ConnectError as error:
        trouble = Trouble.CERTIFICATE if _is_untrusted(error) else Trouble.NO_ANSWER
        raise CannotReach(trouble) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise CannotReach(Trouble.NO_ANSWER) from error


def _is_untrusted(error: BaseException | None) -> bool:
    """Whether it was a certificate that made it fail, however deep that is wrapped."""
    while error and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None
