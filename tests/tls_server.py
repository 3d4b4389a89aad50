"""A server on loopback with TLS of a private authority, reached by public names."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpcore
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.core.outside import Reach

# Public by its look; only the dialler below knows that it leads to loopback.
ADDRESS = "93.184.215.14"
NAMES = ["calendar.example", "hooks.example", "other.example"]

Handler = Callable[[str, dict[str, str], asyncio.StreamWriter], Awaitable[None]]


class Server:
    """What it answers is set by path; requests: the paths and headers that came, and bodies."""

    def __init__(self, folder: Path) -> None:
        self.answers: dict[str, bytes | Handler] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.bodies: list[bytes] = []
        self.dialled: list[tuple[str, int]] = []
        self.hosts: dict[str, list[str]] = {name: [ADDRESS] for name in [*NAMES, "wrong.example"]}
        self.port = 0
        self.context, self.trust = _contexts(folder)

    @property
    def reach(self) -> Reach:
        return Reach(self._resolve, Dialler(self), self.trust)

    async def _resolve(self, host: str, port: int) -> list[str]:
        return self.hosts.get(host, [])

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            headers = {
                name.lower(): value for name, value in (line.split(": ", 1) for line in lines)
            }
            path = first.split(" ")[1]
            self.bodies.append(await reader.readexactly(int(headers.get("content-length", 0))))
            self.requests.append((path, headers))
            answer = self.answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(path, headers, writer)
        writer.close()


class Dialler(httpcore.AsyncNetworkBackend):
    """Connects to the server whatever public address is dialled, and writes that down."""

    def __init__(self, server: Server) -> None:
        self.server = server

    async def connect_tcp(self, host, port, **options):
        self.server.dialled.append((host, port))
        return await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", self.server.port, **options)


@asynccontextmanager
async def tls_server(folder: Path) -> AsyncIterator[Server]:
    server = Server(folder)
    listening = await asyncio.start_server(server.handle, "127.0.0.1", 0, ssl=server.context)
    server.port = listening.sockets[0].getsockname()[1]
    yield server
    listening.close()


def ok(body: bytes, kind: str = "text/calendar", *more: str) -> bytes:
    """An answer with this body; more: further lines of its head."""
    head = ["HTTP/1.1 200 OK", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *more]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def redirect(location: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


def _contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's, and one that trusts only the authority that has signed its certificate."""
    authority, authority_key = _certificate("Test authority", None, None, [])
    certificate, key = _certificate("server", authority, authority_key, NAMES)
    (folder / "server.pem").write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.pem")
    # Also for other processes.
    trusted = folder / "authority.pem"
    trusted.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    return server, ssl.create_default_context(cafile=trusted)


def _certificate(
    name: str,
    issuer: x509.Certificate | None,
    issuer_key: ec.EllipticCurvePrivateKey | None,
    hosts: list[str],
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer_key or key, hashes.SHA256()), key
