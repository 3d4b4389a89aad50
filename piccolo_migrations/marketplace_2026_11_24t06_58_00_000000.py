"""What has lapsed or is over is found without looking at everything."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.database import execute

ID = "2026-11-24T06:58:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "bookings: what is overdue"

FORWARDS = """
ALTER TABLE booking_event ADD CONSTRAINT booking_event_fee CHECK (fee >= 0);
CREATE INDEX booking_overdue ON booking (expires_at) WHERE status IN ('held', 'pending');
CREATE INDEX slot_over ON slot (ends_at) WHERE NOT taken;
"""

BACKWARDS = """
DROP INDEX slot_over, booking_overdue;
ALTER TABLE booking_event DROP CONSTRAINT booking_event_fee;
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
