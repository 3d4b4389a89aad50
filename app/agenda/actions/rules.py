"""By which rules free time is offered."""

from zoneinfo import available_timezones

from app.agenda.actions.changing import changing
from app.agenda.errors import BeyondHorizon, UnevenStep, UnknownZone
from app.agenda.forms import RulesForm, ServiceRulesForm
from app.core.database import fetch, fetch_one
from app.core.errors import NotFound

DAY_MINUTES = 24 * 60


async def set_rules(provider: int, form: RulesForm) -> None:
    """Offer one's time by these rules from now on; what was agreed before stays.

    In another zone the hours and what the provider entered besides keep their wall-clock times,
    so free time is another; bookings and other calendars keep their instants.

    Raises:
        UnknownZone. UnevenStep: a day has no whole number of such steps.
    """
    _check_step(form.step)
    await check_zone(form.zone)
    async with changing(provider):
        for table in ("time_off", "extra_hours"):
            await fetch(
                f"""
                UPDATE {table} e SET
                    starts_at = wall_clock(e.starts_at AT TIME ZONE a.zone, $2),
                    ends_at = wall_clock(e.ends_at AT TIME ZONE a.zone, $2)
                FROM agenda_settings a
                WHERE a.provider = $1 AND e.provider = $1 AND a.zone <> $2 AND e.ends_at > now()
                    AND wall_clock(e.starts_at AT TIME ZONE a.zone, $2)
                        < wall_clock(e.ends_at AT TIME ZONE a.zone, $2)
                    {"AND e.calendar IS NULL" if table == "time_off" else ""}
                """,
                provider,
                form.zone,
            )
        # The whole days of other calendars are others now, so these are read anew.
        await fetch("UPDATE external_calendar SET etag = '' WHERE provider = $1", provider)
        await fetch(
            """
            UPDATE agenda_settings SET zone = $2, step_minutes = $3, buffer_before_minutes = $4,
                buffer_after_minutes = $5, notice_minutes = $6, horizon_days = $7, instant = $8,
                answer_minutes = $9, cancel_free_hours = $10, cancel_fee_percent = $11
            WHERE provider = $1
            """,
            provider,
            form.zone,
            form.step,
            form.buffer_before,
            form.buffer_after,
            form.notice,
            form.horizon,
            form.instant,
            form.answer,
            form.free_hours,
            form.fee_percent,
        )


async def set_service_rules(provider: int, service: int, form: ServiceRulesForm) -> None:
    """Let one service differ from the agenda's rules.

    Raises:
        NotFound: the provider has no such service. UnevenStep, as above.
        BeyondHorizon: it would be open for longer than the agenda.
    """
    if form.step:
        _check_step(form.step)
    async with changing(provider):
        if form.horizon and await fetch(
            "SELECT FROM agenda_settings WHERE provider = $1 AND horizon_days < $2",
            provider,
            form.horizon,
        ):
            raise BeyondHorizon
        found = await fetch_one(
            """
            UPDATE service SET step_minutes = $3, buffer_before_minutes = $4,
                buffer_after_minutes = $5, notice_minutes = $6, horizon_days = $7
            WHERE provider = $1 AND id = $2 RETURNING id
            """,
            provider,
            service,
            form.step,
            form.buffer_before,
            form.buffer_after,
            form.notice,
            form.horizon,
        )
        if found is None:
            raise NotFound


def _check_step(minutes: int) -> None:
    if DAY_MINUTES % minutes:
        raise UnevenStep


async def check_zone(zone: str) -> None:
    """Both we and PostgreSQL must know it, each with a table of zones of its own."""
    if zone not in available_timezones() or not await fetch(
        "SELECT FROM pg_timezone_names WHERE name = $1", zone
    ):
        raise UnknownZone
