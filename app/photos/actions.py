"""Pictures that people send: never kept as they came, but painted anew without what was in them."""

import asyncio
import io
import secrets
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from PIL import Image
from PIL.ExifTags import Base
from PIL.Image import Transpose

from app.core import files, limits
from app.core.database import fetch, fetch_one, transaction
from app.core.errors import DomainError, NotFound
from app.core.i18n import N_

PHOTOS = "photos"
# By their content, whatever their names say.
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 8_000_000
MOST_PIXELS = 40_000_000
SHORTEST_SIDE, LONGEST_SIDE = 64, 1600
QUALITY = 82
# How to set a picture upright, by what its EXIF says of how the camera was held.
TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
# One picture of 40 megapixels takes up to 600 MB while it is painted.
_threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="photos")


class PhotoUnreadable(DomainError):
    status = 422
    message = N_("We cannot read this picture. Please send a JPEG, PNG or WebP file.")


class PhotoTooLarge(DomainError):
    status = 413
    message = N_("This picture is too large. Please send at most 8 MB and 40 megapixels.")


class PhotoTooSmall(DomainError):
    status = 422
    message = N_("This picture is too small. Please send one of at least 64 pixels a side.")


class Painted(NamedTuple):
    """A WebP file and its size in pixels."""

    content: bytes
    width: int
    height: int


async def change_portrait(user: int, content: bytes) -> None:
    """Show this picture of a user from now on.

    Raises:
        PhotoUnreadable, PhotoTooLarge, PhotoTooSmall, TooMany.
    """
    await limits.take(limits.UPLOAD, str(user))
    painted = await re_encode(content)
    name = secrets.token_hex(16)
    await files.save(PHOTOS, name, painted.content)
    try:
        async with transaction():
            # Locked, so that of two pictures at once the later one stays, and only that.
            if not await fetch("SELECT FROM users WHERE id = $1 AND active FOR UPDATE", user):
                raise NotFound
            old = await _forget_portrait(user)
            photo = await fetch_one(
                "INSERT INTO photo (owner, name, width, height) VALUES ($1, $2, $3, $4)"
                " RETURNING id",
                user,
                name,
                painted.width,
                painted.height,
            )
            await fetch('INSERT INTO portrait ("user", photo) VALUES ($1, $2)', user, photo["id"])
    except BaseException:
        await files.remove(PHOTOS, name)
        raise
    await _remove_files(old)


async def remove_portrait(user: int) -> None:
    async with transaction():
        await fetch("SELECT FROM users WHERE id = $1 FOR UPDATE", user)
        old = await _forget_portrait(user)
    await _remove_files(old)


async def remove_photos_of(user: int) -> list[str]:
    """Forget all of a user's pictures in the open transaction; gives the names of their files."""
    await fetch('DELETE FROM portrait WHERE "user" = $1', user)
    rows = await fetch("DELETE FROM photo WHERE owner = $1 RETURNING name", user)
    return [row["name"] for row in rows]


async def _forget_portrait(user: int) -> list[str]:
    """Give the name of its file, if there was one."""
    portraits = await fetch('DELETE FROM portrait WHERE "user" = $1 RETURNING photo', user)
    rows = await fetch(
        "DELETE FROM photo WHERE id = ANY($1) RETURNING name", [row["photo"] for row in portraits]
    )
    return [row["name"] for row in rows]


async def _remove_files(names: list[str]) -> None:
    for name in names:
        await files.remove(PHOTOS, name)


async def re_encode(content: bytes) -> Painted:
    """Paint a picture anew: upright, at most 1600 pixels a side, with nothing else in it.

    Raises:
        PhotoUnreadable, PhotoTooLarge, PhotoTooSmall.
    """
    if len(content) > MOST_BYTES:
        raise PhotoTooLarge
    return await asyncio.get_running_loop().run_in_executor(_threads, _re_encode, content)


def _re_encode(content: bytes) -> Painted:
    upright, turn = _decode(content)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if turn is not None:
        upright = upright.transpose(turn)
    upright = _on_white(upright)
    # What Pillow has read beside the pixels (EXIF, profiles, comments) is kept in `info`.
    upright.info.clear()
    painted = io.BytesIO()
    upright.save(painted, "WEBP", quality=QUALITY)
    return Painted(painted.getvalue(), upright.width, upright.height)


def _decode(content: bytes) -> tuple[Image.Image, Transpose | None]:
    """The pixels, of a moving picture the first ones, and how to set them upright."""
    try:
        with warnings.catch_warnings():
            # Pillow only warns of pictures that are twice as large as it likes; we measure. And
            # what it thinks of a damaged EXIF is of no interest.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                _refuse_size(picture.width, picture.height)
                # Decodes no more than it needs of a JPEG.
                picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                pixels = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
                # Not by ImageOps, which writes the EXIF anew and fails where it is a little odd.
                return pixels, TURNS.get(picture.getexif().get(Base.Orientation, 1))
    except DomainError:
        raise
    except Image.DecompressionBombError as error:
        raise PhotoTooLarge from error
    except Exception as error:
        # A damaged file makes Pillow raise whatever it comes upon, also TypeError or struct.error.
        raise PhotoUnreadable from error


def _refuse_size(width: int, height: int) -> None:
    """Judge a picture by what its file says, before anything of it is decoded.

    Raises:
        PhotoTooLarge, PhotoTooSmall.
    """
    if width * height > MOST_PIXELS:
        raise PhotoTooLarge
    if min(width, height) < SHORTEST_SIDE:
        raise PhotoTooSmall


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency, under which an eraser may have left what it was to take away."""
    if picture.mode == "RGB":
        return picture
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture)
    return paper
