"""Passwords as argon2id, hashed off the event loop, and which ones are too easy to guess."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.core.errors import DomainError, Unavailable
from app.core.i18n import N_

SHORTEST, LONGEST = 10, 128
COMMON = Path(__file__).parent / "common_passwords.txt"
# Words that anybody would try here.
OURS = ("mini", "marketplace", "mercado", "senha", "password")
# What has to be left of a password without all that.
LEAST_OWN = 6

# 64 MiB, 3 passes, 1 lane; two at a time, so that many sign-ins can't take the memory or the CPU.
_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
# At a tenth of a second each, whoever comes after these would wait too long to be served at all.
MOST_WAITING = 100
_waiting = 0
# What an unknown address is compared with, so that it takes as long as a known one.
NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA"
    "$bm9ib2R5bm9ib2R5bm9ib2R5bm9ib2R5bm9ib2R5bm8"
)


class EasyPassword(DomainError):
    status = 422


def refuse_easy(password: str, name: str, email: str) -> None:
    """Hold a new password against the most common ones and against its owner's name and address.

    Raises:
        EasyPassword: it is among the first that anybody would try.
    """
    known = password.lower()
    if known in _common():
        raise EasyPassword(N_("Very many people use this password. Please choose another."))
    words = {word for word in re.split(r"[\W_]+", f"{name} {email}".lower()) if len(word) > 2}
    for word in sorted(words | set(OURS), key=len, reverse=True):
        known = known.replace(word, "")
    if len(known) < LEAST_OWN:
        raise EasyPassword(
            N_("This is too close to your name or e-mail. Please choose another password.")
        )


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text("utf-8").splitlines())


async def hash_password(password: str) -> str:
    return str(await _in_thread(_hasher.hash, password))


async def matches(password_hash: str, password: str) -> bool:
    return bool(await _in_thread(_matches, password_hash, password))


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than we use now."""
    return _hasher.check_needs_rehash(password_hash)


async def _in_thread(work: Any, *args: str) -> Any:
    """Run something in a thread, unless too many wait for one.

    Raises:
        Unavailable: too many wait already.
    """
    global _waiting
    if _waiting >= MOST_WAITING:
        raise Unavailable
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, work, *args)
    finally:
        _waiting -= 1


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
