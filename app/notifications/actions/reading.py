"""What somebody has seen of their list."""

from app.core import live
from app.core.database import fetch
from app.core.errors import NotFound
from app.notifications.queries import notification_of


async def open_notification(user: int, notification: int) -> str:
    """Mark one as read, and give the address that it leads to.

    Raises:
        NotFound: the user was told no such thing.
    """
    found = await notification_of(user, notification)
    if found is None:
        raise NotFound
    await fetch(
        "UPDATE notification SET read_at = now() WHERE id = $1 AND read_at IS NULL", notification
    )
    await live.publish(f"bell:{user}")
    return str(found["link"])


async def read_all(user: int, newest: int) -> None:
    """Mark as read what was on the page: up to the newest one that it showed."""
    await fetch(
        """
        UPDATE notification SET read_at = now()
        WHERE "user" = $1 AND id <= $2 AND read_at IS NULL
        """,
        user,
        newest,
    )
    await live.publish(f"bell:{user}")
