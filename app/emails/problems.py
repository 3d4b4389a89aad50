"""Why a letter has not gone out, and how that is said to whom it concerns."""

from enum import StrEnum

from app.core.i18n import N_


class Problem(StrEnum):
    RECIPIENT = "recipient"
    REFUSED = "refused"
    LATER = "later"
    AWAY = "away"
    SLOW = "slow"
    ACCESS = "access"
    MALFORMED = "malformed"


MESSAGES = {
    Problem.RECIPIENT: N_("The mail server knows no such address. Is it still right?"),
    Problem.REFUSED: N_("The mail server did not want this letter."),
    Problem.LATER: N_("The mail server asked us to come back later."),
    Problem.AWAY: N_("The mail server could not be reached."),
    Problem.SLOW: N_("The mail server took too long to answer."),
    Problem.ACCESS: N_("The mail server takes nothing from us."),
    Problem.MALFORMED: N_("Something in this letter can't be sent by e-mail."),
}


class NotTaken(Exception):
    """A letter that the mail server did not take; code: its answer, if it gave one.

    Says nothing of the server's words, in which the recipient may stand.
    """

    def __init__(self, problem: Problem, code: int | None = None) -> None:
        super().__init__(problem.value)
        self.problem, self.code = problem, code

    @property
    def bounced(self) -> bool:
        """Whether the mail server has refused it for good."""
        return self.problem in (Problem.RECIPIENT, Problem.REFUSED)

    @property
    def hopeless(self) -> bool:
        """Whether trying again would change nothing."""
        return self.bounced or self.problem is Problem.MALFORMED
