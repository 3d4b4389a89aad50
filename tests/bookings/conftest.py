"""Two servers and the people who race on them, guarded as they are and, for controls, unguarded."""

import os
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from app.core.database import DB, Connection
from tests.bookings.racing import Field
from tests.conftest import create_database
from tests.factories import a_user, token_of
from tests.servers import servers
from tests.unguarded import drop_constraints, without_locks

CUSTOMERS = 200


@pytest.fixture(scope="session")
async def field(two_servers) -> Field:
    return await _field(two_servers)


@pytest.fixture(scope="session")
async def unguarded_database(app) -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    address = await create_database(os.environ["TESTS_DATABASE_URL"], f"unguarded_{worker}")
    await drop_constraints(address)
    return address


@pytest.fixture(scope="session")
def unguarded_servers(unguarded_database) -> Iterator[list[str]]:
    with servers(2, "tests.unguarded", DATABASE_URL=unguarded_database) as addresses:
        yield addresses


@pytest.fixture
async def unguarded(unguarded_database, monkeypatch) -> AsyncIterator[None]:
    """This process, too, works there and without locks."""
    monkeypatch.setattr(Connection, "fetch", without_locks(asyncpg.Connection.fetch))
    options = {**DB.config, "dsn": unguarded_database}
    pool = await asyncpg.create_pool(**options, min_size=1, max_size=10)
    monkeypatch.setattr(DB, "pool", pool)
    yield
    await pool.close()


@pytest.fixture
async def unguarded_field(unguarded, unguarded_servers) -> Field:
    return await _field(unguarded_servers)


async def _field(addresses: list[str]) -> Field:
    customers = [await a_user() for _ in range(CUSTOMERS)]
    return Field(addresses, customers, [await token_of(customer) for customer in customers])
