from app.core.errors import DomainError
from app.core.i18n import N_


class SlotTaken(DomainError):
    status = 409
    message = N_("That time has just gone. These are the next free ones.")


class TimePassed(DomainError):
    status = 422
    message = N_("That time is already over. Please choose a later one.")


class TooLate(DomainError):
    status = 409
    message = N_("This booking has moved on in the meantime, so that is no longer possible.")
