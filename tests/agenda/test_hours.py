"""When a provider works, and what of it is free."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.agenda.actions.hours import Stretch, set_weekly_hours
from app.agenda.actions.rules import set_rules, set_service_rules
from app.agenda.actions.time_off import (
    add_extra_hours,
    add_time_off,
    remove_time_off,
    replace_busy_times,
    take_days_off,
)
from app.agenda.errors import NoPeriod, UnevenStep, UnknownZone
from app.agenda.forms import RulesForm, ServiceRulesForm
from app.agenda.jobs import roll_horizon
from app.agenda.queries import free_starts
from app.bookings.actions.book import book_slot
from app.bookings.actions.change import cancel_booking
from app.bookings.errors import SlotTaken
from app.core.database import fetch
from app.core.time import now, today_in
from tests.factories import a_booking, a_form, a_provider, a_user, an_offer

SAO_PAULO = "America/Sao_Paulo"
RULES = RulesForm(
    zone=SAO_PAULO, step=30, buffer_before=0, buffer_after=0, notice=0, horizon=30, answer=60,
    free_hours=24, fee_percent=0,
)  # fmt: skip


def with_rules(**changed) -> RulesForm:
    return RulesForm(**{name: getattr(RULES, name) for name in RULES.__struct_fields__} | changed)


def a_day(days: int = 7) -> date:
    return today_in(SAO_PAULO) + timedelta(days=days)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A day on from 24:00."""
    begin = datetime.combine(day + timedelta(days=hour // 24), time(hour % 24, minute))
    return begin.replace(tzinfo=ZoneInfo(SAO_PAULO))


async def working(*stretches: tuple[int, int], day: date | None = None, minutes: int = 60):
    """An offer of somebody who works between these hours on the weekday of a day."""
    offer = await an_offer(minutes=minutes)
    weekday = (day or a_day()).isoweekday()
    await set_weekly_hours(
        offer.provider,
        [Stretch(weekday, time(begin), time(end)) for begin, end in stretches],
    )
    return offer


async def free_on(offer, day: date) -> list[tuple[str, str]]:
    rows = await fetch(
        """
        SELECT to_char(starts_at AT TIME ZONE $4, 'HH24:MI') AS begins,
            to_char(ends_at AT TIME ZONE $4, 'HH24:MI') AS ends
        FROM slot WHERE provider = $1 AND NOT taken AND starts_at < $3 AND ends_at > $2
        ORDER BY starts_at
        """,
        offer.provider,
        at(day, 0),
        at(day, 24),
        SAO_PAULO,
    )
    return [tuple(row) for row in rows]


async def test_several_stretches_a_day_are_free_every_week():
    day = a_day()
    offer = await working((8, 12), (13, 18))
    for week in range(3):
        free = await free_on(offer, day + timedelta(weeks=week))
        assert free == [("08:00", "12:00"), ("13:00", "18:00")]
    assert await free_on(offer, day + timedelta(days=1)) == []


async def test_hours_past_midnight_end_on_the_next_day():
    day = a_day()
    offer = await working((20, 2), day=day)
    assert await free_on(offer, day) == [("20:00", "02:00")]
    assert at(day, 25) in await free_starts(offer.service, 60, at(day, 24), at(day, 26))


async def test_time_off_wins_over_hours_and_can_be_taken_back():
    day = a_day()
    offer = await working((8, 18))
    await add_time_off(offer.provider, at(day, 10), at(day, 11), "Dentista")
    assert await free_on(offer, day) == [("08:00", "10:00"), ("11:00", "18:00")]

    (entry,) = await fetch("SELECT id FROM time_off WHERE provider = $1", offer.provider)
    await remove_time_off(offer.provider, entry["id"])
    assert await free_on(offer, day) == [("08:00", "18:00")]


async def test_extra_hours_open_a_day_and_what_was_taken_off_by_hand():
    day = a_day()
    offer = await working((8, 12))
    await add_extra_hours(offer.provider, at(day, 12), at(day, 14))
    assert await free_on(offer, day) == [("08:00", "14:00")]

    await take_days_off(offer.provider, {day: "Feriado"})
    assert await free_on(offer, day) == []
    await add_extra_hours(offer.provider, at(day, 9), at(day, 10))
    assert await free_on(offer, day) == [("09:00", "10:00")]
    offs = await fetch("SELECT FROM time_off WHERE provider = $1", offer.provider)
    assert len(offs) == 2


async def test_what_another_calendar_says_stays_off_and_is_replaced_as_a_whole():
    day = a_day()
    offer = await working((8, 12))
    (calendar,) = await fetch(
        "INSERT INTO external_calendar (provider, name, url) VALUES ($1, 'x', 'https://x.example')"
        " RETURNING id",
        offer.provider,
    )
    await replace_busy_times(offer.provider, calendar["id"], [(at(day, 8), at(day, 9))])
    await add_extra_hours(offer.provider, at(day, 8), at(day, 9))
    assert await free_on(offer, day) == [("09:00", "12:00")]

    await replace_busy_times(offer.provider, calendar["id"], [(at(day, 11), at(day, 12))])
    assert await free_on(offer, day) == [("08:00", "11:00")]


@pytest.mark.parametrize(("begin", "end"), [(10, 10), (10, 9), (0, 24 * 400)])
async def test_time_off_ends_after_it_starts_and_within_a_year(begin, end):
    with pytest.raises(NoPeriod):
        await add_time_off(await a_provider(), at(a_day(), begin), at(a_day(), end), "")


async def test_editing_hours_never_touches_what_is_booked_and_says_how_many_lie_outside():
    day = a_day()
    offer = await working((8, 12))
    customer = await a_user()
    code = await a_booking(offer, at(day, 9), customer)

    outside = await set_weekly_hours(
        offer.provider, [Stretch(day.isoweekday(), time(9, 30), time(11))]
    )
    assert outside == 1
    assert await free_on(offer, day) == [("10:00", "11:00")]
    # What is given back is free only where the hours still are.
    await cancel_booking(customer, code)
    assert await free_on(offer, day) == [("09:30", "11:00")]


async def test_between_two_bookings_the_larger_buffer_counts_and_not_their_sum():
    day = a_day()
    offer = await working((8, 18))
    await set_rules(offer.provider, with_rules(buffer_before=15, buffer_after=30))
    await book_slot(await a_user(), a_form(offer, at(day, 10)))

    starts = await free_starts(offer.service, 60, at(day, 8), at(day, 18))
    assert at(day, 8, 30) in starts
    assert at(day, 9) not in starts
    assert at(day, 11) not in starts
    # The thirty minutes after and the fifteen before lie over one another.
    assert at(day, 11, 30) in starts
    # At either end of the day there is no neighbour to keep away from.
    assert at(day, 8) in starts
    assert at(day, 17) in starts
    with pytest.raises(SlotTaken):
        await book_slot(await a_user(), a_form(offer, at(day, 9)))


async def test_a_service_may_have_rules_of_its_own():
    day = a_day()
    offer = await working((8, 12))
    await set_service_rules(offer.provider, offer.service, ServiceRulesForm(step=60, horizon=3))
    assert await free_starts(offer.service, 60, at(day, 8), at(day, 12)) == []
    await set_service_rules(offer.provider, offer.service, ServiceRulesForm(step=60))
    starts = await free_starts(offer.service, 60, at(day, 8), at(day, 12))
    assert starts == [at(day, hour) for hour in (8, 9, 10, 11)]


@pytest.mark.parametrize("rule", [{"notice": 14 * 24 * 60}, {"horizon": 2}])
async def test_notice_and_horizon_hold_on_the_booking_too(rule):
    day = a_day()
    offer = await working((8, 12))
    await set_rules(offer.provider, with_rules(**rule))
    assert await free_starts(offer.service, 60, at(day, 8), at(day, 12)) == []
    with pytest.raises(SlotTaken):
        await book_slot(await a_user(), a_form(offer, at(day, 9)))


async def test_a_provider_who_moves_zone_keeps_the_clock_and_bookings_their_instant():
    day = a_day()
    offer = await working((8, 12))
    await add_time_off(offer.provider, at(day, 11), at(day, 12), "")
    code = await a_booking(offer, at(day, 9))
    await set_rules(offer.provider, with_rules(zone="America/Manaus"))

    (booking,) = await fetch("SELECT starts_at FROM booking WHERE code = $1", code)
    assert booking["starts_at"] == at(day, 9)
    # An hour later on São Paulo's clock, with the booking still cut out.
    assert await free_on(offer, day) == [("10:00", "12:00")]


async def test_odd_steps_and_unknown_zones_are_refused():
    provider = await a_provider()
    with pytest.raises(UnevenStep):
        await set_rules(provider, with_rules(step=50))
    for zone in ("Mars/Olympus", "localtime", "posixrules"):
        with pytest.raises(UnknownZone):
            await set_rules(provider, with_rules(zone=zone))


async def test_the_horizon_rolls_on_by_itself_and_the_past_is_forgotten():
    day = a_day()
    offer = await working((8, 12), day=day)
    await fetch(
        "UPDATE agenda_settings SET written_until = $2 WHERE provider = $1",
        offer.provider,
        at(day, 24),
    )
    await fetch(
        "DELETE FROM slot WHERE provider = $1 AND starts_at > $2", offer.provider, at(day, 24)
    )
    past = now() - timedelta(days=9)
    await fetch(
        "INSERT INTO slot (provider, starts_at, ends_at) VALUES ($1, $2, $3)",
        offer.provider,
        past,
        past + timedelta(hours=1),
    )
    await roll_horizon()
    await roll_horizon()
    assert await free_on(offer, day + timedelta(weeks=4)) == [("08:00", "12:00")]
    rows = await fetch(
        "SELECT min(starts_at) AS first FROM slot WHERE provider = $1", offer.provider
    )
    assert rows[0]["first"] > past
