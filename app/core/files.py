"""Files on the volume, under names that only we have chosen."""

import asyncio
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from app.settings import settings


def path_of(folder: str, name: str) -> Path:
    return settings().data / "files" / folder / name


async def save(folder: str, name: str, content: bytes) -> None:
    """Write a file whole: nobody ever sees a part of it, also after a crash."""
    await asyncio.to_thread(_save, path_of(folder, name), content)


async def read(folder: str, name: str) -> bytes:
    """The content of a file.

    Raises:
        FileNotFoundError: there is none, or it was removed just now.
    """
    return await asyncio.to_thread(path_of(folder, name).read_bytes)


async def remove(folder: str, name: str) -> None:
    """Remove a file; one that is gone already is fine."""
    await asyncio.to_thread(path_of(folder, name).unlink, missing_ok=True)


def _save(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
