"""Passkeys (WebAuthn level 3): adding them, and signing in with nothing else."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import msgspec
import webauthn
from webauthn.helpers import parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.accounts import audit, letters
from app.accounts.actions.credentials import check_own_password
from app.accounts.actions.sign_in import open_session
from app.accounts.audit import Action
from app.accounts.forms import Proof
from app.core import limits
from app.core.cache import redis
from app.core.client import client
from app.core.database import fetch, fetch_one, transaction
from app.core.errors import DomainError, NotFound
from app.core.i18n import N_
from app.core.sessions import end_sessions_of
from app.emails.actions import send_email
from app.settings import settings

NAME = "Mini Marketplace"
MOST = 20
# A challenge is good once, and for so long.
CHALLENGE_LIFETIME = timedelta(minutes=5)


class PasskeyRefused(DomainError):
    status = 403
    message = N_("This passkey did not work here. Please try again, or use your password.")


class TooManyPasskeys(DomainError):
    status = 409
    message = N_("You have as many passkeys as we keep. Remove one first.")


class Challenge(msgspec.Struct):
    """What a device has to sign. user: who adds a passkey and under which name; None to sign in."""

    user: int | None = None
    name: str = ""


async def offer_passkey(user: int, proof: Proof, name: str) -> str:
    """What the browser needs to make a passkey, as JSON.

    Raises:
        WrongPassword, TooMany, TooManyPasskeys.
    """
    found = await check_own_password(user, proof)
    known = await fetch('SELECT credential FROM passkey WHERE "user" = $1', user)
    if len(known) >= MOST:
        raise TooManyPasskeys
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=NAME,
        user_id=str(user).encode(),
        user_name=found["email"],
        user_display_name=found["name"],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(row["credential"]) for row in known],
    )
    await _keep_challenge(options.challenge, Challenge(user, name))
    return webauthn.options_to_json(options)


async def add_passkey(user: int, session: str, credential: dict[str, Any]) -> None:
    """Keep the passkey that the browser has made.

    Raises:
        PasskeyRefused: it does not answer a challenge of ours for this user.
    """
    challenge, offered = await _take_challenge(credential)
    if offered.user != user:
        raise PasskeyRefused
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=settings().base_url,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise PasskeyRefused from error
    try:
        async with transaction():
            owner = await fetch_one(
                """
                INSERT INTO passkey ("user", credential, public_key, sign_count, name)
                VALUES ($1, $2, $3, $4, $5)
                RETURNING (SELECT email FROM users WHERE id = $1),
                    (SELECT language FROM users WHERE id = $1)
                """,
                user,
                made.credential_id,
                made.credential_public_key,
                made.sign_count,
                offered.name,
            )
            await audit.record(Action.PASSKEY_ADDED, actor=user)
            letter = letters.passkey_changed(added=True)
            await send_email(user, owner["email"], owner["language"], letter)
    except asyncpg.UniqueViolationError as error:
        raise PasskeyRefused from error
    await end_sessions_of(user, except_for=session)


async def remove_passkey(user: int, session: str, proof: Proof, passkey: int) -> None:
    """Have a passkey sign in no longer, and end the user's other sessions.

    Raises:
        WrongPassword, TooMany. NotFound: the user has no such passkey.
    """
    await check_own_password(user, proof)
    async with transaction():
        owner = await fetch_one(
            """
            DELETE FROM passkey p USING users u
            WHERE p.id = $1 AND p."user" = $2 AND u.id = p."user"
            RETURNING u.email, u.language
            """,
            passkey,
            user,
        )
        if owner is None:
            raise NotFound
        await audit.record(Action.PASSKEY_REMOVED, actor=user)
        letter = letters.passkey_changed(added=False)
        await send_email(user, owner["email"], owner["language"], letter)
    await end_sessions_of(user, except_for=session)


async def ask_for_passkey() -> str:
    """What the browser needs to sign in with whatever passkey its user picks, as JSON.

    Raises:
        TooMany: this network asks all too often.
    """
    await limits.take(limits.CHALLENGE, client().network)
    options = webauthn.generate_authentication_options(
        rp_id=_host(), user_verification=UserVerificationRequirement.REQUIRED
    )
    await _keep_challenge(options.challenge, Challenge())
    return webauthn.options_to_json(options)


async def sign_in_with_passkey(credential: dict[str, Any], before: str | None) -> str:
    """Open a session. A passkey is two factors in one: the device, and what unlocks it.

    Raises:
        PasskeyRefused: unknown, not unlocked by its user, a copy, or its owner is switched off.
    """
    challenge, offered = await _take_challenge(credential)
    if offered.user is not None:
        raise PasskeyRefused
    found = await _passkey_of(credential)
    if found is None:
        await audit.record(Action.SIGN_IN_FAILED, method="passkey")
        raise PasskeyRefused
    try:
        used = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=settings().base_url,
            credential_public_key=found["public_key"],
            credential_current_sign_count=found["sign_count"],
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        await audit.record(Action.SIGN_IN_FAILED, subject=found["user"], method="passkey")
        raise PasskeyRefused from error
    await fetch(
        "UPDATE passkey SET used_at = now(), sign_count = greatest(sign_count, $2) WHERE id = $1",
        found["id"],
        used.new_sign_count,
    )
    return await open_session(found["user"], found["role"], "passkey", strong=True, before=before)


async def _passkey_of(credential: dict[str, Any]) -> Any | None:
    """The passkey that an answer names, of somebody who is not switched off."""
    try:
        identifier = webauthn.base64url_to_bytes(credential["id"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise PasskeyRefused from error
    return await fetch_one(
        """
        SELECT p.id, p.public_key, p.sign_count, u.id AS user, u.role
        FROM passkey p JOIN users u ON u.id = p."user" AND u.active WHERE p.credential = $1
        """,
        identifier,
    )


async def _keep_challenge(challenge: bytes, kept: Challenge) -> None:
    await redis().set(_key(challenge), msgspec.msgpack.encode(kept), ex=CHALLENGE_LIFETIME)


async def _take_challenge(credential: dict[str, Any]) -> tuple[bytes, Challenge]:
    """The challenge that a browser answers; it is good once."""
    try:
        data = webauthn.base64url_to_bytes(credential["response"]["clientDataJSON"])
        challenge = parse_client_data_json(data).challenge
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError) as error:
        raise PasskeyRefused from error
    kept: bytes | None = await redis().getdel(_key(challenge))
    if kept is None:
        raise PasskeyRefused
    return challenge, msgspec.msgpack.decode(kept, type=Challenge)


def _key(challenge: bytes) -> str:
    return f"passkey-challenge:{challenge.hex()}"


def _host() -> str:
    return urlsplit(settings().base_url).hostname or ""


def read_credential(body: bytes) -> dict[str, Any]:
    """What a browser has sent as its device's answer.

    Raises:
        PasskeyRefused: this is no JSON object.
    """
    try:
        credential = json.loads(body)
    except ValueError as error:
        raise PasskeyRefused from error
    if not isinstance(credential, dict):
        raise PasskeyRefused
    return credential
