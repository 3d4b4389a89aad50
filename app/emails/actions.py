"""Writing to people: a row in the transaction that causes it, sent by a job after its commit."""

from datetime import timedelta
from typing import Any, NamedTuple

import structlog

from app.core import live
from app.core.database import fetch_one, transaction
from app.core.errors import NotFound
from app.core.i18n import Message
from app.core.jobs import Due, enqueue
from app.core.templating import render
from app.emails.problems import NotTaken
from app.emails.smtp import hand_over
from app.emails.tables import State
from app.settings import settings

log = structlog.get_logger()

# How long to wait after each attempt that failed; two days altogether, as mail servers do.
PAUSES = [
    *(timedelta(minutes=minutes) for minutes in (1, 5, 15)),
    *(timedelta(hours=hours) for hours in (1, 3, 6, 12, 24)),
]


class Letter(NamedTuple):
    """What to say, in words that wait for their reader's language. button: leads to `link`."""

    subject: Message
    lines: list[Message]
    button: Message | None = None
    link: str = ""


async def send_email(
    user: int,
    recipient: str,
    language: str,
    letter: Letter,
    *,
    unsubscribe: str = "",
    calendar: str = "",
) -> int:
    """Have a letter go out if the open transaction commits, and give its id.

    unsubscribe: the address at which no more of this kind are asked for. calendar: an invitation.
    """
    context = {
        "letter": letter,
        "base_url": settings().base_url,
        "unsubscribe": unsubscribe,
    }
    state = State.WAITING if settings().smtp_url else State.KEPT
    row = await fetch_one(
        """
        INSERT INTO email ("user", recipient, subject, text, html, calendar, unsubscribe, state)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
        """,
        user,
        recipient,
        letter.subject.in_language(language),
        render("emails/letter.txt", language, **context),
        render("emails/letter.html", language, **context),
        calendar,
        unsubscribe,
        state.value,
    )
    if state is State.WAITING:
        await enqueue(Due("deliver_email", row["id"]))
    return int(row["id"])


async def deliver_email(email: int) -> None:
    """Hand a letter over to the mail server and forget what was in it, or write down why not.

    The mail server may get it twice if this process is killed just after; it knows it by its
    Message-ID.
    """
    waiting = await fetch_one("SELECT * FROM email WHERE id = $1 AND state = 'waiting'", email)
    if waiting is None:
        return
    try:
        await hand_over(waiting)
    except NotTaken as error:
        log.warning("email.not_taken", email=email, problem=error.problem.value, code=error.code)
        await _try_later(waiting, error)
    else:
        await _forget(waiting)


async def _forget(email: Any) -> None:
    async with transaction():
        await fetch_one(
            """
            UPDATE email SET state = 'sent', sent_at = now(), tried_at = now(), problem = '',
                code = NULL, attempts = attempts + 1,
                text = '', html = '', calendar = '', unsubscribe = ''
            WHERE id = $1 RETURNING id
            """,
            email["id"],
        )
        _tell_reader(email)


async def _try_later(email: Any, error: NotTaken) -> None:
    """Wait for the next attempt, or give the letter up."""
    tried = email["attempts"]
    given_up = error.hopeless or tried == len(PAUSES)
    state = State.BOUNCED if error.bounced else State.FAILED if given_up else State.WAITING
    async with transaction():
        written = await fetch_one(
            """
            UPDATE email SET state = $2, problem = $3, code = $4, tried_at = now(),
                attempts = attempts + 1
            WHERE id = $1 AND state = 'waiting' AND attempts = $5 RETURNING id
            """,
            email["id"],
            state.value,
            error.problem.value,
            error.code,
            tried,
        )
        # Else it was tried twice at once, and the other one has seen to it.
        if written and state is State.WAITING:
            await enqueue(Due("deliver_email", email["id"], PAUSES[tried]))
        _tell_reader(email)


async def retry_email(email: int) -> int:
    """Try a letter that was given up once more, as if it were new, and give whom it is for.

    In the open transaction.

    Raises:
        NotFound: no such letter was given up.
    """
    row = await fetch_one(
        """
        UPDATE email SET state = 'waiting', attempts = 0
        WHERE id = $1 AND state IN ('bounced', 'failed') RETURNING id, "user"
        """,
        email,
    )
    if row is None:
        raise NotFound
    await enqueue(Due("deliver_email", email))
    _tell_reader(row)
    return int(row["user"])


def _tell_reader(email: Any) -> None:
    """Have the page on which somebody sees where their letters are show it."""
    live.publish_after_commit(f"bell:{email['user']}")
