"""Addresses of static files, each with a hash of its content, so that browsers may keep them."""

import hashlib
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from app.settings import ROOT, settings

FOLDER = ROOT / "static"
F = TypeVar("F", bound=Callable[..., object])


def _kept_in_production(function: F) -> F:
    """Files change under a developer's hands, and never in production."""
    kept = cache(function)

    def choose(*args: str) -> object:
        return (kept if settings().production else function)(*args)

    return choose  # type: ignore[return-value]


@_kept_in_production
def address(name: str) -> str:
    """ "/static/js/live.js?v=1f0c9a3b".

    Raises:
        FileNotFoundError: there is no such file.
    """
    content = (FOLDER / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:8]}"


@_kept_in_production
def stylesheets() -> list[str]:
    """The sheets in the order of their cascade layers; within one the order does not matter."""
    layers = [f"css/{name}.css" for name in ("tokens", "base", "layout")]
    components = sorted((FOLDER / "css" / "components").glob("*.css"))
    return layers + [f"css/components/{file.name}" for file in components]
