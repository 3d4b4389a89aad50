import pytest

from app.core.cache import redis
from app.settings import settings
from tests.places.nominatim import nominatim_server
from tests.servers import free_port

CONTACT = "maps@marketplace.example"


@pytest.fixture
async def nominatim(monkeypatch):
    """A Nominatim that NOMINATIM_URL names, of which nothing is known yet."""
    async with nominatim_server() as server:
        await set_up(monkeypatch, server.address)
        yield server
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
async def no_nominatim(monkeypatch):
    """NOMINATIM_URL names a server that is down."""
    await set_up(monkeypatch, f"http://127.0.0.1:{free_port()}")
    yield
    monkeypatch.undo()
    settings.cache_clear()


async def set_up(monkeypatch, address: str) -> None:
    monkeypatch.setenv("NOMINATIM_URL", address)
    monkeypatch.setenv("NOMINATIM_CONTACT", CONTACT)
    settings.cache_clear()
    if keys := [*await redis().keys("place:*"), *await redis().keys("places:*")]:
        await redis().delete(*keys)
