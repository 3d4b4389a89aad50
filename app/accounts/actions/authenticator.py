"""Setting up an app that shows one-time codes, and recovery codes for when it is lost."""

import secrets
from typing import NamedTuple

import asyncpg
import pyotp

from app.accounts import audit, letters
from app.accounts.actions.credentials import check_own_password
from app.accounts.actions.second_factor import WrongCode, context_of, hash_code, step_of
from app.accounts.audit import Action
from app.accounts.forms import Proof
from app.core.database import fetch, transaction
from app.core.errors import DomainError
from app.core.i18n import N_
from app.core.sessions import end_sessions_of
from app.core.signing import BadToken, decrypt, encrypt
from app.emails.actions import send_email

ISSUER = "Mini Marketplace"
RECOVERY_CODES = 10
# Without look-alikes; 30 of them have 147 random bits.
RECOVERY_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
RECOVERY_LENGTH = 30


class AlreadyThere(DomainError):
    status = 409
    message = N_("You have a second factor already.")


class NotThere(DomainError):
    status = 409
    message = N_("You have no second factor.")


class NeededByAdmins(DomainError):
    status = 409
    message = N_("Admins cannot do without a second factor.")


class Offer(NamedTuple):
    """A secret to take over into an app. sealed: the same for a form, so that nobody picks one."""

    secret: str
    sealed: str


def offer_authenticator(user: int) -> Offer:
    secret = pyotp.random_base32()
    return Offer(secret, encrypt(secret, f"offer:{user}"))


def offer_again(user: int, sealed: str) -> Offer | None:
    """The offer that a form carries; None if it was not made to this user."""
    try:
        return Offer(decrypt(sealed, f"offer:{user}"), sealed)
    except BadToken:
        return None


def setup_address(secret: str, email: str) -> str:
    """What the app reads out of the picture: an otpauth:// address."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


async def add_authenticator(user: int, proof: Proof, sealed: str, code: str) -> list[str]:
    """Have this user's sign-ins ask for a code too, end their sessions, give recovery codes.

    Raises:
        WrongPassword, TooMany.
        WrongCode: the app shows another one. AlreadyThere: there is one.
    """
    found = await check_own_password(user, proof)
    offer = offer_again(user, sealed)
    step = offer and step_of(offer.secret, code)
    if not offer or not step:
        raise WrongCode
    try:
        async with transaction():
            await fetch(
                'INSERT INTO authenticator ("user", secret, last_step) VALUES ($1, $2, $3)',
                user,
                encrypt(offer.secret, context_of(user)),
                step,
            )
            codes = await _new_recovery_codes(user)
            await audit.record(Action.AUTHENTICATOR_ADDED, actor=user)
            await send_email(
                user, found["email"], found["language"], letters.second_factor_changed(added=True)
            )
            # Before the commit: with Redis away nothing is changed, so no old session outlives it.
            await end_sessions_of(user)
    except asyncpg.UniqueViolationError as error:
        raise AlreadyThere from error
    return codes


async def remove_authenticator(user: int, proof: Proof, session: str) -> None:
    """Have sign-ins ask for no code any more, and end the user's other sessions.

    Raises:
        WrongPassword, TooMany, NotThere. NeededByAdmins: their role asks for it.
    """
    found = await check_own_password(user, proof)
    if found["role"] == "admin":
        raise NeededByAdmins
    async with transaction():
        removed = await fetch('DELETE FROM authenticator WHERE "user" = $1 RETURNING id', user)
        if not removed:
            raise NotThere
        await fetch('DELETE FROM recovery_code WHERE "user" = $1', user)
        await audit.record(Action.AUTHENTICATOR_REMOVED, actor=user)
        await send_email(
            user, found["email"], found["language"], letters.second_factor_changed(added=False)
        )
    await end_sessions_of(user, except_for=session)


async def renew_recovery_codes(user: int, proof: Proof) -> list[str]:
    """New codes; the old ones are good no longer.

    Raises:
        WrongPassword, TooMany, NotThere.
    """
    found = await check_own_password(user, proof)
    async with transaction():
        if not await fetch('SELECT FROM authenticator WHERE "user" = $1 FOR UPDATE', user):
            raise NotThere
        codes = await _new_recovery_codes(user)
        await audit.record(Action.RECOVERY_CODES_MADE, actor=user)
        await send_email(user, found["email"], found["language"], letters.recovery_codes_made())
    return codes


async def re_encrypt_secrets() -> int:
    """Have the newest key encrypt all secrets, so that older keys can go; gives how many."""
    async with transaction():
        rows = await fetch('SELECT id, "user", secret FROM authenticator FOR UPDATE')
        for row in rows:
            context = context_of(row["user"])
            secret = encrypt(decrypt(row["secret"], context), context)
            await fetch("UPDATE authenticator SET secret = $2 WHERE id = $1", row["id"], secret)
    return len(rows)


async def _new_recovery_codes(user: int) -> list[str]:
    codes = [
        "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]
    await fetch('DELETE FROM recovery_code WHERE "user" = $1', user)
    await fetch(
        'INSERT INTO recovery_code ("user", code_hash) SELECT $1, unnest($2::bytea[])',
        user,
        [hash_code(code) for code in codes],
    )
    return ["-".join(code[at : at + 6] for at in range(0, len(code), 6)) for code in codes]
