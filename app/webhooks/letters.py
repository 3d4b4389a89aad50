"""What we write to providers about their webhooks."""

from urllib.parse import urlsplit

from app.core.i18n import N_
from app.emails.actions import Letter
from app.settings import settings
from app.webhooks.tables import Off

WHY = {
    Off.GONE: N_("It answered that it is not there any more (410)."),
    Off.FAILING: N_("For three days nothing that we sent has arrived."),
}


def switched_off(endpoint: int, url: str, why: Off) -> Letter:
    # The rest of an address is often its secret.
    host = urlsplit(url).hostname
    return Letter(
        N_("We have switched one of your webhooks off"),
        [
            N_("The webhook to %(host)s gets nothing any more.", host=host),
            WHY[why],
            N_("Once it answers again, switch it on. Its log has what did not arrive before."),
            N_("What happens while it is off is not sent later."),
        ],
        N_("See what went wrong"),
        f"{settings().base_url}/painel/integracoes/{endpoint}",
    )
