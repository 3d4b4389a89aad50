"""What was written to people, read out of the database where it waits for a mail server."""

import re
from typing import Any

from app.core.addresses import path_of
from app.core.database import fetch


async def letters_to(user: int) -> list[Any]:
    """Newest first."""
    return await fetch(
        'SELECT recipient, subject, text, html FROM email WHERE "user" = $1 ORDER BY id DESC', user
    )


async def newest_letter(user: int) -> Any:
    return (await letters_to(user))[0]


def link_in(letter: Any) -> str:
    """The path that the letter's button leads to."""
    found = re.search(r"https?://\S+\?codigo=\S+", letter["text"])
    assert found, "no link in the letter"
    return path_of(found[0])


def token_in(letter: Any) -> str:
    return link_in(letter).partition("?codigo=")[2]
