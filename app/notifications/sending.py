"""Messages to browsers by their push services (RFC 8030), which only they can read (RFC 8291)."""

import msgspec
from pywebpush import WebPusher

from app.core.outside import CannotReach, Reach, reaching
from app.notifications.vapid import authorization

SECONDS = 20.0
# How long a push service keeps it for a browser that is not there.
KEPT_SECONDS = 24 * 60 * 60
NO_ANSWER = 0


class Device(msgspec.Struct, frozen=True):
    """A browser's subscription. p256dh, auth: its keys as base64url."""

    endpoint: str
    p256dh: str
    auth: str


async def send(device: Device, payload: bytes, reach: Reach | None = None) -> int:
    """What the push service answers, 0 if nothing. Only public servers are asked, never led on.

    By httpcore and not by pywebpush, whose client would follow a redirect into our own network.
    """
    headers: dict[str | bytes, str | bytes] = {
        "Authorization": authorization(device.endpoint),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_SECONDS),
    }
    body = _encrypted(device, payload)
    try:
        async with (
            reaching(SECONDS, reach) as pool,
            pool.stream("POST", device.endpoint, headers=headers, content=body) as answer,
        ):
            return int(answer.status)
    except CannotReach:
        return NO_ANSWER


def _encrypted(device: Device, payload: bytes) -> bytes:
    keys = {"p256dh": device.p256dh, "auth": device.auth}
    encoded = WebPusher({"endpoint": device.endpoint, "keys": keys}).encode(payload)
    return bytes(encoded["body"])
