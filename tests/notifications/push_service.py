"""A push service on loopback, reached by a public name, and a browser that it serves."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_bytes
from typing import Any
from uuid import uuid4

import http_ece
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.notifications.forms import DeviceForm
from tests.tls_server import NAMES, Server


class PushService(Server):
    """Keeps what it gets: headers and bodies, in order."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.status = "201 Created"
        self.head = ""
        self.got: list[tuple[dict[str, str], bytes]] = []

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.got.append(({**headers, "first": first}, body))
        writer.write(f"HTTP/1.1 {self.status}\r\n{self.head}Content-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()


class Browser:
    """Its keys never leave it, so only it can read what comes."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = token_bytes(16)
        self.endpoint = f"https://{NAMES[0]}/push/{uuid4().hex}"

    @property
    def form(self) -> DeviceForm:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return DeviceForm(self.endpoint, encoded(point), encoded(self.secret))

    @property
    def typed(self) -> dict[str, str]:
        """As the page's form sends it."""
        form = self.form
        return {"endereco": form.endpoint, "chave": form.p256dh, "segredo": form.auth}

    def read(self, body: bytes) -> Any:
        return msgspec.json.decode(
            http_ece.decrypt(
                body, private_key=self.key, auth_secret=self.secret, version="aes128gcm"
            )
        )


def encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@asynccontextmanager
async def push_service(folder: Path) -> AsyncIterator[PushService]:
    service = PushService(folder)
    listening = await asyncio.start_server(service.handle, "127.0.0.1", 0, ssl=service.context)
    service.port = listening.sockets[0].getsockname()[1]
    yield service
    listening.close()
