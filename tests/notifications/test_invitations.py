"""Invitations in letters: what calendar programs make of them."""

import email.policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from app.bookings.actions.answer import confirm_booking, decline_booking
from app.bookings.actions.change import cancel_booking, reschedule_booking
from app.core.database import fetch, fetch_one
from app.emails.actions import deliver_email
from tests.jobs import do_jobs
from tests.notifications.bookings import NOON, Booked, booked


async def invitation_to(user: int) -> str:
    """The newest letter's; empty if it has none."""
    row = await fetch_one(
        'SELECT calendar FROM email WHERE "user" = $1 ORDER BY id DESC LIMIT 1', user
    )
    return row["calendar"]


def event_of(invitation: str) -> Any:
    (event,) = Calendar.from_ical(invitation).walk("VEVENT")
    return event


def both(made: Booked) -> tuple[int, int]:
    return made.customer, made.provider


async def address_of(user: int) -> str:
    return (await fetch_one("SELECT email FROM users WHERE id = $1", user))["email"]


async def test_a_request_is_no_invitation():
    made = await booked()
    assert [await invitation_to(side) for side in both(made)] == ["", ""]


async def test_both_sides_are_invited_to_what_is_confirmed():
    made = await booked(confirmed=True)
    for side, other in (both(made), both(made)[::-1]):
        invitation = await invitation_to(side)
        assert Calendar.from_ical(invitation)["METHOD"] == "REQUEST"
        event = event_of(invitation)
        assert event["UID"] == f"{made.code}@localhost"
        assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 1)
        assert event["DTSTART"].dt == NOON
        assert event["LOCATION"] == "Rua Treze de Maio, 210, São Carlos, SP"
        assert event["ORGANIZER"] == "mailto:no-reply@localhost"
        assert event["ATTENDEE"] == f"mailto:{await address_of(side)}"
        assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
        name = await fetch_one("SELECT name FROM users WHERE id = $1", other)
        assert name["name"] in event["SUMMARY"]


async def test_an_agenda_that_confirms_at_once_invites_at_once():
    made = await booked(told=False)
    await fetch("UPDATE booking_event SET status = 'confirmed' WHERE booking = $1", made.id)
    await do_jobs("tell_move")
    for side in both(made):
        assert event_of(await invitation_to(side))["STATUS"] == "CONFIRMED"


async def test_a_move_is_told_by_a_later_sequence():
    made = await booked(confirmed=True)
    before = event_of(await invitation_to(made.customer))
    await reschedule_booking(made.provider, made.code, NOON.replace(hour=14))
    await do_jobs("tell_move")
    for side in both(made):
        after = event_of(await invitation_to(side))
        assert after["UID"] == before["UID"]
        assert after["SEQUENCE"] == before["SEQUENCE"] + 1
        assert after["DTSTART"].dt == NOON.replace(hour=14)
        assert after["DTEND"].dt == NOON.replace(hour=15)


async def test_a_move_of_what_was_not_confirmed_invites_nobody():
    made = await booked()
    await reschedule_booking(made.customer, made.code, NOON.replace(hour=14))
    await do_jobs("tell_move")
    assert [await invitation_to(side) for side in both(made)] == ["", ""]


async def test_what_is_cancelled_goes_out_of_both_calendars():
    made = await booked(confirmed=True)
    before = event_of(await invitation_to(made.customer))
    await cancel_booking(made.customer, made.code)
    await do_jobs("tell_move")
    for side in both(made):
        invitation = await invitation_to(side)
        assert Calendar.from_ical(invitation)["METHOD"] == "CANCEL"
        event = event_of(invitation)
        assert (event["UID"], event["STATUS"]) == (before["UID"], "CANCELLED")
        assert event["SEQUENCE"] > before["SEQUENCE"]
        # Nobody needs to know any more where the customer lives.
        assert ("LOCATION" in event) == (side == made.customer)


@pytest.mark.parametrize("end", [decline_booking, cancel_booking])
async def test_what_was_never_confirmed_is_in_no_calendar(end):
    made = await booked()
    await end(made.provider, made.code)
    await do_jobs("tell_move")
    assert await invitation_to(made.customer) == ""


async def test_moves_that_are_told_late_have_each_their_own_time_and_sequence():
    made = await booked()
    await confirm_booking(made.provider, made.code)
    await reschedule_booking(made.customer, made.code, NOON.replace(hour=14))
    await cancel_booking(made.customer, made.code)
    await do_jobs("tell_move")
    rows = await fetch(
        """SELECT calendar FROM email WHERE "user" = $1 AND calendar <> '' ORDER BY id""",
        made.customer,
    )
    events = [event_of(row["calendar"]) for row in rows]
    assert [int(event["SEQUENCE"]) for event in events] == [1, 2, 3]
    assert [event["DTSTART"].dt.hour for event in events] == [9, 11, 11]
    assert [event["STATUS"] for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "America/New_York", "Europe/Lisbon"])
async def test_a_strict_reader_takes_it_and_finds_the_same_instant(zone):
    made = await booked(confirmed=True, zone=zone)
    for end in (lambda: None, lambda: cancel_booking(made.customer, made.code)):
        if waited := end():
            await waited
            await do_jobs("tell_move")
        invitation = await invitation_to(made.customer)
        calendar = IcsCalendarStream.calendar_from_ics(invitation)
        (event,) = calendar.events
        assert event.uid == f"{made.code}@localhost"
        assert event.dtstart == NOON
        assert not event_of(invitation).errors
        lines = invitation.split("\r\n")
        assert "\n" not in "".join(lines)
        assert all(len(line.encode()) <= 75 for line in lines)


async def test_it_is_an_alternative_and_a_file(mail_server):
    made = await booked(confirmed=True)
    invited = await fetch_one(
        """SELECT id, calendar FROM email WHERE "user" = $1 AND calendar <> ''""", made.customer
    )
    await deliver_email(invited["id"])
    message = BytesParser(policy=email.policy.default).parsebytes(mail_server.taken[0].content)
    assert isinstance(message, EmailMessage)
    assert message.get_content_type() == "multipart/mixed"
    alternative, file = message.iter_parts()
    kinds = [part.get_content_type() for part in alternative.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    inline = list(alternative.iter_parts())[-1]
    assert file.get_filename() == "invite.ics"
    assert file.get_content_disposition() == "attachment"
    for part in (inline, file):
        assert part["Content-Type"].params["method"] == "REQUEST"
        read = event_of(part.get_content())
        assert read["UID"] == event_of(invited["calendar"])["UID"]
    kept = await fetch_one("SELECT calendar FROM email WHERE id = $1", invited["id"])
    assert kept["calendar"] == ""
