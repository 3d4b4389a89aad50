"""A copy of everything that we keep of somebody (LGPD, art. 18, II and V)."""

import asyncio
import io
import secrets
from datetime import timedelta
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec

from app.accounts import audit
from app.accounts.actions.credentials import check_own_password
from app.accounts.audit import Action
from app.accounts.forms import Proof
from app.core import files, limits
from app.core.database import fetch, fetch_one, transaction
from app.core.errors import NotFound
from app.core.jobs import Due, enqueue
from app.core.time import now
from app.emails.actions import send_email
from app.photos.actions import PHOTOS
from app.privacy import letters
from app.privacy.queries import everything_of, export_of

EXPORTS = "exports"
LIFETIME = timedelta(days=7)


async def ask_export(user: int, proof: Proof) -> None:
    """Have a copy made; its owner is written to when it can be taken.

    Raises:
        WrongPassword. TooMany: asked for several today.
    """
    await check_own_password(user, proof)
    await limits.take(limits.EXPORT, str(user))
    async with transaction():
        export = await fetch_one(
            'INSERT INTO data_export ("user", name, expires_at) VALUES ($1, $2, $3) RETURNING id',
            user,
            secrets.token_hex(16),
            now() + LIFETIME,
        )
        await enqueue(Due("make_export", export["id"]))
        await audit.record(Action.DATA_EXPORT_ASKED, actor=user)


async def make_export(export: int) -> None:
    """Write the archive, unless it is there already or nobody waits for it any more."""
    wanted = await fetch_one(
        """
        SELECT e.name, u.id AS user, u.email, u.language FROM data_export e
        JOIN users u ON u.id = e."user" AND u.active
        WHERE e.id = $1 AND e.ready_at IS NULL AND e.expires_at > now()
        """,
        export,
    )
    if wanted is None:
        return
    kept = await everything_of(wanted["user"])
    await files.save(EXPORTS, wanted["name"], await asyncio.to_thread(_archive, kept))
    async with transaction():
        done = await fetch(
            "UPDATE data_export SET ready_at = now() WHERE id = $1 AND ready_at IS NULL"
            " RETURNING id",
            export,
        )
        if done:
            letter = letters.export_ready()
            await send_email(wanted["user"], wanted["email"], wanted["language"], letter)
    if not await fetch("SELECT FROM data_export WHERE id = $1", export):
        # Whoever asked has left meanwhile.
        await files.remove(EXPORTS, wanted["name"])


async def take_export(user: int, name: str) -> Any:
    """The row of the user's own archive; that it was taken is written down.

    Raises:
        NotFound: the user has no such archive, or not any more.
    """
    export = await export_of(user, name)
    if export is None:
        raise NotFound
    await audit.record(Action.DATA_EXPORT_TAKEN, actor=user)
    return export


async def forget_exports_of(user: int) -> list[str]:
    """Forget a user's archives; gives the names of their files."""
    rows = await fetch('DELETE FROM data_export WHERE "user" = $1 RETURNING name', user)
    return [row["name"] for row in rows]


async def forget_old_exports() -> None:
    for row in await fetch("DELETE FROM data_export WHERE expires_at < now() RETURNING name"):
        await files.remove(EXPORTS, row["name"])


def _archive(kept: dict[str, Any]) -> bytes:
    archive = io.BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr("dados.json", msgspec.json.format(msgspec.json.encode(kept), indent=2))
        for photo in kept["photos"]:
            picture = files.path_of(PHOTOS, photo["name"])
            if picture.exists():
                zipped.write(picture, f"fotos/{photo['name']}.webp")
    return archive.getvalue()
