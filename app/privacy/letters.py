"""What we write to people about their data."""

from app.core.i18n import N_
from app.emails.actions import Letter
from app.settings import settings


def export_ready() -> Letter:
    return Letter(
        N_("The copy of your data is ready"),
        [N_("You can take it on the page of your data for seven days, while you are signed in.")],
        N_("Take my data"),
        f"{settings().base_url}/conta/dados",
    )
