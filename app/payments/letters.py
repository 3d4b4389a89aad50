"""What we write to people about their money."""

from app.accounts.letters import NOT_YOU
from app.core.i18n import N_
from app.emails.actions import Letter
from app.settings import settings


def pix_key_changed() -> Letter:
    return Letter(
        N_("Your earnings go to another Pix key now"),
        [N_("Somebody, most likely you, changed the Pix key that we pay you by."), NOT_YOU],
        N_("See how I am paid"),
        f"{settings().base_url}/painel/recebimento",
    )
