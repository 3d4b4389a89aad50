"""How often something may be tried, counted over a sliding window for all processes in Redis.

An attempt is counted before it is made, in the same script that looks whether there is room: so
any number of attempts at once never get past the limit. What turned out well can be given back.
With Redis away each process counts for itself.
"""

import hashlib
import math
import time
from collections import OrderedDict, deque
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple
from uuid import uuid4

from redis.exceptions import RedisError

from app.core.cache import redis
from app.core.errors import DomainError
from app.core.i18n import N_

QUARTER_HOUR, HOUR, DAY = 15 * 60, 60 * 60, 24 * 60 * 60


class Limit(NamedTuple):
    """At most so many in any stretch of so many seconds."""

    name: str
    most: int
    seconds: int


SIGN_IN = Limit("sign-in", 5, QUARTER_HOUR)
CHALLENGE = Limit("challenge", 60, QUARTER_HOUR)
SECOND_FACTOR = Limit("second-factor", 5, QUARTER_HOUR)
SIGN_UP = Limit("sign-up", 10, HOUR)
RESET = Limit("reset", 5, HOUR)
# Mails that a signed-in user causes: confirmations, changes of address.
MAIL = Limit("mail", 5, HOUR)
BOOKING = Limit("booking", 20, QUARTER_HOUR)
HOLD = Limit("hold", 60, QUARTER_HOUR)
PAYMENT = Limit("payment", 20, QUARTER_HOUR)
UPLOAD = Limit("upload", 30, HOUR)
EXPORT = Limit("export", 3, DAY)
# Readings of somebody's calendar by programs, and guesses at its address.
CALENDAR = Limit("calendar", 60, QUARTER_HOUR)
# Readings of other calendars that a provider asks for.
READING = Limit("reading", 20, HOUR)
# What a provider has sent by hand to their webhooks, or sets up for it.
WEBHOOK = Limit("webhook", 60, HOUR)


class TooMany(DomainError):
    """seconds: until there is room again."""

    status = 429

    def __init__(self, limit: Limit, seconds: float) -> None:
        self.limit, self.seconds = limit, max(1, math.ceil(seconds))
        minutes = math.ceil(self.seconds / 60)
        super().__init__(
            N_("That was tried too often. Please try again in %(minutes)d min.", minutes=minutes)
        )
        self.headers = {"Retry-After": str(self.seconds), **_headers(limit, 0, self.seconds)}


class Taken(NamedTuple):
    """A counted attempt. remaining: attempts left; seconds: until the oldest one lapses."""

    limit: Limit
    keys: list[str]
    member: str
    remaining: int
    seconds: float

    @property
    def headers(self) -> dict[str, str]:
        return _headers(self.limit, self.remaining, math.ceil(self.seconds))


def _headers(limit: Limit, remaining: int, seconds: int) -> dict[str, str]:
    """As draft-ietf-httpapi-ratelimit-headers has them."""
    return {
        "RateLimit-Policy": f'"{limit.name}";q={limit.most};w={limit.seconds}',
        "RateLimit": f'"{limit.name}";r={remaining};t={seconds}',
    }


async def take(limit: Limit, *subjects: str) -> Taken:
    """Count an attempt for each of the subjects (an account, a network), if all have room.

    Raises:
        TooMany: one of them has none.
    """
    keys, member = [_key(limit, subject) for subject in subjects], uuid4().hex
    try:
        wait, remaining, reset = await _script()(
            keys=keys, args=[member, limit.most, limit.seconds * 1000]
        )
        wait, reset = wait / 1000, reset / 1000
    except RedisError:
        wait, remaining, reset = _own.take(keys, member, limit)
    if wait:
        raise TooMany(limit, wait)
    return Taken(limit, keys, member, remaining, reset)


async def give_back(taken: Taken) -> None:
    """Have an attempt not count after all."""
    _own.give_back(taken)
    with suppress(RedisError):
        for key in taken.keys:
            await redis().zrem(key, taken.member)


async def forgive(limit: Limit, subject: str) -> None:
    """Forget the attempts of somebody who has shown in another way who they are."""
    key = _key(limit, subject)
    _own.forget(key)
    with suppress(RedisError):
        await redis().delete(key)


def _key(limit: Limit, subject: str) -> str:
    # Hashed, so that no address of a person stands in Redis.
    return f"limit:{limit.name}:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"


# Gives milliseconds until there is room (0: counted), attempts left, and milliseconds until the
# oldest lapses.
SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local member, most, window = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local wait, left, reset = 0, most, window
for _, key in ipairs(KEYS) do
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
    local used = redis.call('ZCARD', key)
    local oldest = math.max(used - most, 0)
    local first = redis.call('ZRANGE', key, oldest, oldest, 'WITHSCORES')
    if first[2] then reset = math.min(reset, first[2] + window - now) end
    if used >= most then wait = math.max(wait, first[2] + window - now) end
    left = math.min(left, most - used - 1)
end
if wait > 0 then return {wait, 0, wait} end
for _, key in ipairs(KEYS) do
    redis.call('ZADD', key, now, member)
    redis.call('PEXPIRE', key, window)
end
return {0, left, reset}
"""


@cache
def _script() -> Any:
    return redis().register_script(SCRIPT)


class OwnWindows:
    """The same, counted in this process."""

    MOST_KEYS = 100_000

    def __init__(self) -> None:
        self.attempts: OrderedDict[str, deque[tuple[float, str]]] = OrderedDict()

    def take(self, keys: list[str], member: str, limit: Limit) -> tuple[float, int, float]:
        """The same three, in seconds."""
        now = time.monotonic()
        windows = [self._window(key, now - limit.seconds) for key in keys]
        fullest = max(windows, key=len)
        if len(fullest) >= limit.most:
            wait = fullest[0][0] + limit.seconds - now
            return wait, 0, wait
        for window in windows:
            window.append((now, member))
        oldest = min(window[0][0] for window in windows)
        return 0, limit.most - len(fullest), oldest + limit.seconds - now

    def _window(self, key: str, since: float) -> deque[tuple[float, str]]:
        """The attempts that still count; of too many keys the one idle longest is dropped."""
        window = self.attempts.setdefault(key, deque())
        self.attempts.move_to_end(key)
        if len(self.attempts) > self.MOST_KEYS:
            self.attempts.popitem(last=False)
        while window and window[0][0] <= since:
            window.popleft()
        return window

    def give_back(self, taken: Taken) -> None:
        for key in taken.keys:
            if key in self.attempts:
                kept = [one for one in self.attempts[key] if one[1] != taken.member]
                self.attempts[key] = deque(kept)

    def forget(self, key: str) -> None:
        self.attempts.pop(key, None)


_own = OwnWindows()
