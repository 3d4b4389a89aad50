"""What the database guarantees, and what search stands on: all that Piccolo has no words for."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.database import execute

ID = "2026-11-23T14:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "guarantees and search"

# No extension here needs a superuser: PostgreSQL trusts all of them.
FORWARDS = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS cube;

-- Accounts

ALTER TABLE users
    ADD CONSTRAINT users_email_lower CHECK (email = lower(email) AND email <> ''),
    ADD CONSTRAINT users_name_given CHECK (name <> ''),
    ADD CONSTRAINT users_role CHECK (role IN ('customer', 'provider', 'admin')),
    ADD CONSTRAINT users_language CHECK (language IN ('pt', 'en'));

-- Places

CREATE INDEX place_search_name ON place (search_name text_pattern_ops);
CREATE INDEX place_search_name_trgm ON place USING gin (search_name gin_trgm_ops);

-- Catalogue

ALTER TABLE category
    ADD CONSTRAINT category_group CHECK ("group" IN ('fix', 'clean', 'beauty', 'learn', 'home', 'move'));

ALTER TABLE service_variant
    ADD CONSTRAINT service_variant_price CHECK (price > 0),
    ADD CONSTRAINT service_variant_duration CHECK (duration_minutes BETWEEN 5 AND 1440);
CREATE INDEX service_variant_service ON service_variant (service, position);

CREATE TEXT SEARCH CONFIGURATION portuguese_plain (COPY = portuguese);
ALTER TEXT SEARCH CONFIGURATION portuguese_plain
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, portuguese_stem;

CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN lower(unaccent('unaccent'::regdictionary, $1));

-- A point on the globe as metres from the earth's centre: the straight distance between two such
-- points is the ground distance to within a metre at 50 km, and GiST sorts by it.
CREATE FUNCTION earth_point(latitude float8, longitude float8) RETURNS cube
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN cube(ARRAY[
        6371008.8 * cos(radians(latitude)) * cos(radians(longitude)),
        6371008.8 * cos(radians(latitude)) * sin(radians(longitude)),
        6371008.8 * sin(radians(latitude))
    ]);

ALTER TABLE service
    ADD CONSTRAINT service_name_given CHECK (name <> ''),
    ADD CONSTRAINT service_radius CHECK (radius_km BETWEEN 1 AND 500),
    ADD CONSTRAINT service_latitude CHECK (latitude BETWEEN -90 AND 90),
    ADD CONSTRAINT service_longitude CHECK (longitude BETWEEN -180 AND 180),
    ADD COLUMN position cube NOT NULL GENERATED ALWAYS AS (earth_point(latitude, longitude)) STORED,
    ADD COLUMN search tsvector NOT NULL DEFAULT '',
    ADD COLUMN search_text text NOT NULL DEFAULT '';

CREATE FUNCTION service_search() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    trade text;
BEGIN
    SELECT name_pt || ' ' || name_en INTO trade FROM category WHERE id = NEW.category;
    NEW.search := setweight(to_tsvector('portuguese_plain', trade || ' ' || NEW.name), 'A')
        || setweight(to_tsvector('portuguese_plain', NEW.description), 'C');
    NEW.search_text := plain(trade || ' ' || NEW.name);
    RETURN NEW;
END $$;
CREATE TRIGGER service_search BEFORE INSERT OR UPDATE OF name, description, category ON service
    FOR EACH ROW EXECUTE FUNCTION service_search();

CREATE FUNCTION category_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE service SET name = name WHERE category = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER category_renamed AFTER UPDATE OF name_pt, name_en ON category
    FOR EACH ROW EXECUTE FUNCTION category_renamed();

CREATE FUNCTION service_variant_cheapest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE service SET price_from = cheapest.price, duration_from = cheapest.duration_minutes
    FROM (
        SELECT DISTINCT ON (touched.service) touched.service, v.price, v.duration_minutes
        FROM (SELECT DISTINCT service FROM changed) touched
        LEFT JOIN service_variant v ON v.service = touched.service AND v.active
        ORDER BY touched.service, v.price, v.duration_minutes
    ) cheapest
    WHERE service.id = cheapest.service;
    RETURN NULL;
END $$;
CREATE TRIGGER service_variant_added AFTER INSERT ON service_variant
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION service_variant_cheapest();
CREATE TRIGGER service_variant_edited AFTER UPDATE ON service_variant
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION service_variant_cheapest();
CREATE TRIGGER service_variant_removed AFTER DELETE ON service_variant
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION service_variant_cheapest();

CREATE INDEX service_provider ON service (provider);
CREATE INDEX service_search_words ON service USING gin (search) WHERE active;
CREATE INDEX service_search_typos ON service USING gin (search_text gin_trgm_ops) WHERE active;
CREATE INDEX service_position ON service USING gist (position) WHERE active;
CREATE INDEX service_newest ON service (id) WHERE active;
CREATE INDEX service_cheapest ON service (price_from, id) WHERE active;
CREATE INDEX service_category ON service (category, id) WHERE active;

-- Agenda

ALTER TABLE agenda_settings ADD CONSTRAINT agenda_settings_step CHECK (step_minutes BETWEEN 5 AND 240);

ALTER TABLE slot
    ADD CONSTRAINT slot_period CHECK (starts_at < ends_at),
    ADD CONSTRAINT slot_no_overlap EXCLUDE USING gist (provider WITH =, tstzrange(starts_at, ends_at) WITH &&);
CREATE INDEX slot_free ON slot (provider, starts_at) WHERE NOT taken;

-- The one definition of "a time that can be booked": a free stretch can start at its own beginning
-- or at any step of the provider's wall clock, as long as the whole duration fits. `stretches`
-- bounds how many free slots are looked at (null: all), which is what a card with five times needs.
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

-- Bookings

ALTER TABLE booking
    ADD CONSTRAINT booking_period CHECK (starts_at < ends_at),
    ADD CONSTRAINT booking_status CHECK (status IN
        ('held', 'pending', 'confirmed', 'completed', 'no_show', 'declined', 'cancelled', 'expired')),
    ADD CONSTRAINT booking_once UNIQUE (customer, idempotency_key),
    ADD CONSTRAINT booking_active_has_slot CHECK (CASE
        WHEN status IN ('held', 'pending', 'confirmed') THEN slot IS NOT NULL
        WHEN status IN ('declined', 'cancelled', 'expired') THEN slot IS NULL
        ELSE true END),
    ADD CONSTRAINT booking_no_overlap EXCLUDE USING gist (provider WITH =, tstzrange(starts_at, ends_at) WITH &&)
        WHERE (status IN ('held', 'pending', 'confirmed'));
CREATE INDEX booking_customer ON booking (customer, starts_at);
CREATE INDEX booking_provider ON booking (provider, starts_at);
CREATE INDEX booking_variant ON booking (variant);
CREATE INDEX booking_event_booking ON booking_event (booking, id);
CREATE INDEX booking_event_provider ON booking_event (provider, id);
"""

BACKWARDS = """
DROP TRIGGER service_variant_added ON service_variant;
DROP TRIGGER service_variant_edited ON service_variant;
DROP TRIGGER service_variant_removed ON service_variant;
DROP TRIGGER category_renamed ON category;
DROP TRIGGER service_search ON service;
ALTER TABLE service DROP COLUMN position, DROP COLUMN search, DROP COLUMN search_text;
DROP FUNCTION free_starts, service_variant_cheapest, category_renamed, service_search, earth_point, plain;
DROP TEXT SEARCH CONFIGURATION portuguese_plain;
DROP INDEX service_provider, service_newest, service_cheapest, service_category, service_variant_service,
    place_search_name, place_search_name_trgm, slot_free, booking_customer, booking_provider,
    booking_variant, booking_event_booking, booking_event_provider;
ALTER TABLE users DROP CONSTRAINT users_email_lower, DROP CONSTRAINT users_name_given,
    DROP CONSTRAINT users_role, DROP CONSTRAINT users_language;
ALTER TABLE category DROP CONSTRAINT category_group;
ALTER TABLE service DROP CONSTRAINT service_name_given, DROP CONSTRAINT service_radius,
    DROP CONSTRAINT service_latitude, DROP CONSTRAINT service_longitude;
ALTER TABLE service_variant DROP CONSTRAINT service_variant_price, DROP CONSTRAINT service_variant_duration;
ALTER TABLE agenda_settings DROP CONSTRAINT agenda_settings_step;
ALTER TABLE slot DROP CONSTRAINT slot_period, DROP CONSTRAINT slot_no_overlap;
ALTER TABLE booking DROP CONSTRAINT booking_period, DROP CONSTRAINT booking_status,
    DROP CONSTRAINT booking_once, DROP CONSTRAINT booking_active_has_slot, DROP CONSTRAINT booking_no_overlap;
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
