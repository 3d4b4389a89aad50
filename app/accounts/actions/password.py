"""Choosing another password: knowing the old one, or by a link to one's e-mail."""

from datetime import timedelta

from app.accounts import audit, letters, queries
from app.accounts.actions.credentials import check_own_password
from app.accounts.actions.links import drop_links, find_link, make_link, use_link
from app.accounts.audit import Action
from app.accounts.forms import Proof
from app.accounts.passwords import hash_password, refuse_easy
from app.accounts.tables import Purpose
from app.core import limits
from app.core.client import client
from app.core.database import fetch, transaction
from app.core.sessions import end_sessions_of
from app.emails.actions import send_email

RESET_PATH = "/senha/nova"
RESET_LIFETIME = timedelta(hours=1)


async def allow_reset(email: str) -> None:
    """Count a request for a new password.

    Raises:
        TooMany: asked too often for this address, or from this network.
    """
    await limits.take(limits.RESET, f"account:{email.lower()}", f"network:{client().network}")


async def ask_reset(email: str) -> None:
    """Write to whoever has this address; do nothing where nobody has.

    Runs after the answer, which is the same for both and so takes as long for both.
    """
    user = await queries.credentials(email)
    if user is None:
        return
    found = await queries.active_user(user["id"])
    if found is None:
        return
    async with transaction():
        link = await make_link(
            found["id"], Purpose.RESET_PASSWORD, found["email"], RESET_PATH, RESET_LIFETIME
        )
        await send_email(
            found["id"], found["email"], found["language"], letters.reset_password(link)
        )
        await audit.record(Action.RESET_ASKED, subject=found["id"])


async def reset_password(token: str, password: str) -> None:
    """Take a new password from whoever has followed the link, and end all sessions.

    Whoever never confirmed the address may have registered somebody else's: what they set up to
    sign in with goes too. Admins were named by whoever runs the place, and keep theirs.

    Raises:
        LinkSpent, EasyPassword.
    """
    link = await find_link(token, Purpose.RESET_PASSWORD)
    refuse_easy(password, link["name"], link["current_email"])
    password_hash = await hash_password(password)
    async with transaction():
        link = await use_link(token, Purpose.RESET_PASSWORD)
        user = link["user"]
        for table in ("passkey", "recovery_code", "authenticator"):
            await fetch(
                f'DELETE FROM {table} t USING users u WHERE t."user" = u.id'
                " AND u.id = $1 AND u.email_confirmed_at IS NULL AND u.role <> 'admin'",
                user,
            )
        await fetch(
            "UPDATE users SET email_confirmed_at = coalesce(email_confirmed_at, now())"
            " WHERE id = $1 AND email = $2",
            user,
            link["email"],
        )
        await _set_password(user, password_hash, link["current_email"], link["language"])
    # Once more, for whoever came in by the old one meanwhile.
    await end_sessions_of(user)
    await limits.forgive(limits.SIGN_IN, f"account:{link['current_email']}")


async def change_password(user: int, proof: Proof, new: str) -> None:
    """Take a new password from a user who shows the old one, and end all sessions.

    Raises:
        WrongPassword, TooMany, EasyPassword.
    """
    found = await check_own_password(user, proof)
    refuse_easy(new, found["name"], found["email"])
    password_hash = await hash_password(new)
    async with transaction():
        await _set_password(user, password_hash, found["email"], found["language"])
    # Once more, for whoever came in by the old one meanwhile.
    await end_sessions_of(user)


async def _set_password(user: int, password_hash: str, email: str, language: str) -> None:
    await fetch("UPDATE users SET password_hash = $2 WHERE id = $1", user, password_hash)
    await drop_links(user)
    await audit.record(Action.PASSWORD_CHANGED, actor=user)
    await send_email(user, email, language, letters.password_changed())
    # Before the commit: with Redis away nothing is changed, so no old session outlives it.
    await end_sessions_of(user)
