"""PostgreSQL through Piccolo: the engine, the one transaction, and reads in plain SQL."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from app.settings import settings

P = ParamSpec("P")
T = TypeVar("T")
# How often an action is done again after a deadlock, and how long it waits for that at most.
RETRIES, RETRY_SECONDS = 4, 0.05


class Transaction(PostgresTransaction):
    """A transaction that gives its connection back whatever happens.

    Piccolo's own keeps the connection when COMMIT fails, so that a pool is empty after a few of
    them, and takes a nested transaction for a no-op; here nesting is refused.
    """

    async def __aenter__(self) -> "Transaction":
        if self._parent is not None:
            raise RuntimeError("a transaction is open already; use savepoint()")
        self.after_commit: dict[Hashable, Callable[[], Awaitable[None]]] = {}
        self.connection = await self.get_connection()
        self.transaction = self.connection.transaction()
        try:
            await self.begin()
        except BaseException:
            await self._release()
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        try:
            if error is None:
                await self.commit()
            elif not self.connection.is_closed():
                await self.rollback()
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._release()
        if error is None:
            for act in self.after_commit.values():
                await act()
        return False

    async def _release(self) -> None:
        if self.engine.pool:
            await self.engine.pool.release(self.connection)
        else:
            await self.connection.close()


# Our statements are short, so compiling them never pays; and a misspelt word may differ from the
# right one in about every second group of three letters.
SERVER_SETTINGS = {"jit": "off", "pg_trgm.word_similarity_threshold": "0.45"}


# No page or job may keep a connection busy, or rows locked, for longer than anybody waits.
POOL_SETTINGS = {"statement_timeout": "15s", "idle_in_transaction_session_timeout": "30s"}


class Row(asyncpg.Record):
    """A row whose columns are attributes too, which is what templates ask for first."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Connection(asyncpg.Connection):
    def get_reset_query(self) -> str:
        """Nothing to undo when it goes back to the pool: we never LISTEN, SET or lock on it."""
        return ""


class Database(PostgresEngine):
    @property
    def config(self) -> dict[str, Any]:
        """How to connect; read each time, since `run` learns it after this is imported."""
        return {
            "dsn": settings().database_url,
            "server_settings": SERVER_SETTINGS,
            "connection_class": Connection,
            "record_class": Row,
        }

    @config.setter
    def config(self, _: dict[str, Any]) -> None:
        """Piccolo sets what it was given, which is nothing."""

    async def check_version(self) -> None:
        """Piccolo would open a connection for this at import, wherever that happens."""

    def transaction(self, allow_nested: bool = False) -> Transaction:
        return Transaction(engine=self)


DB = Database(config={})


def transaction() -> Transaction:
    """Begin a transaction: `async with transaction() as tx`; `tx.connection` is asyncpg's.

    Raises:
        RuntimeError: one is open already.
    """
    return DB.transaction()


def after_commit(name: Hashable, act: Callable[[], Awaitable[None]]) -> None:
    """Do something once the open transaction has committed; of one name only the last.

    Raises:
        RuntimeError: no transaction is open.
    """
    open_transaction = DB.current_transaction.get()
    if not isinstance(open_transaction, Transaction):
        raise RuntimeError("no transaction is open")
    open_transaction.after_commit[name] = act


def retried(action: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Do an action once more if PostgreSQL gave it up so that another could go on.

    The action opens its transaction itself, so nothing is left of the attempt before.
    """

    @wraps(action)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(RETRIES):
            try:
                return await action(*args, **kwargs)
            except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
                await asyncio.sleep(random.uniform(0, RETRY_SECONDS))  # noqa: S311  No secret.
        return await action(*args, **kwargs)

    return run


async def fetch(query: str, *args: Any) -> list[Any]:
    """Run one statement, inside the open transaction if there is one, and give its rows."""
    open_transaction = DB.current_transaction.get()
    if open_transaction is not None:
        return list(await open_transaction.connection.fetch(query, *args))
    assert DB.pool is not None, "the connection pool is not started"
    return list(await DB.pool.fetch(query, *args))


async def fetch_one(query: str, *args: Any) -> Any:
    """Like fetch, for a statement that gives one row or none."""
    rows = await fetch(query, *args)
    return rows[0] if rows else None


async def execute(script: str) -> None:
    """Run statements without arguments inside the open transaction.

    Raises:
        RuntimeError: none is open.
    """
    open_transaction = DB.current_transaction.get()
    if open_transaction is None:
        raise RuntimeError("no transaction is open")
    await open_transaction.connection.execute(script)


@asynccontextmanager
async def connection_pool() -> AsyncIterator[None]:
    """The pool of this process, open for as long as the context."""
    size = settings().database_pool_size
    await DB.start_connection_pool(
        min_size=min(2, size), max_size=size, server_settings=SERVER_SETTINGS | POOL_SETTINGS
    )
    try:
        yield
    finally:
        await DB.close_connection_pool()
