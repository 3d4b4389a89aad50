"""Addresses that lead out of our site, in every spelling that a browser understands."""

import pytest

from app.core.addresses import inside


@pytest.mark.parametrize(
    "address",
    [
        "", " ", "//evil.example", "///evil.example", " //evil.example", "\t//evil.example",
        "/\\evil.example", "\\\\evil.example", "https:/evil.example", "https:evil.example",
        "javascript:alert(1)", "evil.example", "/a\nb", "//[", "//user@evil.example/",
    ],
)  # fmt: skip
def test_what_may_lead_elsewhere_is_not_followed(address):
    assert inside(address, "/inicio") == "/inicio"


@pytest.mark.parametrize("address", ["/", "/servicos?q=a//b", "/contratacoes/ABCD2345#x"])
def test_our_own_pages_are(address):
    assert inside(address, "/inicio") == address
