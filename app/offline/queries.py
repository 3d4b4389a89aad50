from typing import Any

from app.accounts.authentication import SignedIn
from app.accounts.tables import Role
from app.bookings.queries import bookings_of_customer
from app.dashboard.queries import board_of


async def coming_bookings(user: SignedIn | None) -> list[Any]:
    """A customer's that still stand, a provider's confirmed ones from today on; soonest first."""
    if user and user.role == Role.CUSTOMER:
        return (await bookings_of_customer(user.id)).upcoming
    if user and user.role == Role.PROVIDER:
        board = await board_of(user.id)
        return board.today + board.upcoming
    return []
