from app.accounts.phones import normalised
from app.core.database import fetch


async def change_phone(user: int, typed: str) -> None:
    """Keep a number under which the other side of a booking may write; an empty one removes it.

    Raises:
        BadPhone.
    """
    phone = normalised(typed) if typed else ""
    await fetch("UPDATE users SET phone = $2 WHERE id = $1", user, phone)
