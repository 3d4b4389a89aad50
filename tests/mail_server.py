"""A mail server that does what a test tells it to."""

import asyncio
from collections.abc import Collection

from aiosmtpd.smtp import Envelope


class MailServer:
    """Keeps what it takes; answers as it is told, after as long as it is told."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        # To a recipient, to some of them, and to the letter itself.
        self.answer = "250 OK"
        self.answers: dict[str, str] = {}
        self.answer_to_data = "250 OK"
        # Hang up in place of answering to a letter, which is taken all the same.
        self.hangs_up = False
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
        answer = self.answers.get(address, self.answer)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer.format(address)

    async def handle_DATA(self, server, session, envelope) -> str:
        if self.answer_to_data.startswith("250"):
            self.taken.append(envelope)
        if self.hangs_up:
            server.transport.abort()
        return self.answer_to_data
