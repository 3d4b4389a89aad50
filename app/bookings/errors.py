from collections.abc import Sequence
from datetime import datetime

from app.core.errors import DomainError
from app.core.i18n import N_


class SlotTaken(DomainError):
    status = 409
    message = N_("That time has just gone. These are the next free ones.")


class SomeTaken(DomainError):
    """Of bookings that were to be made together some can't be had; missing: when those begin."""

    status = 409
    message = N_("Not all of these times can be had, so nothing was booked.")

    def __init__(self, missing: Sequence[datetime]) -> None:
        super().__init__()
        self.missing = missing


class TimePassed(DomainError):
    status = 422
    message = N_("That time is already over. Please choose a later one.")


class TooLate(DomainError):
    status = 409
    message = N_("This booking has moved on in the meantime, so that is no longer possible.")


class TooEarly(DomainError):
    status = 409
    message = N_("That can be said once the booking has begun.")


class HoldLapsed(DomainError):
    status = 410
    message = N_("That time is not kept for you any more. You can choose another one.")


class TooManyHolds(DomainError):
    status = 409
    message = N_("You are holding two times already. Book one of them or give one up first.")


class TooManyWaits(DomainError):
    status = 409
    message = N_("You are waiting for twenty days already. Stop waiting for one of them first.")


class SomethingFree(DomainError):
    status = 409
    message = N_("There is a free time on that day. You can book it at once.")
