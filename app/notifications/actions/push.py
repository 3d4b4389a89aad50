"""Messages to the browsers that somebody has asked for."""

from datetime import timedelta
from typing import Any

import msgspec

from app.core import live
from app.core.database import fetch_one, transaction
from app.core.i18n import Message
from app.core.jobs import Due, enqueue
from app.core.outside import Reach
from app.core.sessions import sessions_of
from app.notifications.actions.devices import forget_devices
from app.notifications.queries import push_to_send
from app.notifications.sending import NO_ANSWER, Device, send

# After these nobody is served by a message any more.
PAUSES = [timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)]
GONE = (404, 410)
TRY_AGAIN = (NO_ANSWER, 408, 429)


async def push_notification(message: int, reach: Reach | None = None) -> None:
    """Send a notification to one browser, unless nobody is signed in there any more."""
    waiting = await push_to_send(message)
    if waiting is None:
        return
    if waiting["session"] not in await sessions_of(waiting["user"]):
        await forget_devices("s.id = $1", waiting["subscription"])
        return
    device = Device(waiting["endpoint"], waiting["p256dh"], waiting["auth"])
    code = await send(device, _payload(waiting), reach)
    if code in GONE:
        await forget_devices("s.id = $1", waiting["subscription"])
    else:
        await _write_down(waiting, code)


def _payload(waiting: Any) -> bytes:
    """Its title, and where it leads; whatever names anybody stays with us."""
    subject = Message(waiting["subject"], msgspec.json.decode(waiting["details"]))
    return msgspec.json.encode(
        {
            "titulo": subject.in_language(waiting["language"]),
            "endereco": f"/avisos/{waiting['notification']}",
        }
    )


async def _write_down(waiting: Any, code: int) -> None:
    tried = waiting["attempts"]
    again = (code in TRY_AGAIN or code >= 500) and tried < len(PAUSES)
    async with transaction():
        written = await fetch_one(
            """
            UPDATE push_message SET attempts = attempts + 1, code = $2::smallint,
                sent_at = CASE WHEN $2::smallint BETWEEN 200 AND 299 THEN now() END
            WHERE id = $1 AND sent_at IS NULL AND attempts = $3 RETURNING id
            """,
            waiting["id"],
            code,
            tried,
        )
        if written and again:
            await enqueue(Due("push_notification", waiting["id"], PAUSES[tried]))
        live.publish_after_commit(f"bell:{waiting['user']}")
