"""The second factor: one-time codes of an app (RFC 6238), or a recovery code for a lost one."""

import hashlib
import secrets
from typing import Any

import pyotp
import structlog

from app.accounts import audit, letters
from app.accounts.audit import Action
from app.core import limits
from app.core.database import fetch, fetch_one, transaction
from app.core.errors import DomainError
from app.core.i18n import N_
from app.core.signing import BadToken, decrypt
from app.core.time import now
from app.emails.actions import send_email

log = structlog.get_logger()

STEP_SECONDS = 30


class WrongCode(DomainError):
    status = 403
    message = N_("This code is not right, or was used already. Please take the next one.")


class SecondFactorNeeded(DomainError):
    status = 401
    message = N_("A code from your authenticator app is needed too.")


async def check_second_factor(user: Any, code: str) -> None:
    """Take a code of the app or a recovery code, each good once.

    Raises:
        SecondFactorNeeded: none was given. WrongCode, TooMany.
    """
    if not code:
        raise SecondFactorNeeded
    taken = await limits.take(limits.SECOND_FACTOR, str(user["id"]))
    code = "".join(code.split()).replace("-", "").upper()
    if not await _use_step(user["id"], code) and not await _use_recovery_code(user, code):
        await audit.record(Action.SECOND_FACTOR_FAILED, subject=user["id"])
        raise WrongCode
    await limits.give_back(taken)


async def _use_step(user: int, code: str) -> bool:
    found = await fetch_one('SELECT secret FROM authenticator WHERE "user" = $1', user)
    if found is None:
        return False
    try:
        step = step_of(decrypt(found["secret"], context_of(user)), code)
    except BadToken:
        # The key that it was encrypted with is gone; recovery codes still let in.
        log.error("authenticator.unreadable", user=user)
        return False
    # The later of two uses of one code at once finds the step used.
    used = 'UPDATE authenticator SET last_step = $2 WHERE "user" = $1 AND last_step < $2'
    return step is not None and bool(await fetch(f"{used} RETURNING id", user, step))


def context_of(user: int) -> str:
    """What the secret of a user's authenticator is encrypted for."""
    return f"authenticator:{user}"


def step_of(secret: str, code: str) -> int | None:
    """The time step whose code this is: the present or, as typing takes time, the last one."""
    present = int(now().timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in (present, present - 1):
        if secrets.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


async def _use_recovery_code(user: Any, code: str) -> bool:
    async with transaction():
        used = await fetch(
            'DELETE FROM recovery_code WHERE "user" = $1 AND code_hash = $2 RETURNING id',
            user["id"],
            hash_code(code),
        )
        if used:
            await audit.record(Action.RECOVERY_CODE_USED, actor=user["id"])
            await send_email(
                user["id"], user["email"], user["language"], letters.recovery_code_used()
            )
    return bool(used)


def hash_code(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
