"""Requests to a bank's API Pix, authorised by OAuth 2 over TLS with our certificate."""

import asyncio
import re
import ssl
import time
from collections.abc import Mapping
from http import HTTPMethod
from typing import Any, NamedTuple, TypeVar

import aiohttp
import msgspec

from app.payments.gateways.port import SECONDS, UNREADABLE, GatewayError, Refused, refusal

SCOPES = "cob.read cob.write pix.read pix.write"
# A token is not used in the last seconds of its life.
SPARE_SECONDS = 30
# The last part of a problem's type, by which the central bank tells problems apart.
PROBLEM = re.compile(r"[A-Za-z]{1,60}")

T = TypeVar("T")


class NotThere(Refused):
    """The bank knows nothing by this id."""


class Client(NamedTuple):
    """Where the API of a bank is, and what it knows us by."""

    api_url: str
    token_url: str
    identifier: str
    secret: str
    tls: ssl.SSLContext


def client_tls(certificate: str, key: str) -> ssl.SSLContext:
    """Trusts whom the machine trusts, and shows our certificate; key: empty if it is in there."""
    context = ssl.create_default_context()
    if certificate:
        context.load_cert_chain(certificate, key or None)
    return context


class Token(msgspec.Struct):
    access_token: str
    expires_in: int = 0


class PixApi:
    def __init__(self, client: Client) -> None:
        self._client = client
        self._token = ""
        self._good_until = 0.0
        self._asking = asyncio.Lock()

    async def call(
        self, method: HTTPMethod, path: str, content: Mapping[str, Any] | None = None
    ) -> bytes:
        """The body of the answer.

        Raises:
            NotThere, Refused, GatewayError.
        """
        status, body = await self._authorised(method, path, content)
        if status == 401:
            # The bank may have forgotten a token before its time.
            self._good_until = 0.0
            status, body = await self._authorised(method, path, content)
        _check(status, body)
        return body

    async def _authorised(
        self, method: HTTPMethod, path: str, content: Mapping[str, Any] | None
    ) -> tuple[int, bytes]:
        return await self._send(
            method,
            f"{self._client.api_url.rstrip('/')}/v2{path}",
            headers={"Authorization": f"Bearer {await self._access_token()}"},
            json=content,
        )

    async def _access_token(self) -> str:
        async with self._asking:
            if time.monotonic() >= self._good_until:
                client = self._client
                asked_at = time.monotonic()
                status, body = await self._send(
                    HTTPMethod.POST,
                    client.token_url,
                    headers={"Authorization": _basic(client)},
                    data={"grant_type": "client_credentials", "scope": SCOPES},
                )
                if not _is_success(status):
                    # Also if we are refused: whoever looks after our access can mend that.
                    raise GatewayError(f"token-http-{status}")
                token = read(body, Token)
                self._token = token.access_token
                self._good_until = asked_at + token.expires_in - SPARE_SECONDS
            return self._token

    async def _send(self, method: HTTPMethod, url: str, **what: Any) -> tuple[int, bytes]:
        limits = aiohttp.ClientTimeout(total=SECONDS)
        connector = aiohttp.TCPConnector(ssl=self._client.tls)
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=limits) as session,
                session.request(method, url, allow_redirects=False, **what) as answer,
            ):
                return answer.status, await answer.read()
        except TimeoutError:
            raise GatewayError("timeout") from None
        except (aiohttp.ClientError, OSError) as error:
            raise GatewayError(type(error).__name__) from None


def _basic(client: Client) -> str:
    return aiohttp.encode_basic_auth(client.identifier, client.secret)


def _is_success(status: int) -> bool:
    return 200 <= status < 300


def _check(status: int, body: bytes) -> None:
    if _is_success(status):
        return
    code = _problem(body) or f"http-{status}"
    if status == 404:
        raise NotThere(code)
    raise refusal(status, code)


class Problem(msgspec.Struct):
    type: str = ""


def _problem(body: bytes) -> str:
    """The kind of problem, and not its words, which repeat what we have sent."""
    try:
        kind = msgspec.json.decode(body, type=Problem).type.rpartition("/")[2]
    except UNREADABLE:
        return ""
    return kind if PROBLEM.fullmatch(kind) else ""


def read(body: bytes, kind: type[T]) -> T:
    """What a body says.

    Raises:
        GatewayError: it is not what a bank answers.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except UNREADABLE:
        raise GatewayError("unreadable") from None
