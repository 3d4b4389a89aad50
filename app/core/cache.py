"""The connection to Redis (or Valkey) of this process."""

from functools import cache
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis

from app.settings import settings

CONNECTIONS = 32
# A request waits this long for one of them to come free.
WAIT_SECONDS = 10


@cache
def redis() -> Any:
    """A client that speaks bytes; its methods are typed for both bytes and text, so not at all."""
    return Redis.from_pool(
        BlockingConnectionPool.from_url(
            settings().redis_url,
            max_connections=CONNECTIONS,
            timeout=WAIT_SECONDS,
            socket_timeout=5,
            socket_connect_timeout=2,
            health_check_interval=30,
        )
    )
