"""Paying out: each balance once, whoever presses the button, and back if it did not arrive."""

import asyncio
from collections import Counter
from decimal import Decimal
from random import Random

import asyncpg
import pytest

from app.accounts.tables import Role
from app.core.database import Connection, fetch, fetch_one
from app.core.errors import NotFound
from app.payments.actions.payout import make_payouts, settle_batch, settle_payout
from app.payments.actions.settle import settle_booking
from app.payments.errors import NothingToPayOut, PayoutSettled
from app.payments.tables import PayoutState
from tests.bookings.racing import ROUNDS
from tests.factories import a_user, an_offer
from tests.payments.earning import (
    KEY,
    a_past_booking,
    a_provider_to_pay,
    balance,
    earn,
    give_key,
    payouts_to,
)
from tests.unguarded import without_locks

TWENTY = Decimal(20)


@pytest.fixture(autouse=True)
async def nobody_else_to_pay():
    """What other tests have left to be paid out is nobody's any more."""
    await fetch("DELETE FROM payout_account")


async def an_admin() -> int:
    return await a_user(Role.ADMIN)


async def test_a_balance_is_paid_out_to_the_pix_key_of_then():
    provider = await a_provider_to_pay()
    batch = await make_payouts(await an_admin(), TWENTY)
    await give_key(provider, "other@example.test")
    (payout,) = await payouts_to(provider)
    assert (payout["batch"], payout["amount"], payout["pix_key"]) == (batch, 81, KEY)
    assert await balance(provider) == 0


async def test_what_is_paid_out_is_posted_from_the_provider_to_the_gateway():
    provider = await a_provider_to_pay()
    await make_payouts(await an_admin(), TWENTY)
    (payout,) = await payouts_to(provider)
    entries = await fetch(
        """
        SELECT e.account, e."user", e.amount FROM ledger_entry e
        JOIN ledger_transaction t ON t.id = e.transaction
        WHERE t.payout = $1 AND t.kind = 'paid_out' ORDER BY e.amount
        """,
        payout["id"],
    )
    assert [tuple(entry) for entry in entries] == [
        ("provider", provider, Decimal(-81)),
        ("gateway", None, Decimal(81)),
    ]


@pytest.mark.parametrize(("kept", "paid"), [("28.99", False), ("29.00", True)])
async def test_a_balance_below_the_minimum_waits(kept, paid):
    provider = await a_provider_to_pay(kept)
    await a_provider_to_pay()
    await make_payouts(await an_admin(), TWENTY)
    assert bool(await payouts_to(provider)) == paid


async def test_who_has_no_pix_key_or_is_switched_off_is_not_paid():
    offer, switched_off = await an_offer(), await a_provider_to_pay()
    await earn(offer)
    await fetch("UPDATE users SET active = false WHERE id = $1", switched_off)
    with pytest.raises(NothingToPayOut):
        await make_payouts(await an_admin(), TWENTY)
    assert await balance(offer.provider) == await balance(switched_off) == 81


async def test_nothing_to_pay_out_makes_no_batch():
    before = await fetch_one("SELECT count(*) AS batches FROM payout_batch")
    with pytest.raises(NothingToPayOut):
        await make_payouts(await an_admin(), TWENTY)
    assert await fetch_one("SELECT count(*) AS batches FROM payout_batch") == before


async def test_a_payout_that_failed_is_on_the_balance_again_and_paid_anew():
    provider, admin = await a_provider_to_pay(), await an_admin()
    await make_payouts(admin, TWENTY)
    (payout,) = await payouts_to(provider)
    await settle_payout(admin, payout["id"], PayoutState.FAILED)
    assert await balance(provider) == 81
    await make_payouts(admin, TWENTY)
    assert [row["state"] for row in await payouts_to(provider)] == ["failed", "waiting"]
    assert await balance(provider) == 0


async def test_a_payout_that_is_paid_keeps_no_pix_key():
    provider, admin = await a_provider_to_pay(), await an_admin()
    batch = await make_payouts(admin, TWENTY)
    await settle_batch(admin, batch)
    (payout,) = await payouts_to(provider)
    assert (payout["state"], payout["pix_key"]) == ("paid", "")
    assert await balance(provider) == 0


async def test_how_a_payout_went_is_noted_once():
    provider, admin = await a_provider_to_pay(), await an_admin()
    batch = await make_payouts(admin, TWENTY)
    (payout,) = await payouts_to(provider)
    await settle_payout(admin, payout["id"], PayoutState.FAILED)
    for again in PayoutState.PAID, PayoutState.FAILED:
        with pytest.raises(PayoutSettled):
            await settle_payout(admin, payout["id"], again)
    with pytest.raises(PayoutSettled):
        await settle_batch(admin, batch)
    assert await balance(provider) == 81


async def test_payouts_that_are_not_there():
    with pytest.raises(NotFound):
        await settle_payout(await an_admin(), 2**62, PayoutState.PAID)
    with pytest.raises(NotFound):
        await settle_batch(await an_admin(), 2**62)


async def test_what_admins_do_with_payouts_is_written_down():
    provider, admin = await a_provider_to_pay(), await an_admin()
    batch = await make_payouts(admin, TWENTY)
    (payout,) = await payouts_to(provider)
    await settle_payout(admin, payout["id"], PayoutState.PAID)
    events = await fetch(
        "SELECT action, subject, detail::jsonb ->> 'batch' AS batch FROM audit_event"
        " WHERE actor = $1 AND action LIKE 'payout%' ORDER BY id",
        admin,
    )
    assert [tuple(event) for event in events] == [
        ("payouts-made", admin, str(batch)),
        ("payout-settled", provider, None),
    ]


async def race_for_payouts(providers: int, admins: int = 4) -> tuple[list[int], list[object]]:
    """Providers whose balances several admins pay out at once, and how that ended."""
    paid = [await a_provider_to_pay() for _ in range(providers)]
    people = [await an_admin() for _ in range(admins)]
    ends = await asyncio.gather(
        *(make_payouts(admin, TWENTY) for admin in people), return_exceptions=True
    )
    return paid, ends


async def test_admins_who_race_pay_each_balance_once():
    for _ in range(max(5, ROUNDS)):
        paid, ends = await race_for_payouts(3)
        assert Counter(map(type, ends)) == {int: 1, NothingToPayOut: 3}
        for provider in paid:
            assert [payout["amount"] for payout in await payouts_to(provider)] == [81]
            assert await balance(provider) == 0


async def test_without_locks_the_race_would_pay_twice(monkeypatch):
    """Shows that the test above could fail."""
    monkeypatch.setattr(Connection, "fetch", without_locks(asyncpg.Connection.fetch))
    for _ in range(20):
        paid, _ = await race_for_payouts(3)
        if any([await balance(provider) < 0 for provider in paid]):
            return
    pytest.fail("nobody was ever paid twice")


async def test_a_payout_that_races_with_commissions_never_exceeds_the_balance():
    """Commissions on what was paid on the spot are taken from the balance meanwhile."""
    chance = Random(7)
    for _ in range(max(5, ROUNDS)):
        offer, admin = await an_offer(), await an_admin()
        await earn(offer)
        await give_key(offer.provider)
        ids = [(await a_past_booking(offer))["id"] for _ in range(4)]
        doing = [later(chance.random() * 0.02, settle_booking(booking)) for booking in ids]
        doing.append(later(chance.random() * 0.02, make_payouts(admin, TWENTY)))
        ends = await asyncio.gather(*doing, return_exceptions=True)
        assert not [end for end in ends if isinstance(end, asyncpg.PostgresError)]
        (payout,) = await payouts_to(offer.provider)
        before = await fetch_one(
            """
            SELECT sum(e.amount) AS amount FROM ledger_entry e
            WHERE e.account = 'provider' AND e."user" = $1 AND e.id < (
                SELECT min(o.id) FROM ledger_entry o
                JOIN ledger_transaction t ON t.id = o.transaction WHERE t.payout = $2
            )
            """,
            offer.provider,
            payout["id"],
        )
        assert payout["amount"] == before["amount"]
        assert await balance(offer.provider) == 81 - 4 * 9 - payout["amount"]


async def later(seconds, doing):
    await asyncio.sleep(seconds)
    return await doing


async def test_admins_who_note_different_ends_at_once_note_one():
    for _ in range(10):
        # Whose payout has failed before would be in the batch too.
        await fetch("DELETE FROM payout_account")
        provider, admin = await a_provider_to_pay(), await an_admin()
        batch = await make_payouts(admin, TWENTY)
        (payout,) = await payouts_to(provider)
        ends = await asyncio.gather(
            settle_payout(admin, payout["id"], PayoutState.FAILED),
            settle_batch(admin, batch),
            settle_payout(admin, payout["id"], PayoutState.PAID),
            return_exceptions=True,
        )
        assert Counter(map(type, ends))[PayoutSettled] == 2, ends
        (payout,) = await payouts_to(provider)
        assert await balance(provider) == (81 if payout["state"] == "failed" else 0)
