"""Who is signed in: a random token in a cookie, its hash in Redis.

Nothing is written for a visitor without a session, and a token is never taken over from the
browser: signing in always makes a new one.
"""

import hashlib
import secrets
from datetime import timedelta

import msgspec
from litestar.datastructures import Cookie

from app.core import live
from app.core.cache import redis
from app.core.time import now
from app.settings import settings

LIFETIME = timedelta(days=settings().session_days)
# Prolonged at most this often, so that reading pages does not write.
RENEWAL = timedelta(days=1)


class Session(msgspec.Struct, frozen=True):
    user: int
    # Seconds since 1970.
    seen: float


def cookie_name() -> str:
    # Browsers refuse a __Host- cookie that another host or a plain connection tries to set.
    return "__Host-session" if settings().production else "session"


def cookie(token: str) -> Cookie:
    """The cookie that carries the token; an empty token removes it."""
    return Cookie(
        key=cookie_name(),
        value=token,
        max_age=int(LIFETIME.total_seconds()) if token else 0,
        path="/",
        secure=settings().production,
        httponly=True,
        samesite="lax",
    )


async def start_session(user: int) -> str:
    """Make a session and give its token."""
    token = secrets.token_urlsafe(32)
    await _write(token, user)
    await redis().sadd(_of_user(user), session_id(token))
    return token


async def read_session(token: str) -> Session | None:
    """The living session of this token; prolonged when it was last seen a while ago."""
    stored: bytes | None = await redis().get(_key(session_id(token)))
    if stored is None:
        return None
    session = msgspec.msgpack.decode(stored, type=Session)
    if now().timestamp() - session.seen > RENEWAL.total_seconds():
        await _write(token, session.user)
    return session


async def end_session(token: str) -> None:
    await _end(session_id(token))


async def end_sessions_of(user: int) -> None:
    """Sign a user out everywhere."""
    for ended in await redis().smembers(_of_user(user)):
        await _end(ended.decode())
    await redis().delete(_of_user(user))


def session_id(token: str) -> str:
    """What names a session in Redis and in events, without being able to open it."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


async def _write(token: str, user: int) -> None:
    session = Session(user=user, seen=now().timestamp())
    await redis().set(_key(session_id(token)), msgspec.msgpack.encode(session), ex=LIFETIME)


async def _end(ended: str) -> None:
    await redis().delete(_key(ended))
    await live.publish(f"session:{ended}")


def _key(session: str) -> str:
    return f"session:{session}"


def _of_user(user: int) -> str:
    return f"sessions-of:{user}"
