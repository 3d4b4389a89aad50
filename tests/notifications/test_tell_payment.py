"""Who is told what about money."""

import pytest

from app.bookings.actions.change import cancel_booking
from app.bookings.actions.lapse import expire_booking
from app.core.database import fetch
from app.payments.actions.look import look_at_payment
from app.payments.gateways.port import Method
from tests.factories import let_lapse
from tests.jobs import do_jobs
from tests.letters import letters_to
from tests.payments.paying import (
    a_charge,
    a_deal,
    a_paid_deal,
    do_money_jobs,
    newest_payment,
    pay,
)


@pytest.fixture(autouse=True)
async def _nothing_else_to_do():
    await fetch("DELETE FROM pgqueuer")


async def subjects(user: int) -> list[str]:
    await do_jobs("tell_payment")
    return [letter["subject"] for letter in reversed(await letters_to(user))]


async def test_a_payment_is_told_to_who_paid_alone():
    deal = await a_paid_deal()
    assert await subjects(deal.customer) == ["Seu pagamento chegou"]
    assert await subjects(deal.offer.provider) == []


async def test_a_reserved_card_is_told_as_such():
    deal = await a_paid_deal(Method.CARD, instant=False)
    assert await subjects(deal.customer) == ["Seu pagamento está reservado"]


async def test_a_refused_card_is_told_to_its_owner():
    deal = await a_deal()
    await pay(await a_charge(deal, Method.CARD), pays=False)
    assert await subjects(deal.customer) == ["Um pagamento não deu certo"]
    assert await subjects(deal.offer.provider) == []


async def test_what_comes_too_late_and_goes_back_is_told():
    deal = await a_deal()
    reference = await a_charge(deal)
    await let_lapse(deal.code)
    await expire_booking((await deal.booking())["id"])
    await pay(reference)
    assert await subjects(deal.customer) == [
        "Seu pagamento chegou tarde demais",
        "Seu dinheiro está voltando",
    ]


async def test_how_much_goes_back_is_told():
    deal = await a_paid_deal()
    await cancel_booking(deal.offer.provider, deal.code)
    await do_money_jobs()
    assert "Seu dinheiro está voltando" in await subjects(deal.customer)
    assert "90" in (await letters_to(deal.customer))[0]["text"]


async def test_reserved_money_that_goes_away_is_told_to_both():
    deal = await a_paid_deal(Method.CARD, instant=False)
    await fetch(
        "UPDATE sandbox_charge SET state = 'closed' FROM payment p JOIN payment_share s"
        " ON s.payment = p.id WHERE p.gateway_id = sandbox_charge.reference AND s.booking = $1",
        (await deal.booking())["id"],
    )
    await look_at_payment((await newest_payment(deal))["id"])
    assert "Um pagamento não deu certo" in await subjects(deal.customer)
    assert "Um pagamento não deu certo" in await subjects(deal.offer.provider)
