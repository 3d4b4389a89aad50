"""What gateways tell: believed with a signature, kept once, in any order."""

import asyncio
import random
import threading
from collections.abc import Iterator
from decimal import Decimal
from uuid import uuid4

import httpx
import pytest

from app.bookings.actions.change import cancel_booking
from app.core.database import fetch, fetch_one
from app.payments.gateways import sandbox
from app.settings import settings
from tests.browsing import visitor
from tests.payments.paying import (
    a_charge,
    a_deal,
    a_paid_deal,
    do_money_jobs,
    newest_payment,
    refunds_of,
)
from tests.servers import servers

ADDRESS = "/pagamentos/avisos/sandbox"


@pytest.fixture
def processes() -> Iterator[list[str]]:
    """Two that believe what is signed here."""
    with servers(2, ORIGIN=settings().base_url) as addresses:
        yield addresses


async def kept() -> int:
    return (await fetch_one("SELECT count(*) AS number FROM webhook_event"))["number"]


async def test_it_is_kept_and_done_once_however_often_it_comes(app):
    deal = await a_deal()
    told = await sandbox.decide(await a_charge(deal), pays=True)
    before = await kept()
    for _ in range(5):
        assert (await visitor(app).post(ADDRESS, content=told)).status_code == 204
    assert await kept() == before + 1
    await do_money_jobs()
    assert (await deal.booking())["paid"] == 90


async def test_without_our_signature_it_is_refused(app):
    before = await kept()
    signed = sandbox.webhook("a" * 32)
    for body in (b"", b"{}", b"\xff", signed[:-2] + b"xx"):
        assert (await visitor(app).post(ADDRESS, content=body)).status_code == 400
    assert await kept() == before


async def test_of_a_gateway_that_is_not_set_up_nothing_is_known(app):
    assert (await visitor(app).post("/pagamentos/avisos/banco", content=b"{}")).status_code == 404


async def test_about_a_charge_that_is_not_ours_it_does_nothing(app):
    await visitor(app).post(ADDRESS, content=sandbox.webhook("a" * 32))
    await do_money_jobs()
    row = await fetch_one("SELECT processed_at FROM webhook_event ORDER BY id DESC LIMIT 1")
    assert row["processed_at"] is not None


async def test_five_times_each_in_any_order_from_four_threads_comes_to_the_same(app, processes):
    """Paid, and refunded by hand at the gateway: before any of it was told."""
    deals = [await a_deal() for _ in range(12)]
    bodies = []
    for number, deal in enumerate(deals):
        reference = await a_charge(deal)
        bodies.append(await sandbox.decide(reference, pays=True))
        if number % 2:
            await sandbox.Sandbox().refund(reference, uuid4().hex, Decimal(45))
            bodies.append(sandbox.webhook(reference))
    sent = bodies * 5
    random.shuffle(sent)
    failed = []

    def send(part: list[bytes]) -> None:
        with httpx.Client() as client:
            for number, body in enumerate(part):
                answer = client.post(processes[number % 2] + ADDRESS, content=body)
                if answer.status_code != 204:
                    failed.append(answer.status_code)

    threads = [threading.Thread(target=send, args=(sent[start::4],)) for start in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        await do_money_jobs()
        await asyncio.sleep(0.01)
    await do_money_jobs()
    assert failed == []
    for number, deal in enumerate(deals):
        booking = await deal.booking()
        assert (booking["status"], booking["paid"]) == ("confirmed", 90)
        assert booking["refunded"] == (45 if number % 2 else 0)
        assert len(await refunds_of(deal)) == number % 2
    rows = await fetch("SELECT sum(amount) AS total FROM ledger_entry GROUP BY transaction")
    assert {row["total"] for row in rows} == {0}


async def test_what_was_given_back_by_hand_is_not_given_back_again(app):
    deal = await a_paid_deal()
    reference = (await newest_payment(deal))["gateway_id"]
    await sandbox.Sandbox().refund(reference, "f" * 32, (await deal.booking())["price"])
    await visitor(app).post(ADDRESS, content=sandbox.webhook(reference))
    await do_money_jobs()
    await cancel_booking(deal.offer.provider, deal.code)
    await do_money_jobs()
    assert (await deal.booking())["refunded"] == 90
    assert len(await refunds_of(deal)) == 1
