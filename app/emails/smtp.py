"""A letter as mail servers take it, and how it is handed to ours."""

import asyncio
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib
import icalendar

from app.emails.problems import NotTaken, Problem
from app.settings import settings

# For each answer of the server's, and for all of them.
TIMEOUT_SECONDS, LONGEST_SECONDS = 30.0, 60.0
LEAVE_SECONDS = 2.0
PERMANENT = 500


async def hand_over(email: Any) -> None:
    """Give a letter (a row of `email`) to the mail server.

    Raises:
        NotTaken.
    """
    try:
        message = message_of(email)
    except ValueError as error:
        raise NotTaken(Problem.MALFORMED) from error
    client = _client()
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await client.connect()
            # Named, so that nothing in the address can make two of it.
            await client.send_message(message, recipients=[email["recipient"]])
        await _take_leave(client)
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise _reason(error) from None
    finally:
        client.close()


def message_of(email: Any) -> EmailMessage:
    """
    Raises:
        ValueError: something in it would make another header.
    """
    message = EmailMessage()
    message["From"] = settings().email_from
    message["To"] = email["recipient"]
    message["Subject"] = email["subject"]
    # The same however often it is handed over, so that a second copy is known as one.
    message["Date"] = format_datetime(email["created_at"])
    message["Message-ID"] = (
        f"<{email['id']}.{email['created_at'].timestamp():.0f}"
        f"@{urlsplit(settings().base_url).hostname}>"
    )
    # No absence notes, please (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    if email["unsubscribe"]:
        message["List-Unsubscribe"] = f"<{email['unsubscribe']}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(email["text"])
    message.add_alternative(email["html"], subtype="html")
    if email["calendar"]:
        _attach_invitation(message, email["calendar"])
    return message


def _attach_invitation(message: EmailMessage, calendar: str) -> None:
    """Among the alternatives for programs that act on it, and as a file for all others."""
    method = str(icalendar.Calendar.from_ical(calendar)["METHOD"])
    message.add_alternative(calendar, subtype="calendar", params={"method": method})
    message.add_attachment(
        calendar, subtype="calendar", filename="invite.ics", params={"method": method}
    )


def _client() -> aiosmtplib.SMTP:
    server = urlsplit(settings().smtp_url)
    return aiosmtplib.SMTP(
        hostname=server.hostname,
        port=server.port,
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
        use_tls=server.scheme == "smtps",
        # In production never in the clear; elsewhere where the server can.
        start_tls=True if settings().production and server.scheme == "smtp" else None,
        timeout=TIMEOUT_SECONDS,
    )


async def _take_leave(client: aiosmtplib.SMTP) -> None:
    """As a client should; the letter is taken, whatever the server makes of it."""
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=LEAVE_SECONDS)


def _reason(error: Exception) -> NotTaken:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    code = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None
    permanent = code is not None and code >= PERMANENT
    match error:
        case aiosmtplib.SMTPRecipientRefused() if permanent:
            return NotTaken(Problem.RECIPIENT, code)
        case aiosmtplib.SMTPDataError() if permanent:
            return NotTaken(Problem.REFUSED, code)
        case TimeoutError():
            return NotTaken(Problem.SLOW)
        case aiosmtplib.SMTPConnectError() | OSError() if code is None:
            return NotTaken(Problem.AWAY)
        case aiosmtplib.SMTPResponseException() if not permanent:
            return NotTaken(Problem.LATER, code)
        case ValueError():
            return NotTaken(Problem.MALFORMED)
    # It wants a name and a password, or others, or has no TLS.
    return NotTaken(Problem.ACCESS, code)
