"""What is said of other people's calendars that can't be read, and of adding too many."""

from app.calendars.problems import Problem
from app.core import outside
from app.core.errors import DomainError
from app.core.i18n import N_

MESSAGES = {
    **{Problem(trouble.value): message for trouble, message in outside.MESSAGES.items()},
    Problem.REDIRECTS: N_("The address leads on too many times."),
    Problem.REFUSED: N_("The server does not give this calendar out. Is the address still right?"),
    Problem.TOO_LARGE: N_("The calendar is larger than 2 MB."),
    Problem.NO_CALENDAR: N_("What is there is no calendar that we can read."),
    Problem.TOO_MANY: N_("The calendar has more events than we can take."),
    Problem.TOO_HARD: N_("The calendar repeats its events in a way that takes too long to read."),
}


class BadAddress(DomainError):
    status = 422
    message = MESSAGES[Problem.ADDRESS]


class AddedAlready(DomainError):
    status = 409
    message = N_("This calendar is on your list already.")


class TooManyCalendars(DomainError):
    status = 409
    message = N_("You can have five calendars at most. Remove one first.")
