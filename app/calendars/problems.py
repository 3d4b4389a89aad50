"""What can be wrong with somebody else's calendar, as codes that are kept."""

from enum import StrEnum


class Problem(StrEnum):
    # As app.core.outside.Trouble has them.
    ADDRESS = "address"
    NOT_PUBLIC = "not-public"
    NO_ANSWER = "no-answer"
    CERTIFICATE = "certificate"
    TOO_SLOW = "too-slow"
    # Of the calendar itself.
    REDIRECTS = "redirects"
    REFUSED = "refused"
    TOO_LARGE = "too-large"
    NO_CALENDAR = "no-calendar"
    TOO_MANY = "too-many"
    TOO_HARD = "too-hard"


class CannotRead(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.value)
