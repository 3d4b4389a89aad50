"""How somebody wants to be told."""

from collections.abc import Mapping

from app.agenda.actions.rules import check_zone
from app.core.database import fetch, transaction
from app.core.errors import DomainError
from app.core.i18n import N_
from app.core.signing import BadToken, verify
from app.notifications.kinds import ALWAYS_BY_EMAIL, AUDIENCE, BY_DEFAULT
from app.notifications.tables import Channel, Kind

SAVE = """
    INSERT INTO notification_preference AS p ("user", kind, email, push) VALUES ($1, $2, $3, $4)
    ON CONFLICT ("user", kind) DO UPDATE SET email = excluded.email
"""


class BadLink(DomainError):
    status = 410
    message = N_("This link is too old or not whole. You can choose on the page of your account.")


async def save_preferences(user: int, chosen: Mapping[Kind, frozenset[Channel]], zone: str) -> None:
    """Tell of each kind by the chosen channels from now on; zone: in which times are told.

    Raises:
        UnknownZone.
    """
    if zone:
        await check_zone(zone)
    async with transaction():
        for kind, channels in chosen.items():
            by_email = Channel.EMAIL in channels or kind in ALWAYS_BY_EMAIL
            by_push = Channel.PUSH in channels
            await fetch(f"{SAVE}, push = excluded.push", user, kind.value, by_email, by_push)
        await fetch("UPDATE users SET zone = $2 WHERE id = $1", user, zone)


async def unsubscribe(user: int, kind: Kind) -> None:
    """Send no more e-mails of this kind."""
    # Whoever has left is written to no more anyway.
    if await fetch("SELECT FROM users WHERE id = $1 AND active", user):
        await fetch(SAVE, user, kind.value, False, Channel.PUSH in BY_DEFAULT[kind])


def read_token(token: str) -> tuple[int, Kind]:
    """Whose letters, of which kind.

    Raises:
        BadLink: it is not ours, for something else, too old, or about what must be told.
    """
    try:
        claims = verify(token, AUDIENCE)
        user, kind = int(claims["sub"]), Kind(claims["kind"])
    except (BadToken, KeyError, ValueError) as error:
        raise BadLink from error
    if kind in ALWAYS_BY_EMAIL:
        raise BadLink
    return user, kind
