"""Showing that an address is one's own, and changing it."""

from datetime import timedelta
from enum import Enum
from typing import Any

import asyncpg

from app.accounts import audit, letters, queries
from app.accounts.actions.credentials import check_own_password
from app.accounts.actions.links import make_link, use_link
from app.accounts.audit import Action
from app.accounts.forms import Proof
from app.accounts.tables import Purpose
from app.core import limits
from app.core.database import fetch, fetch_one, transaction
from app.core.errors import DomainError
from app.core.i18n import N_
from app.emails.actions import send_email

PATH = "/email/confirmacao"
LIFETIME = timedelta(days=3)
PURPOSES = (Purpose.CONFIRM_EMAIL, Purpose.LEAVE_EMAIL, Purpose.TAKE_EMAIL)


class AddressTaken(DomainError):
    status = 409
    message = N_("Another account uses this e-mail.")


class SameAddress(DomainError):
    status = 422
    message = N_("This is your e-mail already.")


class Confirmed(Enum):
    """What following a link has come to."""

    EMAIL = "email"
    HALF_OF_CHANGE = "half"
    CHANGE = "change"


async def ask_to_confirm(user: int) -> None:
    """Write to the user, in the open transaction."""
    found = await queries.active_user(user)
    assert found is not None
    link = await make_link(user, Purpose.CONFIRM_EMAIL, found["email"], PATH, LIFETIME)
    await send_email(user, found["email"], found["language"], letters.confirm_email(link))


async def ask_again_to_confirm(user: int) -> None:
    """Write once more to a user who has not confirmed yet.

    Raises:
        TooMany: we have written often enough.
    """
    await limits.take(limits.MAIL, str(user))
    async with transaction():
        await ask_to_confirm(user)


async def ask_to_change_email(user: int, proof: Proof, coming: str) -> None:
    """Write to the old and to the new address; the change is made once both have said yes.

    Raises:
        WrongPassword, TooMany, SameAddress. AddressTaken: another account has it.
    """
    found = await check_own_password(user, proof)
    coming = coming.lower()
    if coming == found["email"]:
        raise SameAddress
    await limits.take(limits.MAIL, str(user))
    if await fetch("SELECT FROM users WHERE email = $1", coming):
        raise AddressTaken
    language = found["language"]
    async with transaction():
        leave = await make_link(user, Purpose.LEAVE_EMAIL, coming, PATH, LIFETIME)
        take = await make_link(user, Purpose.TAKE_EMAIL, coming, PATH, LIFETIME)
        await send_email(user, found["email"], language, letters.leave_email(leave, coming))
        await send_email(user, coming, language, letters.take_email(take))
        await audit.record(Action.EMAIL_CHANGE_ASKED, actor=user)


async def follow_email_link(token: str) -> Confirmed:
    """Take the yes of one address.

    Raises:
        LinkSpent. AddressTaken: another account has got the new address meanwhile.
    """
    try:
        async with transaction():
            link = await use_link(token, *PURPOSES)
            follow = _confirm if link["purpose"] == Purpose.CONFIRM_EMAIL else _change
            confirmed = await follow(link)
    except asyncpg.UniqueViolationError as error:
        raise AddressTaken from error
    return confirmed


async def _confirm(link: Any) -> Confirmed:
    await fetch(
        "UPDATE users SET email_confirmed_at = coalesce(email_confirmed_at, now())"
        " WHERE id = $1 AND email = $2",
        link["user"],
        link["email"],
    )
    await audit.record(Action.EMAIL_CONFIRMED, actor=link["user"])
    return Confirmed.EMAIL


async def _change(link: Any) -> Confirmed:
    user = link["user"]
    # What the other address has not said yet is a link that was not used yet.
    other = Purpose.TAKE_EMAIL if link["purpose"] == Purpose.LEAVE_EMAIL else Purpose.LEAVE_EMAIL
    if await fetch(
        'SELECT FROM account_link WHERE "user" = $1 AND purpose = $2', user, other.value
    ):
        return Confirmed.HALF_OF_CHANGE
    await fetch_one(
        "UPDATE users SET email = $2, email_confirmed_at = now() WHERE id = $1 RETURNING id",
        user,
        link["email"],
    )
    await fetch('DELETE FROM account_link WHERE "user" = $1', user)
    await audit.record(Action.EMAIL_CHANGED, actor=user)
    letter = letters.email_changed(link["email"])
    await send_email(user, link["current_email"], link["language"], letter)
    return Confirmed.CHANGE
