"""What only we can have written (links, tokens) and what only we can read (secrets at rest).

The newest of the secret keys signs and encrypts, all of them verify and decrypt; so a new key
is put in front of the old one, and the old one is dropped when nothing lives any more that it
signed. No key is used for two ends: each end has one derived from it.
"""

import base64
import binascii
import hmac
import secrets
from datetime import timedelta
from functools import cache
from typing import Any

import jwt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.time import now
from app.settings import settings

ALGORITHM = "HS256"
NONCE_BYTES = 12


class BadToken(Exception):
    """Not ours, for another end, or out of date."""


def sign(claims: dict[str, Any], audience: str, lifetime: timedelta) -> str:
    """A JWT (RFC 7519) with these claims that is good for one audience and for so long."""
    issued_at = now()
    claims |= {"iss": settings().base_url, "aud": audience}
    claims |= {"iat": issued_at, "exp": issued_at + lifetime}
    identifier, key = next(iter(_signing_keys(settings().secret_keys).items()))
    return jwt.encode(claims, key, ALGORITHM, headers={"kid": identifier, "typ": f"{audience}+jwt"})


def verify(token: str, audience: str) -> dict[str, Any]:
    """The claims of a token for this audience.

    Raises:
        BadToken: it is not ours, or for something else, or out of date.
    """
    keys = _signing_keys(settings().secret_keys)
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            keys[jwt.get_unverified_header(token).get("kid", "")],
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=settings().base_url,
            options={"require": ["exp", "iat", "iss", "aud"]},
        )
    except (jwt.InvalidTokenError, KeyError, ValueError) as error:
        raise BadToken from error
    return claims


def encrypt(text: str, context: str) -> str:
    """AES-256-GCM; context: what the text belongs to, without which it can't be read."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _encryption(settings().secret_keys)[0].encrypt(nonce, text.encode(), context.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def decrypt(text: str, context: str) -> str:
    """What was encrypted in this context.

    Raises:
        BadToken: none of our keys has encrypted it, or it belongs to something else.
    """
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadToken from error
    for key in _encryption(settings().secret_keys):
        try:
            return key.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()).decode()
        except (InvalidTag, ValueError):
            continue
    raise BadToken


# By the setting they stand in, so that a changed one is not answered from the old one.
@cache
def _signing_keys(_: str) -> dict[str, bytes]:
    """The keys by what names them in a token, the newest first."""
    keys = [_derived(key, "sign") for key in settings().keys]
    return {hmac.digest(key, b"name", "sha256").hex()[:8]: key for key in keys}


@cache
def _encryption(_: str) -> list[AESGCM]:
    return [AESGCM(_derived(key, "encrypt")) for key in settings().keys]


def _derived(key: str, end: str) -> bytes:
    return hmac.digest(key.encode(), end.encode(), "sha256")
