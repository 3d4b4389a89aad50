"""Signing in with a password, and a second factor where there is one; signing out."""

import hashlib
from datetime import timedelta
from typing import Any, NamedTuple

from app.accounts import audit, queries
from app.accounts.actions.credentials import check_credentials
from app.accounts.actions.second_factor import check_second_factor
from app.accounts.audit import Action
from app.accounts.forms import ApiSignInForm, SignInForm
from app.accounts.tables import Role
from app.accounts.tokens import access_token
from app.core.errors import DomainError
from app.core.i18n import N_
from app.core.sessions import TokenReused, end_session, renew_token, session_id, start_session
from app.core.signing import BadToken, sign, verify

# Between the password and the second factor.
HALFWAY = "second-factor"
HALFWAY_LIFETIME = timedelta(minutes=10)
LONGEST_BACK = 1000
# An admin's session lasts a working day at most, and an hour when nobody uses it.
WORKING_DAY = timedelta(hours=12)
ADMIN_IDLE = timedelta(hours=1)


class SignInExpired(DomainError):
    status = 401
    message = N_("That took too long. Please sign in once more.")


class PasskeyNeeded(DomainError):
    status = 403
    message = N_("Please sign in with your passkey.")


class NoSuchToken(DomainError):
    status = 401
    message = N_("This token is not good any more. Please sign in once more.")


class Entry(NamedTuple):
    """A session's token, or, halfway, what shows that the password was right.

    back: where the person was on the way to.
    """

    token: str
    halfway: bool
    back: str


class Tokens(NamedTuple):
    access: str
    refresh: str
    user: Any


async def sign_in(form: SignInForm, before: str | None) -> Entry:
    """Open a session, and end the one that the browser had before.

    Raises:
        WrongCredentials, TooMany. PasskeyNeeded: an admin has no other second factor.
    """
    user = await check_credentials(form.email, form.password)
    _refuse_password_alone(user)
    if user["has_authenticator"]:
        claims = {"sub": str(user["id"]), "back": form.back[:LONGEST_BACK]}
        claims["password"] = _fingerprint(user["password_hash"])
        return Entry(sign(claims, HALFWAY, HALFWAY_LIFETIME), True, form.back)
    token = await open_session(user["id"], user["role"], "password", before=before)
    return Entry(token, False, form.back)


async def finish_sign_in(halfway: str, code: str, before: str | None) -> Entry:
    """Open a session for whoever has shown both the password and the second factor.

    Raises:
        SignInExpired, WrongCode, TooMany.
    """
    try:
        claims = verify(halfway, HALFWAY)
    except BadToken as error:
        raise SignInExpired from error
    user = await queries.active_user(int(claims["sub"]))
    if user is None or claims["password"] != _fingerprint(user["password_hash"]):
        raise SignInExpired
    await check_second_factor(user, code)
    token = await open_session(
        user["id"], user["role"], "second-factor", strong=True, before=before
    )
    return Entry(token, False, claims["back"])


async def sign_in_to_api(form: ApiSignInForm) -> Tokens:
    """Open a session for a program.

    Raises:
        WrongCredentials, TooMany.
        SecondFactorNeeded: the account has a second factor, and no code was sent. WrongCode.
    """
    found = await check_credentials(form.email, form.password)
    _refuse_password_alone(found)
    user = await queries.active_user(found["id"])
    if user is None:
        raise NoSuchToken
    if found["has_authenticator"]:
        await check_second_factor(user, form.code)
    strong = bool(found["has_authenticator"])
    refresh = await open_session(user["id"], user["role"], "api", strong=strong, api=True)
    return Tokens(access_token(session_id(refresh), user), refresh, user)


async def refresh_tokens(refresh: str) -> Tokens:
    """Take a refresh token for new tokens; it and its access token are good no longer.

    Raises:
        NoSuchToken: it has ended, or was used before, which ends what came of it.
    """
    try:
        renewed = await renew_token(refresh)
    except TokenReused as error:
        await audit.record(Action.TOKEN_REUSED, subject=error.user)
        raise NoSuchToken from error
    if renewed is None:
        raise NoSuchToken
    user = await queries.active_user(renewed.session.user)
    if user is None:
        await end_session(session_id(renewed.token))
        raise NoSuchToken
    return Tokens(access_token(session_id(renewed.token), user), renewed.token, user)


async def open_session(
    user: int,
    role: str,
    method: str,
    *,
    strong: bool = False,
    api: bool = False,
    before: str | None = None,
) -> str:
    """Start a session and give its token; a browser's session from before is ended."""
    if before:
        await end_session(session_id(before))
    await audit.record(Action.SIGNED_IN, actor=user, method=method)
    if role == Role.ADMIN:
        return await start_session(
            user, strong=strong, api=api, idle=ADMIN_IDLE, longest=WORKING_DAY
        )
    return await start_session(user, strong=strong, api=api)


async def sign_out(user: int, session: str) -> None:
    await end_session(session)
    await audit.record(Action.SIGNED_OUT, actor=user)


def _refuse_password_alone(user: Any) -> None:
    """Let no admin in by half of what they have: they could set up another half from there."""
    if user["role"] == Role.ADMIN and user["has_passkey"] and not user["has_authenticator"]:
        raise PasskeyNeeded


def _fingerprint(password_hash: str) -> str:
    """What tells that a password was changed meanwhile, and nothing else of it."""
    return hashlib.sha256(password_hash.encode()).hexdigest()[:16]
