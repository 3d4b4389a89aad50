"""Which ways lead to whom by kind: what holds until somebody says otherwise."""

from datetime import timedelta
from urllib.parse import urlencode

from app.core.signing import sign
from app.notifications.tables import Channel, Kind
from app.settings import settings

BOTH = frozenset(Channel)
BY_DEFAULT = {
    Kind.BOOKING: BOTH,
    Kind.REMINDER: BOTH,
    Kind.OFFER: BOTH,
    Kind.PAYMENT: BOTH,
    Kind.REVIEW: frozenset({Channel.EMAIL}),
    Kind.ACCOUNT: BOTH,
}
# Always by e-mail: whoever takes over an account would switch that off first.
ALWAYS_BY_EMAIL = frozenset({Kind.ACCOUNT})

AUDIENCE = "unsubscribe"
# As long as anybody keeps a letter in which they might want to press it.
LIFETIME = timedelta(days=365)
PATH = "/avisos/descadastro"


def unsubscribe_address(user: int, kind: Kind) -> str:
    """Where no more e-mails of this kind are asked for; empty if one must get them."""
    if kind in ALWAYS_BY_EMAIL:
        return ""
    token = sign({"sub": str(user), "kind": kind.value}, AUDIENCE, LIFETIME)
    return f"{settings().base_url}{PATH}?{urlencode({'codigo': token})}"
