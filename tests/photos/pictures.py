"""Pictures, and the form that sends them."""

import io
import struct
import zlib
from typing import Any

import httpx
from PIL import Image

from app.core.files import path_of
from app.photos.actions import PHOTOS

GPS = 0x8825
ORIENTATION = 0x0112
# Where the picture was taken, and by what.
SECRETS = (b"Canon", b"2026:11:23", b"Exif", b"GPS")


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (120, 80), **options: Any) -> bytes:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", size, (200, 20, 20))
    picture.paste((20, 20, 200), (size[0] // 2, 0, *size))
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def an_exif(orientation: int = 1) -> Image.Exif:
    """As a telephone writes it."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "Canon"
    exif[0x0132] = "2026:11:23 10:00:00"
    exif.get_ifd(GPS).update({1: "S", 2: (22.0, 1.0, 2.5), 3: "W", 4: (47.0, 53.0, 1.0)})
    return exif


def a_png_that_claims(width: int, height: int) -> bytes:
    """Hardly more than a header."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def a_text(kind: bytes, text: bytes = b"Bom dia") -> bytes:
    """A part of a form with the boundary "x", which has a text where the picture should be."""
    head = b'--x\r\nContent-Disposition: form-data; name="foto"\r\nContent-Type: ' + kind
    return head + b"\r\n\r\n" + text + b"\r\n"


async def send(browser: httpx.AsyncClient, content: bytes, name: str = "eu.jpg") -> httpx.Response:
    return await browser.post("/conta/foto", files={"foto": (name, content, "image/jpeg")})


def kept_files() -> list[str]:
    """The names of all pictures on the volume."""
    return sorted(file.name for file in path_of(PHOTOS, "").glob("*"))
