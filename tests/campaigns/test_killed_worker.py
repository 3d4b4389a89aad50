"""Workers that are killed again and again while people book, pay and cancel.

In the tests some bookings, in a campaign as many as CAMPAIGN_BOOKINGS says.
"""

import asyncio
import os
import random
import sys
from collections import Counter
from datetime import timedelta

from app.bookings.actions.answer import confirm_booking, decline_booking
from app.bookings.actions.change import cancel_booking
from app.core.database import fetch, fetch_one
from app.core.errors import DomainError
from app.payments.actions.pay import start_payment
from app.payments.actions.webhooks import receive_webhook
from app.payments.gateways import sandbox
from app.payments.gateways.port import Method
from app.settings import settings
from tests.campaigns.money import check_money
from tests.factories import a_booking, a_provider, an_offer, booking_named, in_days

BOOKINGS = int(os.environ.get("CAMPAIGN_BOOKINGS", 16))
PROVIDERS, AT_ONCE = 6, 8
# How long a worker lives at the most when it has begun to work.
LONGEST_LIFE = 2.0
LONGEST_END_SECONDS = 240


async def test_no_letter_and_no_money_is_lost_or_doubled(app, mail_server):
    await fetch("DELETE FROM pgqueuer")
    offers = [
        await an_offer(
            await a_provider(instant=bool(number % 2), step_minutes=15, cancel_fee_percent=50),
            prepaid_percent=(0, 50, 100)[number % 3],
            minutes=15,
        )
        for number in range(PROVIDERS)
    ]
    for offer in offers:
        await open_days(offer.provider)
    starts = iter([in_days(2) + timedelta(minutes=15 * number) for number in range(BOOKINGS)])
    killing = asyncio.create_task(kill_workers())
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with gate:
            await live_through(offers[number % PROVIDERS], next(starts))

    await asyncio.gather(*(one(number) for number in range(BOOKINGS)))
    killing.cancel()
    kills = await killing
    await finish()

    for offer in offers:
        await check_money(offer.provider)
    letters = await check_letters([offer.provider for offer in offers])
    taken = Counter(envelope.rcpt_tos[0] for envelope in mail_server.taken)
    missing = Counter(letter["recipient"] for letter in letters) - taken
    assert not missing, "a letter never went out"
    print(f"{BOOKINGS} bookings, {kills} workers killed, {len(letters)} letters,"
          f" {sum(taken.values()) - len(letters)} handed over again")  # fmt: skip


async def open_days(provider: int) -> None:
    await fetch(
        "INSERT INTO weekly_hours (provider, weekday, opens, closes)"
        " SELECT $1, day, '00:00', '00:00' FROM generate_series(1, 7) day",
        provider,
    )
    await fetch("SELECT write_free_time($1)", provider)


async def kill_workers() -> int:
    """Start a worker and kill it while it works, again and again until cancelled.

    Gives how many died.
    """
    kills = 0
    while True:
        worker = await a_worker()
        try:
            await until_it_works()
            await asyncio.sleep(random.uniform(0, LONGEST_LIFE))
        except asyncio.CancelledError:
            return kills
        finally:
            worker.kill()
            await worker.wait()
        kills += 1


async def until_it_works() -> None:
    before = await fetch_one("SELECT coalesce(max(id), 0) AS id FROM pgqueuer_log")
    while not await fetch(
        "SELECT FROM pgqueuer_log WHERE id > $1 AND status = 'picked' LIMIT 1", before["id"]
    ):
        await asyncio.sleep(0.02)


async def a_worker() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.cli", "work",
        env={**os.environ, "ORIGIN": settings().base_url},
    )  # fmt: skip


async def live_through(offer, starts_at) -> None:
    """Book, pay perhaps, and change one's mind perhaps."""
    code = await a_booking(offer, starts_at)
    booking = await booking_named(code)
    if booking["prepaid"]:
        for method in random.choice([[], [Method.PIX], [Method.CARD], [Method.PIX, Method.CARD]]):
            await pay_when_ready(booking, method)
    await asyncio.sleep(random.uniform(0, 0.5))
    verbs = [confirm_booking, decline_booking, None]
    if verb := random.choice(verbs):
        await allowed(verb(offer.provider, code))
    if random.random() < 0.3:
        user = random.choice([booking["customer"], offer.provider])
        await allowed(cancel_booking(user, code))


async def pay_when_ready(booking, method: Method) -> None:
    """As soon as some worker has lived long enough to make the charge."""
    if not await allowed(start_payment(booking["customer"], booking["code"], method)):
        return
    for _ in range(600):
        row = await fetch_one(
            """
            SELECT p.gateway_id FROM payment p JOIN payment_share s ON s.payment = p.id
            WHERE s.booking = $1 AND p.method = $2 ORDER BY p.id DESC LIMIT 1
            """,
            booking["id"],
            method.value,
        )
        if row["gateway_id"]:
            if told := await sandbox.decide(row["gateway_id"], pays=random.random() < 0.9):
                await receive_webhook("sandbox", {}, {}, told)
            return
        await asyncio.sleep(0.1)


async def allowed(doing) -> bool:
    try:
        await doing
    except DomainError:
        return False
    return True


async def finish() -> None:
    """One worker that nobody kills does all that is left."""
    worker = await a_worker()
    try:
        async with asyncio.timeout(LONGEST_END_SECONDS):
            while await fetch("SELECT FROM pgqueuer WHERE execute_after <= now() LIMIT 1"):
                await asyncio.sleep(0.2)
    finally:
        worker.terminate()
        await worker.wait()


async def check_letters(providers: list[int]) -> list:
    """All letters to these providers and their customers: each side once about each event."""
    told = await fetch(
        """
        SELECT 'move ' || e.id AS cause, b.customer FROM (
            SELECT *, lag(status) OVER (PARTITION BY booking ORDER BY id) AS before
            FROM booking_event
        ) e JOIN booking b ON b.id = e.booking
        -- What was never paid was never the provider's.
        WHERE e.provider = ANY($1) AND e.status <> 'held'
            AND NOT (e.before = 'held' AND e.status IN ('cancelled', 'expired'))
        UNION ALL
        SELECT 'payment ' || e.id, b.customer FROM payment_event e
        JOIN payment_share s ON s.id = e.share JOIN booking b ON b.id = s.booking
        WHERE b.provider = ANY($1)
        """,
        providers,
    )
    customers = {event["customer"] for event in told}
    notifications = await fetch(
        'SELECT "user", cause, email FROM notification WHERE "user" = ANY($1)',
        [*customers, *providers],
    )
    heard = Counter((one["user"], one["cause"]) for one in notifications)
    assert {event for event in heard if event[0] in customers} == {
        (event["customer"], event["cause"]) for event in told
    }, "somebody was not told, or of what has not happened"
    assert set(heard.values()) == {1}, "somebody was told twice"
    letters = await fetch(
        'SELECT id, recipient, sent_at FROM email WHERE "user" = ANY($1)',
        [*customers, *providers],
    )
    assert sorted(one["email"] for one in notifications) == sorted(one["id"] for one in letters)
    assert all(letter["sent_at"] for letter in letters), "a letter still waits"
    return letters
