"""The first admin of a marketplace."""

from app.accounts.actions import EmailTaken, create_user
from app.accounts.tables import Role
from app.core.database import connection_pool


async def create_admin(email: str, name: str, password: str) -> None:
    """Make an admin's account.

    Raises:
        SystemExit: the password is too short, or the address has an account.
    """
    if not 10 <= len(password) <= 128:
        raise SystemExit("The password needs 10 to 128 characters.")
    async with connection_pool():
        try:
            await create_user(name, email, password, Role.ADMIN, "pt")
        except EmailTaken as error:
            raise SystemExit(f"{email} has an account already.") from error
