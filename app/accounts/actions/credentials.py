"""Whether somebody knows an account's password: asked at the door and before delicate changes."""

from typing import Any

from app.accounts import audit, queries
from app.accounts.actions.second_factor import check_second_factor
from app.accounts.audit import Action
from app.accounts.forms import Proof
from app.accounts.passwords import NOBODYS_HASH, hash_password, is_outdated, matches
from app.core import limits
from app.core.client import client
from app.core.database import fetch
from app.core.errors import DomainError
from app.core.i18n import N_


class WrongCredentials(DomainError):
    status = 401
    message = N_("E-mail and password do not go together. Please try again.")


class WrongPassword(DomainError):
    status = 403
    message = N_("That is not your password. Please try again.")


async def check_credentials(email: str, password: str) -> Any:
    """The active user with this address and password: id, role, password_hash, has_authenticator.

    Raises:
        WrongCredentials: no such address, another password, or switched off; never says which.
        TooMany: wrong too often, for this account or from this network.
    """
    email = email.lower()
    taken = await limits.take(limits.SIGN_IN, f"account:{email}", f"network:{client().network}")
    user = await queries.credentials(email)
    password_hash = user["password_hash"] if user else NOBODYS_HASH
    if not await matches(password_hash, password) or user is None:
        await audit.record(Action.SIGN_IN_FAILED, subject=user and user["id"])
        raise WrongCredentials
    await limits.give_back(taken)
    if is_outdated(password_hash):
        password_hash = await _upgrade(user["id"], password_hash, password)
    return {**user, "password_hash": password_hash}


async def check_own_password(user: int, proof: Proof) -> Any:
    """Have a signed-in user show once more who they are, by all that they sign in with.

    Gives their row.

    Raises:
        WrongPassword: it is another one. TooMany: wrong too often.
        SecondFactorNeeded, WrongCode: they have an authenticator.
    """
    found = await queries.active_user(user)
    if found is None:
        raise WrongPassword
    taken = await limits.take(
        limits.SIGN_IN, f"account:{found['email']}", f"network:{client().network}"
    )
    if not await matches(found["password_hash"], proof.password):
        await audit.record(Action.SIGN_IN_FAILED, actor=user)
        raise WrongPassword
    await limits.give_back(taken)
    if found["has_authenticator"]:
        await check_second_factor(found, proof.code)
    return found


async def _upgrade(user: int, outdated: str, password: str) -> str:
    """Keep the password as it would be kept today, unless it was changed just now."""
    password_hash = await hash_password(password)
    await fetch(
        "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
        user,
        outdated,
        password_hash,
    )
    return password_hash
