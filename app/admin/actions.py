from collections.abc import Awaitable, Callable

from app.accounts import audit
from app.accounts.audit import Action
from app.core.database import fetch_one, transaction
from app.core.errors import DomainError, NotFound
from app.core.i18n import N_
from app.core.jobs import discard_job, retry_job
from app.core.sessions import end_sessions_of
from app.emails.actions import retry_email


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
    async with transaction():
        changed = await fetch_one(
            "UPDATE users SET active = $2 WHERE id = $1 AND deleted_at IS NULL RETURNING id",
            user,
            active,
        )
        if changed is None:
            raise NotFound
        action = Action.USER_SWITCHED_ON if active else Action.USER_SWITCHED_OFF
        await audit.record(action, actor=admin, subject=user)
    if not active:
        await end_sessions_of(user)


async def sign_user_out(admin: int, user: int) -> None:
    """End every session of a user.

    Raises:
        NotFound: no such user.
    """
    if not await fetch_one("SELECT id FROM users WHERE id = $1", user):
        raise NotFound
    await end_sessions_of(user)
    await audit.record(Action.SIGNED_OUT_EVERYWHERE, actor=admin, subject=user)


async def retry_failed_job(admin: int, job: int) -> None:
    """
    Raises:
        NotFound: no such job has failed.
    """
    await _settle(admin, job, retry_job, Action.JOB_RETRIED)


async def discard_failed_job(admin: int, job: int) -> None:
    """
    Raises:
        NotFound: no such job has failed.
    """
    await _settle(admin, job, discard_job, Action.JOB_DISCARDED)


async def _settle(
    admin: int, job: int, settle: Callable[[int], Awaitable[str | None]], action: Action
) -> None:
    async with transaction():
        name = await settle(job)
        if name is None:
            raise NotFound
        await audit.record(action, actor=admin, job=job, name=name)


async def set_service_active(admin: int, service: int, active: bool) -> None:
    """List a service or take it off the lists; bookings made stay as they are.

    Raises:
        NotFound: no such service.
    """
    async with transaction():
        changed = await fetch_one(
            "UPDATE service SET active = $2 WHERE id = $1 RETURNING provider", service, active
        )
        if changed is None:
            raise NotFound
        action = Action.SERVICE_SWITCHED_ON if active else Action.SERVICE_SWITCHED_OFF
        await audit.record(action, actor=admin, subject=changed["provider"], service=service)


async def retry_given_up_email(admin: int, email: int) -> None:
    """Let a letter that came back, or was tried too often, go out once more.

    Raises:
        NotFound: no such letter was given up.
    """
    async with transaction():
        reader = await retry_email(email)
        await audit.record(Action.EMAIL_RETRIED, actor=admin, subject=reader, email=email)
