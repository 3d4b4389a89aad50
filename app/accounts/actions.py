import asyncpg

from app.accounts import queries
from app.accounts.forms import SignInForm, SignUpForm
from app.accounts.passwords import NOBODYS_HASH, hash_password, matches
from app.accounts.tables import Role, User
from app.core.database import fetch_one
from app.core.errors import DomainError
from app.core.i18n import N_
from app.core.sessions import end_session, start_session


class WrongCredentials(DomainError):
    status = 401
    message = N_("E-mail and password do not go together. Please try again.")


class EmailTaken(DomainError):
    status = 409
    message = N_("There is an account with this e-mail already. Sign in instead.")


async def sign_in(form: SignInForm, before: str | None) -> str:
    """Give the token of a new session, and end the one that the browser had before.

    Raises:
        WrongCredentials: no such address, another password, or switched off; never says which.
    """
    found = await queries.credentials(form.email.lower())
    user, password_hash = found or (0, NOBODYS_HASH)
    if not await matches(password_hash, form.password) or not found:
        raise WrongCredentials
    if before:
        await end_session(before)
    return await start_session(user)


async def sign_up(form: SignUpForm, language: str) -> str:
    """Make an account and give the token of its first session.

    Raises:
        EmailTaken: the address has an account.
    """
    return await start_session(
        await create_user(form.name, form.email, form.password, form.chosen_role, language)
    )


async def create_user(name: str, email: str, password: str, role: Role, language: str) -> int:
    """Make an account and give its id.

    Raises:
        EmailTaken: the address has an account.
    """
    password_hash = await hash_password(password)
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
    assert row is not None
    return int(row["id"])


async def sign_out(token: str) -> None:
    await end_session(token)


async def choose_language(user: int, language: str) -> None:
    await User.update({User.language: language}).where(User.id == user)
