from app.core.errors import DomainError
from app.core.i18n import N_


class NothingToPay(DomainError):
    status = 409
    message = N_("There is nothing to be paid for this booking any more.")


class NoSuchMethod(DomainError):
    status = 422
    message = N_("You cannot pay in that way. Please choose another.")


class NotBelieved(DomainError):
    """What came as a gateway's word is not."""

    status = 400
    message = N_("We could not read what was sent.")


class NoGateway(DomainError):
    status = 409
    message = N_("Nobody can pay online here yet, so services are paid on the spot.")


class NothingToPayOut(DomainError):
    status = 409
    message = N_("No provider with a Pix key has enough to be paid out.")


class PayoutSettled(DomainError):
    status = 409
    message = N_("How this payout went has been noted already.")


class NoPixKey(DomainError):
    status = 422
    message = N_(
        "This is no Pix key. Please write your CPF, CNPJ, e-mail, phone with +55, or random key."
    )


class NoDeposit(DomainError):
    status = 422
    message = N_("Please say how much of the price the deposit is.")


class NoPeriod(DomainError):
    status = 422
    message = N_("The period ends before it begins. Please choose a later day.")


class LongPeriod(DomainError):
    status = 422
    message = N_("Please choose two years at most.")
