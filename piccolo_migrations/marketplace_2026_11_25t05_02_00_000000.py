"""What holds for every webhook, and how its log is read."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.database import execute

ID = "2026-11-25T05:02:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "webhooks: guarantees"

FORWARDS = """
ALTER TABLE webhook_endpoint
    ADD CONSTRAINT webhook_endpoint_url UNIQUE (provider, url),
    ADD CONSTRAINT webhook_endpoint_https CHECK (url LIKE 'https://%'),
    ADD CONSTRAINT webhook_endpoint_events CHECK (cardinality(events) > 0),
    ADD CONSTRAINT webhook_endpoint_off CHECK (active = (off_because = ''));
-- One newest secret an endpoint; the others end.
CREATE UNIQUE INDEX webhook_secret_newest ON webhook_secret (endpoint) WHERE expires_at IS NULL;
CREATE INDEX webhook_secret_endpoint ON webhook_secret (endpoint);
ALTER TABLE webhook_delivery
    ADD CONSTRAINT webhook_delivery_source UNIQUE (endpoint, source),
    ADD CONSTRAINT webhook_delivery_state CHECK (state IN ('waiting', 'delivered', 'failed')),
    ADD CONSTRAINT webhook_delivery_waits CHECK ((state = 'waiting') = (next_try_at IS NOT NULL));
CREATE INDEX webhook_delivery_log ON webhook_delivery (endpoint, id);
CREATE INDEX webhook_delivery_created_at ON webhook_delivery (created_at);
"""

BACKWARDS = """
DROP INDEX webhook_delivery_created_at, webhook_delivery_log, webhook_secret_endpoint,
    webhook_secret_newest;
ALTER TABLE webhook_delivery DROP CONSTRAINT webhook_delivery_waits,
    DROP CONSTRAINT webhook_delivery_state, DROP CONSTRAINT webhook_delivery_source;
ALTER TABLE webhook_endpoint DROP CONSTRAINT webhook_endpoint_off,
    DROP CONSTRAINT webhook_endpoint_events, DROP CONSTRAINT webhook_endpoint_https,
    DROP CONSTRAINT webhook_endpoint_url;
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
