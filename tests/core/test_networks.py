"""Which addresses we connect to, and that it is the checked one that we connect to."""

import httpcore
import pytest

from app.core.networks import NotPublic, PublicOnly, is_public, resolve

REFUSED = {
    "0.0.0.0": "unspecified",
    "0.1.2.3": "this network",
    "10.0.0.1": "private",
    "172.16.0.1": "private",
    "172.31.255.254": "private",
    "192.168.1.1": "private",
    "127.0.0.1": "loopback",
    "127.8.9.10": "loopback",
    "169.254.169.254": "link-local, where clouds keep their secrets",
    "100.64.0.1": "carrier-grade NAT",
    "100.127.255.255": "carrier-grade NAT",
    "192.0.0.8": "protocol assignments",
    "192.0.2.1": "documentation",
    "198.51.100.1": "documentation",
    "203.0.113.1": "documentation",
    "198.18.0.1": "benchmarks",
    "192.88.99.1": "6to4 relays",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
    "::": "unspecified",
    "::1": "loopback",
    "::127.0.0.1": "IPv4-compatible",
    "::ffff:127.0.0.1": "IPv4-mapped",
    "::ffff:8.8.8.8": "IPv4-mapped, though public",
    "::ffff:0:8.8.8.8": "IPv4-translated",
    "64:ff9b::8.8.8.8": "NAT64",
    "64:ff9b:1::7f00:1": "local NAT64",
    "2002:7f00:1::": "6to4",
    "2002:808:808::1": "6to4, though public",
    "2001::1": "Teredo",
    "2001:10::1": "ORCHID",
    "2001:db8::1": "documentation",
    "3fff::1": "documentation",
    "100::1": "discard",
    "5f00::1": "segment routing",
    "fc00::1": "unique local",
    "fd12:3456::1": "unique local",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local with a scope",
    "2606:4700::1%eth0": "scope",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
    "": "nothing",
    "localhost": "no address",
    "0x7f.1": "no address as we write them",
}


@pytest.mark.parametrize("address", REFUSED, ids=lambda address: f"{address}-{REFUSED[address]}")
def test_an_address_that_is_not_public_is_refused(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
     "2606:4700:4700::1111", "2a00:1450:4001::1", "2804:14c::1"],
)  # fmt: skip
def test_a_public_address_is_not(address):
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
async def test_a_number_that_the_system_takes_for_an_address_is_seen_through(host):
    found = await resolve(host, 443)
    assert found == ["127.0.0.1"]


class Dialled(httpcore.AsyncNetworkBackend):
    def __init__(self, failing: tuple[str, ...] = ()) -> None:
        self.addresses: list[str] = []
        self.failing = failing

    async def connect_tcp(self, host, port, **_):
        self.addresses.append(host)
        if host in self.failing:
            raise httpcore.ConnectError
        return httpcore.AsyncMockStream([])


def leading_to(*addresses: str):
    asked = []

    async def resolve(host: str, port: int):
        asked.append(host)
        return addresses

    return resolve, asked


async def test_the_checked_address_is_the_one_that_is_dialled():
    find, asked = leading_to("93.184.215.14")
    dialled = Dialled()
    await PublicOnly(find, dialled).connect_tcp("calendar.example", 443)
    assert asked == ["calendar.example"]
    assert dialled.addresses == ["93.184.215.14"]


@pytest.mark.parametrize("addresses", [(), ("8.8.8.8", "10.0.0.1"), ("10.0.0.1", "8.8.8.8")])
async def test_one_address_that_is_not_public_is_enough_to_refuse(addresses):
    find, _ = leading_to(*addresses)
    dialled = Dialled()
    with pytest.raises(NotPublic):
        await PublicOnly(find, dialled).connect_tcp("calendar.example", 443)
    assert dialled.addresses == []


async def test_of_several_addresses_the_next_is_tried():
    find, _ = leading_to("2606:4700::1", "8.8.8.8")
    dialled = Dialled(failing=("2606:4700::1",))
    await PublicOnly(find, dialled).connect_tcp("calendar.example", 443)
    assert dialled.addresses == ["2606:4700::1", "8.8.8.8"]


async def test_no_other_way_to_connect_is_open():
    with pytest.raises(NotImplementedError):
        await PublicOnly(resolve, Dialled()).connect_unix_socket("/run/docker.sock")
