"""What a payment gateway can do: the one shape behind which Pix, Stripe and the sandbox stand."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol


class Method(StrEnum):
    PIX = "pix"
    CARD = "card"


class Charge(NamedTuple):
    """What is to be paid, in BRL.

    reference: ours, 32 hex digits, the same charge for ever. return_url: where the payer comes back
    to from a page of the gateway's. reserve: only reserve the money, which capture() takes (cards).
    """

    reference: str
    amount: Decimal
    description: str
    expires_at: datetime
    return_url: str
    reserve: bool = False


class Created(NamedTuple):
    """How the gateway knows a charge, and how it is paid: by a Pix code or on a page."""

    gateway_id: str
    pix_code: str = ""
    pay_url: str = ""


class State(StrEnum):
    OPEN = "open"
    RESERVED = "reserved"
    PAID = "paid"
    FAILED = "failed"
    # Nobody can pay it any more, and nothing was paid.
    CLOSED = "closed"


class Standing(NamedTuple):
    """Where a charge stands at its gateway now, in BRL.

    paid: what was taken, before refunds. refunded: all refunds that the gateway has accepted, also
    those on their way. problem: the gateway's code for why it failed.
    """

    state: State
    paid: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    problem: str = ""


class RefundState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class Refunded(NamedTuple):
    state: RefundState
    gateway_id: str
    problem: str = ""


class Notice(NamedTuple):
    """What a webhook says: something has happened to this charge, look what.

    event: unique at this gateway. Either gateway_id or reference names the charge.
    """

    event: str
    gateway_id: str = ""
    reference: str = ""


class GatewayError(Exception):
    """The gateway could not be reached or failed; trying again may help. Names nobody."""


class Refused(GatewayError):
    """The gateway will never do this."""


class BadWebhook(Exception):
    """Not from the gateway, too old, or unreadable."""


class PaymentGateway(Protocol):
    """Everything may be called again: the same charge is one charge, the same refund one refund.

    Raises, all but parse_webhook: GatewayError, Refused.
    """

    # As addresses of webhooks and rows name it.
    name: str
    methods: frozenset[Method]

    async def create(self, charge: Charge, method: Method) -> Created: ...

    async def look(self, gateway_id: str) -> Standing: ...

    async def capture(self, gateway_id: str) -> None:
        """Take what is reserved."""

    async def close(self, gateway_id: str) -> None:
        """Let nobody pay it any more, or let go of what is reserved; never refunds."""

    async def refund(self, gateway_id: str, reference: str, amount: Decimal) -> Refunded:
        """Give back so much; of a refund that was asked for before, where it stands."""

    def parse_webhook(
        self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> list[Notice]:
        """
        Raises:
            BadWebhook.
        """
