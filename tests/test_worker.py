"""A job may be done twice, when its worker dies between doing it and saying so."""

from decimal import Decimal

import pytest

from app.accounts.forms import Proof
from app.accounts.tables import Role
from app.agenda.actions.time_off import add_extra_hours
from app.bookings.actions.answer import confirm_booking
from app.bookings.actions.change import cancel_booking
from app.bookings.actions.hold import give_up_hold
from app.bookings.actions.waitlist import wait_for_time
from app.bookings.forms import WaitForm
from app.core.database import fetch, fetch_one
from app.notifications.actions.remind import find_reminders
from app.payments.actions.pay import start_payment
from app.payments.actions.payout import make_payouts, settle_batch
from app.payments.actions.settle import settle_booking
from app.payments.actions.webhooks import receive_webhook
from app.payments.gateways import sandbox
from app.payments.gateways.port import Method
from app.piccolo_app import APP_CONFIG
from app.privacy.actions.export import ask_export
from app.worker import HANDLERS
from tests.emails.test_emails import a_letter
from tests.factories import (
    PASSWORD,
    a_booking,
    a_hold,
    a_provider,
    a_user,
    an_offer,
    booking_named,
    free_time,
    in_days,
    let_lapse,
)
from tests.notifications.bookings import a_confirmed_booking
from tests.payments.earning import earn, give_key
from tests.payments.paying import (
    Deal,
    a_charge,
    a_deal,
    a_paid_deal,
    newest_payment,
    pay,
    refunds_of,
)
from tests.webhooks.webhooks import a_delivery, a_webhook

NOON = in_days(4, 15)


async def a_letter_that_waits() -> int:
    return (await a_letter())[0]


async def an_overdue_hold() -> int:
    offer = await an_offer()
    await free_time(offer.provider, NOON, 1)
    code = await a_hold(offer, NOON)
    await let_lapse(code)
    return int((await booking_named(code))["id"])


async def a_move_nobody_was_told() -> int:
    offer = await an_offer()
    await free_time(offer.provider, NOON, 1)
    booking = await booking_named(await a_booking(offer, NOON))
    event = await fetch_one("SELECT id FROM booking_event WHERE booking = $1", booking["id"])
    return int(event["id"])


async def a_reminder_that_is_due() -> int:
    """Of a booking that begins within a day, and was confirmed before that."""
    code = await a_confirmed_booking(hours=20)
    await find_reminders()
    row = await fetch_one(
        "SELECT r.id FROM reminder r JOIN booking b ON b.id = r.booking WHERE b.code = $1", code
    )
    return int(row["id"])


async def a_message_to_a_browser_that_was_signed_out() -> int:
    user = await a_user()
    row = await fetch_one(
        """
        WITH told AS (
            INSERT INTO notification ("user", kind, cause, subject, link)
            VALUES ($1, 'account', 'a test', 'Saved.', '/conta') RETURNING id
        ), device AS (
            INSERT INTO push_subscription ("user", session, endpoint, p256dh, auth)
            VALUES ($1, 'none', 'https://push.invalid/' || $1, 'a', 'b') RETURNING id
        )
        INSERT INTO push_message (notification, subscription)
        SELECT told.id, device.id FROM told, device RETURNING id
        """,
        user,
    )
    return int(row["id"])


async def an_agenda_somebody_waits_for() -> int:
    offer = await an_offer()
    await wait_for_time(await a_user(), WaitForm(variant=offer.variant, day=NOON.date()))
    await add_extra_hours(offer.provider, NOON, in_days(4, 17))
    return offer.provider


async def a_calendar_out_of_reach() -> int:
    row = await fetch_one(
        "INSERT INTO external_calendar (provider, url, name)"
        " VALUES ($1, 'https://calendar.invalid/a.ics', 'Pessoal') RETURNING id",
        await a_provider(),
    )
    return int(row["id"])


async def an_export_that_is_waited_for() -> int:
    user = await a_user()
    await ask_export(user, Proof(password=PASSWORD))
    row = await fetch_one('SELECT id FROM data_export WHERE "user" = $1', user)
    return int(row["id"])


async def a_charge_to_make() -> int:
    deal = await a_deal()
    await start_payment(deal.customer, deal.code, Method.PIX)
    return int((await newest_payment(deal))["id"])


async def a_payment_nobody_told() -> int:
    deal = await a_deal()
    await sandbox.decide(await a_charge(deal), pays=True)
    return int((await newest_payment(deal))["id"])


async def a_reserved_card() -> int:
    deal = await a_paid_deal(Method.CARD, instant=False)
    await confirm_booking(deal.offer.provider, deal.code)
    return int((await newest_payment(deal))["id"])


async def a_charge_for_nothing() -> int:
    deal = await a_deal()
    await a_charge(deal)
    await give_up_hold(deal.customer, deal.code)
    return int((await newest_payment(deal))["id"])


async def a_cancelled_deal() -> Deal:
    deal = await a_paid_deal()
    await cancel_booking(deal.offer.provider, deal.code)
    return deal


async def a_booking_to_settle() -> int:
    return int((await (await a_cancelled_deal()).booking())["id"])


async def a_refund_to_send() -> int:
    deal = await a_cancelled_deal()
    await settle_booking((await deal.booking())["id"])
    return int((await refunds_of(deal))[0]["id"])


async def a_webhook_to_look_into() -> int:
    deal = await a_deal()
    told = await sandbox.decide(await a_charge(deal), pays=True)
    await receive_webhook("sandbox", {}, {}, told)
    row = await fetch_one("SELECT max(id) AS id FROM webhook_event")
    return int(row["id"])


async def a_payment_nobody_told_of() -> int:
    deal = await a_paid_deal()
    row = await fetch_one(
        "SELECT max(e.id) AS id FROM payment_event e JOIN payment_share s ON s.id = e.share"
        " WHERE s.booking = $1",
        (await deal.booking())["id"],
    )
    return int(row["id"])


async def a_move_that_a_program_wants_to_hear_of() -> int:
    offer = await an_offer()
    await a_webhook(offer.provider)
    await free_time(offer.provider, NOON, 1)
    booking = await booking_named(await a_booking(offer, NOON))
    event = await fetch_one("SELECT id FROM booking_event WHERE booking = $1", booking["id"])
    return int(event["id"])


async def a_payment_that_a_program_wants_to_hear_of() -> int:
    deal = await a_deal()
    await a_webhook(deal.offer.provider)
    await pay(await a_charge(deal))
    event = await fetch_one("SELECT max(id) AS id FROM payment_event")
    return int(event["id"])


async def a_payout_nobody_told_of() -> int:
    offer = await an_offer()
    await give_key(offer.provider)
    await earn(offer)
    admin = await a_user(Role.ADMIN)
    await settle_batch(admin, await make_payouts(admin, Decimal(20)))
    row = await fetch_one("SELECT max(id) AS id FROM payout WHERE provider = $1", offer.provider)
    return int(row["id"])


async def a_delivery_to_nowhere() -> int:
    return await a_delivery(await a_webhook(await a_provider(), "https://hooks.invalid/"))


JOBS = {
    "tell_payment": a_payment_nobody_told_of,
    "create_charge": a_charge_to_make,
    "look_at_payment": a_payment_nobody_told,
    "capture_charge": a_reserved_card,
    "close_charge": a_charge_for_nothing,
    "settle_booking": a_booking_to_settle,
    "send_refund": a_refund_to_send,
    "process_webhook": a_webhook_to_look_into,
    "deliver_email": a_letter_that_waits,
    "expire_booking": an_overdue_hold,
    "tell_move": a_move_nobody_was_told,
    "remind": a_reminder_that_is_due,
    "push_notification": a_message_to_a_browser_that_was_signed_out,
    "offer_freed_times": an_agenda_somebody_waits_for,
    "read_calendar": a_calendar_out_of_reach,
    "make_export": an_export_that_is_waited_for,
    "tell_payout": a_payout_nobody_told_of,
    "send_payment_webhooks": a_payment_that_a_program_wants_to_hear_of,
    "send_webhooks": a_move_that_a_program_wants_to_hear_of,
    "deliver_webhook": a_delivery_to_nowhere,
}


async def everything() -> dict[str, str | None]:
    """Each table's contents, the queue's too."""
    tables = [table._meta.get_formatted_tablename() for table in APP_CONFIG.table_classes]
    contents = {}
    for table in [*tables, "pgqueuer"]:
        row = await fetch_one(
            f"SELECT md5(string_agg(t::text, '|' ORDER BY t.id)) AS contents FROM {table} t"
        )
        contents[table] = row["contents"]
    return contents


@pytest.mark.parametrize("name", HANDLERS)
async def test_done_twice_is_done_once(name, mail_server):
    subject = await JOBS[name]()
    before = await everything()
    await HANDLERS[name](subject)
    once = await everything()
    assert once != before
    await HANDLERS[name](subject)
    assert await everything() == once
    assert len(mail_server.taken) == (name == "deliver_email")
    await fetch("DELETE FROM pgqueuer")
