"""A private calendar of one's bookings: right for programs, and nobody else's."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
from structlog.testing import capture_logs

from app.accounts.forms import Proof
from app.bookings.actions.answer import confirm_booking, decline_booking
from app.bookings.actions.change import cancel_booking, reschedule_booking
from app.bookings.actions.hold import hold_slot
from app.bookings.actions.lapse import expire_booking
from app.bookings.forms import HoldForm
from app.calendars.actions.feeds import make_feed, switch_off_feed
from app.core import limits
from app.core.database import fetch, fetch_one
from app.core.errors import NotFound
from app.core.i18n import translations
from app.core.logs import without_tokens
from app.privacy.actions.deletion import delete_account
from app.privacy.queries import everything_of
from app.settings import settings
from tests.browsing import signed_in, visitor
from tests.factories import (
    PASSWORD,
    Offer,
    a_booking,
    a_provider,
    a_user,
    an_offer,
    forget_limits,
    free_time,
    in_days,
)

# What tests.factories books for.
HERE = "Rua Treze de Maio, 210, São Carlos, SP"


async def booked(zone: str = "America/Sao_Paulo", days: int = 2) -> tuple[Offer, int, str]:
    """An offer, who has booked it, and the booking's code."""
    provider = await a_provider(name="Marlene Souza", zone=zone)
    offer = await an_offer(provider, name="Poda; de roseiras, e mais")
    customer = await a_user(name="Zilda Prado")
    await free_time(offer.provider, in_days(days, 10), 4)
    return offer, customer, await a_booking(offer, in_days(days), customer)


def summary(language: str, other: str) -> str:
    text = translations(language).gettext("%(service)s with %(name)s")
    return text % {"service": "Poda; de roseiras, e mais", "name": other}


async def text_of(app, user: int) -> str:
    answer = await visitor(app).get(f"/calendario/{await make_feed(user)}.ics")
    assert answer.status_code == 200
    return answer.content.decode()


async def events_of(app, user: int) -> list:
    return Calendar.from_ical(await text_of(app, user)).walk("VEVENT")


async def move(code: str, by: timedelta) -> None:
    """As a reschedule does, but also into the past."""
    await fetch(
        """
        WITH moved AS (
            UPDATE booking SET starts_at = starts_at + $2::interval,
                ends_at = ends_at + $2::interval, revision = revision + 1
            WHERE code = $1 RETURNING id, provider, status, starts_at
        )
        INSERT INTO booking_event (booking, provider, status, starts_at)
        SELECT id, provider, status, starts_at FROM moved
        """,
        code,
        by,
    )


async def test_both_sides_see_the_booking_each_with_the_other(app):
    offer, customer, code = await booked()
    await confirm_booking(offer.provider, code)
    for user, other in ((customer, "Marlene Souza"), (offer.provider, "Zilda Prado")):
        (event,) = await events_of(app, user)
        assert event["SUMMARY"] == summary("pt", other)
        assert event["UID"] == f"{code}@localhost"
        assert event["URL"] == f"{settings().base_url}/contratacoes/{code}"
        assert event["STATUS"] == "CONFIRMED"
        assert event["LOCATION"] == HERE
        assert event["DTSTART"].dt == in_days(2)
        assert event["DTEND"].dt == in_days(2) + timedelta(minutes=offer.minutes)
        assert event["DTSTART"].params["TZID"] == "America/Sao_Paulo"


async def test_it_is_in_the_language_of_its_owner(app):
    _, customer, _ = await booked()
    await fetch("UPDATE users SET language = 'en' WHERE id = $1", customer)
    (event,) = await events_of(app, customer)
    assert event["SUMMARY"] == summary("en", "Marlene Souza")


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "America/New_York", "Europe/Lisbon"])
async def test_a_strict_reader_takes_it_and_finds_the_same_instant(app, zone):
    _, customer, code = await booked(zone, 80)
    text = await text_of(app, customer)
    (event,) = IcsCalendarStream.calendar_from_ics(text).events
    assert event.uid == f"{code}@localhost"
    assert event.dtstart == in_days(80)
    assert event.dtstart.utcoffset() == in_days(80).astimezone(ZoneInfo(zone)).utcoffset()
    assert event.status == "TENTATIVE"


async def test_it_is_written_as_the_standard_asks(app):
    _, customer, _ = await booked()
    text = await text_of(app, customer)
    lines = text.split("\r\n")
    assert "\n" not in "".join(lines)
    assert all(len(line.encode()) <= 75 for line in lines)
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert not event.errors
    for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED"):
        assert text.count(f"\r\n{name}:") == 1
        assert event[name].dt.utcoffset() == timedelta(0)
    assert len(Calendar.from_ical(text).walk("VTIMEZONE")) == 1


async def test_an_empty_calendar_is_one_too(app):
    text = await text_of(app, await a_user())
    assert Calendar.from_ical(text).walk("VEVENT") == []
    assert IcsCalendarStream.calendar_from_ics(text).events == []


async def test_a_moved_booking_keeps_its_uid_and_a_later_sequence_tells(app):
    _, customer, code = await booked()
    (before,) = await events_of(app, customer)
    await reschedule_booking(customer, code, in_days(2, 13))
    (after,) = await events_of(app, customer)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["DTSTART"].dt == before["DTSTART"].dt + timedelta(hours=1)
    assert after["LAST-MODIFIED"].dt >= before["LAST-MODIFIED"].dt


async def test_a_cancelled_booking_stays_as_cancelled(app):
    offer, customer, code = await booked()
    (before,) = await events_of(app, customer)
    await cancel_booking(customer, code)
    for user in (customer, offer.provider):
        (event,) = await events_of(app, user)
        assert (event["STATUS"], event["UID"]) == ("CANCELLED", f"{code}@localhost")
        assert event["SEQUENCE"] > before["SEQUENCE"]


async def test_a_provider_is_told_only_the_city_until_they_accept(app):
    offer, customer, _ = await booked()
    (theirs,) = await events_of(app, offer.provider)
    (own,) = await events_of(app, customer)
    assert (theirs["LOCATION"], own["LOCATION"]) == ("São Carlos, SP", HERE)


async def test_a_provider_is_not_told_any_more_where_somebody_lives(app):
    offer, customer, code = await booked()
    await decline_booking(offer.provider, code)
    (theirs,) = await events_of(app, offer.provider)
    (own,) = await events_of(app, customer)
    assert "LOCATION" not in theirs
    assert own["LOCATION"] == HERE


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("pending", "TENTATIVE"),
        ("confirmed", "CONFIRMED"),
        ("completed", "CONFIRMED"),
        ("no_show", "CONFIRMED"),
        ("declined", "CANCELLED"),
        ("cancelled", "CANCELLED"),
        ("expired", "CANCELLED"),
    ],
)
async def test_every_state_has_its_status(app, status, told):
    _, customer, code = await booked()
    active = status in ("pending", "confirmed")
    await fetch(
        """
        UPDATE booking SET status = $2::text, slot = CASE WHEN $3 THEN slot END,
            expires_at = CASE WHEN $2::text = 'pending' THEN expires_at END
        WHERE code = $1
        """,
        code,
        status,
        active,
    )
    (event,) = await events_of(app, customer)
    assert event["STATUS"] == told


async def test_what_was_only_held_never_appears(app):
    offer, customer, _ = await booked(days=3)
    other = await a_user()
    await free_time(offer.provider, in_days(4), 4)
    code = await hold_slot(other, HoldForm(variant=offer.variant, starts_at=in_days(4)))
    assert await events_of(app, other) == []
    assert len(await events_of(app, offer.provider)) == 1
    await cancel_booking(other, code)
    assert await events_of(app, other) == []
    assert len(await events_of(app, offer.provider)) == len(await events_of(app, customer)) == 1


async def test_an_unanswered_booking_is_off(app):
    _, customer, code = await booked()
    row = await fetch_one("SELECT id FROM booking WHERE code = $1", code)
    await fetch("UPDATE booking SET expires_at = now() WHERE code = $1", code)
    await expire_booking(row["id"])
    (event,) = await events_of(app, customer)
    assert event["STATUS"] == "CANCELLED"


async def test_the_past_stays_for_ninety_days(app):
    _, customer, code = await booked()
    await move(code, -timedelta(days=91))
    assert len(await events_of(app, customer)) == 1
    await move(code, -timedelta(days=2))
    assert await events_of(app, customer) == []


async def test_nothing_of_others_is_in_it(app):
    offer, _, code = await booked()
    other = await a_user()
    await free_time(offer.provider, in_days(3), 4)
    own = await a_booking(offer, in_days(3), other)
    text = await text_of(app, other)
    assert own in text
    assert code not in text
    assert "Zilda" not in text


async def test_it_is_sent_once_and_then_only_when_it_changes(app):
    _, customer, code = await booked()
    address = f"/calendario/{await make_feed(customer)}.ics"
    program = visitor(app)
    first = await program.get(address)
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "private" in first.headers["cache-control"]
    again = await program.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert (await program.get(address)).content == first.content
    await move(code, timedelta(hours=1))
    changed = await program.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


async def test_a_new_address_ends_the_old_one_and_so_does_switching_off(app):
    user = await a_user()
    old, new = await make_feed(user), await make_feed(user)
    program = visitor(app)
    assert (await program.get(f"/calendario/{old}.ics")).status_code == 404
    assert (await program.get(f"/calendario/{new}.ics")).status_code == 200
    await switch_off_feed(user)
    assert (await program.get(f"/calendario/{new}.ics")).status_code == 404


@pytest.mark.parametrize("name", ["x.ics", "a" * 43 + ".ics", "a" * 43, "%00.ics", "a" * 44])
async def test_an_unknown_address_is_nothing(app, name):
    assert (await visitor(app).get(f"/calendario/{name}")).status_code == 404


async def test_only_a_hash_of_the_address_is_kept(app):
    user = await a_user()
    token = await make_feed(user)
    assert len(token) == 43
    row = await fetch_one('SELECT * FROM calendar_feed WHERE "user" = $1', user)
    assert token not in str(dict(row))
    assert len(row["token_hash"]) == 32


async def test_nobody_guesses_for_long_and_no_guess_is_logged(app):
    await forget_limits()
    program = visitor(app)
    with capture_logs() as lines:
        answers = [
            (await program.get(f"/calendario/{'a' * 43}.ics")).status_code
            for _ in range(limits.CALENDAR.most + 1)
        ]
    assert set(answers[:-1]) == {404}
    assert answers[-1] == 429
    assert "aaa" not in str(lines)


def test_where_an_error_is_logged_its_address_is_not():
    line = {"event": "request.failed", "path": f"/calendario/{'a' * 43}.ics"}
    assert without_tokens(None, "", line)["path"] == "/calendario/…"
    assert without_tokens(None, "", {"path": "/conta/calendario"})["path"] == "/conta/calendario"


async def test_one_who_reads_it_too_often_is_asked_to_wait_and_others_are_not(app):
    await forget_limits()
    address, other = [f"/calendario/{await make_feed(await a_user())}.ics" for _ in range(2)]
    program = visitor(app)
    for _ in range(limits.CALENDAR.most):
        assert (await program.get(address)).status_code == 200
    refused = await program.get(address)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert (await program.get(other)).status_code == 200
    assert (await visitor(app).get(address)).status_code == 200


async def test_the_page_shows_the_address_once(app):
    user = await a_user(language="en")
    browser = await signed_in(app, user)
    assert 'href="/conta/calendario"' in (await browser.get("/conta")).text
    assert "Make my address" in (await browser.get("/conta/calendario")).text
    made = (await browser.post("/conta/calendario")).text
    (address,) = re.findall(r'value="([^"]+\.ics)"', made)
    assert address.startswith(f"{settings().base_url}/calendario/")
    path = address.removeprefix(settings().base_url)
    assert (await visitor(app).get(path)).status_code == 200
    again = (await browser.get("/conta/calendario")).text
    assert path not in again
    assert "On since" in again

    answer = await browser.post("/conta/calendario/desligamento")
    assert answer.headers["location"] == "/conta/calendario"
    assert (await visitor(app).get(path)).status_code == 404


async def test_whoever_leaves_or_is_switched_off_has_no_calendar(app):
    user = await a_user()
    token = await make_feed(user)
    await fetch("UPDATE users SET active = false WHERE id = $1", user)
    assert (await visitor(app).get(f"/calendario/{token}.ics")).status_code == 404
    with pytest.raises(NotFound):
        await make_feed(user)
    await fetch("UPDATE users SET active = true WHERE id = $1", user)
    assert len((await everything_of(user))["calendar_feed"]) == 1
    await delete_account(user, Proof(PASSWORD))
    assert not await fetch('SELECT FROM calendar_feed WHERE "user" = $1', user)
