"""A job may be done twice, when its worker dies between doing it and saying so."""

import pytest

from app.accounts.forms import Proof
from app.agenda.actions.time_off import add_extra_hours
from app.bookings.actions.waitlist import wait_for_time
from app.bookings.forms import WaitForm
from app.core.database import fetch, fetch_one
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


async def a_move_that_a_program_wants_to_hear_of() -> int:
    offer = await an_offer()
    await a_webhook(offer.provider)
    await free_time(offer.provider, NOON, 1)
    booking = await booking_named(await a_booking(offer, NOON))
    event = await fetch_one("SELECT id FROM booking_event WHERE booking = $1", booking["id"])
    return int(event["id"])


async def a_delivery_to_nowhere() -> int:
    return await a_delivery(await a_webhook(await a_provider(), "https://hooks.invalid/"))


JOBS = {
    "deliver_email": a_letter_that_waits,
    "expire_booking": an_overdue_hold,
    "tell_move": a_move_nobody_was_told,
    "offer_freed_times": an_agenda_somebody_waits_for,
    "read_calendar": a_calendar_out_of_reach,
    "make_export": an_export_that_is_waited_for,
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
