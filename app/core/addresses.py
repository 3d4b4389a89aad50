"""Addresses as browsers send them, which may be anything."""

from urllib.parse import SplitResult, urlsplit


def inside(address: str, otherwise: str) -> str:
    """The address if it leads to a page of ours, and not to another site."""
    parts = split(address)
    # A browser drops blanks in front before it looks.
    plain = address.isprintable() and "\\" not in address and address.startswith("/")
    # A browser takes whatever begins with two slashes for another host.
    ours = not parts.scheme and not parts.netloc and not address.startswith("//")
    return address if plain and ours else otherwise


def path_of(address: str) -> str:
    """Path and query of an address, without its host."""
    parts = split(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def split(address: str) -> SplitResult:
    """The parts of an address; all empty if it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
