from app.core.errors import DomainError
from app.core.i18n import N_


class NoPeriod(DomainError):
    status = 422
    message = N_("It must end after it starts, and last for a year at most.")


class UnknownZone(DomainError):
    status = 422
    message = N_("We do not know this time zone. Please choose one from the list.")


class BeyondHorizon(DomainError):
    status = 422
    message = N_(
        "The agenda is not open that far ahead. Open it further above, or choose fewer days."
    )


class UnevenStep(DomainError):
    status = 422
    message = N_("Please choose a step that divides the day evenly, such as 15, 30 or 60 minutes.")
