import pytest

from tests.tls_server import tls_server


@pytest.fixture
async def server(tmp_path):
    async with tls_server(tmp_path) as running:
        yield running
