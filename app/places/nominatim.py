"""Asks a Nominatim, through geopy, for streets, neighbourhoods and postal codes in Brazil."""

import asyncio
from functools import cache
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from app.settings import settings

# It may well be slow, but whoever asked is gone by then.
SECONDS = 5
LONGEST_NAME = 80


class NoAnswer(Exception):
    """It was too slow, away, or said nothing that can be understood."""


class Answer(Struct):
    """name: "Rua Treze de Maio"; city and state ("SP") as far as it tells them. Degrees."""

    name: str
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    city: str = ""
    state: str = ""


async def ask(typed: str, postal_code: str | None) -> Answer | None:
    """The best match for a postal code ("13560-000") or else for what was typed, if there is one.

    Raises:
        NoAnswer
    """
    parts = urlsplit(settings().nominatim_url)
    query: str | dict[str, str] = typed
    if postal_code:
        query = {"postalcode": postal_code, "country": "Brasil"}
    nominatim, adapter = await asyncio.to_thread(_library)
    async with nominatim(
        scheme=parts.scheme,
        domain=parts.netloc + parts.path,
        user_agent=f"Mini Marketplace ({settings().base_url}; {settings().nominatim_contact})",
        timeout=SECONDS,
        adapter_factory=adapter,
    ) as server:
        try:
            found = await server.geocode(
                query, country_codes="br", language="pt-BR", addressdetails=True
            )
            return _answer(found.raw, postal_code or typed) if found else None
        # Whatever it sends or does: nothing that is wrong with it may be wrong with a page.
        except Exception as error:
            raise NoAnswer(repr(error)) from error


@cache
def _library() -> tuple[Any, Any]:
    """Half a second to load, which only those pay who have a Nominatim."""
    from geopy.adapters import AioHTTPAdapter
    from geopy.geocoders import Nominatim

    return Nominatim, AioHTTPAdapter


def _answer(raw: dict[str, Any], asked: str) -> Answer:
    """
    Raises:
        msgspec.ValidationError: it is no place on this earth.
    """
    address = raw.get("address") or {}
    towns = ("city", "town", "municipality", "village")
    return msgspec.convert(
        {
            "name": (str(raw.get("display_name") or "").split(",")[0] or asked)[:LONGEST_NAME],
            "latitude": raw["lat"],
            "longitude": raw["lon"],
            "city": next((address[kind] for kind in towns if kind in address), ""),
            "state": address.get("ISO3166-2-lvl4", "")[-2:],
        },
        Answer,
        strict=False,
    )
