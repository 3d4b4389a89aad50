"""A mail server that does what a test tells it to."""

import asyncio
from collections.abc import Collection

from aiosmtpd.smtp import Envelope


class MailServer:
    """Keeps what it takes; answers a recipient as it is told, after as long as it is told."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.answer = "250 OK"
        self.seconds = 0.0
        # For whom it was asked to take something.
        self.asked: list[str] = []

    def taken_for(self, recipients: Collection[str]) -> list[str]:
        """To which of these letters went, once for each letter."""
        took = (recipient for envelope in self.taken for recipient in envelope.rcpt_tos)
        return sorted(recipient for recipient in took if recipient in recipients)

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        self.asked.append(address)
        await asyncio.sleep(self.seconds)
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer.format(address)

    async def handle_DATA(self, server, session, envelope) -> str:
        self.taken.append(envelope)
        return "250 OK"
