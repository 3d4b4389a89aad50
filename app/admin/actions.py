from app.core.database import fetch_one
from app.core.errors import DomainError, NotFound
from app.core.i18n import N_
from app.core.sessions import end_sessions_of


class NotYourself(DomainError):
    status = 409
    message = N_("You cannot switch your own account off.")


async def set_user_active(admin: int, user: int, active: bool) -> None:
    """Switch a user on or off; off also ends every session of theirs.

    Raises:
        NotFound: no such user. NotYourself: the admin would lock themselves out.
    """
    if user == admin:
        raise NotYourself
    changed = await fetch_one(
        "UPDATE users SET active = $2 WHERE id = $1 RETURNING id", user, active
    )
    if changed is None:
        raise NotFound
    if not active:
        await end_sessions_of(user)


async def set_service_active(service: int, active: bool) -> None:
    """List a service or take it off the lists; bookings made stay as they are.

    Raises:
        NotFound: no such service.
    """
    changed = await fetch_one(
        "UPDATE service SET active = $2 WHERE id = $1 RETURNING id", service, active
    )
    if changed is None:
        raise NotFound
