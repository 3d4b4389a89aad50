"""Deliveries: what arrives, how often it is tried, and when nobody tries any more."""

import asyncio
import json
import time
from datetime import timedelta

import pytest

from app.core.database import fetch
from app.core.outside import internet
from app.core.signing import BadToken
from app.core.time import now
from app.webhooks import sending
from app.webhooks.actions import delivering
from app.webhooks.actions.delivering import MOST_TRIES, PATIENCE, PAUSES, deliver_webhook
from app.webhooks.actions.endpoints import (
    remove_endpoint,
    rotate_secret,
    set_endpoint_active,
)
from app.webhooks.actions.telling import send_again, send_trial
from app.webhooks.errors import SwitchedOff
from app.webhooks.jobs import HANDLERS
from tests.core.test_jobs import SOON, working
from tests.letters import letters_to
from tests.tls_server import ADDRESS, redirect
from tests.webhooks.webhooks import (
    OK,
    a_delivery,
    a_webhook,
    answer,
    deliveries_to,
    delivery_of,
    endpoint_of,
    fail_since,
    fits,
    make_due,
)

PATH = "/in"


async def tried(server, delivery: int):
    """The delivery after another try."""
    await make_due(delivery)
    await deliver_webhook(delivery, server.reach)
    return await delivery_of(delivery)


async def jobs_for(delivery: int) -> list:
    return await fetch(
        """
        SELECT execute_after, execute_after - now() AS ahead FROM pgqueuer
        WHERE entrypoint = 'deliver_webhook' AND payload = convert_to($1, 'UTF8') ORDER BY id
        """,
        str(delivery),
    )


async def test_it_arrives_signed(server, webhook):
    server.answers[PATH] = OK
    delivery = await a_delivery(webhook)
    await deliver_webhook(delivery, server.reach)
    ((path, headers),), (body,) = server.requests, server.bodies
    row = await delivery_of(delivery)
    assert (path, headers["host"], server.dialled) == (PATH, "hooks.example", [(ADDRESS, 443)])
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == row["message"] == json.loads(body)["id"]
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 5
    assert fits(webhook.secret, headers, body) == [True]
    assert (row["state"], row["status"], row["error"]) == ("delivered", 200, "")
    assert (row["tries"], row["next_try_at"]) == (1, None)
    assert "cookie" not in headers


async def test_a_changed_body_fits_no_signature(server, webhook):
    server.answers[PATH] = OK
    await deliver_webhook(await a_delivery(webhook), server.reach)
    (_, headers), body = server.requests[0], server.bodies[0]
    assert fits(webhook.secret, headers, body + b" ") == [False]
    assert fits(webhook.secret, headers | {"webhook-id": "msg_x"}, body) == [False]
    assert fits(webhook.secret, headers | {"webhook-timestamp": "1"}, body) == [False]


async def test_a_secret_from_before_signs_for_another_day(server, provider, webhook):
    server.answers[PATH] = OK
    secret = await rotate_secret(provider, webhook.endpoint)
    assert secret != webhook.secret
    await deliver_webhook(await a_delivery(webhook), server.reach)
    (_, headers), body = server.requests[0], server.bodies[0]
    assert fits(secret, headers, body) == [True, False]
    assert fits(webhook.secret, headers, body) == [False, True]

    await fetch(
        "UPDATE webhook_secret SET expires_at = expires_at - interval '1 day'"
        " WHERE endpoint = $1 AND expires_at IS NOT NULL",
        webhook.endpoint,
    )
    await deliver_webhook(await a_delivery(webhook), server.reach)
    assert fits(secret, server.requests[1][1], server.bodies[1]) == [True]


async def test_a_button_pressed_twice_does_not_lose_the_secret_that_is_in_use(
    server, provider, webhook
):
    server.answers[PATH] = OK
    for _ in range(2):
        await rotate_secret(provider, webhook.endpoint)
    await deliver_webhook(await a_delivery(webhook), server.reach)
    assert fits(webhook.secret, server.requests[0][1], server.bodies[0]) == [False, False, True]


async def test_each_try_is_the_same_message_with_a_time_of_its_own(server, webhook, monkeypatch):
    server.answers[PATH] = answer(500)
    delivery = await a_delivery(webhook)
    await tried(server, delivery)
    later = now() + timedelta(seconds=70)
    monkeypatch.setattr(delivering, "now", lambda: later)
    await tried(server, delivery)
    (_, first), (_, second) = server.requests
    assert server.bodies[0] == server.bodies[1]
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) == int(later.timestamp())
    assert fits(webhook.secret, second, server.bodies[1]) == [True]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_any_status_of_200_is_delivered(server, webhook, status):
    server.answers[PATH] = answer(status)
    row = await tried(server, await a_delivery(webhook))
    assert (row["state"], row["status"]) == ("delivered", status)


@pytest.mark.parametrize("status", [300, 304, 400, 401, 404, 429, 500, 503])
async def test_any_other_status_is_tried_again(server, webhook, status):
    server.answers[PATH] = answer(status)
    row = await tried(server, await a_delivery(webhook))
    assert (row["state"], row["status"], row["error"]) == ("waiting", status, "")


@pytest.mark.parametrize(
    "location", ["https://inner.example/", "https://other.example/in", "/b", "http://127.0.0.1/"]
)
async def test_a_redirect_is_not_followed(server, webhook, location):
    server.hosts["inner.example"] = ["10.0.0.1"]
    server.answers[PATH] = redirect(location, 307)
    row = await tried(server, await a_delivery(webhook))
    assert (row["state"], row["status"]) == ("waiting", 307)
    assert (len(server.requests), server.dialled) == (1, [(ADDRESS, 443)])


@pytest.mark.parametrize(
    "addresses",
    [
        [],
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["::ffff:93.184.215.14"],
        ["fd00::1"],
        ["fe80::1%eth0"],
        [ADDRESS, "192.168.0.1"],
    ],
)
async def test_a_name_that_leads_to_no_public_server_is_not_dialled(server, webhook, addresses):
    server.answers[PATH] = OK
    server.hosts["hooks.example"] = addresses
    row = await tried(server, await a_delivery(webhook))
    assert (row["state"], row["status"], row["error"]) == ("waiting", None, "not-public")
    assert server.dialled == []


async def test_a_name_that_leads_elsewhere_at_the_second_look_gains_nothing(server, webhook):
    looks = iter([[ADDRESS], ["127.0.0.1"]])

    async def rebinding(host, port):
        return next(looks)

    server.answers[PATH] = OK
    await deliver_webhook(await a_delivery(webhook), server.reach._replace(resolve=rebinding))
    assert server.dialled == [(ADDRESS, 443)]
    delivery = await a_delivery(webhook)
    await deliver_webhook(delivery, server.reach._replace(resolve=rebinding))
    assert (await delivery_of(delivery))["error"] == "not-public"
    assert len(server.dialled) == 1


async def test_our_own_machine_is_never_reached(provider):
    webhook = await a_webhook(provider, "https://localhost/in")
    delivery = await a_delivery(webhook)
    await deliver_webhook(delivery)
    assert (await delivery_of(delivery))["error"] == "not-public"


async def test_the_certificate_must_be_of_the_name(server, provider):
    server.answers[PATH] = OK
    webhook = await a_webhook(provider, "https://wrong.example/in")
    row = await tried(server, await a_delivery(webhook))
    assert (row["error"], server.requests) == ("certificate", [])


async def test_the_certificate_must_be_of_a_known_authority(server, webhook):
    server.answers[PATH] = OK
    delivery = await a_delivery(webhook)
    await deliver_webhook(delivery, server.reach._replace(trust=internet().trust))
    row = await delivery_of(delivery)
    assert (row["error"], server.requests) == ("certificate", [])


@pytest.mark.parametrize("said", [b"", b"\x00\x01\r\n\r\n", b"SSH-2.0-x\r\n\r\n"])
async def test_what_is_no_http_is_no_answer(server, webhook, said):
    server.answers[PATH] = said
    assert (await tried(server, await a_delivery(webhook)))["error"] == "no-answer"


async def test_a_port_where_nobody_listens_is_no_answer(server, webhook):
    server.port = 9
    assert (await tried(server, await a_delivery(webhook)))["error"] == "no-answer"


def a_stall(*said: bytes, seconds: float = 30):
    """Says this and then nothing for so long."""

    async def stall(path, headers, writer):
        for part in said:
            writer.write(part)
        await writer.drain()
        await asyncio.sleep(seconds)

    return stall


@pytest.mark.parametrize("said", [(), (b"HTTP/1.1 200 OK\r\n",)])
async def test_a_server_that_stalls_is_given_up(server, webhook, monkeypatch, said):
    monkeypatch.setattr(sending, "SECONDS", 0.5)
    server.answers[PATH] = a_stall(*said)
    began = time.monotonic()
    row = await tried(server, await a_delivery(webhook))
    assert time.monotonic() - began < 2
    assert (row["state"], row["error"]) == ("waiting", "too-slow")


async def test_a_server_that_always_says_a_little_is_given_up(server, webhook, monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 0.5)

    async def drip(path, headers, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(300):
            writer.write(b"X-A: b\r\n")
            await writer.drain()
            await asyncio.sleep(0.1)

    server.answers[PATH] = drip
    began = time.monotonic()
    assert (await tried(server, await a_delivery(webhook)))["error"] == "too-slow"
    assert time.monotonic() - began < 2


async def test_what_was_answered_counts_though_the_rest_never_comes(server, webhook, monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 0.5)
    server.answers[PATH] = a_stall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\n", b"x")
    row = await tried(server, await a_delivery(webhook))
    assert (row["state"], row["status"]) == ("delivered", 202)


async def test_a_huge_answer_is_not_read_to_its_end(server, webhook):
    sent = 0

    async def flood(path, headers, writer):
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while sent < 50_000_000:
            writer.write(b"X" * 100_000)
            await writer.drain()
            sent += 100_000

    server.answers[PATH] = flood
    row = await tried(server, await a_delivery(webhook))
    assert row["state"] == "delivered"
    # What lies in buffers on the way is more than what was read.
    assert sent < 40_000_000


async def test_a_head_without_end_is_no_answer(server, webhook):
    server.answers[PATH] = b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 3_000_000
    assert (await tried(server, await a_delivery(webhook)))["error"] == "no-answer"


async def test_the_pauses_grow_over_about_three_days(server, webhook):
    server.answers[PATH] = answer(500)
    delivery = await a_delivery(webhook)
    ahead = []
    for _ in PAUSES:
        row = await tried(server, delivery)
        job = (await jobs_for(delivery))[-1]
        # The same instant for the queue as for the row: a job that comes too early is spent.
        assert job["execute_after"] == row["next_try_at"]
        ahead.append(row["next_try_at"] - row["tried_at"])
    for pause, real in zip(PAUSES, ahead, strict=True):
        assert pause <= real <= pause * 1.2
    assert timedelta(days=3) < sum(PAUSES, timedelta()) < timedelta(days=4)
    assert PAUSES[0].total_seconds() > sending.SECONDS


async def test_the_pauses_differ_so_that_not_all_come_at_once(server, webhook):
    server.answers[PATH] = answer(500)
    pauses = set()
    for _ in range(3):
        row = await tried(server, await a_delivery(webhook))
        pauses.add(row["next_try_at"] - row["tried_at"])
    assert len(pauses) == 3


async def test_after_the_last_try_nobody_tries_again(server, webhook):
    server.answers[PATH] = answer(503)
    delivery = await a_delivery(webhook)
    for _ in range(MOST_TRIES):
        row = await tried(server, delivery)
    assert (row["state"], row["tries"], row["next_try_at"]) == ("failed", MOST_TRIES, None)
    await deliver_webhook(delivery, server.reach)
    assert len(server.requests) == MOST_TRIES


async def test_one_that_arrives_at_last_ends_the_tries(server, webhook):
    server.answers[PATH] = answer(500)
    delivery = await a_delivery(webhook)
    await tried(server, delivery)
    assert (await endpoint_of(webhook))["failing_since"] is not None
    server.answers[PATH] = OK
    row = await tried(server, delivery)
    assert (row["state"], row["status"], row["tries"]) == ("delivered", 200, 2)
    assert (await endpoint_of(webhook))["failing_since"] is None
    await deliver_webhook(delivery, server.reach)
    assert len(server.requests) == 2


async def test_a_job_that_comes_before_its_time_does_nothing(server, webhook):
    server.answers[PATH] = answer(500)
    delivery = await a_delivery(webhook)
    for _ in range(3):
        await deliver_webhook(delivery, server.reach)
    assert len(server.requests) == 1
    assert (await delivery_of(delivery))["tries"] == 1


async def test_of_many_at_once_one_sends(server, webhook):
    server.answers[PATH] = OK
    delivery = await a_delivery(webhook)
    await asyncio.gather(*(deliver_webhook(delivery, server.reach) for _ in range(8)))
    assert len(server.requests) == 1
    assert (await delivery_of(delivery))["state"] == "delivered"


async def killed(server, delivery: int) -> None:
    """As if the worker were killed once the server has the message and before it answers."""
    came = asyncio.Event()

    async def hear_and_say_nothing(path, headers, writer):
        came.set()
        await asyncio.sleep(30)

    server.answers[PATH] = hear_and_say_nothing
    await make_due(delivery)
    task = asyncio.create_task(deliver_webhook(delivery, server.reach))
    async with asyncio.timeout(SOON):
        await came.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_after_a_worker_was_killed_the_next_try_comes_by_the_same_id(server, webhook):
    delivery = await a_delivery(webhook)
    await killed(server, delivery)
    row = await delivery_of(delivery)
    assert (row["state"], row["tries"]) == ("waiting", 1)
    # The one it came from, and the one that was written down before it was tried.
    assert len(await jobs_for(delivery)) == 2

    # The first is picked up by another worker: too early, so nothing is sent.
    await deliver_webhook(delivery, server.reach)
    assert len(server.requests) == 1

    server.answers[PATH] = OK
    row = await tried(server, delivery)
    assert (row["state"], row["tries"]) == ("delivered", 2)
    first, second = (headers["webhook-id"] for _, headers in server.requests)
    assert first == second


async def test_a_worker_that_is_killed_at_the_last_try_leaves_nothing_waiting(server, webhook):
    delivery = await a_delivery(webhook)
    await fetch("UPDATE webhook_delivery SET tries = $2 WHERE id = $1", delivery, MOST_TRIES - 1)
    await killed(server, delivery)
    assert (await delivery_of(delivery))["state"] == "waiting"
    row = await tried(server, delivery)
    assert (row["state"], row["tries"], row["next_try_at"]) == ("failed", MOST_TRIES, None)
    assert len(server.requests) == 1


async def test_a_secret_that_nobody_can_read_stops_before_anything_is_sent(server, webhook):
    server.answers[PATH] = OK
    await fetch("UPDATE webhook_secret SET secret = 'x' WHERE endpoint = $1", webhook.endpoint)
    delivery = await a_delivery(webhook)
    with pytest.raises(BadToken):
        await deliver_webhook(delivery, server.reach)
    assert server.requests == []
    # So that it can be done again from the admin's list of failed tasks.
    assert (await delivery_of(delivery))["tries"] == 0


async def test_one_that_is_gone_is_switched_off_and_its_owner_written_to(server, provider, webhook):
    server.answers[PATH] = answer(410)
    waiting, delivery = await a_delivery(webhook), await a_delivery(webhook)
    row = await tried(server, delivery)
    assert (row["state"], row["status"], row["next_try_at"]) == ("failed", 410, None)
    endpoint = await endpoint_of(webhook)
    assert (endpoint["active"], endpoint["off_because"]) == (False, "gone")
    row = await delivery_of(waiting)
    assert (row["state"], row["error"], row["tries"]) == ("failed", "off", 0)
    (letter,) = await letters_to(provider)
    assert letter["subject"] == "Desligamos um dos seus webhooks"
    assert "hooks.example" in letter["text"]
    assert f"/painel/integracoes/{webhook.endpoint}" in letter["text"]
    assert "/in" not in letter["text"].replace("/painel/integracoes", "")


async def test_one_that_fails_for_three_days_is_switched_off(server, provider, webhook):
    server.answers[PATH] = answer(500)
    delivery = await a_delivery(webhook)
    await fail_since(webhook, PATIENCE - timedelta(minutes=1))
    row = await tried(server, delivery)
    assert (await endpoint_of(webhook))["active"]
    assert (row["state"], await letters_to(provider)) == ("waiting", [])

    await fail_since(webhook, PATIENCE + timedelta(minutes=1))
    row = await tried(server, delivery)
    endpoint = await endpoint_of(webhook)
    assert (endpoint["active"], endpoint["off_because"]) == (False, "failing")
    assert (row["state"], row["status"]) == ("failed", 500)
    assert len(await letters_to(provider)) == 1


async def test_a_delivery_that_fails_to_its_last_try_and_alone_switches_off(
    server, webhook, monkeypatch
):
    """The pauses together are longer than our patience."""
    server.answers[PATH] = answer(500)
    delivery = await a_delivery(webhook)
    for pause in (*PAUSES, None):
        await tried(server, delivery)
        if pause:
            await fetch(
                "UPDATE webhook_endpoint SET failing_since = failing_since - $2::interval"
                " WHERE id = $1",
                webhook.endpoint,
                pause,
            )
    assert (await endpoint_of(webhook))["off_because"] == "failing"


async def test_its_owner_is_written_to_once_however_many_fail(server, provider, webhook):
    server.answers[PATH] = answer(410)
    deliveries = [await a_delivery(webhook) for _ in range(6)]
    await asyncio.gather(*(deliver_webhook(delivery, server.reach) for delivery in deliveries))
    assert len(await letters_to(provider)) == 1
    assert {row["state"] for row in await deliveries_to(webhook)} == {"failed"}


async def test_one_that_is_switched_off_gets_nothing(server, provider, webhook):
    server.answers[PATH] = OK
    delivery = await a_delivery(webhook)
    await set_endpoint_active(provider, webhook.endpoint, active=False)
    await deliver_webhook(delivery, server.reach)
    assert server.requests == []
    assert (await delivery_of(delivery))["error"] == "off"
    with pytest.raises(SwitchedOff):
        await send_trial(provider, webhook.endpoint)
    with pytest.raises(SwitchedOff):
        await send_again(provider, delivery)

    await set_endpoint_active(provider, webhook.endpoint, active=True)
    await send_again(provider, delivery)
    await deliver_webhook(delivery, server.reach)
    assert (await delivery_of(delivery))["state"] == "delivered"


async def test_one_whose_provider_was_switched_off_gets_nothing(server, provider, webhook):
    server.answers[PATH] = OK
    delivery = await a_delivery(webhook)
    await fetch("UPDATE users SET active = false WHERE id = $1", provider)
    await deliver_webhook(delivery, server.reach)
    row = await delivery_of(delivery)
    assert (server.requests, row["state"], row["error"]) == ([], "failed", "off")


async def test_one_that_is_removed_while_it_is_being_sent_to_is_gone(server, provider, webhook):
    async def remove_then_answer(path, headers, writer):
        await remove_endpoint(provider, webhook.endpoint)
        writer.write(OK)
        await writer.drain()

    server.answers[PATH] = remove_then_answer
    delivery = await a_delivery(webhook)
    await deliver_webhook(delivery, server.reach)
    assert await delivery_of(delivery) is None


async def test_a_trial_is_tried_once_and_says_nothing_of_the_webhook(server, provider, webhook):
    server.answers[PATH] = answer(500)
    await send_trial(provider, webhook.endpoint)
    (row,) = await deliveries_to(webhook)
    await deliver_webhook(row["id"], server.reach)
    (row,) = await deliveries_to(webhook)
    assert (row["state"], row["status"], row["tries"]) == ("failed", 500, 1)
    assert (await endpoint_of(webhook))["failing_since"] is None
    assert json.loads(server.bodies[0])["tipo"] == "teste"


async def test_what_was_delivered_can_be_sent_again_by_its_id(server, provider, webhook):
    server.answers[PATH] = OK
    delivery = await a_delivery(webhook)
    await deliver_webhook(delivery, server.reach)
    assert await send_again(provider, delivery) == webhook.endpoint
    await deliver_webhook(delivery, server.reach)
    (_, first), (_, second) = server.requests
    assert first["webhook-id"] == second["webhook-id"]
    assert server.bodies[0] == server.bodies[1]


async def test_what_was_given_up_is_tried_afresh(server, provider, webhook):
    server.answers[PATH] = answer(500)
    delivery = await a_delivery(webhook)
    await fetch(
        "UPDATE webhook_delivery SET tries = $2, state = 'failed', next_try_at = NULL"
        " WHERE id = $1",
        delivery,
        MOST_TRIES,
    )
    await send_again(provider, delivery)
    await deliver_webhook(delivery, server.reach)
    row = await delivery_of(delivery)
    assert (row["state"], row["tries"]) == ("waiting", 1)


async def test_a_failure_that_comes_late_changes_nothing_of_what_was_sent_again(
    server, provider, webhook
):
    async def send_it_again_and_fail(path, headers, writer):
        await send_again(provider, delivery)
        writer.write(answer(500))
        await writer.drain()

    server.answers[PATH] = send_it_again_and_fail
    delivery = await a_delivery(webhook)
    await fetch("UPDATE webhook_delivery SET tries = $2 WHERE id = $1", delivery, MOST_TRIES - 1)
    await deliver_webhook(delivery, server.reach)
    row = await delivery_of(delivery)
    assert (row["state"], row["tries"], row["status"]) == ("waiting", 0, None)


async def test_real_workers_deliver_and_try_again(server, webhook, monkeypatch):
    monkeypatch.setattr(delivering, "PAUSES", (timedelta(seconds=0.2), *PAUSES[1:]))
    answers = iter([answer(500), OK])

    async def in_turn(path, headers, writer):
        writer.write(next(answers))
        await writer.drain()

    async def deliver(subject: int) -> None:
        await HANDLERS["deliver_webhook"](subject, server.reach)

    server.answers[PATH] = in_turn
    delivery = await a_delivery(webhook)
    async with working({"deliver_webhook": deliver}), asyncio.timeout(SOON):
        while (await delivery_of(delivery))["state"] != "delivered":
            await asyncio.sleep(0.05)
    assert (await delivery_of(delivery))["tries"] == 2
