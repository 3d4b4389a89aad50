"""What the provider does about a booking."""

from app.bookings.actions.life import lock_booking, move, share
from app.bookings.errors import TooEarly
from app.bookings.tables import Status
from app.core.database import retried, transaction
from app.core.errors import NotFound
from app.core.time import now


async def confirm_booking(provider: int, code: str) -> None:
    """Accept.

    Raises:
        NotFound: the provider has no such booking. TooLate: it is not waiting for an answer.
    """
    await _answer(provider, code, Status.CONFIRMED)


async def decline_booking(provider: int, code: str) -> None:
    """Turn it down; the time is free again.

    Raises:
        NotFound: the provider has no such booking. TooLate: it is not waiting for an answer.
    """
    await _answer(provider, code, Status.DECLINED)


async def complete_booking(provider: int, code: str) -> None:
    """Say that it is done.

    Raises:
        NotFound: the provider has no such booking. TooEarly: it has not begun.
        TooLate: it is not confirmed (any more).
    """
    await _answer(provider, code, Status.COMPLETED)


async def report_no_show(provider: int, code: str) -> None:
    """Say that the customer was not there, which costs them what a late cancellation does.

    Raises:
        NotFound: the provider has no such booking. TooEarly: it has not begun.
        TooLate: it is not confirmed (any more).
    """
    await _answer(provider, code, Status.NO_SHOW)


@retried
async def _answer(provider: int, code: str, status: Status) -> None:
    async with transaction():
        booking = await lock_booking("b.provider = $1 AND b.code = $2", provider, code)
        # What is only held is not the provider's yet.
        if booking is None or booking["status"] == Status.HELD:
            raise NotFound
        if status in (Status.COMPLETED, Status.NO_SHOW) and booking["starts_at"] > now():
            raise TooEarly
        if status is Status.NO_SHOW:
            await move(booking, status, provider, fee=share(booking))
        else:
            await move(booking, status, provider)
