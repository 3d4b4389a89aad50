"""Connections to public servers only, whatever name leads to whatever address."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence

import httpcore

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

MOST_TRIED = 3
CONNECT_SECONDS = 4.0

# Named one by one, since Python's own idea of what is global differs from version to version.
NOT_PUBLIC = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        # Of what IPv6 gives out: Teredo and other special uses, examples, and 6to4, which has an
        # IPv4 address in it.
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
    )
]
# All that is given out for public use; mapped, translated and local addresses lie elsewhere.
PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")


class NotPublic(Exception):
    """A name leads nowhere, or to an address that is not everybody's."""


def is_public(address: str) -> bool:
    """Whether an IP address may belong to a server on the internet."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and (found.scope_id or found not in PUBLIC_IPV6):
        return False
    return found.is_global and not any(found in network for network in NOT_PUBLIC)


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, each once; none if nobody knows it."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class PublicOnly(httpcore.AsyncNetworkBackend):
    """Looks a name up once and connects to the very addresses that it has checked.

    So a name that leads elsewhere a moment later (DNS rebinding) gains nothing. TLS, which comes
    after, still asks for a certificate of the name.
    """

    def __init__(self, resolve: Resolve, dial: httpcore.AsyncNetworkBackend) -> None:
        self.resolve, self.dial = resolve, dial

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's parameter.
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self.resolve(host, port)
        # One answer for both, so that nobody can ask us which names an inner network has.
        if not addresses or not all(is_public(address) for address in addresses):
            raise NotPublic
        failure: Exception | None = None
        for address in addresses[:MOST_TRIED]:
            try:
                return await self.dial.connect_tcp(
                    address, port, timeout=CONNECT_SECONDS, socket_options=socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        assert failure is not None
        raise failure

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
