"""What every payment gateway can do, whoever runs it.

A webhook only says that something has happened: it may come late, twice, in any order or never.
What is true is what look() says. Calls take their time, so they belong into jobs.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol

import msgspec

# The longest that one call to a gateway waits for its answer.
SECONDS = 15.0
# What reading JSON raises; the last by what is nested all too deeply.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
# Refusals that pass: what we are let in with can be mended, and a conflict or a limit ends.
TEMPORARY = {401, 403, 408, 409, 425, 429}


class Method(StrEnum):
    PIX = "pix"
    CARD = "card"


class Charge(NamedTuple):
    """What is to be paid, in BRL. reference: ours, 32 hex digits; the same charge for ever."""

    reference: str
    amount: Decimal
    description: str
    expires_at: datetime
    # Where the payer comes back to from a pay page of the gateway's.
    return_url: str
    # Only reserve the money (cards); it is taken by capture().
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
    """Where a charge stands at its gateway: what is true now, whatever was true before. BRL."""

    state: State
    # Taken, before refunds.
    paid: Decimal = Decimal(0)
    # All refunds that the gateway has accepted, also those on their way.
    refunded: Decimal = Decimal(0)
    # The gateway's code for why it failed; "disputed" when a payer wants paid money back.
    problem: str = ""
    # Of the charge; for notices that do not tell it.
    reference: str = ""


class RefundState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class Refunded(NamedTuple):
    state: RefundState
    gateway_id: str
    problem: str = ""


class Notice(NamedTuple):
    """What a webhook says: something has happened to this charge. event: unique at the gateway.

    A charge is known by its reference; where that is empty, by what look() says to the id.
    """

    event: str
    gateway_id: str
    reference: str = ""


class GatewayError(Exception):
    """It did not work now and may work later. Says the gateway's code and nothing personal."""


class Refused(Exception):
    """It will never work. Says the gateway's code and nothing personal."""


def refusal(status: int, code: str) -> GatewayError | Refused:
    """What an answer with this status, which is no success, means for whoever would try again."""
    return (Refused if 400 <= status < 500 and status not in TEMPORARY else GatewayError)(code)


class BadWebhook(Exception):
    """Not from the gateway, too old, or unreadable."""


class PaymentGateway(Protocol):
    """Everything raises GatewayError or Refused, except where it says otherwise."""

    # As in the addresses of webhooks and in rows.
    name: str
    methods: frozenset[Method]

    async def create(self, charge: Charge, method: Method) -> Created:
        """Have a charge be payable; the same charge twice is one charge."""

    async def look(self, gateway_id: str) -> Standing:
        """Where a charge stands now."""

    async def capture(self, gateway_id: str) -> None:
        """Take what is reserved; twice is once."""

    async def close(self, gateway_id: str) -> None:
        """Let nobody pay it any more, or let go of what is reserved. Never refunds."""

    async def refund(self, gateway_id: str, reference: str, amount: Decimal) -> Refunded:
        """Give so much back; the same reference twice is one refund, and tells how it stands."""

    def parse_webhook(
        self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> list[Notice]:
        """What a request says, once it is known to come from the gateway.

        headers: by names in lower case.

        Raises:
            BadWebhook.
        """
