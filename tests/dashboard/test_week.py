"""The week of an agenda, as blocks in seven columns."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from websockets.asyncio.client import connect

from app.agenda.actions.hours import Stretch, set_weekly_hours
from app.agenda.actions.time_off import add_extra_hours, add_time_off
from app.core.cookies import cookie_name
from app.core.database import fetch
from app.core.sessions import COOKIE
from app.core.time import today_in
from app.dashboard.queries import bookings_outside_of
from app.dashboard.week import week_of
from tests.browsing import signed_in
from tests.dashboard.test_live import next_frame
from tests.factories import a_booking, a_hold, a_provider, an_offer, token_of

ZONE = "America/Sao_Paulo"


def a_monday() -> date:
    today = today_in(ZONE)
    return today + timedelta(days=14 - today.weekday())


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(ZONE))


async def an_offer_on(*stretches: tuple[int, int], day: date | None = None):
    offer = await an_offer(minutes=60)
    weekday = (day or a_monday()).isoweekday()
    await set_weekly_hours(
        offer.provider, [Stretch(weekday, time(begin), time(end)) for begin, end in stretches]
    )
    return offer


def seen(week, day: date) -> set[tuple[str, float, float]]:
    return {(block.kind, block.begin / 60, block.end / 60) for block in week.days[day]}


async def test_it_shows_hours_time_off_free_time_and_bookings():
    monday = a_monday()
    offer = await an_offer_on((8, 12))
    await a_booking(offer, at(monday, 8))
    await a_hold(offer, at(monday, 9))
    await add_time_off(offer.provider, at(monday, 11), at(monday, 12), "Dentista")

    week = await week_of(offer.provider, ZONE, monday + timedelta(days=3))
    assert week.first == monday
    assert seen(week, monday) == {
        ("open", 8, 11),
        ("pending", 8, 9),
        ("held", 9, 10),
        ("free", 10, 11),
        ("off", 11, 12),
    }
    assert (week.from_hour, week.to_hour) == (8, 18)


async def test_what_goes_past_midnight_goes_on_in_the_next_column():
    monday = a_monday()
    offer = await an_offer_on((22, 2))
    week = await week_of(offer.provider, ZONE, monday)
    assert ("free", 22, 24) in seen(week, monday)
    assert ("free", 0, 2) in seen(week, monday + timedelta(days=1))
    assert (week.from_hour, week.to_hour) == (0, 24)


async def test_on_the_day_of_a_clock_change_it_shows_what_the_wall_clock_shows():
    provider = await a_provider(zone="America/New_York")
    change = date(2027, 3, 14)
    await set_weekly_hours(provider, [Stretch(7, time(1), time(4))])
    await fetch("UPDATE agenda_settings SET horizon_days = 365 WHERE provider = $1", provider)
    await fetch("SELECT write_free_time($1)", provider)
    week = await week_of(provider, "America/New_York", change)
    # From one to four, although that lasts for two hours only.
    assert ("free", 1, 4) in seen(week, change)


async def test_time_off_of_a_day_is_cut_to_the_hours_that_are_shown():
    monday = a_monday()
    offer = await an_offer_on((8, 12))
    await add_time_off(offer.provider, at(monday, 0), at(monday + timedelta(days=2), 0), "Praia")
    week = await week_of(offer.provider, ZONE, monday)
    assert seen(week, monday) == seen(week, monday + timedelta(days=1)) == {("off", 8, 18)}
    whole = await week_of(offer.provider, ZONE, monday, whole=True)
    assert (whole.from_hour, whole.to_hour) == (0, 24)
    assert seen(whole, monday) == {("off", 0, 24)}


async def test_an_hour_that_comes_twice_is_shown_twice():
    offer = await an_offer(await a_provider(zone="America/New_York"), minutes=60)
    change = date(2027, 11, 7)
    await set_weekly_hours(offer.provider, [Stretch(7, time(0), time(4))])
    # One after the other; the clock shows one to two for both.
    first = datetime(2027, 11, 7, 5, tzinfo=UTC)
    for begin in (first, first + timedelta(hours=1)):
        await add_time_off(offer.provider, begin, begin + timedelta(hours=1), "")
    week = await week_of(offer.provider, "America/New_York", change)
    offs = [block for block in week.days[change] if block.kind == "off"]
    assert [(block.begin, block.end, block.again) for block in offs] == [
        (60, 120, False),
        (60, 120, True),
    ]


async def test_a_booking_outside_of_the_hours_is_marked_and_listed():
    monday = a_monday()
    offer = await an_offer_on((8, 12))
    within, without = await a_booking(offer, at(monday, 8)), await a_booking(offer, at(monday, 10))
    await set_weekly_hours(offer.provider, [Stretch(1, time(8), time(10))])
    week = await week_of(offer.provider, ZONE, monday)
    bookings = {
        block.row["code"]: block.outside for block in week.days[monday] if block.kind == "pending"
    }
    assert bookings == {within: False, without: True}
    assert [row["code"] for row in await bookings_outside_of(offer.provider)] == [without]
    await add_extra_hours(offer.provider, at(monday, 10), at(monday, 11))
    assert not await bookings_outside_of(offer.provider)


@pytest.mark.parametrize("weekday", [0, 6])
async def test_it_shows_when_work_begins_and_not_what_goes_on_past_midnight(weekday):
    monday = a_monday()
    offer = await an_offer_on((22, 2), day=monday + timedelta(days=weekday))
    assert (await week_of(offer.provider, ZONE, monday)).start_hour == 22


async def test_another_note_is_another_version():
    monday = a_monday()
    offer = await an_offer_on((8, 12))
    versions = set()
    for note in ("Dentista", "Praia"):
        await fetch("DELETE FROM time_off WHERE provider = $1", offer.provider)
        await add_time_off(offer.provider, at(monday, 8), at(monday, 9), note)
        versions.add((await week_of(offer.provider, ZONE, monday)).version)
    assert len(versions) == 2


async def test_another_booking_is_another_version():
    monday = a_monday()
    offer = await an_offer_on((8, 12))
    before = (await week_of(offer.provider, ZONE, monday)).version
    assert (await week_of(offer.provider, ZONE, monday)).version == before
    await a_booking(offer, at(monday, 8))
    assert (await week_of(offer.provider, ZONE, monday)).version != before


async def test_the_page_names_who_comes_and_others_see_nothing_of_it(app):
    monday = a_monday()
    offer = await an_offer_on((8, 12))
    code = await a_booking(offer, at(monday, 8))
    mine = await (await signed_in(app, offer.provider)).get(f"/painel/agenda?semana={monday}")
    assert f"/contratacoes/{code}" in mine.text
    other = await (await signed_in(app, await a_provider())).get(f"/painel/agenda?semana={monday}")
    assert code not in other.text


async def test_a_new_booking_appears_on_the_wall_of_every_process(two_servers):
    monday = a_monday()
    offer = await an_offer_on((8, 12))
    version = (await week_of(offer.provider, ZONE, monday)).version
    host = urlsplit(two_servers[1]).netloc
    address = f"ws://{host}/painel/agenda/ao-vivo?semana={monday}&visto={version}"
    cookie = f"{cookie_name(COOKIE)}={await token_of(offer.provider)}"
    async with connect(
        address, origin=f"http://{host}", additional_headers={"Cookie": cookie}
    ) as socket:
        code = await a_booking(offer, at(monday, 8))
        assert code in await next_frame(socket)
