"""Addresses of static files, each with a hash of its content, so that browsers may keep them."""

import hashlib
from functools import cache
from pathlib import Path

from app.settings import ROOT, settings

FOLDER = ROOT / "static"


def address(name: str) -> str:
    """ "/static/js/live.js?v=1f0c9a3b". Raises FileNotFoundError for a file that is not there."""
    file = FOLDER / name
    return f"/static/{name}?v={_version(file) if settings().production else _read(file)}"


def stylesheets() -> list[str]:
    """The sheets in the order of their cascade layers; within one the order does not matter."""
    layers = ("tokens", "base", "layout")
    components = sorted((FOLDER / "css" / "components").glob("*.css"))
    return [f"css/{name}.css" for name in layers] + [
        f"css/components/{file.name}" for file in components
    ]


@cache
def _version(file: Path) -> str:
    return _read(file)


def _read(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]
