"""Whether the migrations make the tables that the code describes."""

import asyncio
import sys

from piccolo.apps.migrations.commands.new import AutoMigrationManager
from piccolo.conf.apps import Finder


async def main() -> None:
    config = Finder().get_app_config("marketplace")
    statements = await AutoMigrationManager().get_alter_statements(config)
    open_changes = [line for part in statements for line in part.statements]
    if open_changes:
        sys.exit("Tables have changed without a migration:\n" + "\n".join(open_changes))


if __name__ == "__main__":
    asyncio.run(main())
