"""What is said of webhooks that can't be added or used, and of deliveries that did not arrive."""

from app.core import outside
from app.core.errors import DomainError
from app.core.i18n import N_
from app.core.outside import Trouble

# The code of a delivery that was not even tried.
NOT_TRIED = "off"
# What went wrong, by the codes that are kept with a delivery.
REASONS = {
    **{trouble.value: message for trouble, message in outside.MESSAGES.items()},
    NOT_TRIED: N_("Not sent: the webhook was switched off."),
}


class BadAddress(DomainError):
    status = 422
    message = outside.MESSAGES[Trouble.ADDRESS]


class NotOnTheInternet(DomainError):
    status = 422
    message = outside.MESSAGES[Trouble.NOT_PUBLIC]


class NoEvents(DomainError):
    status = 422
    message = N_("Please choose at least one event.")


class AddedAlready(DomainError):
    status = 409
    message = N_("You have a webhook to this address already.")


class TooManyWebhooks(DomainError):
    status = 409
    message = N_("You can have five webhooks at most. Remove one first.")


class SwitchedOff(DomainError):
    status = 409
    message = N_("This webhook is switched off. Switch it on first.")
