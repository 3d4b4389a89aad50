"""What happens to a booking, told to the programs that want to hear of it."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from app.bookings.actions.answer import (
    complete_booking,
    confirm_booking,
    decline_booking,
    report_no_show,
)
from app.bookings.actions.book import book_slot
from app.bookings.actions.change import cancel_booking, reschedule_booking
from app.bookings.actions.lapse import expire_booking
from app.core.database import fetch
from app.webhooks.actions.delivering import deliver_webhook
from app.webhooks.actions.endpoints import choose_events, set_endpoint_active
from app.webhooks.actions.telling import send_webhooks
from app.webhooks.tables import Kind
from tests.factories import (
    a_booking,
    a_form,
    a_hold,
    a_provider,
    a_user,
    an_offer,
    booking_named,
    free_time,
    in_days,
    let_lapse,
)
from tests.jobs import do_jobs
from tests.webhooks.webhooks import OK, a_webhook, deliveries_to

WHEN = in_days(3, 12)


@pytest.fixture
async def offer(provider):
    offer = await an_offer(provider, name="Poda de roseiras", price="120.50")
    await free_time(provider, in_days(3, 10), 8)
    return offer


async def heard_by(webhook) -> list[dict[str, Any]]:
    """What it is told, in order."""
    await do_jobs("send_webhooks")
    return [json.loads(row["body"]) for row in await deliveries_to(webhook)]


async def kinds_heard_by(webhook) -> list[str]:
    return [message["tipo"] for message in await heard_by(webhook)]


async def has_begun(code: str) -> None:
    await fetch(
        "UPDATE booking SET starts_at = starts_at - interval '5 days',"
        " ends_at = ends_at - interval '5 days' WHERE code = $1",
        code,
    )


async def test_a_booking_is_told_from_its_request_to_its_end(offer, webhook):
    code = await a_booking(offer, WHEN)
    await confirm_booking(offer.provider, code)
    await reschedule_booking(offer.provider, code, in_days(3, 15))
    await has_begun(code)
    await complete_booking(offer.provider, code)
    assert await kinds_heard_by(webhook) == [
        "contratacao.solicitada",
        "contratacao.confirmada",
        "contratacao.remarcada",
        "contratacao.concluida",
    ]


async def decline(offer, code):
    await decline_booking(offer.provider, code)


async def cancel(offer, code):
    await cancel_booking((await booking_named(code))["customer"], code)


async def lapse(offer, code):
    await let_lapse(code)
    await expire_booking((await booking_named(code))["id"])


async def miss(offer, code):
    await confirm_booking(offer.provider, code)
    await has_begun(code)
    await report_no_show(offer.provider, code)


@pytest.mark.parametrize(
    ("end", "kind", "status"),
    [
        (decline, "contratacao.recusada", "RECUSADA"),
        (cancel, "contratacao.cancelada", "CANCELADA"),
        (lapse, "contratacao.expirada", "EXPIRADA"),
        (miss, "contratacao.ausencia", "NAO_COMPARECEU"),
    ],
)
async def test_each_other_end_is_told(offer, webhook, end, kind, status):
    code = await a_booking(offer, WHEN)
    await end(offer, code)
    last = (await heard_by(webhook))[-1]
    assert (last["tipo"], last["dados"]["status"], last["dados"]["codigo"]) == (kind, status, code)


async def test_a_booking_that_is_confirmed_at_once_is_told_so(offer, webhook):
    await fetch("UPDATE agenda_settings SET instant = true WHERE provider = $1", offer.provider)
    await a_booking(offer, WHEN)
    assert await kinds_heard_by(webhook) == ["contratacao.confirmada"]


async def test_a_hold_is_told_to_nobody_and_what_is_made_of_it_is(offer, webhook):
    customer = await a_user()
    code = await a_hold(offer, WHEN, customer)
    (event,) = await fetch(
        "SELECT e.id FROM booking_event e JOIN booking b ON b.id = e.booking WHERE b.code = $1",
        code,
    )
    # As when a freed time is offered to somebody who waits.
    await send_webhooks(event["id"])
    assert await kinds_heard_by(webhook) == []
    form = a_form(offer, WHEN)
    form.hold = code
    await book_slot(customer, form)
    assert await kinds_heard_by(webhook) == ["contratacao.solicitada"]


async def test_a_message_says_what_an_integrator_needs(offer, webhook):
    code = await a_booking(offer, WHEN)
    (message,) = await heard_by(webhook)
    booking = await booking_named(code)
    assert set(message) == {"id", "tipo", "criadoEm", "dados"}
    assert message["dados"] == {
        "codigo": code,
        "status": "PENDENTE",
        "dataInicio": WHEN.isoformat().replace("+00:00", "Z"),
        "dataFim": (WHEN + timedelta(hours=1)).isoformat().replace("+00:00", "Z"),
        "fuso": "America/Sao_Paulo",
        "servicoId": offer.service,
        "servico": "Poda de roseiras",
        "variacaoId": offer.variant,
        "variacao": "Uma unidade",
        "preco": "120.50",
        "taxa": "0.00",
        "contratadoEm": booking["created_at"].isoformat().replace("+00:00", "Z"),
    }


async def test_a_message_says_nothing_of_the_customer(offer, webhook):
    customer = await a_user(name="Zilda Prado")
    (user,) = await fetch("SELECT email FROM users WHERE id = $1", customer)
    form = a_form(offer, WHEN)
    form.note = "O cachorro morde"
    await book_slot(customer, form)
    await heard_by(webhook)
    (row,) = await deliveries_to(webhook)
    for theirs in ("Zilda", user["email"], form.address, "cachorro"):
        assert theirs not in row["body"]


async def test_a_message_tells_how_it_stood_then_however_late_it_is_made(offer, webhook):
    code = await a_booking(offer, WHEN)
    await confirm_booking(offer.provider, code)
    await reschedule_booking(offer.provider, code, in_days(3, 15))
    asked, confirmed, moved = (message["dados"] for message in await heard_by(webhook))
    assert [asked["status"], confirmed["status"], moved["status"]] == [
        "PENDENTE",
        "CONFIRMADA",
        "CONFIRMADA",
    ]
    assert asked["dataInicio"] == confirmed["dataInicio"] == moved["dataInicioAnterior"]
    assert moved["dataInicio"] == in_days(3, 15).isoformat().replace("+00:00", "Z")
    assert moved["dataFim"] == in_days(3, 16).isoformat().replace("+00:00", "Z")
    assert "dataInicioAnterior" not in confirmed


async def test_what_a_late_cancellation_costs_is_told(offer, webhook):
    await fetch(
        "UPDATE agenda_settings SET cancel_free_hours = 720, cancel_fee_percent = 50"
        " WHERE provider = $1",
        offer.provider,
    )
    code = await a_booking(offer, WHEN)
    await confirm_booking(offer.provider, code)
    await cancel(offer, code)
    assert (await heard_by(webhook))[-1]["dados"]["taxa"] == "60.25"


async def test_only_what_was_chosen_is_told(offer, provider):
    webhook = await a_webhook(provider, events=[Kind.CANCELLED])
    code = await a_booking(offer, WHEN)
    await cancel(offer, code)
    assert await kinds_heard_by(webhook) == ["contratacao.cancelada"]
    await choose_events(provider, webhook.endpoint, [Kind.REQUESTED])
    await cancel(offer, await a_booking(offer, WHEN))
    assert (await kinds_heard_by(webhook))[1:] == ["contratacao.solicitada"]


async def test_each_of_several_is_told_and_others_providers_are_not(offer, provider, webhook):
    second = await a_webhook(provider, "https://other.example/")
    strangers = await a_webhook(await a_provider())
    await a_booking(offer, WHEN)
    assert len(await kinds_heard_by(webhook)) == 1
    assert len(await kinds_heard_by(second)) == 1
    assert await kinds_heard_by(strangers) == []


async def test_one_that_is_off_hears_nothing_and_misses_it_for_good(offer, provider, webhook):
    await set_endpoint_active(provider, webhook.endpoint, active=False)
    await a_booking(offer, WHEN)
    assert await kinds_heard_by(webhook) == []
    await set_endpoint_active(provider, webhook.endpoint, active=True)
    assert await kinds_heard_by(webhook) == []


async def test_an_event_is_told_once_however_often_its_job_is_done(offer, webhook):
    code = await a_booking(offer, WHEN)
    (event,) = await fetch(
        "SELECT e.id FROM booking_event e JOIN booking b ON b.id = e.booking WHERE b.code = $1",
        code,
    )
    await asyncio.gather(*(send_webhooks(event["id"]) for _ in range(5)))
    (row,) = await deliveries_to(webhook)
    jobs = await fetch(
        "SELECT FROM pgqueuer WHERE entrypoint = 'deliver_webhook'"
        " AND payload = convert_to($1, 'UTF8')",
        str(row["id"]),
    )
    assert len(jobs) == 1


async def test_an_event_that_is_not_there_is_told_to_nobody():
    await send_webhooks(2**62)


async def test_of_many_moves_each_arrives_though_all_are_told_twice(server, offer, webhook):
    server.answers["/in"] = OK
    for _ in range(10):
        await cancel(offer, await a_booking(offer, WHEN))
    jobs = await fetch("SELECT payload FROM pgqueuer WHERE entrypoint = 'send_webhooks'")
    events = [int(job["payload"]) for job in jobs]
    await asyncio.gather(*(send_webhooks(event) for event in events * 2))
    rows = await deliveries_to(webhook)
    await asyncio.gather(*(deliver_webhook(row["id"], server.reach) for row in rows * 2))
    assert len(events) == len(rows) == len(server.requests) == 20
    assert {row["state"] for row in await deliveries_to(webhook)} == {"delivered"}
