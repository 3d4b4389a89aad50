"""The free times at the foot of posters, kept true on every page that shows them.

A page names in its socket's address the times that it shows. Each frame says of one poster which of
them are still free, so a page that lost frames or its socket is made true by the next one.
"""

import asyncio
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from app.catalog.queries import posters_of, still_free
from app.core.live import Part
from app.core.templating import render

MOST_POSTERS = 40
POSTER = r"[0-9]{1,18}(\.[0-9a-f]{1,7}){1,5}"
ADDRESS = re.compile(f"{POSTER}(_{POSTER})*")


class Strips(NamedTuple):
    """The times that a page shows at the foot of a service's poster, in order."""

    service: int
    times: tuple[datetime, ...]


def write_strips(services: Iterable[Any]) -> str:
    """What these posters show, for an address: "12.1c4d5e0.1c4d5fe_15.1c4d5e0"."""
    return "_".join(
        ".".join([str(service["id"]), *(f"{_minutes(time):x}" for time in service["times"])])
        for service in services
        if service["times"]
    )


def read_strips(text: str) -> list[Strips]:
    """What write_strips wrote; nothing if it was something else."""
    if not ADDRESS.fullmatch(text):
        return []
    posters = (poster.split(".") for poster in text.split("_")[:MOST_POSTERS])
    return [
        Strips(int(service), tuple(_instant(int(time, 16)) for time in times))
        for service, *times in posters
    ]


async def parts_of(strips: list[Strips], language: str) -> list[Part]:
    """What a page with these posters follows."""
    services = {
        service["id"]: service for service in await posters_of([one.service for one in strips])
    }
    return [
        Part(
            topic=f"provider:{services[one.service]['provider']}",
            view=f"{language} {one}",
            seen=_version(one, set(one.times)),
            read=partial(_read, services[one.service], one, language),
        )
        for one in strips
        if one.service in services
    ]


async def _read(service: Any, strips: Strips, language: str) -> tuple[str, Callable[[], str]]:
    free = await _still_free(strips)
    return _version(strips, free), partial(
        render,
        "catalog/_strips.html",
        language,
        service=service,
        times=strips.times,
        gone=[time for time in strips.times if time not in free],
    )


def _version(strips: Strips, free: set[datetime]) -> str:
    return "".join("1" if time in free else "0" for time in strips.times)


_waiting: list[tuple[Strips, asyncio.Future[set[datetime]]]] = []
_reading: set[asyncio.Task[None]] = set()


async def _still_free(strips: Strips) -> set[datetime]:
    """Asked for a page's posters in one turn of the loop, all are read in one statement."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[set[datetime]] = loop.create_future()
    _waiting.append((strips, answer))
    if len(_waiting) == 1:
        task = loop.create_task(_read_waiting())
        _reading.add(task)
        task.add_done_callback(_reading.discard)
    return await answer


async def _read_waiting() -> None:
    asked = _waiting.copy()
    _waiting.clear()
    try:
        free = await still_free(
            [(strips.service, strips.times[0], strips.times[-1]) for strips, _ in asked]
        )
    except Exception as error:
        for _, answer in asked:
            if not answer.done():
                answer.set_exception(error)
        return
    for (_, answer), times in zip(asked, free, strict=True):
        if not answer.done():
            answer.set_result(times)


def _minutes(instant: datetime) -> int:
    """Minutes since 1970."""
    return int(instant.timestamp()) // 60


def _instant(minutes: int) -> datetime:
    return datetime.fromtimestamp(minutes * 60, UTC)
