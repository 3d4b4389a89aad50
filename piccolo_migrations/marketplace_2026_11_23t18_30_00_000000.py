"""What is booked most of late is read from an index alone."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.database import execute

ID = "2026-11-23T18:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "popular services"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="marketplace", description=DESCRIPTION)
    manager.add_raw(add)
    manager.add_raw_backwards(remove)
    return manager


async def add() -> None:
    await execute("CREATE INDEX booking_created_at ON booking (created_at) INCLUDE (service)")


async def remove() -> None:
    await execute("DROP INDEX booking_created_at")
