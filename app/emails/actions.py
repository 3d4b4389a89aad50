"""Writing to people: a row in the transaction that causes it, sent by a job after its commit."""

from email.message import EmailMessage
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import aiosmtplib

from app.core.database import fetch_one
from app.core.i18n import Message
from app.core.jobs import Due, enqueue
from app.core.templating import render
from app.settings import settings

TIMEOUT_SECONDS = 30


class NotDelivered(Exception):
    """Says what went wrong, but not to whom, since the queue's log keeps it for good."""


class Letter(NamedTuple):
    """What to say, in words that wait for their reader's language. button: leads to `link`."""

    subject: Message
    lines: list[Message]
    button: Message | None = None
    link: str = ""


async def send_email(user: int, recipient: str, language: str, letter: Letter) -> None:
    """Have a letter go out if the open transaction commits."""
    context = {"letter": letter, "base_url": settings().base_url}
    row = await fetch_one(
        """
        INSERT INTO email ("user", recipient, subject, text, html)
        VALUES ($1, $2, $3, $4, $5) RETURNING id
        """,
        user,
        recipient,
        letter.subject.in_language(language),
        render("emails/letter.txt", language, **context),
        render("emails/letter.html", language, **context),
    )
    if settings().smtp_url:
        await enqueue(Due("deliver_email", row["id"]))


async def deliver_email(email: int) -> None:
    """Hand an e-mail over to the mail server, and forget what was in it.

    Raises:
        NotDelivered: the server is away, or did not take it.
    """
    waiting = await fetch_one(
        "SELECT recipient, subject, text, html FROM email WHERE id = $1 AND sent_at IS NULL", email
    )
    if waiting is None:
        return
    try:
        await _hand_over(waiting)
    except Exception as error:
        raise NotDelivered(_summary(error)) from None
    await fetch_one(
        "UPDATE email SET sent_at = now(), text = '', html = '' WHERE id = $1 RETURNING id", email
    )


async def _hand_over(email: Any) -> None:
    message = EmailMessage()
    message["From"] = settings().email_from
    message["To"] = email["recipient"]
    message["Subject"] = email["subject"]
    message.set_content(email["text"])
    message.add_alternative(email["html"], subtype="html")
    server = urlsplit(settings().smtp_url)
    await aiosmtplib.send(
        message,
        # Named, so that nothing in the address can make two of it.
        recipients=[email["recipient"]],
        hostname=server.hostname,
        port=server.port,
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
        use_tls=server.scheme == "smtps",
        # In production never in the clear; elsewhere where the server can.
        start_tls=True if settings().production and server.scheme == "smtp" else None,
        timeout=TIMEOUT_SECONDS,
    )


def _summary(error: Exception) -> str:
    """The kind of an error, and the code if the server has answered; no words of either."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    return f"{type(error).__name__} {getattr(error, 'code', '')}".strip()
