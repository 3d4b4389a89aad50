"""What whoever runs the place does from the command line."""

from app.accounts import audit
from app.accounts.actions.sign_up import EmailTaken, create_user
from app.accounts.audit import Action
from app.accounts.passwords import LONGEST, SHORTEST, EasyPassword, hash_password, refuse_easy
from app.accounts.tables import Role
from app.core.database import connection_pool, fetch, transaction


async def create_admin(email: str, name: str, password: str) -> None:
    """Make an admin's account; at their first sign-in they are asked for a second factor.

    Raises:
        SystemExit: the password is too short or too easy, or the address has an account.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise SystemExit(f"The password needs {SHORTEST} to {LONGEST} characters.")
    try:
        refuse_easy(password, name, email)
    except EasyPassword as error:
        raise SystemExit(error.message.text) from error
    password_hash = await hash_password(password)
    async with connection_pool():
        try:
            async with transaction():
                admin = await create_user(name, email, password_hash, Role.ADMIN, "pt")
                await audit.record(Action.ADMIN_MADE, subject=admin)
                # Whoever runs the place knows whose address it is.
                await fetch("UPDATE users SET email_confirmed_at = now() WHERE id = $1", admin)
        except EmailTaken as error:
            raise SystemExit(f"{email} has an account already.") from error
