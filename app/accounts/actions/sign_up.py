"""Making accounts."""

import asyncpg

from app.accounts import audit
from app.accounts.actions.email import ask_to_confirm
from app.accounts.actions.sign_in import open_session
from app.accounts.audit import Action
from app.accounts.consents import agree
from app.accounts.forms import SignUpForm
from app.accounts.passwords import hash_password, refuse_easy
from app.accounts.tables import Role, User
from app.core import limits
from app.core.client import client
from app.core.database import fetch_one, transaction
from app.core.errors import DomainError
from app.core.i18n import N_


class EmailTaken(DomainError):
    status = 409
    message = N_("There is an account with this e-mail already. Sign in instead.")


async def sign_up(form: SignUpForm, language: str, before: str | None) -> str:
    """Make an account and give the token of its first session.

    Raises:
        EasyPassword, TooMany. EmailTaken: the address has an account.
    """
    refuse_easy(form.password, form.name, form.email)
    await limits.take(limits.SIGN_UP, client().network)
    password_hash = await hash_password(form.password)
    async with transaction():
        user = await create_user(form.name, form.email, password_hash, form.chosen_role, language)
        await agree(user)
        await ask_to_confirm(user)
        await audit.record(Action.SIGNED_UP, actor=user, role=form.role)
    return await open_session(user, form.chosen_role, "sign-up", before=before)


async def create_user(name: str, email: str, password_hash: str, role: Role, language: str) -> int:
    """Make an account and give its id.

    Raises:
        EmailTaken: the address has an account.
    """
    try:
        row = await fetch_one(
            "INSERT INTO users (name, email, password_hash, role, language)"
            " VALUES ($1, $2, $3, $4, $5) RETURNING id",
            name,
            email.lower(),
            password_hash,
            role.value,
            language,
        )
    except asyncpg.UniqueViolationError as error:
        raise EmailTaken from error
    return int(row["id"])


async def choose_language(user: int, language: str) -> None:
    await User.update({User.language: language}).where(User.id == user)
