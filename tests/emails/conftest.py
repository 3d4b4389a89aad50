import asyncio
import socket
from collections.abc import Collection, Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from app.settings import settings


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


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """What SMTP_URL names during the test."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMTP_URL", f"smtp://127.0.0.1:{port}")
        settings.cache_clear()
        yield server
    settings.cache_clear()
    controller.stop()
