"""Who is signed in: a random token in a cookie or with an API's client, its hash in Redis.

Nothing is written for a visitor without a session, and a token is never taken over from the
browser: signing in always makes a new one.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import NamedTuple

import msgspec
from litestar.datastructures import Cookie

from app.core import live
from app.core.cache import redis
from app.core.client import client
from app.core.cookies import cookie
from app.core.time import now
from app.settings import settings

COOKIE = "session"
# Prolonged at most this often, so that reading pages hardly ever writes.
RENEWAL = timedelta(minutes=1)
# However busy, a session ends after this.
LONGEST = timedelta(days=90)
# Goes up when a session gets other fields; whoever has one from before signs in anew.
SHAPE = 2
# Of one user; beyond them the one that was idle longest ends.
MOST = 50


class Session(msgspec.Struct, frozen=True):
    """strong: opened with a second factor or a passkey. api: by a program, not a browser.

    started, seen, ends: seconds since 1970. idle: seconds that it may be left alone.
    """

    user: int
    strong: bool
    api: bool
    started: float
    seen: float
    ends: float
    idle: float
    address: str
    agent: str


class TokenReused(Exception):
    def __init__(self, user: int) -> None:
        self.user = user


class Renewed(NamedTuple):
    token: str
    session: Session


def session_cookie(token: str) -> Cookie:
    """The cookie that carries the token; an empty token removes it."""
    return cookie(COOKIE, token, LONGEST)


async def start_session(
    user: int,
    *,
    strong: bool = False,
    api: bool = False,
    idle: timedelta | None = None,
    longest: timedelta = LONGEST,
) -> str:
    """Make a session and give its token."""
    moment = now().timestamp()
    idle = idle or timedelta(days=settings().session_days)
    return await _keep(
        Session(
            user=user,
            strong=strong,
            api=api,
            started=moment,
            seen=moment,
            ends=moment + longest.total_seconds(),
            idle=idle.total_seconds(),
            address=client().address,
            agent=client().agent,
        )
    )


async def renew_token(token: str) -> Renewed | None:
    """Go on with a program's session under a new token; None where there is none.

    Raises:
        TokenReused: it was renewed before, so somebody has stolen it; what came of it is ended
            (RFC 9700, 4.14.2).
    """
    identifier = session_id(token)
    stored: bytes | None = await redis().getdel(_key(identifier))
    if stored is None:
        if user := await _end_successors(identifier):
            raise TokenReused(user)
        return None
    session = msgspec.msgpack.decode(stored, type=Session)
    if not session.api:
        # A browser's session token was tried as a program's: it is out, and good no longer.
        return None
    renewed = await _keep(session)
    await redis().set(_successor(identifier), session_id(renewed), ex=LONGEST)
    await live.publish(f"session:{identifier}")
    return Renewed(renewed, session)


async def _keep(session: Session) -> str:
    token = secrets.token_urlsafe(32)
    identifier = session_id(token)
    await _write(identifier, session)
    await redis().sadd(_of_user(session.user), identifier)
    await redis().expire(_of_user(session.user), LONGEST)
    for idle in list(await sessions_of(session.user))[MOST:]:
        await end_session(idle)
    return token


async def _end_successors(identifier: str) -> int | None:
    """Give the user whose session was still going on, if there is one."""
    session = None
    while successor := await redis().getdel(_successor(identifier)):
        identifier = successor.decode()
        session = await read_session(identifier)
        await end_session(identifier)
    return session.user if session else None


async def read_session(identifier: str) -> Session | None:
    """The living session of this id; prolonged when it was last seen a while ago."""
    stored: bytes | None = await redis().get(_key(identifier))
    if stored is None:
        return None
    session = msgspec.msgpack.decode(stored, type=Session)
    moment = now().timestamp()
    if moment - session.seen > RENEWAL.total_seconds():
        seen = msgspec.structs.replace(session, seen=moment, address=client().address)
        await _write(identifier, seen, renewed=True)
    return session


async def sessions_of(user: int) -> dict[str, Session]:
    """A user's living sessions by their ids, those seen last first."""
    identifiers = [member.decode() for member in await redis().smembers(_of_user(user))]
    stored = await redis().mget([_key(one) for one in identifiers]) if identifiers else []
    gone = [one for one, value in zip(identifiers, stored, strict=True) if value is None]
    if gone:
        await redis().srem(_of_user(user), *gone)
    living = {
        one: msgspec.msgpack.decode(value, type=Session)
        for one, value in zip(identifiers, stored, strict=True)
        if value
    }
    return dict(sorted(living.items(), key=lambda item: -item[1].seen))


async def end_session(identifier: str) -> None:
    await redis().delete(_key(identifier))
    await live.publish(f"session:{identifier}")


async def end_sessions_of(user: int, except_for: str | None = None) -> None:
    """Sign a user out everywhere, or everywhere but in the session of this id."""
    for identifier in await sessions_of(user):
        if identifier != except_for:
            await end_session(identifier)


def session_id(token: str) -> str:
    """What names a session in Redis and in events, without being able to open it."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


async def _write(identifier: str, session: Session, *, renewed: bool = False) -> None:
    """Renewed: only if it has not ended meanwhile."""
    seconds = min(session.idle, session.ends - now().timestamp())
    await redis().set(
        _key(identifier),
        msgspec.msgpack.encode(session),
        px=max(1, int(seconds * 1000)),
        xx=renewed,
    )


def _key(identifier: str) -> str:
    return f"session-{SHAPE}:{identifier}"


def _of_user(user: int) -> str:
    return f"sessions-of:{user}"


def _successor(identifier: str) -> str:
    return f"session-after:{identifier}"
