"""Addresses inside the product."""

from urllib.parse import urlsplit


def inside(address: str, otherwise: str) -> str:
    """The address if it leads to a page of ours, and not to another site."""
    parts = urlsplit(address) if address.isprintable() and "\\" not in address else None
    if parts and not parts.scheme and not parts.netloc and address.startswith("/"):
        return address
    return otherwise
