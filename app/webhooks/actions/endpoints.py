"""What a provider does about their webhooks."""

import ipaddress
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

from app.accounts import audit
from app.accounts.audit import Action
from app.core import limits
from app.core.database import fetch, fetch_one, transaction
from app.core.errors import NotFound
from app.core.networks import is_public
from app.core.outside import CannotReach, clean_address
from app.webhooks.actions.signers import make_signer
from app.webhooks.actions.switching import switch_off
from app.webhooks.errors import (
    AddedAlready,
    BadAddress,
    NoEvents,
    NotOnTheInternet,
    TooManyWebhooks,
)
from app.webhooks.tables import Off

MOST_ENDPOINTS = 5


class Added(NamedTuple):
    endpoint: int
    secret: str


async def add_endpoint(provider: int, address: str, events: Sequence[str]) -> Added:
    """Tell an address of these events from now on; its secret is never given again.

    Raises:
        BadAddress, NotOnTheInternet, NoEvents, AddedAlready, TooManyWebhooks, TooMany.
    """
    url = _cleaned(address)
    if not events:
        raise NoEvents
    await limits.take(limits.WEBHOOK, str(provider))
    async with transaction():
        # Locked, so that two at once are not one too many.
        if not await fetch(
            "SELECT FROM users WHERE id = $1 AND active FOR NO KEY UPDATE", provider
        ):
            raise NotFound
        urls = await fetch("SELECT url FROM webhook_endpoint WHERE provider = $1", provider)
        if url in {row["url"] for row in urls}:
            raise AddedAlready
        if len(urls) >= MOST_ENDPOINTS:
            raise TooManyWebhooks
        added = await fetch_one(
            "INSERT INTO webhook_endpoint (provider, url, events) VALUES ($1, $2, $3) RETURNING id",
            provider,
            url,
            events,
        )
        secret = await make_signer(added["id"])
        await audit.record(Action.WEBHOOK_ADDED, actor=provider, webhook=added["id"])
    return Added(added["id"], secret)


async def choose_events(provider: int, endpoint: int, events: Sequence[str]) -> None:
    """Tell it of these from now on.

    Raises:
        NotFound: the provider has no such. NoEvents.
    """
    async with transaction():
        await _lock(provider, endpoint)
        if not events:
            raise NoEvents
        await fetch("UPDATE webhook_endpoint SET events = $2 WHERE id = $1", endpoint, events)


async def set_endpoint_active(provider: int, endpoint: int, *, active: bool) -> None:
    """Switch it on or off; what is on its way to it when it is switched off is not tried again.

    Raises:
        NotFound: the provider has no such.
    """
    async with transaction():
        await _lock(provider, endpoint)
        if active:
            await fetch(
                "UPDATE webhook_endpoint SET active = true, off_because = '' WHERE id = $1",
                endpoint,
            )
        else:
            await switch_off(endpoint, Off.OWNER)


async def rotate_secret(provider: int, endpoint: int) -> str:
    """Sign with a new secret, and for a day also with those before it. Gives the new one.

    Raises:
        NotFound: the provider has no such. TooMany.
    """
    await limits.take(limits.WEBHOOK, str(provider))
    async with transaction():
        await _lock(provider, endpoint)
        secret = await make_signer(endpoint)
        await audit.record(Action.WEBHOOK_SECRET_MADE, actor=provider, webhook=endpoint)
    return secret


async def remove_endpoint(provider: int, endpoint: int) -> None:
    """Forget it, its secrets and its log.

    Raises:
        NotFound: the provider has no such.
    """
    async with transaction():
        # The rest goes with it, by the foreign keys.
        if not await fetch(
            "DELETE FROM webhook_endpoint WHERE id = $1 AND provider = $2 RETURNING id",
            endpoint,
            provider,
        ):
            raise NotFound
        await audit.record(Action.WEBHOOK_REMOVED, actor=provider, webhook=endpoint)


def _cleaned(address: str) -> str:
    try:
        url = clean_address(address)
    except CannotReach as error:
        raise BadAddress from error
    host = urlsplit(url).hostname or ""
    with suppress(ValueError):
        # A name is looked up, and what it leads to checked, whenever something is sent.
        if ipaddress.ip_address(host) and not is_public(host):
            raise NotOnTheInternet
    return url


async def _lock(provider: int, endpoint: int) -> None:
    if not await fetch(
        "SELECT FROM webhook_endpoint WHERE id = $1 AND provider = $2 FOR NO KEY UPDATE",
        endpoint,
        provider,
    ):
        raise NotFound
