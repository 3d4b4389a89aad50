import pytest

from app.core.database import fetch
from tests.factories import a_provider, forget_limits
from tests.tls_server import tls_server
from tests.webhooks.webhooks import a_webhook


@pytest.fixture
async def server(tmp_path):
    async with tls_server(tmp_path) as running:
        yield running


@pytest.fixture
async def provider():
    await forget_limits()
    # So that workers find nothing but what the test has sent.
    await fetch("DELETE FROM pgqueuer")
    return await a_provider()


@pytest.fixture
async def webhook(provider):
    return await a_webhook(provider)
