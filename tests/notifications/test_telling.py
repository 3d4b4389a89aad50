"""What both sides of a booking are told: once each, by the ways they want."""

import asyncio
from typing import Any

import pytest

from app.bookings.actions.answer import complete_booking, confirm_booking, decline_booking
from app.bookings.actions.change import cancel_booking, reschedule_booking
from app.core.database import fetch, fetch_one, transaction
from app.core.i18n import N_
from app.emails.actions import Letter
from app.notifications.actions.notify import notify
from app.notifications.actions.preferences import save_preferences
from app.notifications.actions.tell import tell_move
from app.notifications.tables import Channel, Kind
from app.settings import settings
from tests.bookings.waiting import fully_booked, waiting
from tests.factories import a_user
from tests.jobs import do_jobs
from tests.letters import letters_to, newest_letter
from tests.notifications.bookings import NOON, begins, booked, notifications_to


def a_letter(words: str = "Saved.", link: str = "/conta") -> Letter:
    return Letter(N_(words), [], N_("See"), settings().base_url + link)


async def told(user: int, kind: Kind = Kind.PAYMENT, cause: str = "payment 1", **besides) -> Any:
    """What is in the user's list after they were told something."""
    async with transaction():
        await notify(user, kind, cause, a_letter(), **besides)
    return await fetch_one(
        'SELECT * FROM notification WHERE "user" = $1 ORDER BY id DESC LIMIT 1', user
    )


async def choose(user: int, kind: Kind, *channels: Channel) -> None:
    await save_preferences(user, {kind: frozenset(channels)}, "")


async def test_a_request_is_told_to_both_sides_once_each():
    made = await booked()
    assert await notifications_to(made.customer) == ["Your request was sent"]
    assert await notifications_to(made.provider) == ["A new request, please answer"]
    for side in (made.customer, made.provider):
        assert len(await letters_to(side)) == 1


async def test_told_twice_and_by_two_workers_at_once_is_told_once():
    made = await booked(told=False)
    event = await fetch_one("SELECT id FROM booking_event WHERE booking = $1", made.id)
    await asyncio.gather(*(tell_move(event["id"]) for _ in range(3)))
    await tell_move(event["id"])
    for side in (made.customer, made.provider):
        assert len(await notifications_to(side)) == len(await letters_to(side)) == 1


async def test_even_if_the_mark_is_lost_a_move_is_told_once():
    made = await booked()
    event = await fetch_one(
        "UPDATE booking_event SET told_at = NULL WHERE booking = $1 RETURNING id", made.id
    )
    await tell_move(event["id"])
    for side in (made.customer, made.provider):
        assert len(await notifications_to(side)) == len(await letters_to(side)) == 1


@pytest.mark.parametrize(
    ("move", "customer", "provider"),
    [
        (confirm_booking, "Your booking is confirmed", "You accepted a booking"),
        (decline_booking, "Your request was declined", "A new request, please answer"),
    ],
)
async def test_an_answer_is_told(move, customer, provider):
    made = await booked()
    await move(made.provider, made.code)
    await do_jobs("tell_move")
    assert (await notifications_to(made.customer))[-1] == customer
    # Of what they did themselves providers hear only what their calendars have to know.
    assert (await notifications_to(made.provider))[-1] == provider


async def test_moving_cancelling_and_completing_are_told():
    made = await booked(confirmed=True)
    await reschedule_booking(made.customer, made.code, NOON.replace(hour=14))
    await cancel_booking(made.provider, made.code)
    await do_jobs("tell_move")
    assert (await notifications_to(made.customer))[-2:] == [
        "Your booking has another time",
        "A booking was cancelled",
    ]
    other = await booked(confirmed=True)
    await begins(other.code, -1)
    await complete_booking(other.provider, other.code)
    await do_jobs("tell_move")
    assert (await notifications_to(other.customer))[-1] == "Your booking is done"


async def test_what_somebody_did_themselves_is_no_news_to_them():
    made = await booked()
    rows = await fetch(
        "SELECT read_at IS NULL AS new, * FROM notification WHERE booking = $1", made.id
    )
    assert {row["user"]: row["new"] for row in rows} == {made.customer: False, made.provider: True}


async def test_a_time_that_has_become_free_is_told_as_an_offer():
    offer, customer, code = await fully_booked()
    first = await waiting(offer)
    await cancel_booking(customer, code)
    await do_jobs("tell_move")
    row = await fetch_one('SELECT kind, link FROM notification WHERE "user" = $1', first)
    assert row["kind"] == "offer"
    assert row["link"].startswith("/contratacoes/nova?reserva=")


async def test_a_notification_has_its_letter():
    user = await a_user()
    row = await told(user)
    letter = await fetch_one("SELECT * FROM email WHERE id = $1", row["email"])
    assert (letter["user"], letter["state"]) == (user, "kept")
    assert (row["link"], row["read_at"]) == ("/conta", None)


async def test_the_same_cause_is_told_once_to_each():
    user, other = await a_user(), await a_user()
    for _ in range(2):
        await told(user)
        await told(other)
    await told(user, cause="payment 2")
    assert len(await notifications_to(user)) == 2
    assert len(await notifications_to(other)) == 1


async def test_what_is_rolled_back_was_never_told():
    user = await a_user()
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await notify(user, Kind.PAYMENT, "payment 1", a_letter())
            raise ZeroDivisionError
    assert await notifications_to(user) == await letters_to(user) == []


async def test_whoever_wants_no_e_mails_of_a_kind_gets_none_of_it():
    user = await a_user()
    await choose(user, Kind.PAYMENT)
    assert (await told(user))["email"] is None
    assert (await told(user, Kind.BOOKING, "move 1"))["email"]
    assert len(await letters_to(user)) == 1
    await choose(user, Kind.PAYMENT, Channel.EMAIL)
    assert (await told(user, cause="payment 2"))["email"]


async def test_about_their_account_everybody_is_written_to():
    user = await a_user()
    await choose(user, Kind.ACCOUNT)
    assert (await told(user, Kind.ACCOUNT, "account 1"))["email"]
    letter = await newest_letter(user)
    assert "descadastro" not in letter["text"]


async def test_whoever_has_left_is_told_nothing():
    user = await a_user()
    await fetch("UPDATE users SET active = false WHERE id = $1", user)
    assert await told(user) is None
    assert await letters_to(user) == []


async def test_a_notification_leads_into_our_pages_only():
    user = await a_user()
    async with transaction():
        await notify(user, Kind.PAYMENT, "payment 1", a_letter(link="/contratacoes/ABCD2345?a=b"))
        bare = Letter(N_("Saved."), [])
        await notify(user, Kind.PAYMENT, "payment 2", bare)
    rows = await fetch('SELECT link FROM notification WHERE "user" = $1 ORDER BY id', user)
    assert [row["link"] for row in rows] == ["/contratacoes/ABCD2345?a=b", "/avisos"]


@pytest.mark.parametrize(
    ("zone", "says"),
    [
        ("", "09:00"),
        ("America/Sao_Paulo", "09:00"),
        ("America/Manaus", "08:00 (Manaus)"),
        ("Asia/Kathmandu", "17:45 (Kathmandu)"),
    ],
)
async def test_a_letter_tells_times_in_the_zone_that_its_reader_chose(zone, says):
    made = await booked(told=False)
    await fetch("UPDATE users SET zone = $2 WHERE id = $1", made.customer, zone)
    await do_jobs("tell_move")
    text = (await newest_letter(made.customer))["text"]
    assert f", {says}, with " in text
    assert ", 09:00, with " in (await newest_letter(made.provider))["text"]
