"""Where services are, as everybody may know it, and found quickly among very many."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.database import execute

ID = "2026-11-25T04:11:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "services: their area, and searching around a point"

FORWARDS = """
-- A degree to about half a kilometre: what is said of where somebody starts from. Distances, the
-- order of a search and its maps all come from this, so that nobody works out the house from them.
CREATE FUNCTION blurred(degree float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN round(degree * 200) / 200;

-- The quarters of a degree that a box in degrees touches, by numbers.
CREATE FUNCTION cells_of(south float8, west float8, north float8, east float8) RETURNS int[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN ARRAY(
        SELECT row * 1440 + col
        FROM generate_series(floor(south * 4)::int + 360, floor(north * 4)::int + 360) row,
            generate_series(floor(west * 4)::int + 720, floor(east * 4)::int + 720) col
    );

ALTER TABLE service DROP COLUMN position;
ALTER TABLE service
    ADD COLUMN position cube NOT NULL
        GENERATED ALWAYS AS (earth_point(blurred(latitude), blurred(longitude))) STORED,
    ADD COLUMN cells int[] NOT NULL GENERATED ALWAYS AS (ARRAY[
        (floor(blurred(latitude) * 4)::int + 360) * 1440 + floor(blurred(longitude) * 4)::int + 720
    ]) STORED;
CREATE INDEX service_position ON service USING gist (position) WHERE active;
-- One trade around a point, the nearest first.
CREATE INDEX service_trade_position ON service USING gist (category, position) WHERE active;
-- Words around a point: a large town has too many services, and a country too many of a word, to
-- look at all of either.
DROP INDEX service_search_words;
CREATE INDEX service_search_words ON service USING gin (search, cells) WHERE active;
ANALYZE service;
"""

BACKWARDS = """
DROP INDEX service_trade_position, service_search_words;
ALTER TABLE service DROP COLUMN cells, DROP COLUMN position;
ALTER TABLE service
    ADD COLUMN position cube NOT NULL GENERATED ALWAYS AS (earth_point(latitude, longitude)) STORED;
CREATE INDEX service_position ON service USING gist (position) WHERE active;
CREATE INDEX service_search_words ON service USING gin (search) WHERE active;
DROP FUNCTION cells_of, blurred;
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
