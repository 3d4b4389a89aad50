"""What providers' programs hear of money."""

import json

from app.bookings.actions.change import cancel_booking
from app.bookings.actions.lapse import expire_booking
from app.core.database import fetch
from app.payments.gateways.port import Method
from tests.factories import let_lapse
from tests.jobs import do_jobs
from tests.payments.paying import a_charge, a_deal, do_money_jobs, pay
from tests.webhooks.webhooks import a_webhook, deliveries_to


async def told(webhook) -> list[dict]:
    """What was written about money, in order."""
    await do_jobs("send_payment_webhooks")
    bodies = [json.loads(delivery["body"]) for delivery in await deliveries_to(webhook)]
    return [body for body in bodies if body["tipo"].startswith("pagamento.")]


async def test_a_payment_and_its_return_are_told_without_a_word_of_who_paid(app):
    await fetch("DELETE FROM pgqueuer")
    deal = await a_deal()
    webhook = await a_webhook(deal.offer.provider)
    await pay(await a_charge(deal))
    await cancel_booking(deal.offer.provider, deal.code)
    await do_money_jobs()
    received, returned = await told(webhook)
    assert received["tipo"] == "pagamento.recebido"
    assert received["dados"]["contratacao"] == deal.code
    assert received["dados"]["valor"] == "90.00"
    assert received["dados"]["soReservado"] is False
    assert returned["tipo"] == "pagamento.devolvido"
    assert set(received["dados"]) == {
        "contratacao", "valor", "forma", "soReservado", "preco", "pago", "devolvido",
    }  # fmt: skip


async def test_a_reserved_card_is_told_as_such(app):
    await fetch("DELETE FROM pgqueuer")
    deal = await a_deal(instant=False)
    webhook = await a_webhook(deal.offer.provider)
    await pay(await a_charge(deal, Method.CARD))
    (received,) = await told(webhook)
    assert received["dados"]["soReservado"] is True
    assert received["dados"]["forma"] == "CARTAO"


async def test_of_what_never_became_a_booking_nothing_is_told(app):
    await fetch("DELETE FROM pgqueuer")
    deal = await a_deal()
    webhook = await a_webhook(deal.offer.provider)
    reference = await a_charge(deal)
    await pay(reference, pays=False)
    await let_lapse(deal.code)
    await expire_booking((await deal.booking())["id"])
    await fetch("UPDATE sandbox_charge SET state = 'open' WHERE reference = $1", reference)
    await pay(reference)
    assert await told(webhook) == []
