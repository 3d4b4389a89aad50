"""How hours become free time, which of it can be booked, and what the database guarantees of both."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.database import execute

ID = "2026-11-24T02:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "agenda: free time and guarantees"

FORWARDS = """
UPDATE booking SET expires_at = starts_at WHERE status = 'pending';
UPDATE booking_event e SET starts_at = b.starts_at, told_at = e.created_at FROM booking b WHERE b.id = e.booking;
-- A step that is no part of a day would be another one every day.
UPDATE agenda_settings SET step_minutes = 30 WHERE 1440 % step_minutes <> 0;

-- What was free or booked up to now was so without hours.
INSERT INTO extra_hours (provider, starts_at, ends_at)
SELECT provider, lower(stretch), upper(stretch) FROM (
    SELECT provider, unnest(range_agg(tstzrange(starts_at, ends_at))) AS stretch
    FROM slot WHERE ends_at > now() GROUP BY provider
) kept;

ALTER TABLE agenda_settings
    DROP CONSTRAINT agenda_settings_step,
    ADD CONSTRAINT agenda_settings_step CHECK (step_minutes BETWEEN 5 AND 240 AND 1440 % step_minutes = 0),
    ADD CONSTRAINT agenda_settings_buffers
        CHECK (buffer_before_minutes BETWEEN 0 AND 240 AND buffer_after_minutes BETWEEN 0 AND 240),
    ADD CONSTRAINT agenda_settings_notice CHECK (notice_minutes BETWEEN 0 AND 20160),
    ADD CONSTRAINT agenda_settings_horizon CHECK (horizon_days BETWEEN 1 AND 365),
    ADD CONSTRAINT agenda_settings_answer CHECK (answer_minutes BETWEEN 5 AND 10080),
    ADD CONSTRAINT agenda_settings_cancel
        CHECK (cancel_free_hours BETWEEN 0 AND 720 AND cancel_fee_percent BETWEEN 0 AND 100);

ALTER TABLE service
    ADD CONSTRAINT service_step CHECK (step_minutes BETWEEN 5 AND 240 AND 1440 % step_minutes = 0),
    ADD CONSTRAINT service_buffers
        CHECK (buffer_before_minutes BETWEEN 0 AND 240 AND buffer_after_minutes BETWEEN 0 AND 240),
    ADD CONSTRAINT service_notice CHECK (notice_minutes BETWEEN 0 AND 20160),
    ADD CONSTRAINT service_horizon CHECK (horizon_days BETWEEN 1 AND 365);

ALTER TABLE weekly_hours
    ADD CONSTRAINT weekly_hours_weekday CHECK (weekday BETWEEN 1 AND 7),
    ADD CONSTRAINT weekly_hours_once UNIQUE (provider, weekday, opens);
ALTER TABLE time_off ADD CONSTRAINT time_off_period CHECK (starts_at < ends_at);
ALTER TABLE extra_hours ADD CONSTRAINT extra_hours_period CHECK (starts_at < ends_at);
ALTER TABLE external_calendar ADD CONSTRAINT external_calendar_once UNIQUE (provider, url);
CREATE INDEX time_off_provider ON time_off (provider, ends_at);
CREATE INDEX time_off_calendar ON time_off (calendar) WHERE calendar IS NOT NULL;
CREATE INDEX extra_hours_provider ON extra_hours (provider, ends_at);

ALTER TABLE slot
    ADD CONSTRAINT slot_held CHECK ((held_until IS NULL) = (held_by IS NULL)),
    ADD CONSTRAINT slot_free_plain CHECK (taken OR
        (held_until IS NULL AND buffer_before_minutes = 0 AND buffer_after_minutes = 0));
DROP INDEX slot_free;
CREATE INDEX slot_open ON slot (provider, starts_at) WHERE NOT taken OR held_until IS NOT NULL;
CREATE INDEX slot_taken ON slot (provider, starts_at) WHERE taken;

ALTER TABLE booking
    ADD CONSTRAINT booking_expires CHECK ((status IN ('held', 'pending')) = (expires_at IS NOT NULL)),
    ADD CONSTRAINT booking_fee CHECK (fee BETWEEN 0 AND price),
    ADD CONSTRAINT booking_policy
        CHECK (cancel_free_hours BETWEEN 0 AND 720 AND cancel_fee_percent BETWEEN 0 AND 100);
-- A hold has no address yet, and is not what is popular.
DROP INDEX booking_created_at;
CREATE INDEX booking_created_at ON booking (created_at) INCLUDE (service) WHERE address <> '';
CREATE INDEX booking_holds ON booking (customer) WHERE status = 'held';
CREATE INDEX booking_waiting ON booking (provider, expires_at) WHERE status IN ('held', 'pending');
CREATE INDEX booking_running ON booking (ends_at) WHERE status = 'confirmed';

ALTER TABLE waitlist_entry ADD CONSTRAINT waitlist_entry_once UNIQUE (customer, service, day);
CREATE INDEX waitlist_entry_waiting ON waitlist_entry (service, day, id) WHERE booking IS NULL;

-- The first instant at which the wall clock there shows a time or, where it jumps over it, a later
-- one. So an hour that comes twice begins the first time, and one that is skipped has no length.
CREATE FUNCTION wall_clock(shown timestamp, zone text) RETURNS timestamptz
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    at timestamptz := shown AT TIME ZONE zone;
    -- What the clock there is ahead of UTC, on either side of a change if there is one.
    ahead interval := (at - interval '3 h') AT TIME ZONE zone - (at - interval '3 h') AT TIME ZONE 'UTC';
    ahead_then interval := (at + interval '3 h') AT TIME ZONE zone - (at + interval '3 h') AT TIME ZONE 'UTC';
    early timestamptz;
    late timestamptz;
BEGIN
    IF ahead = ahead_then THEN
        RETURN at;
    END IF;
    early := (shown - ahead) AT TIME ZONE 'UTC';
    late := (shown - ahead_then) AT TIME ZONE 'UTC';
    IF early AT TIME ZONE zone = shown THEN
        RETURN early;
    ELSIF late AT TIME ZONE zone = shown THEN
        RETURN late;
    END IF;
    RETURN (
        SELECT min(minute) FROM generate_series(late, early, interval '1 min') minute
        WHERE minute AT TIME ZONE zone > shown
    );
END $$;

-- When a provider works from one day to another of their calendar, both included: weekly and extra
-- hours without time off.
CREATE FUNCTION working_time(whose bigint, first_day date, last_day date) RETURNS tstzmultirange
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce((
        SELECT range_agg(stretch) FROM (
            SELECT tstzrange(
                wall_clock(day + h.opens, a.zone),
                wall_clock(day + h.closes + CASE WHEN h.closes <= h.opens THEN interval '1 day'
                    ELSE interval '0' END, a.zone)) AS stretch
            FROM weekly_hours h
            CROSS JOIN LATERAL generate_series(
                first_day + (h.weekday - extract(isodow FROM first_day)::int + 7) % 7 * interval '1 day',
                last_day, interval '7 days') day
            WHERE h.provider = whose
            UNION ALL
            SELECT tstzrange(e.starts_at, e.ends_at) FROM extra_hours e
            WHERE e.provider = whose AND e.ends_at > first_day - interval '1 day'
        ) hours
    ), '{}') - coalesce((
        SELECT range_agg(tstzrange(o.starts_at, o.ends_at)) FROM time_off o
        WHERE o.provider = whose AND o.ends_at > first_day - interval '1 day'
    ), '{}')
    FROM agenda_settings a WHERE a.provider = whose;
END;

-- Write a provider's free time anew from an instant on, by default today's midnight there, as far
-- as the agenda is open. What is taken stays as it is. The caller has locked the agenda.
CREATE FUNCTION write_free_time(whose bigint, since timestamptz DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    there text;
    today date;
    until timestamptz;
BEGIN
    SELECT zone, (now() AT TIME ZONE zone)::date,
        wall_clock((now() AT TIME ZONE zone)::date + (horizon_days + 1) * interval '1 day', zone)
    INTO STRICT there, today, until FROM agenda_settings WHERE provider = whose;
    since := coalesce(since, wall_clock(today, there));
    -- Also what touches it, so that no stretch is cut in two.
    WITH gone AS (
        DELETE FROM slot WHERE provider = whose AND NOT taken AND ends_at >= since RETURNING starts_at
    )
    SELECT least(since, min(starts_at)) INTO since FROM gone;
    INSERT INTO slot (provider, starts_at, ends_at)
    SELECT whose, lower(free), upper(free)
    FROM unnest(
        working_time(whose, (since AT TIME ZONE there)::date - 1, (until AT TIME ZONE there)::date)
        * tstzmultirange(tstzrange(since, greatest(since, until)))
        - coalesce((
            SELECT range_agg(tstzrange(starts_at, ends_at)) FROM slot
            WHERE provider = whose AND taken AND ends_at > since
        ), '{}')
    ) free;
    UPDATE agenda_settings SET written_until = until WHERE provider = whose;
END $$;

-- The one definition of "a time that can be booked": a free stretch can start at its own beginning
-- or at any step of the provider's wall clock, as long as the whole duration fits, the neighbours'
-- buffers are kept, and it is neither too soon nor too far away. What a customer holds counts as
-- free for them, and what nobody holds any more for everybody. `stretches` bounds how many free
-- slots are looked at (null: all), which is what a card with five times needs.
DROP FUNCTION free_starts;
CREATE FUNCTION free_starts(
    offered bigint, duration interval, earliest timestamptz, latest timestamptz, stretches int, holder bigint
) RETURNS SETOF timestamptz LANGUAGE sql STABLE PARALLEL SAFE ROWS 20
BEGIN ATOMIC
    SELECT start
    FROM service s
    JOIN agenda_settings a ON a.provider = s.provider
    CROSS JOIN LATERAL (
        SELECT greatest(earliest, now() + make_interval(mins => coalesce(s.notice_minutes, a.notice_minutes))) AS first,
            least(latest, now() + make_interval(days => least(s.horizon_days, a.horizon_days))) AS last,
            make_interval(mins => coalesce(s.step_minutes, a.step_minutes)) AS step,
            coalesce(s.buffer_before_minutes, a.buffer_before_minutes) AS before,
            coalesce(s.buffer_after_minutes, a.buffer_after_minutes) AS after
    ) rules
    CROSS JOIN LATERAL unnest((
        SELECT range_agg(tstzrange(open.starts_at, open.ends_at)) FROM (
            SELECT slot.starts_at, slot.ends_at FROM slot
            WHERE slot.provider = s.provider AND (NOT slot.taken OR slot.held_until IS NOT NULL)
                AND (NOT slot.taken OR slot.held_until <= now() OR slot.held_by = holder)
                AND slot.starts_at < rules.last + duration AND slot.ends_at >= rules.first
                AND (stretches IS NULL OR slot.ends_at - slot.starts_at >= duration)
            ORDER BY slot.starts_at
            LIMIT stretches
        ) open
    )) stretch
    CROSS JOIN LATERAL (
        SELECT greatest(lower(stretch), (
                SELECT t.ends_at + make_interval(mins => greatest(t.buffer_after_minutes, rules.before))
                FROM slot t
                WHERE t.provider = s.provider AND t.taken AND t.starts_at < lower(stretch)
                    AND t.starts_at > lower(stretch) - interval '2 days'
                    AND NOT coalesce(t.held_until <= now() OR t.held_by = holder, false)
                ORDER BY t.starts_at DESC LIMIT 1
            )) AS opens,
            least(upper(stretch), (
                SELECT t.starts_at - make_interval(mins => greatest(t.buffer_before_minutes, rules.after))
                FROM slot t
                WHERE t.provider = s.provider AND t.taken AND t.starts_at >= upper(stretch)
                    AND t.starts_at < upper(stretch) + interval '4 h'
                    AND NOT coalesce(t.held_until <= now() OR t.held_by = holder, false)
                ORDER BY t.starts_at LIMIT 1
            )) - duration AS closes
        -- Worked out once for each stretch, and not for each start.
        OFFSET 0
    ) room
    CROSS JOIN LATERAL (
        SELECT room.opens AS start
        UNION
        SELECT shown.instant
        FROM (
            -- What the clock is ahead of UTC, on either side of a change if there is one in between.
            SELECT DISTINCT edge AT TIME ZONE a.zone - edge AT TIME ZONE 'UTC' AS ahead
            FROM (VALUES (greatest(room.opens, rules.first)), (least(room.closes, rules.last))) edges (edge)
        ) sides
        CROSS JOIN LATERAL generate_series(
            date_bin(rules.step, greatest(room.opens, rules.first) AT TIME ZONE 'UTC' + ahead, '2000-01-01'),
            least(room.closes, rules.last) AT TIME ZONE 'UTC' + ahead, rules.step) clock
        CROSS JOIN LATERAL (SELECT (clock - ahead) AT TIME ZONE 'UTC' AS instant) shown
        WHERE shown.instant AT TIME ZONE a.zone = clock
    ) starts
    WHERE s.id = offered
        AND start BETWEEN greatest(room.opens, rules.first) AND least(room.closes, rules.last)
    ORDER BY start;
END;
"""

BACKWARDS = """
DROP FUNCTION free_starts, write_free_time, working_time, wall_clock;
CREATE FUNCTION free_starts(
    whose bigint, duration interval, earliest timestamptz, latest timestamptz, stretches int
) RETURNS SETOF timestamptz LANGUAGE sql STABLE PARALLEL SAFE ROWS 20
BEGIN ATOMIC
    SELECT start
    FROM agenda_settings a
    CROSS JOIN LATERAL (
        SELECT s.starts_at, s.ends_at,
            date_trunc('day', s.starts_at AT TIME ZONE a.zone) AT TIME ZONE a.zone AS midnight,
            make_interval(mins => a.step_minutes) AS step
        FROM slot s
        WHERE s.provider = whose AND NOT s.taken AND s.starts_at <= latest
            AND s.ends_at >= earliest + duration AND s.ends_at - s.starts_at >= duration
        ORDER BY s.starts_at
        LIMIT stretches
    ) free
    CROSS JOIN LATERAL (
        SELECT free.starts_at AS start
        UNION ALL
        SELECT generate_series(
            date_bin(step, greatest(free.starts_at, earliest - step), midnight) + step,
            least(free.ends_at - duration, latest), step)
    ) starts
    WHERE a.provider = whose AND start BETWEEN earliest AND latest
    ORDER BY start;
END;
DROP INDEX booking_created_at;
CREATE INDEX booking_created_at ON booking (created_at) INCLUDE (service);
DROP INDEX slot_open, slot_taken, time_off_provider, time_off_calendar, extra_hours_provider,
    booking_holds, booking_waiting, booking_running, waitlist_entry_waiting;
CREATE INDEX slot_free ON slot (provider, starts_at) WHERE NOT taken;
ALTER TABLE slot DROP CONSTRAINT slot_held, DROP CONSTRAINT slot_free_plain;
ALTER TABLE booking DROP CONSTRAINT booking_expires, DROP CONSTRAINT booking_fee, DROP CONSTRAINT booking_policy;
ALTER TABLE service DROP CONSTRAINT service_step, DROP CONSTRAINT service_buffers,
    DROP CONSTRAINT service_notice, DROP CONSTRAINT service_horizon;
ALTER TABLE agenda_settings DROP CONSTRAINT agenda_settings_step, DROP CONSTRAINT agenda_settings_buffers,
    DROP CONSTRAINT agenda_settings_notice, DROP CONSTRAINT agenda_settings_horizon,
    DROP CONSTRAINT agenda_settings_answer, DROP CONSTRAINT agenda_settings_cancel,
    ADD CONSTRAINT agenda_settings_step CHECK (step_minutes BETWEEN 5 AND 240);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="marketplace", description=DESCRIPTION)
    manager.add_raw(add)
    manager.add_raw_backwards(remove)
    return manager


async def add() -> None:
    await execute(FORWARDS)


async def remove() -> None:
    await execute(BACKWARDS)
