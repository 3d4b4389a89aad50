"""Telling somebody something: in their list, and by the ways they want besides."""

from datetime import datetime
from typing import Any

import msgspec

from app.core import live
from app.core.addresses import path_of
from app.core.database import fetch, fetch_one
from app.core.jobs import Due, enqueue
from app.emails.actions import Letter, send_email
from app.notifications.kinds import unsubscribe_address
from app.notifications.queries import reader_of
from app.notifications.tables import Channel, Kind


async def notify(
    user: int,
    kind: Kind,
    cause: str,
    letter: Letter,
    *,
    booking: int | None = None,
    starts_at: datetime | None = None,
    calendar: str = "",
    own: bool = False,
) -> None:
    """Tell a user something, once, if the open transaction commits; nothing if they have left.

    cause: what it comes from ("move 42"). letter: in words for this user; its subject, which must
    name nobody, is also the line in their list. booking: that it is about, as it was to begin then.
    calendar: an invitation. own: it is what they did themselves, and no news to them.
    """
    reader = await reader_of(user, kind)
    if reader is None:
        return
    notification = await _write(user, kind.value, cause, *_line(letter), booking, starts_at, own)
    if notification is None:
        return
    if Channel.EMAIL in reader.channels:
        email = await send_email(
            user,
            reader.email,
            reader.language,
            letter,
            unsubscribe=unsubscribe_address(user, kind),
            calendar=calendar,
        )
        await fetch("UPDATE notification SET email = $2 WHERE id = $1", notification, email)
    if Channel.PUSH in reader.channels and not own:
        await _push(user, notification)
    live.publish_after_commit(f"bell:{user}")


def _line(letter: Letter) -> tuple[str, str, str]:
    """What stands in the list for a letter: its subject with what is filled in, and a page."""
    details = msgspec.json.encode(letter.subject.values).decode()
    return letter.subject.text, details, path_of(letter.link) or "/avisos"


async def _write(*line: Any) -> int | None:
    """The id of the new line in the list; None if it stands there already."""
    row = await fetch_one(
        """
        INSERT INTO notification
            ("user", kind, cause, subject, details, link, booking, starts_at, read_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $9 THEN now() END)
        ON CONFLICT ON CONSTRAINT notification_once DO NOTHING RETURNING id
        """,
        *line,
    )
    return row and int(row["id"])


async def _push(user: int, notification: int) -> None:
    messages = await fetch(
        """
        INSERT INTO push_message (notification, subscription)
        SELECT $2, id FROM push_subscription WHERE "user" = $1 RETURNING id
        """,
        user,
        notification,
    )
    if messages:
        await enqueue(*(Due("push_notification", message["id"]) for message in messages))
