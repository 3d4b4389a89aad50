"""In which country a network address is."""

import pytest

from app.accounts.whereabouts import country_of, place_name

BRAZIL = "200.160.2.3"


@pytest.mark.parametrize(
    ("address", "country"),
    [
        (BRAZIL, "BR"),
        ("8.8.8.8", "US"),
        ("2001:12ff:0:2::3", "BR"),
        ("2001:4860:4860::8888", "US"),
        # As a server that listens on IPv6 writes an IPv4 address.
        (f"::ffff:{BRAZIL}", "BR"),
    ],
)
def test_a_public_address_is_in_a_country(address, country):
    assert country_of(address) == country


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "fe80::1", "::ffff:192.168.1.1"],
)
def test_an_address_of_ones_own_network_is_in_none(address):
    assert country_of(address) is None


@pytest.mark.parametrize("address", ["", "unknown", "8.8.8", "8.8.8.8:80", "8.8.8.8/24", "1" * 99])
def test_what_is_no_address_is_in_none(address):
    assert country_of(address) is None


@pytest.mark.parametrize(("language", "name"), [("pt", "Brasil"), ("en", "Brazil")])
def test_a_country_is_named_in_the_readers_language(language, name):
    assert place_name(BRAZIL, language) == name


def test_an_address_in_no_country_has_no_name():
    assert place_name("127.0.0.1", "pt") == ""
