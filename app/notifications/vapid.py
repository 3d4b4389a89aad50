"""Our key as a sender of push messages (RFC 8292), by which browsers know us."""

import os
from base64 import urlsafe_b64encode
from datetime import timedelta
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from app.core.time import now
from app.settings import settings

# Push services take at most 24 hours.
LIFETIME = timedelta(hours=12)


def public_key() -> str:
    """As browsers want it when they subscribe: base64url of the point."""
    point = _key().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def authorization(endpoint: str) -> str:
    """The header by which a push service knows who sends to this endpoint."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now() + LIFETIME).timestamp()),
        "sub": f"mailto:{parseaddr(settings().email_from)[1]}",
    }
    return str(_key().sign(claims)["Authorization"])


def _key() -> Vapid02:
    return _read(settings().vapid_private_key, settings().data / "vapid.pem")


# By where it stands, so that another setting is not answered from the one before.
@cache
def _read(setting: str, path: Path) -> Vapid02:
    if setting:
        return Vapid02.from_string(setting)
    if not path.exists():
        _make(path)
    return Vapid02.from_pem(path.read_bytes())


def _make(path: Path) -> None:
    """Made once: where two processes want to, the first one's stays."""
    key = Vapid02()
    key.generate_keys()
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent) as file:
        file.write(key.private_pem())
        file.flush()
        try:
            os.link(file.name, path)
        except FileExistsError:
            return
