import pytest

from tests.calendars.server import calendar_server


@pytest.fixture
async def server(tmp_path):
    async with calendar_server(tmp_path) as running:
        yield running
