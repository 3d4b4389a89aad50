"""Other calendars of a provider: added, read by jobs, and their busy times as time off."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from app.accounts.forms import Proof
from app.agenda.actions.rules import set_rules
from app.agenda.forms import RulesForm
from app.calendars.actions import external
from app.calendars.actions.external import (
    MOST_CALENDARS,
    add_calendar,
    ask_all_readings,
    ask_reading,
    read_calendar,
    remove_calendar,
)
from app.calendars.errors import MESSAGES, AddedAlready, BadAddress, TooManyCalendars
from app.calendars.forms import ExternalCalendarForm
from app.calendars.jobs import HANDLERS, SCHEDULES
from app.calendars.problems import Problem
from app.core import limits
from app.core.database import fetch, fetch_one
from app.core.errors import NotFound
from app.privacy.actions.deletion import delete_account
from app.privacy.queries import everything_of
from tests.browsing import signed_in
from tests.core.test_jobs import SOON, working
from tests.factories import PASSWORD, a_provider, a_user, forget_limits, free_time, in_days
from tests.tls_server import ok, redirect

HERE = "https://calendar.example/a.ics"


def ics(*periods: tuple[datetime, float], etag: str = "") -> bytes:
    """An answer with a calendar that is busy at these instants for so many hours."""
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{number}\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:Doctor\r\n"
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDTEND:{start + timedelta(hours=hours):%Y%m%dT%H%M%SZ}"
        "\r\nEND:VEVENT\r\n"
        for number, (start, hours) in enumerate(periods)
    )
    body = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n".encode()
    return ok(body, "text/calendar", *([f"ETag: {etag}"] if etag else []))


def a_form(address: str = HERE, name: str = "Pessoal") -> ExternalCalendarForm:
    return ExternalCalendarForm(name=name, address=address)


async def added(provider: int, address: str = HERE, name: str = "Pessoal") -> int:
    await add_calendar(provider, a_form(address, name))
    return (await rows_of(provider))[-1]["id"]


async def rows_of(provider: int) -> list[Any]:
    return await fetch("SELECT * FROM external_calendar WHERE provider = $1 ORDER BY id", provider)


async def time_off_of(provider: int) -> list[tuple[datetime, datetime]]:
    rows = await fetch(
        "SELECT starts_at, ends_at FROM time_off WHERE provider = $1 ORDER BY starts_at", provider
    )
    return [tuple(row) for row in rows]


async def free_of(provider: int) -> list[tuple[datetime, datetime]]:
    rows = await fetch(
        "SELECT starts_at, ends_at FROM slot WHERE provider = $1 AND NOT taken ORDER BY starts_at",
        provider,
    )
    return [tuple(row) for row in rows]


def hours(day: int, first: int, last: int) -> tuple[datetime, datetime]:
    return in_days(day, first), in_days(day, last)


async def test_a_busy_time_takes_free_time_away_and_gives_it_back(server):
    provider = await a_provider()
    await free_time(provider, in_days(3, 10), 8)
    server.answers["/a.ics"] = ics((in_days(3, 12), 2))
    calendar = await added(provider)
    await read_calendar(calendar, server.reach)
    assert await time_off_of(provider) == [hours(3, 12, 14)]
    assert await free_of(provider) == [hours(3, 10, 12), hours(3, 14, 18)]
    (row,) = await rows_of(provider)
    assert row["error"] == ""
    assert row["synced_at"] is not None

    server.answers["/a.ics"] = ics((in_days(3, 16), 2))
    await read_calendar(calendar, server.reach)
    assert await free_of(provider) == [hours(3, 10, 16)]

    await remove_calendar(provider, calendar)
    assert await time_off_of(provider) == []
    assert await free_of(provider) == [hours(3, 10, 18)]
    assert await rows_of(provider) == []


async def test_only_times_are_kept_and_nothing_of_what_they_are_for(server):
    provider = await a_provider()
    server.answers["/a.ics"] = ics((in_days(3, 12), 2))
    await read_calendar(await added(provider), server.reach)
    rows = await fetch("SELECT * FROM time_off WHERE provider = $1", provider)
    assert "Doctor" not in str([dict(row) for row in rows])


async def test_it_reaches_as_far_as_the_agenda_is_open(server):
    provider = await a_provider()
    await fetch("UPDATE agenda_settings SET horizon_days = 20 WHERE provider = $1", provider)
    server.answers["/a.ics"] = ics((in_days(-3), 2), (in_days(19), 2), (in_days(30), 2))
    await read_calendar(await added(provider), server.reach)
    assert await time_off_of(provider) == [hours(19, 12, 14)]


async def test_what_the_provider_has_entered_stays(server):
    provider = await a_provider()
    await fetch(
        "INSERT INTO time_off (provider, starts_at, ends_at) VALUES ($1, $2, $3)",
        provider,
        *hours(4, 9, 10),
    )
    server.answers["/a.ics"] = ics()
    calendar = await added(provider)
    await read_calendar(calendar, server.reach)
    await remove_calendar(provider, calendar)
    assert await time_off_of(provider) == [hours(4, 9, 10)]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n", Problem.REFUSED),
        (b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", Problem.NO_ANSWER),
        (ok(b"<html>", "text/html"), Problem.NO_CALENDAR),
        (ok(b"no calendar"), Problem.NO_CALENDAR),
        (redirect("https://inner.example/"), Problem.NOT_PUBLIC),
        (redirect("/a.ics"), Problem.REDIRECTS),
    ],
)
async def test_an_error_keeps_the_last_known_times_and_is_told(app, server, answer, problem):
    provider = await a_provider()
    await fetch("UPDATE users SET language = 'en' WHERE id = $1", provider)
    server.hosts["inner.example"] = ["10.0.0.1"]
    server.answers["/a.ics"] = ics((in_days(3, 12), 2), etag='"v1"')
    calendar = await added(provider)
    await read_calendar(calendar, server.reach)
    (before,) = await rows_of(provider)

    server.answers["/a.ics"] = answer
    await read_calendar(calendar, server.reach)
    assert await time_off_of(provider) == [hours(3, 12, 14)]
    (row,) = await rows_of(provider)
    assert (row["error"], row["synced_at"]) == (problem.value, before["synced_at"])
    browser = await signed_in(app, provider)
    shown = (await browser.get("/painel/agenda/calendarios")).text
    assert MESSAGES[problem].in_language("en").replace("'", "&#39;") in shown
    assert "calendar.example" in shown
    assert "a.ics" not in shown

    server.answers["/a.ics"] = ics((in_days(3, 12), 2), etag='"v1"')
    await read_calendar(calendar, server.reach)
    (row,) = await rows_of(provider)
    assert (row["error"], row["etag"]) == ("", '"v1"')


async def test_what_has_not_changed_since_today_is_not_asked_for_again(server):
    provider = await a_provider()
    asked = []

    async def answer(path, headers, writer):
        asked.append(headers.get("if-none-match"))
        if asked[-1]:
            writer.write(b"HTTP/1.1 304 Not Modified\r\n\r\n")
        else:
            writer.write(ics((in_days(3, 12), 2), etag='"v1"'))
        await writer.drain()

    server.answers["/a.ics"] = answer
    calendar = await added(provider)
    await read_calendar(calendar, server.reach)
    await read_calendar(calendar, server.reach)
    assert await time_off_of(provider) == [hours(3, 12, 14)]
    # Each day the agenda is open for one day more, of which an unchanged calendar may tell.
    await fetch(
        "UPDATE external_calendar SET synced_at = synced_at - interval '1 day' WHERE id = $1",
        calendar,
    )
    await read_calendar(calendar, server.reach)
    await ask_reading(provider, calendar)
    await read_calendar(calendar, server.reach)
    assert asked == [None, '"v1"', None, None]


async def test_in_another_zone_whole_days_are_read_anew(server):
    provider = await a_provider()
    server.answers["/a.ics"] = ics(etag='"v1"')
    calendar = await added(provider)
    await read_calendar(calendar, server.reach)
    rules = RulesForm("Europe/Lisbon", 30, 0, 0, 60, 90, 1440, 24, 0)
    await set_rules(provider, rules)
    (row,) = await rows_of(provider)
    assert row["etag"] == ""


async def test_removed_while_it_is_read_it_leaves_nothing(server):
    provider = await a_provider()
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def answer(path, headers, writer):
        asked.set()
        await go_on.wait()
        writer.write(ics((in_days(3, 12), 2)))
        await writer.drain()

    server.answers["/a.ics"] = answer
    calendar = await added(provider)
    reading = asyncio.create_task(read_calendar(calendar, server.reach))
    await asked.wait()
    await remove_calendar(provider, calendar)
    go_on.set()
    await reading
    assert await time_off_of(provider) == []
    # And a job for what is not there any more has nothing to do.
    await read_calendar(calendar, server.reach)


async def test_two_calendars_are_kept_apart(server):
    provider = await a_provider()
    server.answers["/a.ics"] = ics((in_days(3, 12), 2))
    server.answers["/b.ics"] = ics((in_days(3, 13), 2))
    first = await added(provider)
    second = await added(provider, "https://calendar.example/b.ics")
    await asyncio.gather(*(read_calendar(one, server.reach) for one in (first, second)))
    assert await time_off_of(provider) == [hours(3, 12, 14), hours(3, 13, 15)]
    await remove_calendar(provider, first)
    assert await time_off_of(provider) == [hours(3, 13, 15)]


async def test_an_address_is_added_once_and_five_at_most():
    provider = await a_provider()
    with pytest.raises(BadAddress):
        await add_calendar(provider, a_form("http://calendar.example/"))
    await added(provider, "webcal://Calendar.example/a.ics")
    with pytest.raises(AddedAlready):
        await add_calendar(provider, a_form(HERE))
    made = await asyncio.gather(
        *(add_calendar(provider, a_form(f"{HERE}?{n}")) for n in range(MOST_CALENDARS + 2)),
        return_exceptions=True,
    )
    assert {type(one) for one in made if one} == {TooManyCalendars}
    assert len(await rows_of(provider)) == MOST_CALENDARS


async def test_nobody_touches_another_ones_calendar(server):
    provider, other = await a_provider(), await a_provider()
    server.answers["/a.ics"] = ics((in_days(3, 12), 2))
    calendar = await added(provider)
    await read_calendar(calendar, server.reach)
    for action in (ask_reading, remove_calendar):
        with pytest.raises(NotFound):
            await action(other, calendar)
    assert len(await time_off_of(provider)) == 1


async def test_every_quarter_of_an_hour_each_calendar_gets_a_job_of_its_own(monkeypatch):
    assert SCHEDULES["read_calendars"].when == "*/15 * * * *"
    provider, gone = await a_provider(), await a_provider()
    calendar, idle = await added(provider), await added(gone)
    await fetch("UPDATE users SET active = false WHERE id = $1", gone)
    await fetch("DELETE FROM pgqueuer WHERE entrypoint = 'read_calendar'")
    await ask_all_readings()
    jobs = await fetch("SELECT payload, execute_after FROM pgqueuer"
                       " WHERE entrypoint = 'read_calendar'")  # fmt: skip
    subjects = [int(job["payload"]) for job in jobs]
    assert subjects.count(calendar) == 1
    assert idle not in subjects
    await fetch("DELETE FROM pgqueuer WHERE entrypoint = 'read_calendar'")


async def test_a_calendar_is_read_by_a_job_as_soon_as_it_is_added(server, monkeypatch):
    monkeypatch.setattr(external, "fetch_calendar", reaching(server))
    await fetch("DELETE FROM pgqueuer WHERE entrypoint = 'read_calendar'")
    provider = await a_provider()
    server.answers["/a.ics"] = ics((in_days(3, 12), 2))
    await added(provider)
    async with working(HANDLERS), asyncio.timeout(SOON):
        while not (await rows_of(provider))[0]["synced_at"]:
            await asyncio.sleep(0.05)
    assert await time_off_of(provider) == [hours(3, 12, 14)]


def reaching(server):
    """As fetch_calendar, but of this server."""
    fetch_calendar = external.fetch_calendar

    async def reach(address, etag, _):
        return await fetch_calendar(address, etag, server.reach)

    return reach


async def test_the_page_adds_reads_and_removes(app):
    provider = await a_provider()
    await fetch("UPDATE users SET language = 'en' WHERE id = $1", provider)
    browser = await signed_in(app, provider)
    page = "/painel/agenda/calendarios"
    wrong = await browser.post(page, data={"nome": "Família", "endereco": "http://x.example/"})
    assert wrong.status_code == 422
    assert "Família" in wrong.text
    assert "https://" in wrong.text

    form = {"nome": "Família", "endereco": HERE}
    assert (await browser.post(page, data=form)).headers["location"] == page
    (row,) = await rows_of(provider)
    shown = (await browser.get(page)).text
    assert "Família" in shown
    assert "not read yet" in shown
    again = await browser.post(page, data=form)
    assert again.status_code == 409
    assert HERE in again.text

    assert (await browser.post(f"{page}/{row['id']}/leitura")).status_code == 303
    assert (await browser.post(f"{page}/{row['id']}/remocao")).status_code == 303
    assert (await browser.post(f"{page}/{row['id']}/remocao")).status_code == 404
    assert "Família" not in (await browser.get(page)).text


async def test_readings_on_demand_are_limited(app):
    await forget_limits()
    provider = await a_provider()
    calendar = await added(provider)
    browser = await signed_in(app, provider)
    answers = [
        (await browser.post(f"/painel/agenda/calendarios/{calendar}/leitura")).status_code
        for _ in range(limits.READING.most)
    ]
    assert answers == [303] * (limits.READING.most - 1) + [429]


async def test_whoever_has_no_agenda_yet_gets_one(server):
    provider = await a_user()
    await fetch("UPDATE users SET role = 'provider' WHERE id = $1", provider)
    server.answers["/a.ics"] = ics((in_days(3, 12), 2))
    await read_calendar(await added(provider), server.reach)
    assert await time_off_of(provider) == [hours(3, 12, 14)]


async def test_a_copy_of_the_data_has_it_and_leaving_takes_it_away(server):
    provider = await a_provider()
    server.answers["/a.ics"] = ics((in_days(3, 12), 2))
    calendar = await added(provider)
    await read_calendar(calendar, server.reach)
    kept = await everything_of(provider)
    assert [(one["name"], one["url"]) for one in kept["other_calendars"]] == [("Pessoal", HERE)]
    assert len(kept["time_off"]) == 1
    await delete_account(provider, Proof(PASSWORD))
    assert await rows_of(provider) == []
    assert await time_off_of(provider) == []
    await read_calendar(calendar, server.reach)
    with pytest.raises(NotFound):
        await add_calendar(provider, a_form())


async def test_the_database_ties_time_off_to_its_calendar():
    provider = await a_provider()
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await fetch(
            "INSERT INTO time_off (provider, calendar, starts_at, ends_at)"
            " VALUES ($1, 999999999, now(), now() + interval '1 h')",
            provider,
        )
    assert await fetch_one("SELECT FROM time_off WHERE provider = $1", provider) is None
