"""Where a typed place is: by the table of cities or, if there is one, by a Nominatim.

The table knows every city, so a Nominatim is asked only for what it does not: postal codes,
streets, neighbourhoods. No page waits for that longer than PATIENCE; what takes longer goes on
beside it, is kept for whoever asks next, and meanwhile the table answers as well as it can.

What was found is kept in Redis and not in a table of ours: there it lapses by itself, as people's
addresses should, all processes share it, and losing it costs no more than asking again.
"""

import asyncio
import hashlib
import re
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec
import structlog
from redis.exceptions import RedisError

from app.core.cache import redis
from app.core.i18n import N_
from app.places.data import search_key
from app.places.errors import UnknownPlace
from app.places.nominatim import Answer, NoAnswer, ask
from app.places.queries import find_place, nearest_place, place_in_state
from app.settings import settings

log = structlog.get_logger()

PATIENCE = 0.06
# The public Nominatim's usage policy: one request a second over all our processes.
TURN = timedelta(seconds=1)
LONGEST_WAIT_FOR_TURN = 10
# Lookups that one process has under way at once.
MOST_AT_ONCE = 8
KEPT = timedelta(days=30)
NOTHING_KEPT = timedelta(days=1)
FAILURE_KEPT = timedelta(seconds=30)
# 13560-000, and as it is also written: 13560000, 13.560-000.
POSTAL_CODE = re.compile(r"^(\d{2})\.?(\d{3})[- ]?(\d{3})$", re.ASCII)


class Located(NamedTuple):
    """place: as find_place gives it; exact: it is a point and not the middle of a town.
    pending: a better answer is on its way."""

    place: Any
    pending: bool = False


class Kept(msgspec.Struct):
    """What Redis keeps of a lookup: its answer, or none, or that there was no answer to be had."""

    answer: Answer | None = None
    failed: bool = False


async def locate(typed: str, *, finished: bool = True) -> Located:
    """The place that somebody means. finished: they do not type any more, as a Nominatim wants to
    be asked no guesses of half a word.

    Raises:
        UnknownPlace: nobody knows it, or not yet; it says which.
    """
    known = await find_place(typed)
    if known and known["sure"]:
        return Located(known)
    code = POSTAL_CODE.match(typed.strip())
    pending = False
    if settings().nominatim_url:
        found, pending = await _look_up(code and f"{code[1]}{code[2]}-{code[3]}", typed, finished)
        if found:
            return Located(await _as_place(found))
    if known and not code:
        return Located(known, pending)
    if pending:
        raise UnknownPlace(
            N_("We are still looking this place up. It will be here in a moment."), pending=True
        )
    if code:
        raise UnknownPlace(N_("We could not look this postal code up. Please write your city."))
    raise UnknownPlace


async def _look_up(code: str | None, typed: str, finished: bool) -> tuple[Answer | None, bool]:
    """What is known of it by now, and whether more may be known soon."""
    key = _key(code or search_key(typed))
    task = _under_way.get(key)
    if task is None:
        if len(_under_way) >= MOST_AT_ONCE:
            return None, False
        task = asyncio.create_task(_find(key, code, typed, finished))
        _under_way[key] = task
        task.add_done_callback(lambda _: _under_way.pop(key, None))
    done, _ = await asyncio.wait([task], timeout=PATIENCE)
    return (task.result(), False) if done else (None, True)


_under_way: dict[str, asyncio.Task[Answer | None]] = {}


async def _find(key: str, code: str | None, typed: str, finished: bool) -> Answer | None:
    """The answer that is kept, or a new one when its turn comes."""
    try:
        if kept := await redis().get(key):
            return msgspec.json.decode(kept, type=Kept).answer
        if not finished or not await _turn():
            return None
        try:
            answer = await ask(typed, code)
            kept, lifetime = Kept(answer), KEPT if answer else NOTHING_KEPT
        except NoAnswer as error:
            log.warning("places.no_answer", why=str(error))
            kept, lifetime = Kept(failed=True), FAILURE_KEPT
        await redis().set(key, msgspec.json.encode(kept), ex=lifetime)
    except (RedisError, msgspec.DecodeError):
        log.warning("places.not_kept", exc_info=True)
        return None
    return kept.answer


async def _turn() -> bool:
    """Wait until no process has asked for a second; False if that takes too long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_WAIT_FOR_TURN):
            # Only Redis knows when another's turn is over.
            while not await redis().set("places:turn", b"", nx=True, px=TURN):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            return True
    return False


async def _as_place(found: Answer) -> dict[str, Any]:
    """A point in the town that it belongs to, of which it has the zone and the number."""
    town = found.city and found.state and await place_in_state(found.city, found.state)
    town = town or await nearest_place(found.latitude, found.longitude)
    return {
        **town,
        "name": found.name,
        "label": f"{found.name}, {town['label']}",
        "latitude": found.latitude,
        "longitude": found.longitude,
        "town": town["label"],
        "exact": True,
    }


def _key(text: str) -> str:
    # Hashed, so that no address of a person stands in Redis as it was typed.
    return f"place:{hashlib.sha256(text.encode()).hexdigest()[:32]}"
