"""What is said of other people's calendars that can't be read, and of adding too many."""

from app.calendars.problems import Problem
from app.core.errors import DomainError
from app.core.i18n import N_

MESSAGES = {
    Problem.ADDRESS: N_("Please give an address that begins with https://, without a password."),
    Problem.NOT_PUBLIC: N_("There is no server on the internet at this address."),
    Problem.NO_ANSWER: N_("The server does not answer as it should."),
    Problem.CERTIFICATE: N_("The server's certificate is not valid."),
    Problem.TOO_SLOW: N_("The server takes too long to answer."),
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
