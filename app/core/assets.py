"""Addresses of static files, each with a hash of its content, so that browsers may keep them."""

import hashlib
import re
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
    return f"/static/{name}?v={_hash((FOLDER / name).read_bytes())}"


@_kept_in_production
def stylesheet() -> str:
    """All sheets as one, so that a first visit asks once: layers in order, then components."""
    layers = [FOLDER / "css" / f"{name}.css" for name in ("tokens", "base", "layout")]
    components = sorted((FOLDER / "css" / "components").glob("*.css"))
    joined = "\n".join(sheet.read_text("utf-8") for sheet in layers + components)
    joined = re.sub(r'url\("/static/([^"]+)"\)', lambda url: f'url("{address(url[1])}")', joined)
    # Comments and indentation are a quarter of what would travel.
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", joined, flags=re.DOTALL))


@_kept_in_production
def stylesheet_address() -> str:
    return f"/estilo.css?v={_hash(stylesheet().encode())}"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]
