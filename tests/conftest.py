"""One PostgreSQL and one Valkey for the whole run, a database of its own for each worker."""

import asyncio
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import asyncpg
import pytest
from aiosmtpd.controller import Controller

from tests.mail_server import MailServer

TEMPLATE = "tests_template"
_servers = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Name this process's database before anything of the app is imported."""
    if not hasattr(config, "workerinput"):
        _start_servers()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    server = os.environ["TESTS_DATABASE_URL"]
    os.environ["DATABASE_URL"] = asyncio.run(create_database(server, f"tests_{worker}"))
    os.environ["REDIS_URL"] = f"{os.environ['TESTS_REDIS_URL']}?db={worker.removeprefix('gw')}"
    _forget_settings()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _servers.close()


def _start_servers() -> None:
    from app.core import embedded

    data = Path(tempfile.mkdtemp(prefix="marketplace-tests-"))
    _servers.callback(shutil.rmtree, data, ignore_errors=True)
    # Also where photos and archives are kept.
    os.environ["DATA"] = str(data)
    database = _servers.enter_context(embedded.postgres(data))
    os.environ["TESTS_DATABASE_URL"] = database
    os.environ["TESTS_REDIS_URL"] = _servers.enter_context(embedded.valkey(data))
    os.environ["DATABASE_URL"] = asyncio.run(create_database(database, TEMPLATE, like="template1"))
    _forget_settings()
    from app.migrate import migrate

    asyncio.run(migrate())


async def create_database(server: str, name: str, like: str = TEMPLATE) -> str:
    """Make a fresh database and give its address."""
    connection = await asyncpg.connect(server)
    try:
        # What is lost when the machine crashes matters to no test.
        await connection.execute("ALTER SYSTEM SET synchronous_commit = off")
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    finally:
        await connection.close()
    return server.replace("///postgres?", f"///{name}?")


def _forget_settings() -> None:
    from app.settings import settings

    settings.cache_clear()


@pytest.fixture
async def connection() -> AsyncIterator[asyncpg.Connection]:
    """A connection whose changes are gone after the test."""
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Chooses the secret keys: `keys(newest, older)`."""
    from app.settings import settings

    def choose(*chosen: str) -> None:
        monkeypatch.setenv("SECRET_KEYS", ",".join(chosen))
        settings.cache_clear()

    yield choose
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A folder of the test's own for the files of the product."""
    from app.settings import settings

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA", str(tmp_path))
        settings.cache_clear()
        yield tmp_path
    settings.cache_clear()


@pytest.fixture(scope="session", autouse=True)
async def app() -> AsyncIterator[object]:
    """The whole application, running in this process."""
    from app.main import create_app

    application = create_app()
    started, stop = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        """In a task of its own: what enters the lifespan must also leave it."""
        async with application.lifespan():
            started.set()
            await stop.wait()

    living = asyncio.create_task(live())
    await asyncio.wait({living, asyncio.create_task(started.wait())}, return_when="FIRST_COMPLETED")
    yield application
    stop.set()
    await living


@pytest.fixture(scope="session")
def two_servers() -> Iterator[list[str]]:
    from tests.servers import servers

    with servers(2) as addresses:
        yield addresses


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """What SMTP_URL names during the test."""
    from app.settings import settings

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMTP_URL", f"smtp://127.0.0.1:{port}")
        settings.cache_clear()
        yield server
    settings.cache_clear()
    controller.stop()
