from app.core.errors import DomainError
from app.core.i18n import N_, Message


class UnknownPlace(DomainError):
    """pending: it is being looked up, so asking again may help."""

    status = 422
    message = N_("We do not know this place. Please try a city.")

    def __init__(self, message: Message | None = None, *, pending: bool = False) -> None:
        super().__init__(message)
        self.pending = pending
