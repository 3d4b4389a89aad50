"""Webhooks as a provider sets them up: what can be added, by whom, and how many."""

import asyncio

import asyncpg
import pytest

from app.accounts.forms import Proof
from app.core.database import fetch
from app.core.errors import NotFound
from app.core.limits import WEBHOOK, TooMany
from app.core.signing import BadToken
from app.privacy.actions.deletion import delete_account
from app.privacy.jobs import forget_old
from app.privacy.queries import everything_of
from app.webhooks.actions.delivering import deliver_webhook
from app.webhooks.actions.endpoints import (
    MOST_ENDPOINTS,
    choose_events,
    remove_endpoint,
    rotate_secret,
    set_endpoint_active,
)
from app.webhooks.actions.signers import re_encrypt_signers, signers_of
from app.webhooks.actions.telling import send_again, send_trial
from app.webhooks.errors import (
    AddedAlready,
    BadAddress,
    NoEvents,
    NotOnTheInternet,
    TooManyWebhooks,
)
from app.webhooks.tables import Kind
from tests.factories import PASSWORD, a_provider
from tests.webhooks.webhooks import (
    HERE,
    OK,
    a_delivery,
    a_webhook,
    deliveries_to,
    delivery_of,
    endpoint_of,
)

OLD, NEW = "an-older-key-of-more-than-32-characters", "the-newest-key-of-more-than-32-characters"


async def webhooks_of(provider: int) -> list:
    return await fetch("SELECT * FROM webhook_endpoint WHERE provider = $1", provider)


async def test_its_secret_is_as_the_standard_has_it_and_kept_encrypted(webhook):
    assert webhook.secret.startswith("whsec_")
    assert len(webhook.secret) == len("whsec_") + 44
    (row,) = await fetch("SELECT * FROM webhook_secret WHERE endpoint = $1", webhook.endpoint)
    assert webhook.secret.removeprefix("whsec_") not in row["secret"]
    assert await signers_of(webhook.endpoint) == [webhook.secret]


async def test_a_secret_of_another_webhook_cannot_be_read(provider, webhook):
    other = await a_webhook(provider, "https://other.example/")
    await fetch(
        "UPDATE webhook_secret SET secret = (SELECT secret FROM webhook_secret WHERE endpoint = $2)"
        " WHERE endpoint = $1",
        webhook.endpoint,
        other.endpoint,
    )
    with pytest.raises(BadToken):
        await signers_of(webhook.endpoint)


async def test_secrets_are_encrypted_with_the_newest_key_and_older_ones_can_go(keys, provider):
    await fetch("DELETE FROM webhook_endpoint")
    keys(OLD)
    webhook = await a_webhook(provider)
    keys(NEW, OLD)
    assert await re_encrypt_signers() == 1
    keys(NEW)
    assert await signers_of(webhook.endpoint) == [webhook.secret]


@pytest.mark.parametrize(
    "address",
    ["", "x", "http://hooks.example/", "https://u:p@hooks.example/", "https://hooks.example:8443/",
     "ftp://hooks.example/", "javascript:alert(1)", "https://", "webcal://hooks.example/"],
)  # fmt: skip
async def test_what_is_no_address_of_https_is_refused(provider, address):
    with pytest.raises(BadAddress):
        await a_webhook(provider, address)
    assert await webhooks_of(provider) == []


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]",
     "[::ffff:8.8.8.8]", "[fd00::1]", "[64:ff9b::a00:1]"],
)  # fmt: skip
async def test_a_number_that_is_not_public_is_refused_at_once(provider, host):
    with pytest.raises(NotOnTheInternet):
        await a_webhook(provider, f"https://{host}/")
    assert await webhooks_of(provider) == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost"])
async def test_what_only_the_system_takes_for_such_a_number_is_never_reached(provider, host):
    webhook = await a_webhook(provider, f"https://{host}/")
    delivery = await a_delivery(webhook)
    await deliver_webhook(delivery)
    assert (await delivery_of(delivery))["error"] == "not-public"


async def test_one_that_hears_of_nothing_is_refused(provider, webhook):
    with pytest.raises(NoEvents):
        await a_webhook(provider, "https://other.example/", events=[])
    with pytest.raises(NoEvents):
        await choose_events(provider, webhook.endpoint, [])
    assert len((await endpoint_of(webhook))["events"]) == len(Kind)


async def test_the_same_address_is_added_once_however_it_is_written(provider, webhook):
    with pytest.raises(AddedAlready):
        await a_webhook(provider, " https://HOOKS.example:443/in#part")
    await a_webhook(await a_provider(), HERE)


async def test_there_are_five_at_most(provider):
    for number in range(MOST_ENDPOINTS):
        await a_webhook(provider, f"https://hooks.example/{number}")
    with pytest.raises(TooManyWebhooks):
        await a_webhook(provider, "https://hooks.example/6")


async def test_two_at_once_are_not_one_too_many(provider):
    for number in range(MOST_ENDPOINTS - 1):
        await a_webhook(provider, f"https://hooks.example/{number}")
    outcomes = await asyncio.gather(
        *(a_webhook(provider, f"https://hooks.example/x{number}") for number in range(2)),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Added", "TooManyWebhooks"]
    assert len(await webhooks_of(provider)) == MOST_ENDPOINTS


async def test_the_same_address_twice_at_once_is_added_once(provider):
    outcomes = await asyncio.gather(
        *(a_webhook(provider) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Added", "AddedAlready"]


async def test_the_database_has_an_address_once_too(provider, webhook):
    with pytest.raises(asyncpg.UniqueViolationError):
        await fetch(
            "INSERT INTO webhook_endpoint (provider, url, events) VALUES ($1, $2, '{x}')",
            provider,
            HERE,
        )


@pytest.mark.parametrize(
    "act",
    [
        lambda who, webhook: choose_events(who, webhook.endpoint, [Kind.MOVED]),
        lambda who, webhook: set_endpoint_active(who, webhook.endpoint, active=False),
        lambda who, webhook: rotate_secret(who, webhook.endpoint),
        lambda who, webhook: remove_endpoint(who, webhook.endpoint),
        lambda who, webhook: send_trial(who, webhook.endpoint),
    ],
)
async def test_nobody_else_does_anything_about_it(webhook, act):
    before = dict(await endpoint_of(webhook))
    with pytest.raises(NotFound):
        await act(await a_provider(), webhook)
    assert dict(await endpoint_of(webhook)) == before
    assert await deliveries_to(webhook) == []
    assert await signers_of(webhook.endpoint) == [webhook.secret]


async def test_nobody_else_has_anything_sent_again(server, webhook):
    server.answers["/in"] = OK
    delivery = await a_delivery(webhook)
    await deliver_webhook(delivery, server.reach)
    with pytest.raises(NotFound):
        await send_again(await a_provider(), delivery)
    assert (await delivery_of(delivery))["state"] == "delivered"


async def test_what_is_sent_by_hand_is_limited(provider, webhook):
    for _ in range(WEBHOOK.most - 1):
        await send_trial(provider, webhook.endpoint)
    with pytest.raises(TooMany):
        await send_trial(provider, webhook.endpoint)


async def test_removing_it_forgets_its_secrets_and_its_log(provider, webhook):
    await a_delivery(webhook)
    await rotate_secret(provider, webhook.endpoint)
    await remove_endpoint(provider, webhook.endpoint)
    assert await deliveries_to(webhook) == []
    assert await signers_of(webhook.endpoint) == []
    with pytest.raises(NotFound):
        await remove_endpoint(provider, webhook.endpoint)


async def test_what_is_done_about_secrets_is_written_down(provider, webhook):
    await rotate_secret(provider, webhook.endpoint)
    await remove_endpoint(provider, webhook.endpoint)
    rows = await fetch(
        "SELECT action, actor, detail FROM audit_event WHERE actor = $1 ORDER BY id", provider
    )
    assert [row["action"] for row in rows] == [
        "webhook-added",
        "webhook-secret-made",
        "webhook-removed",
    ]
    assert {row["detail"] for row in rows} == {f'{{"webhook": {webhook.endpoint}}}'}


async def test_a_delivery_is_forgotten_after_a_month(webhook):
    old, young = await a_delivery(webhook), await a_delivery(webhook)
    for delivery, days in ((old, 31), (young, 29)):
        await fetch(
            "UPDATE webhook_delivery SET created_at = now() - make_interval(days => $2)"
            " WHERE id = $1",
            delivery,
            days,
        )
    await forget_old()
    assert [row["id"] for row in await deliveries_to(webhook)] == [young]


async def test_a_copy_of_somebodys_data_has_them_without_their_secrets(provider, webhook):
    await a_delivery(webhook)
    kept = await everything_of(provider)
    (row,) = kept["webhooks"]
    assert (row["url"], row["active"]) == (HERE, True)
    assert [delivery["event"] for delivery in row["deliveries"]] == [Kind.CONFIRMED]
    assert "secret" not in str(row)


async def test_whoever_leaves_leaves_none_behind(provider, webhook):
    delivery = await a_delivery(webhook)
    await delete_account(provider, Proof(password=PASSWORD))
    assert await webhooks_of(provider) == []
    assert await delivery_of(delivery) is None
    # What is still in the queue finds nothing to do.
    await deliver_webhook(delivery)
