"""Every setting of the product, read from the environment, with its default."""

import os
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

ROOT = Path(__file__).parents[1]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """A field is set by the environment variable of its name in capitals."""

    environment: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1

    # Empty: `marketplace run` starts its own PostgreSQL and Valkey under `data`.
    database_url: str = ""
    database_pool_size: int = 10
    redis_url: str = ""
    data: Path = ROOT / ".data"

    session_days: int = 30
    # Addresses whose X-Forwarded-* headers are believed: the proxy's, never "*".
    trusted_proxies: str = "127.0.0.1"

    @property
    def production(self) -> bool:
        return self.environment == "production"


@cache
def settings() -> Settings:
    """The settings of this process.

    Raises:
        msgspec.ValidationError: a variable does not have its field's type.
    """
    names = {field.name.upper(): field.name for field in msgspec.structs.fields(Settings)}
    given = {names[key]: value for key, value in os.environ.items() if key in names}
    return msgspec.convert(given, Settings, strict=False, dec_hook=lambda kind, text: kind(text))
